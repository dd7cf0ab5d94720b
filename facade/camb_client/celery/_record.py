"""What the store has of a wait: how it stands or what became of its outcome, and the call that it resumes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Self

import attrs

from .._durable.state import WaitState

# What the call of a task says besides its arguments; the rest is of one delivery.
_OPTIONS = (
    "root_id", "parent_id", "group_id", "group_index", "shadow", "chord", "chain", "link", "link_error", "expires",
    "time_limit", "soft_time_limit", "headers", "reply_to", "replaced_task_nesting", "stamped_headers",
)  # fmt: skip


@attrs.frozen
class Waiting:
    """An entry whose wait continues: ``[WaitState, its own signature]``."""

    state: WaitState
    call: str

    def text(self) -> str:
        """As it is kept."""
        return f"{self.state.to_json()}\n{self.call}"

    @classmethod
    def of(cls, text: str) -> Self:
        """What was kept.

        Raises:
            ValueError: It cannot be read; it may be of another version.
        """
        state, _, call = text.partition("\n")
        return cls(WaitState.from_json(state), call)


@attrs.frozen
class Ended:
    """An entry whose outcome is there, and is on its way to whoever waits for it.

    Attributes:
        call: The call to resume; "" for a wait that no Celery task waits for.
        sent: How often the outcome was sent.
        taken: Whether a task was resumed with it since.
    """

    call: str
    sent: int = 1
    taken: bool = False

    def text(self) -> str:
        """As it is kept."""
        return f"{json.dumps([self.sent, self.taken])}\n{self.call}"

    @classmethod
    def of(cls, text: str) -> Self:
        """What was kept.

        Raises:
            ValueError: It cannot be read.
        """
        head, _, call = text.partition("\n")
        found = json.loads(head)
        if not isinstance(found, list) or list(map(type, found)) != [int, bool]:
            raise ValueError(f"not an outcome on its way: {head[:40]!r}")
        return cls(call, *found)


def options(request: Any) -> dict[str, Any]:
    """What to send a call again with, so that its chain, links, group and chord go on where it is resumed."""
    given = request.as_execution_options()
    kept = {name: given.get(name) for name in (*_OPTIONS, *(given.get("stamped_headers") or ()))}
    delivery = request.delivery_info or {}
    if request.root_id == request.id:  # As it would be by itself.
        kept["root_id"] = None
    kept |= {"priority": delivery.get("priority"), "ignore_result": request.ignore_result}
    if not delivery.get("exchange"):
        kept["queue"] = delivery.get("routing_key")
    # 0 and False say something: a place in a chord, a priority, that a result is kept.
    return {name: value for name, value in kept.items() if value or isinstance(value, int)}


def tasks_named(value: Any) -> Iterator[str]:
    """The names of all tasks in a call: of its chain, its links, its chord, and theirs."""
    if isinstance(value, Mapping):
        if {"task", "args", "kwargs", "options"} <= value.keys():
            yield str(value["task"])
        for item in value.values():
            yield from tasks_named(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tasks_named(item)
