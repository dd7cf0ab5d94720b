"""Every request that the client sends to the API, and how its response is read."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn, TypeVar

from .._http.call import Call, is_address, no_json
from .._polling.response import Redact, json_object, read_state
from .._polling.task import TaskRef, TaskState
from . import operations
from .operations import Part

_T = TypeVar("_T")
# Two to five in one bulk call, by the schema (RunIDsRequestPayload) and the docs.
_BULK = 5
# A result may be a transcript of hours. What is longer than this is something else, and is not read on.
RESULT_LIMIT = 64 << 20


def status(ref: TaskRef, poll: int = 0) -> Call[TaskState]:
    """Poll a task; ``poll`` is the number of this poll in its wait."""
    request, read = operations.request_line(ref.kind, ref.task_id), partial(read_state, ref, operations.parse)
    return Call(str(ref), *request, None, read, "a task result", ref=ref, poll=poll)


def create(kind: str, body: object) -> Call[TaskRef]:
    """Create a task, of a model of its body or of a mapping."""

    def read(body: Any, _: Redact, at: float) -> TaskRef:
        task_id = json_object(body).get("task_id")
        if not isinstance(task_id, str):
            raise ValueError("response has no 'task_id'")  # noqa: TRY004 (the body's fault, not a caller's)
        return TaskRef._of_create(kind, task_id, datetime.fromtimestamp(at, UTC))

    method, url, fields, is_form = operations.create_request(kind, body)
    if not is_form:
        return Call(f"{kind} create", method, url, fields, read, "a new task", fresh=True)
    from .._http.upload import Upload

    upload = Upload(fields, operations.as_file)
    return Call(f"{kind} create", method, url, None, read, "a new task", fresh=True, upload=upload)


def stream(kind: str, fields: dict[str, Any]) -> Call[NoReturn]:
    """Have speech made and sent at once."""
    call = operations.request(kind, "stream", fields)
    return Call(f"{kind} stream", *call, no_json, "audio", headers={"accept": "*/*"}, fresh=True)


def address(kind: str, run_id: int) -> Call[str]:
    """Ask where a result is."""
    request = operations.request(kind, "result", run_id)
    return Call(f"{kind} run {run_id}", *request, lambda body, *_: _address(body), "an address")


def result(kind: str, run_id: int) -> Call[Any]:
    """Ask for a result."""
    request, read = operations.request(kind, "result", run_id), _redacted(operations.result_reader(kind))
    return Call(f"{kind} run {run_id}", *request, read, "a result", body_limit=RESULT_LIMIT)


def results(kind: str, run_ids: Sequence[int]) -> Call[dict[int, Any]]:
    """Ask for two to five results; those that the response does not have as a result are left out."""
    return _bulk(kind, run_ids, _redacted(operations.result_reader(kind)), "results")


def _bulk(
    kind: str, run_ids: Sequence[int], read_one: Callable[[Any, Redact, float], _T], expects: str
) -> Call[dict[int, _T]]:
    def read(body: Any, redact: Redact, at: float) -> dict[int, _T]:
        given, found = json_object(body), {}
        for run_id in run_ids:
            with suppress(Exception):  # How a run that failed is shown is said nowhere: it is asked for alone.
                found[run_id] = read_one(given[str(run_id)], redact, at)
        return found

    subject = f"{kind} runs {', '.join(map(str, run_ids))}"
    return Call(subject, *operations.request(kind, "results", list(run_ids)), read, expects, body_limit=RESULT_LIMIT)


def part(handle: Part[..., Any], run_id: int, /, *args: Any, **params: Any) -> Call[Any]:
    """Ask for what a run has beside its result."""
    request = operations.part_request(handle, run_id, *args, **params)
    read = _redacted(operations.fitting(handle.read))
    return Call(f"{handle.kind} run {run_id}", *request, read, "a part of a result", body_limit=RESULT_LIMIT)


def listed(path: str) -> Call[Any]:
    """Ask what there is: voices, languages."""
    request, read = operations.lookup(path)
    return Call(path.removeprefix("/"), *request, _redacted(read), "a list", body_limit=RESULT_LIMIT)


def _redacted(read: Callable[[Any], Any]) -> Callable[[Any, Redact, float], Any]:
    return lambda body, redact, _: read(redact(body))


def addresses(kind: str, run_ids: Sequence[int]) -> Call[dict[int, str]]:
    """Ask where two to five results are; those that the response has no address for are left out."""
    return _bulk(kind, run_ids, lambda body, *_: _address(body), "addresses")


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
