"""Outcomes and errors as JSON, and back: with their types, and without any address that a result has."""

import json
import re
from typing import Any

from .._batch.outcome import FailedOutcome, SucceededOutcome, TaskOutcome
from .._polling import errors
from .._polling.errors import BILLING_PAGE, CambError
from .._polling.task import CompletedTask, TaskRef, TaskState

_ADDRESS = re.compile(rf"(?!{re.escape(BILLING_PAGE)})https?://[^\s'\"<>]+", re.IGNORECASE)
_HALF = re.compile("[\ud800-\udfff]")


def _strip(value: Any) -> Any:
    """JSON without addresses: whoever has that of a result may have the result."""
    if isinstance(value, str):
        return _ADDRESS.sub("[address]", value)
    if isinstance(value, dict):
        return {name: _strip(item) for name, item in value.items()}
    return [_strip(item) for item in value] if isinstance(value, list) else value


def dump(value: Any) -> str:
    """As JSON, briefly; half a surrogate pair, which JSON allows and UTF-8 does not, as an escape."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def dump_error(error: CambError) -> str:
    """An error as JSON."""
    fields = {name: value for name, value in error.to_dict().items() if name not in {"outcomes", "body", "task"}}
    return dump(_strip(fields))


def load_error(text: str, ref: TaskRef | None) -> CambError:
    """The error that :func:`dump_error` was given; one of a type that is not known is a ``CambError``."""
    fields = json.loads(text)
    found = getattr(errors, fields.pop("type"), CambError)
    kind = found if isinstance(found, type) and issubclass(found, CambError) else CambError
    known = {name for cls in kind.__mro__ for name in getattr(cls, "__annotations__", ())}
    facts = {name: value for name, value in fields.items() if name in known}
    for name in facts.keys() & {"state", "last_state"}:
        facts[name] = facts[name] and _load_state(facts[name], ref)
    return kind(fields["message"], ref=ref, **facts)


def _load_state(fields: dict[str, Any], ref: TaskRef | None) -> TaskState:
    own: Any = {name: fields.get(name) for name in ("status", "run_id", "exception_reason", "message")}
    of = TaskRef.parse(fields["task"]) if ref is None else ref
    if "elapsed" in fields:
        return CompletedTask(of, **own, elapsed=fields["elapsed"], polls=fields["polls"])
    return TaskState(of, **own)


def dump_outcome(outcome: TaskOutcome) -> str:
    """An outcome as JSON."""
    state = None if outcome.error is not None else _strip(outcome.state.to_dict())
    error = None if outcome.error is None else json.loads(dump_error(outcome.error))
    return dump({"ref": outcome.ref.to_dict(), "state": state, "error": error})


def load_outcome(text: str) -> TaskOutcome:
    """The outcome that :func:`dump_outcome` was given."""
    fields = json.loads(text)
    ref = TaskRef.from_dict(fields["ref"])
    if fields["error"] is not None:
        return FailedOutcome(ref, load_error(dump(fields["error"]), ref))
    state = _load_state(fields["state"], ref)
    assert isinstance(state, CompletedTask)  # noqa: S101 (it was one)
    return SucceededOutcome(ref, state)
