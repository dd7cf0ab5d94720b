"""One request, and what its response means."""

import errno
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar
from urllib.parse import urlsplit

import attrs

from .._polling.errors import ApiConnectionError
from .._polling.response import CallResult, Redact
from .._polling.task import TaskRef
from .response import Response, api_error, body_text, malformed, parse_json, request_id, retry_after

if TYPE_CHECKING:
    from .upload import Upload

# A task result has a few hundred bytes. What is longer than this is something else, and is not read on.
BODY_LIMIT = 1 << 20
# There are no more file descriptors.
STARVED = {errno.EMFILE, errno.ENFILE}
_T = TypeVar("_T")


class LocalReadError(Exception):
    """A file to upload cannot be read; ``__cause__`` says why. The network is not to blame."""


def is_address(text: object) -> bool:
    """Whether it is the address of a file: http or https, a host, and only characters that can stand in a request."""
    if not isinstance(text, str) or not re.fullmatch(r"(?i:https?)://[\x21-\x7e]+", text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0  # Reading the port checks it.
    except ValueError:
        return False


def media_type(response: Response) -> str:
    """The Content-Type in small letters, without its parameters; "" if there is none."""
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_text(kind: str) -> bool:
    """Whether a media type is one of texts: a web page, an error in JSON or XML."""
    return kind.startswith("text/") or "json" in kind or "xml" in kind or "html" in kind


def is_audio(response: Response) -> bool:
    """Whether a response has audio, as far as its headers tell."""
    return response.is_success and not is_text(media_type(response))


def no_json(*_: object) -> NoReturn:
    """How a call reads JSON that expects none."""
    raise ValueError("it is JSON")


@attrs.define(eq=False)
class Call(Generic[_T]):
    """One request, and what to make of its response.

    Attributes:
        subject: What messages and the log call it.
        method: In capitals.
        url: Relative to the base URL; or a whole address, of whatever server, which gets no key.
        json: The body to send, or ``None``.
        read: What the JSON body of a success says, given what takes the key out of it and when the response came,
            in seconds since 1970. It may raise whatever it likes on a body that keeps no contract.
            :func:`no_json` where none is expected.
        expects: What such a body is called.
        headers: Headers beside those of every request.
        streams: Whether the body of a response is taken as it comes, as a stream; any other is read whole.
        ref: The task it is about, or ``None``.
        poll: Which poll of a wait it is, from 1; 0 is none.
        response: The response as far as it has come, or ``None``: an interruption leaves nothing else behind.
        received: The last pieces that came over our own network, whether anybody has read them or not.
        fresh: Whether it goes out on a new connection: an idle one may be closing just then, and then nobody knows
            whether the request arrived. A transport that was passed in does as it likes.
        upload: A form with files to send as the body, in place of ``json``, or ``None``. It is bounded phase by phase
            alone: how long it takes is the line's to say.
        body_limit: The longest body, in bytes, that is read whole; what is longer is something else.
    """

    subject: str
    method: str
    url: str = attrs.field(repr=False)
    json: dict[str, Any] | None = attrs.field(repr=False)
    read: Callable[[Any, Redact, float], _T]
    expects: str
    headers: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    streams: Callable[[Response], bool] = attrs.field(default=is_audio, kw_only=True)
    ref: TaskRef | None = attrs.field(default=None, kw_only=True)
    poll: int = attrs.field(default=0, kw_only=True)
    response: Response | None = attrs.field(default=None, init=False, repr=False)
    received: Iterable[bytes] = attrs.field(default=(), init=False, repr=False)
    fresh: bool = attrs.field(default=False, kw_only=True)
    upload: "Upload | None" = attrs.field(default=None, kw_only=True, repr=False)
    body_limit: int = attrs.field(default=BODY_LIMIT, kw_only=True)

    @property
    def is_ours(self) -> bool:
        """Whether it goes to the API."""
        return self.url.startswith("/")


def unchanged(value: Any) -> Any:
    """How a body is redacted that has nothing secret in it."""
    return value


def interpret(call: Call[_T], response: Response, redact: Redact, redact_success: Redact) -> CallResult[_T]:
    """What a response says; ``redact`` takes out of it what is secret, ``redact_success`` out of a success's body."""
    hint, named = retry_after(response), request_id(response, redact)
    if not response.is_success:
        return CallResult(api_error(call.subject, call.ref, response, hint, redact, ours=call.is_ours), hint, named)
    try:
        return CallResult(_read(call, response, redact_success), hint, named)
    except (MemoryError, ImportError, OSError) as broken:  # Of this machine, not of the body.
        if getattr(broken, "errno", None) not in STARVED:
            raise
        # A model could not be imported; the next response may find a free descriptor.
        return CallResult(ApiConnectionError(f"{call.subject}: response not read: {broken}", ref=call.ref), hint, named)
    except Exception as broken:  # noqa: BLE001 (a body can break a parser in any way: too deep, too long, odd types)
        why = redact(str(broken))[:200] if isinstance(broken, ValueError) else type(broken).__name__
    text = body_text(response, redact)
    return CallResult(malformed(call.subject, call.ref, call.expects, why, text, response.status_code), hint, named)


def _read(call: Call[_T], response: Response, redact: Redact) -> _T:
    if response.unread:
        raise ValueError(response.unread)
    if call.read is no_json:
        kind = media_type(response)
        raise ValueError(f"expected {call.expects}, got {'JSON' if 'json' in kind else kind or 'no media type'}")
    return call.read(parse_json(response.body), redact, response.received_at)
