"""One request, and what its response means."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, TypeVar

import attrs

from .._polling.response import CallResult, Redact, Response, api_error, body_text, malformed, request_id, retry_after
from .._polling.task import TaskRef
from .credentials import ApiKey

_T = TypeVar("_T")


@attrs.define(eq=False)
class Call(Generic[_T]):
    """One request, and what to make of its answer.

    Attributes:
        subject: What messages and the log call it.
        method: In capitals.
        url: Relative to the base URL; or a whole address, of whatever server, which gets no key.
        json: The body to send, or ``None``.
        read: What the JSON body of a 200 says, given what takes the key out of it and when the answer came, in
            seconds since 1970. It may raise whatever it likes on a body that keeps no contract.
        expects: What such a body is called.
        headers: Headers beside those of every request.
        ref: The task it is about, or ``None``.
        poll: Which poll of a wait it is, from 1; 0 is none.
        response: The response as far as it has come, or ``None``: an interruption leaves nothing else behind.
    """

    subject: str
    method: str
    url: str = attrs.field(repr=False)
    json: dict[str, Any] | None = attrs.field(repr=False)
    read: Callable[[Any, Redact, float], _T]
    expects: str
    headers: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    ref: TaskRef | None = attrs.field(default=None, kw_only=True)
    poll: int = attrs.field(default=0, kw_only=True)
    response: Response | None = attrs.field(default=None, init=False)

    @property
    def is_ours(self) -> bool:
        """Whether it goes to the API."""
        return self.url.startswith("/")


def interpret(call: Call[_T], response: Response, key: ApiKey) -> CallResult[_T]:
    """What an answer says; ``key`` is the API key, to be blacked out where the answer echoes it."""
    hint, named = retry_after(response), request_id(response, key.redact)
    if response.status_code != 200:
        return CallResult(api_error(call.subject, call.ref, response, hint, key.redact), hint, named)
    try:
        return CallResult(call.read(_json(response), key.redact, response.received_at), hint, named)
    except Exception as broken:  # noqa: BLE001 (a body can break a parser in any way: too deep, too long, odd types)
        why = key.redact(str(broken))[:200] if isinstance(broken, ValueError) else type(broken).__name__
        text = body_text(response, key.redact)
        return CallResult(malformed(call.subject, call.ref, call.expects, why, text), hint, named)


def _json(response: Response) -> Any:
    if response.unread:
        raise ValueError(response.unread)
    return json.loads(response.body)


def not_audio(*_: object) -> NoReturn:
    raise ValueError("it is JSON")
