"""One HTTP response: what its body says, which error it is, and for how long the server asks for no more requests."""

import json
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import attrs

from .._polling.errors import ApiError, HttpRule, InvalidRequestError, MalformedResponseError, http_rule
from .._polling.response import Redact
from .._polling.task import TaskRef
from .._polling.text import without_queries

# What a server may ask for: a year, which no wait outlasts and every sleep can take.
_LONGEST_HINT = 365 * 86_400.0
_SECONDS = re.compile(r"[0-9]{1,15}(\.[0-9]{0,15})?")
# X-RateLimit-Reset has no standard: from here on it is a moment, not a number of seconds; and it is cut.
_EPOCH, _RESET_CAP = 1e9, 60.0
# How much of a body an error carries, in characters.
BODY_EXCERPT = 2_000
# What is nested deeper can be neither pickled nor copied everywhere.
_DEEPEST = 100


@attrs.define(eq=False)
class Response:
    """One HTTP response, as far as it has come.

    Attributes:
        received_at: When, in seconds since 1970 by our clock.
        status_code: The HTTP status code; 0 before it came.
        headers: Its headers, by their names in small letters.
        body: Its body, as far as it was read.
        unread: Why the body was not read whole, or "".
        ends_with_connection: Whether the end of the connection alone ends the body, so that no length was told.
    """

    received_at: float = 0.0
    status_code: int = 0
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)  # Either may hold what is secret.
    body: bytearray = attrs.field(factory=bytearray, repr=False)
    unread: str = ""
    ends_with_connection: bool = False

    @property
    def is_success(self) -> bool:
        """Whether its status code is a 2xx."""
        return 200 <= self.status_code < 300


def malformed(
    subject: str, ref: TaskRef | None, expects: str, why: str, text: str, status_code: int = 200
) -> MalformedResponseError:
    """The error for a success that is not what was expected."""
    message = f"{subject}: a {status_code} that is not {expects}: {without_queries(why)}: {text[:200]!r}"
    return MalformedResponseError(message, body=text, ref=ref)


def parse_json(body: bytes | bytearray) -> Any:
    """The value of a JSON body, in any of its encodings.

    Raises:
        ValueError: It is no JSON, or nested too deep.
        RecursionError: It is nested deeper than the parser goes.
    """
    value = json.loads(body)
    level, depth = [value], 0
    # A body with few brackets cannot be deep.
    while level and body.count(b"[") + body.count(b"{") > _DEEPEST:
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST} levels")
        nested = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level, depth = [item for items in nested for item in items], depth + 1
    return value


def body_text(response: Response, redact: Redact) -> str:
    """The body as errors carry it: without the key, and without the query of any address."""
    # Without zeros UTF-16 can be read too, and so can a key in it.
    body = response.body.decode(errors="replace").replace("\0", "")
    text = f"({response.unread})" if response.unread else body
    return without_queries(redact(text))[:BODY_EXCERPT]


def api_error(
    subject: str, ref: TaskRef | None, response: Response, hint: float | None, redact: Redact, *, ours: bool = True
) -> ApiError:
    """The error for any status code that is no success; another server (not ``ours``) tells nothing of the key."""
    text = body_text(response, redact)
    facts = {"body": text, "request_id": request_id(response, redact), "retry_after": hint}
    try:
        said, is_json = redact(parse_json(response.body)), True
        gist = _gist(said)
    except (ValueError, RecursionError):  # No JSON, or too deep to be an explanation.
        said, is_json, gist = text, False, _gist(text)
    rule = http_rule(response.status_code, is_json=is_json) if ours else HttpRule()
    if rule.error is InvalidRequestError and isinstance(said, dict):
        facts["detail"] = said.get("detail")
    detail: Any = facts.get("detail")
    several = [_gist(_problem(one)) for one in detail[:20]] if isinstance(detail, list) and len(detail) > 1 else []
    gist = "several problems" if several else gist or "no explanation"
    advice = _redirect(response) if ours and 300 <= response.status_code < 400 else rule.advice
    message = "\n  ".join([f"{subject}: HTTP {response.status_code}: {gist}. {advice}".rstrip(), *several])
    return rule.error(message, ref=ref, status_code=response.status_code, **facts)


def _redirect(response: Response) -> str:
    """What to do where the API redirects: the base URL is that of something else."""
    to = re.match(r"(https?://)(?:[^/?#]*@)?([\w.:-]+)", response.headers.get("location", ""), re.ASCII)
    where = f" to {to[1]}{to[2]}" if to else ""
    return f"It redirects{where}, and no redirect is followed with the key: correct base_url, or CAMB_BASE_URL."


def _gist(said: Any) -> str:
    """The words for a person in an error's body. Other clients read these names."""
    if isinstance(said, dict):
        said = next((said[name] for name in ("detail", "error", "message", "msg") if said.get(name)), said)
    if isinstance(said, list):  # FastAPI's list of problems.
        said = "; ".join(map(_problem, said))
    return without_queries(" ".join(str(said).split()))[:200].rstrip(".")


def _problem(said: Any) -> str:
    """A problem of FastAPI's list: where, as a path, and what."""
    if not isinstance(said, dict) or not said.get("msg"):
        return str(said)
    place = said.get("loc")
    return f"{'.'.join(map(str, place)) if isinstance(place, list) else 'body'}: {said['msg']}"


def request_id(response: Response, redact: Redact) -> str | None:
    """What the server calls the request, or ``None``."""
    found = response.headers.get("x-request-id")
    return found and without_queries(str(redact(found)))[:200]


def retry_after(response: Response) -> float | None:
    """For how many seconds the server asks for no requests, or ``None``.

    Read as camb-sdk 1.6.6 does: ``retry-after-ms``, then ``Retry-After`` in seconds (fractions too) or as an HTTP
    date, then, on a 429, ``X-RateLimit-Reset`` in seconds or since 1970. A moment is counted from the response's own
    ``Date``: so a clock that is wrong does no harm.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = response.headers.get(name, "").strip()
        if value and _SECONDS.fullmatch(value):
            return min(float(value) * unit, _LONGEST_HINT)
    if value and (until := _http_date(value)) is not None:
        return min(max(until - _sent_at(response), 0.0), _LONGEST_HINT)
    reset = response.headers.get("x-ratelimit-reset", "").strip()
    if response.status_code != 429 or not _SECONDS.fullmatch(reset):
        return None
    seconds = float(reset)
    return min(max(seconds - _sent_at(response) if seconds >= _EPOCH else seconds, 0.0), _RESET_CAP)


def _sent_at(response: Response) -> float:
    return _http_date(response.headers.get("date", "")) or response.received_at


def _http_date(value: str) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
