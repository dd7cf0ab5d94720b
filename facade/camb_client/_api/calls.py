"""Every request that the client sends to the API, and how its response is read."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

from .._http.call import Call, is_address, no_json
from .._polling.response import Redact, json_object, read_state
from .._polling.task import TaskRef, TaskState
from .operations import create_request, parse, request_line, result_request, results_request, stream_request

# Two to five in one bulk call, by the schema (RunIDsRequestPayload) and the docs.
_BULK = 5


def status(ref: TaskRef, poll: int = 0) -> Call[TaskState]:
    """Poll a task; ``poll`` is the number of this poll in its wait."""
    read = partial(read_state, ref, parse)
    return Call(str(ref), *request_line(ref.kind, ref.task_id), None, read, "a task result", ref=ref, poll=poll)


def create(kind: str, fields: dict[str, Any]) -> Call[TaskRef]:
    """Create a task."""

    def read(body: Any, _: Redact, at: float) -> TaskRef:
        task_id = json_object(body).get("task_id")
        if not isinstance(task_id, str):
            raise ValueError("response has no 'task_id'")  # noqa: TRY004 (the body's fault, not a caller's)
        return TaskRef._of_create(kind, task_id, datetime.fromtimestamp(at, UTC))

    return Call(f"{kind} create", *create_request(kind, fields), read, "a new task", fresh=True)


def stream(kind: str, fields: dict[str, Any]) -> Call[NoReturn]:
    """Have speech made and sent at once."""
    call = stream_request(kind, fields)
    return Call(f"{kind} stream", *call, no_json, "audio", headers={"accept": "*/*"}, fresh=True)


def address(kind: str, run_id: int) -> Call[str]:
    """Ask where a result is."""
    return Call(f"{kind} run {run_id}", *result_request(kind, run_id), lambda body, *_: _address(body), "an address")


def addresses(kind: str, run_ids: Sequence[int]) -> Call[dict[int, str]]:
    """Ask where two to five results are; those that the response has no address for are left out."""

    def read(body: Any, *_: object) -> dict[int, str]:
        given, found = json_object(body), {}
        for run_id in run_ids:
            with suppress(ValueError):  # How a run that failed is shown is said nowhere.
                found[run_id] = _address(given.get(str(run_id)))
        return found

    subject = f"{kind} runs {', '.join(map(str, run_ids))}"
    return Call(subject, *results_request(kind, list(run_ids)), read, "addresses")


def bulks(run_ids: Sequence[int]) -> list[Sequence[int]]:
    """The run ids in as few parts as may be, even in size: none has one, unless there is but one."""
    parts = -(-len(run_ids) // _BULK)
    return [run_ids[len(run_ids) * at // parts : len(run_ids) * (at + 1) // parts] for at in range(parts)]


def _address(value: object) -> str:
    """The address in a response: in the prose of one docs page it is called ``file_url``, elsewhere ``output_url``."""
    if isinstance(value, dict):
        value = value.get("output_url") or value.get("file_url")
    if is_address(value):
        return str(value)
    raise ValueError("response has no address")
