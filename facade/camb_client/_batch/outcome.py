"""How the wait for one task of a batch ended."""

from typing import Any

import attrs

from .._polling.errors import CambError
from .._polling.poller import Poller
from .._polling.task import CompletedTask, TaskRef


@attrs.frozen
class SucceededOutcome:
    """How the wait for one task of a batch ended: it succeeded.

    Attributes:
        ref: The task.
        state: The completed task.
        error: ``None``.
    """

    ref: TaskRef
    state: CompletedTask
    error: None = attrs.field(default=None, init=False)

    def result(self) -> CompletedTask:
        """The completed task."""
        return self.state

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON: as :meth:`CompletedTask.to_dict`, with ``error``, which is ``None``."""
        return {**self.state.to_dict(), "error": None}


@attrs.frozen
class FailedOutcome:
    """How the wait for one task of a batch ended: with an error.

    Attributes:
        ref: The task.
        state: ``None``; what the API said last is an attribute of the error, where it said anything.
        error: What :meth:`CambClient.wait` would have raised.
    """

    ref: TaskRef
    error: CambError = attrs.field(hash=False)
    state: None = attrs.field(default=None, init=False)

    def result(self) -> CompletedTask:
        """Never a completed task.

        Raises:
            CambError: The error.
        """
        raise self.error

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON: the last state as :meth:`CompletedTask.to_dict` has it, and ``error``."""
        last = getattr(self.error, "state", None) or getattr(self.error, "last_state", None)
        said = dict.fromkeys(("status", "run_id", "exception_reason", "message")) if last is None else last.to_dict()
        waited = {name: getattr(self.error, name, None) for name in ("elapsed", "polls")}
        return {"task": str(self.ref), **said, **waited, "error": self.error.to_dict()}


# Where ``error`` is ``None``, type checkers know that ``state`` is a CompletedTask.
TaskOutcome = SucceededOutcome | FailedOutcome


def outcome_of(poller: Poller) -> TaskOutcome:
    """The outcome of a wait that is done."""
    try:
        return SucceededOutcome(poller.ref, poller.result())
    except CambError as error:
        return FailedOutcome(poller.ref, error)
