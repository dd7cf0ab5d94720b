"""One call on the wire, sync and async: a request goes out, once; what came of it, or a stream of bytes, comes back.

Rule of this file: the only module that talks httpx, but for ``_http.aiohttp_wire``, which puts aiohttp in its place. It
decides nothing about tasks, and sends nothing twice. (httpcore itself takes another connection only while nothing
was sent on the first.)

How a poll is bounded. Both ways were tried. The generated functions (``sync_detailed``) take no timeout for
one call and read any body whole; with httpx hooks they can be bounded all the same, but the limit of each
call must travel in a context variable, the hook must swap ``response.stream``, the key stands in the repr of
the generated client, and a status code that the standard library does not know (520) fails inside the
generated code unless the hook raises first. The generated request builders and models around our own
``send`` need none of that, and cost less (1.04 against 1.08 × a bare ``httpx`` get, same run). So that is
what is done: the limit is an argument, the body is read in chunks, and nothing generated sees an answer
that is not a JSON object with status 200.

What cannot be bounded in sync: the resolution of a name, a name with several addresses that all hang (each
gets the whole limit), and headers that are dripped byte by byte. Async bounds them all, by cancellation.
"""

import json
import math
import ssl
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

import httpx

from .._polling.checks import DAY
from .._polling.errors import ApiConnectionError, CambError
from .._polling.log import log
from .._polling.response import CallResult, Response
from .._polling.task import TaskRef
from .._version import __version__
from .call import Call, interpret
from .wire import BaseWire, _without_query

# A task result has a few hundred bytes. What is longer than this is something else, and is not read on.
BODY_LIMIT = 1 << 20
# What is left of a call when its limit has passed and httpcore has not ended it, in seconds.
CUT_OFF_AFTER = 0.05
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": f"camb-client/{__version__}"}
# What no second try can mend.
_FATAL = httpx.UnsupportedProtocol | httpx.InvalidURL | ssl.SSLCertVerificationError | UnicodeError
# What happens before a request is sent.
_UNSENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol,
    httpx.InvalidURL, ssl.SSLCertVerificationError, UnicodeError,
)  # fmt: skip
_T = TypeVar("_T")


class _Remaining(dict[str, float | None]):
    """httpx's timeouts by phase, each cut to what is left of the poll when the phase begins.

    httpcore asks for a phase's timeout by ``get`` when it gets there, so the phases share one limit
    instead of having it each.
    """

    left: Callable[[], float]

    def get(self, phase: str, _: object = None) -> float:
        """The timeout of a phase that begins now: neither 0 nor endless, as sockets take neither."""
        return min(super().get(phase) or DAY, max(self.left(), 0.001), DAY)


class Exchange(AbstractContextManager["Exchange[Any]"], Generic[_T]):
    """One call, as far as it has come. As a context manager it takes in whatever the network does."""

    def __init__(self, wire: "BaseWire[Any]", call: Call[_T], limit: float) -> None:
        self.limit = min(limit, wire.longest)
        self._wire, self._call, self._deadline = wire, call, wire.clock.monotonic() + self.limit
        # httpcore's own limits come first: they close what they opened, and say what they waited for.
        self.cut_off = None if self.limit == math.inf else self.limit + CUT_OFF_AFTER
        self.response = call.response = Response()
        self._error: ApiConnectionError | None = None
        self._handled = sys.exception()  # Of the caller's: no cause of ours.

    def _left(self) -> float:
        return self._deadline - self._wire.clock.monotonic()

    def parts(self) -> tuple[str, str, dict[str, str], bytes | None]:
        """What is to be sent: method, address, headers, body. The key goes to nobody but the API."""
        call, wire = self._call, self._wire
        base, key = (wire.base_url, wire.key.headers()) if call.is_ours else ("", {})
        headers = {**_HEADERS, **call.headers, **key}
        body = None if call.json is None else json.dumps(call.json).encode()
        if body is not None:
            headers["content-type"] = "application/json"
        return call.method, base + call.url, headers, body

    def request(self) -> httpx.Request:
        """The same for httpx: made here and not by the client, which would merge in what there is none of."""
        timeout = _Remaining(self._wire.phases)
        timeout.left = self._left
        method, url, headers, content = self.parts()
        return httpx.Request(method, url, headers=headers, content=content, extensions={"timeout": timeout})

    def begin(self, status_code: int, headers: Mapping[str, str]) -> bool:
        """Take in the headers; whether the body should be read."""
        self.response.status_code, self.response.headers = status_code, headers
        self.response.received_at = self._wire.clock.time()
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            self.response.unread = f"encoded as {encoding[:40]!r}, which was not asked for; not read"
        return not self.response.unread

    def streams(self, response: httpx.Response, seconds: float) -> bool:
        """Take in the headers; whether the body is what was asked for: of any length, and to be read in that time."""
        kind = response.headers.get("content-type", "").lower()
        is_text = kind.startswith("text/") or "json" in kind or "xml" in kind
        if not self.begin(response.status_code, response.headers) or response.status_code not in {200, 206} or is_text:
            return False
        self._deadline = self._wire.clock.monotonic() + seconds
        return True

    def enough(self, chunk: bytes) -> bool:
        """Take in a part of the body; whether to stop reading."""
        self.response.body += chunk
        if len(self.response.body) > BODY_LIMIT:
            self.response.unread = f"longer than {BODY_LIMIT} bytes; not read on"
        return bool(self.response.unread) or self.raise_if_expired()

    def raise_if_expired(self) -> bool:
        """False, or an error raised."""
        if self._left() < 0:
            raise httpx.ReadTimeout("the body did not end in time")
        return False

    def __exit__(self, _: object, broken: BaseException | None, __: object) -> bool:
        broken = self._wire.as_httpx(broken)
        if not isinstance(broken, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError | OSError | UnicodeError):
            return False
        if request := getattr(broken, "_request", None):
            request.headers, request.extensions = httpx.Headers(), {}  # The key must not travel with the error.
            _without_query(request)
        if self.response.status_code in {0, 200, 206}:  # Any other code says enough, though the body broke off.
            fatal: BaseException | None = broken
            while fatal not in (None, self._handled) and not isinstance(fatal, _FATAL):
                fatal = fatal and (fatal.__cause__ or fatal.__context__)
            # The builtin TimeoutError is that of asyncio.timeout: our own limit.
            cause = httpx.ReadTimeout("no whole answer in time") if isinstance(broken, TimeoutError) else broken
            said = self._wire.key.redact(str(cause))
            if said != str(cause):  # The server echoed the key, and the causes below say so too.
                cause = httpx.RemoteProtocolError(said)
            message = f"{self._call.subject}: no answer: {type(cause).__name__}: {said}"
            facts = {"permanent": fatal not in (None, self._handled), "sent": not isinstance(cause, _UNSENT)}
            self._error = ApiConnectionError(message, ref=self._call.ref, **facts)
            self._error.__cause__ = cause
        return True

    def result(self) -> CallResult[_T]:
        """What came of it; one line in the log, without the addresses of results."""
        came = CallResult(self._error) if self._error else interpret(self._call, self.response, self._wire.key)
        shown = came.value if isinstance(came.value, CambError | TaskRef) else getattr(came.value, "status", "done")
        ref = self._call.ref and str(self._call.ref)
        extra = {"ref": ref, "status": getattr(came.value, "status", None), "poll": self._call.poll}
        log.debug("%s: %.300r", ref or self._call.subject, str(shown), extra=extra)
        return came

    def check(self) -> None:
        """Raise what the network did, if it did anything."""
        if self._error:
            raise self._error
