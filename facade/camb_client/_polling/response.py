"""What a poll came to: the state that the body of a response tells, or what went wrong."""

from collections.abc import Callable
from sys import intern
from typing import Any, Generic, TypeVar

import attrs

from .errors import CambError
from .status import TaskStatus
from .task import CompletedTask, TaskRef, TaskState

_T = TypeVar("_T")
Parse = Callable[[str, dict[str, Any]], tuple[object, object]]
# Takes the API key out of a text or a tree of JSON values.
Redact = Callable[[Any], Any]


@attrs.define(eq=False)
class CallResult(Generic[_T]):
    """What came of one call.

    Attributes:
        value: What the response said, or what went wrong.
        retry_after: For how many seconds the server asks for no requests, or ``None``.
        request_id: What the server calls the request, or ``None``.
    """

    value: _T | CambError
    retry_after: float | None = None
    request_id: str | None = None

    def unwrap(self) -> _T:
        """What the response said, or the error raised."""
        if isinstance(self.value, CambError):
            raise self.value
        return self.value


Poll = CallResult[TaskState]


def json_object(body: Any) -> dict[str, Any]:
    """The body, if it is an object; ValueError otherwise."""
    if not isinstance(body, dict):
        raise ValueError(f"not an object, but {type(body).__name__}")  # noqa: TRY004 (the body's fault, not a caller's)
    return body


def read_state(ref: TaskRef, parse: Parse, body: Any, redact: Redact, _: float) -> TaskState:
    """The state that a task result tells.

    Args:
        ref: The task.
        parse: Reads status and run id of a task result of a kind, ``None`` where there is none; may raise
            whatever it likes on a body that is no task result.
        body: The JSON body.
        redact: Takes the API key out, where the body echoes it.
    """
    status, run_id = parse(ref.kind, json_object(body))
    if not isinstance(status, str) or not status.strip():
        raise ValueError("its status is missing, empty or not a string")
    # One string for what all states have in common, of ten thousand that wait.
    raw = {intern(name): intern(value) if value == status else value for name, value in redact(body).items()}
    run_id = _run_id(run_id)
    succeeded = run_id is not None and TaskStatus(status) is TaskStatus.SUCCESS
    make = CompletedTask if succeeded else TaskState
    return make(ref, redact(status), run_id, raw.get("exception_reason"), raw.get("message"), raw)


def _run_id(value: object) -> int | None:
    """An integer, its digits (the type hints of several clients say string) or a whole float; ``None`` stays."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:  # Beyond it, floats skip integers.
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise ValueError("its run_id is not an integer")
