"""What the local server may answer, beside a plain status: scripted replies and faults."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs


class Fault(StrEnum):
    """How an answer goes wrong on the wire."""

    RESET = "reset"  # The connection is reset, without an answer.
    HANG = "hang"  # The request is taken; nothing ever comes.
    TRUNCATED = "truncated"  # Half of the body that was announced, then the connection ends.
    STALL = "stall"  # Half of the body, then nothing; the connection stays open.


@attrs.frozen
class Reply:
    """One answer as it is sent.

    Attributes:
        status_code: The HTTP status code.
        body: The body.
        headers: Its headers, beside Content-Length, Date and x-request-id.
        delay: Seconds before it is sent.
        fault: How it goes wrong on the wire, if it does.
    """

    status_code: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    delay: float = 0.0
    fault: Fault | None = None

    @classmethod
    def json(cls, body: Any, *, status_code: int = 200, headers: Mapping[str, str] | None = None) -> "Reply":
        """An answer in JSON."""
        return cls(status_code, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


_PENDING = Reply.json({"status": "PENDING", "run_id": None})

RESET = Reply(fault=Fault.RESET)
HANG = Reply(fault=Fault.HANG)
TRUNCATED = attrs.evolve(_PENDING, fault=Fault.TRUNCATED)
STALL = attrs.evolve(_PENDING, fault=Fault.STALL)
HTML = Reply(200, b"<!doctype html><title>Welcome</title>", {"content-type": "text/html"})
BAD_JSON = Reply(200, b'{"status": "PEND', {"content-type": "application/json"})


def error(status_code: int, body: Any = None, *, headers: Mapping[str, str] | None = None) -> Reply:
    """An HTTP error in FastAPI's shape, or with a JSON body of your own."""
    return Reply.json({"detail": "scripted"} if body is None else body, status_code=status_code, headers=headers)


def rate_limited(retry_after: float | str = 1) -> Reply:
    """A 429 with Retry-After: seconds, or the text of the header."""
    return error(429, {"detail": "Too Many Requests"}, headers={"retry-after": str(retry_after)})


def slow(seconds: float, reply: Reply = _PENDING) -> Reply:
    """The reply, ``seconds`` late."""
    return attrs.evolve(reply, delay=seconds)
