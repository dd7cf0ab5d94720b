"""Answers: what one HTTP answer of a status endpoint means.

Rule of this file: pure. A status code, headers and a body go in; a state or an error comes out. This is
the only place that decides whether a 200 keeps the contract, and the only one that reads Retry-After.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import attrs

from ._config import ApiKey
from ._errors import ApiError, CambError, InvalidRequestError, MalformedResponseError, http_rule
from ._status import TaskStatus
from ._task import CompletedTask, TaskRef, TaskState

Parse = Callable[[str, dict[str, Any]], tuple[object, object]]

# What a server may ask for: a year, which no wait outlasts and every sleep can take.
_PATIENCE = 365 * 86_400.0
# How much of a body an error carries, in characters.
BODY_EXCERPT = 2_000


@attrs.define(eq=False)
class Answer:
    """One HTTP answer, as far as it has come.

    Attributes:
        received_at: When, in seconds since 1970 by our clock.
        status_code: The HTTP status code; 0 before it came.
        headers: Its headers; names in any case.
        body: Its body, as far as it was read.
        flaw: Why the body was not read whole, or "".
    """

    received_at: float = 0.0
    status_code: int = 0
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytearray = attrs.field(factory=bytearray)
    flaw: str = ""


@attrs.define(eq=False)
class Look:
    """What came of one look, and for how many seconds the server asks to be left alone."""

    outcome: TaskState | CambError
    retry_after: float | None = None

    def state(self) -> TaskState:
        """The state, or the error raised."""
        if isinstance(self.outcome, CambError):
            raise self.outcome
        return self.outcome


def interpret(ref: TaskRef, answer: Answer, parse: Parse, key: ApiKey) -> Look:
    """What an answer says of a task.

    Args:
        ref: The task.
        answer: The answer.
        parse: Reads status and run id of a task result of a kind, ``None`` where there is none; may raise
            whatever it likes on a body that is no task result.
        key: The API key, to be blacked out where the body echoes it.
    """
    hint = retry_after(answer)
    if answer.status_code != 200:
        return Look(_api_error(ref, answer, hint, key), hint)
    try:
        return Look(_state(ref, answer, parse, key), hint)
    except Exception as broken:  # noqa: BLE001 (a body can break a parser in any way: too deep, too long, odd types)
        why = key.redact(str(broken))[:200] if isinstance(broken, ValueError) else type(broken).__name__
        text = _text(answer, key)
        message = f"{ref}: a 200 that is not a task result: {why}: {text[:200]!r}"
        return Look(MalformedResponseError(message, body=text, ref=ref), hint)


def _state(ref: TaskRef, answer: Answer, parse: Parse, key: ApiKey) -> TaskState:
    if answer.flaw:
        raise ValueError(answer.flaw)
    body = json.loads(answer.body)
    if not isinstance(body, dict):
        raise ValueError(f"not an object, but {type(body).__name__}")  # noqa: TRY004 (the body's fault, not a caller's)
    status, run_id = parse(ref.kind, body)
    if not isinstance(status, str) or not status.strip():
        raise ValueError("its status is not a string, or empty")
    raw, run_id = key.redact(body), _run_id(run_id)
    succeeded = run_id is not None and TaskStatus(status) is TaskStatus.SUCCESS
    make = CompletedTask if succeeded else TaskState
    return make(ref, key.redact(status), run_id, raw.get("exception_reason"), raw.get("message"), raw)


def _run_id(value: object) -> int | None:
    """An integer, or its digits (the type hints of several clients say string); ``None`` stays."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise ValueError("its run_id is not an integer")


def _text(answer: Answer, key: ApiKey) -> str:
    text = f"({answer.flaw})" if answer.flaw else answer.body.decode("utf-8", errors="replace")
    return str(key.redact(text))[:BODY_EXCERPT]


def _api_error(ref: TaskRef, answer: Answer, hint: float | None, key: ApiKey) -> ApiError:
    rule = http_rule(answer.status_code)
    text = _text(answer, key)
    facts = {"body": text, "request_id": key.redact(answer.headers.get("x-request-id")), "retry_after": hint}
    try:
        said = key.redact(json.loads(answer.body))
        gist = _gist(said)
    except (ValueError, RecursionError):  # No JSON, or too deep to be an explanation.
        said, gist = text, _gist(text)
    if rule.error is InvalidRequestError and isinstance(said, dict):
        facts["detail"] = said.get("detail")
    message = f"{ref}: HTTP {answer.status_code}: {gist or 'no explanation'}. {rule.advice}".rstrip()
    return rule.error(message, ref=ref, status_code=answer.status_code, **facts)


def _gist(said: Any) -> str:
    """The words for a person in an error's body. Clients in the wild look under these names."""
    if isinstance(said, dict):
        said = next((said[name] for name in ("detail", "error", "message", "msg") if said.get(name)), said)
    if isinstance(said, list):  # FastAPI's list of problems: where, and what.
        said = "; ".join(f"{it.get('loc')}: {it.get('msg')}" if isinstance(it, dict) else str(it) for it in said)
    return " ".join(str(said).split())[:200].rstrip(".")


def retry_after(answer: Answer) -> float | None:
    """Seconds that the server asks to be left alone, or ``None``.

    Read as camb-sdk 1.6.6 does: ``retry-after-ms``, then ``Retry-After`` in seconds (fractions too) or as
    an HTTP date. A date is counted from the answer's own ``Date``: so a clock that is wrong does no harm.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = answer.headers.get(name, "").strip()
        if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{0,15})?", value):
            return min(float(value) * unit, _PATIENCE)
    if (until := _http_date(value)) is None:
        return None
    return min(max(until - (_http_date(answer.headers.get("date", "")) or answer.received_at), 0.0), _PATIENCE)


def _http_date(value: str) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
