"""One call on the wire, sync and async: a request goes out, once; its response, or a stream of bytes, comes back.

It decides nothing about tasks, and sends nothing twice. (httpcore itself takes another connection only while nothing
was sent on the first.)

How a poll is bounded. Both ways were tried. The generated functions (``sync_detailed``) take no timeout for
one call and read any body whole; with httpx hooks they can be bounded all the same, but the limit of each
call must travel in a context variable, the hook must swap ``response.stream``, the key stands in the repr of
the generated client, and a status code that the standard library does not know (520) fails inside the
generated code unless the hook raises first. The generated request builders and models around our own
``send`` need none of that, and cost less (1.04 against 1.08 × a bare ``httpx`` get, same run). So that is
what is done: the limit is an argument, the body is read in chunks, and nothing generated sees a response
that is not a JSON object with a status of success.

What cannot be bounded in sync: the resolution of a name. Async bounds that too, by cancellation.
"""

import json
import logging
import math
import signal
import socket
import ssl
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from traceback import walk_tb
from typing import Any, Generic, TypeVar

import httpx

from .._polling.checks import DAY
from .._polling.errors import ApiConnectionError, CambError, ConfigurationError
from .._polling.log import log
from .._polling.response import CallResult
from .._polling.task import TaskRef
from .._polling.text import without_queries
from .call import STARVED, Call, LocalReadError, interpret, unchanged
from .credentials import map_texts, redact_address
from .response import Response
from .wire import BaseWire, without_query

# What is left of a call when its limit has passed and httpcore has not ended it, in seconds.
CUT_OFF_AFTER = 0.05
# The first httpcore that takes what is asked of a server apart from the address that logs and tracers see.
_TARGET_SINCE = (1, 0, 4)
# The last is how S3 frames an upload; some stores give it back with a file that is not framed.
_PLAIN = {"", "identity", "aws-chunked"}
# What no second try can mend.
_FATAL = httpx.UnsupportedProtocol | httpx.InvalidURL | ssl.SSLCertVerificationError | UnicodeError
# What happens before a request is sent.
_UNSENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol,
    httpx.InvalidURL, ssl.SSLCertVerificationError, UnicodeError,
)  # fmt: skip
_T = TypeVar("_T")


class _Limit(float):
    """Seconds that a phase may take; the network asks, at each wait of the phase, what is left of the whole."""

    __slots__ = ("left",)
    left: Callable[[], float]


class _Remaining(dict[str, float | None]):
    """httpx's timeouts by phase, each cut to what is left of the poll when the phase begins.

    httpcore asks for a phase's timeout by ``get`` when it gets there, so the phases share one limit
    instead of having it each.
    """

    left: Callable[[], float]

    def get(self, phase: str, _: object = None) -> float:
        """The timeout of a phase that begins now: neither 0 nor endless, as sockets take neither."""
        limit = _Limit(min(super().get(phase) or DAY, max(self.left(), 0.001), DAY))
        limit.left = self.left
        return limit


class Exchange(AbstractContextManager["Exchange[Any]"], Generic[_T]):
    """One call, as far as it has come. As a context manager it takes in whatever the network does."""

    def __init__(self, wire: "BaseWire[Any]", call: Call[_T], limit: float) -> None:
        self.limit = limit if call.upload else min(limit, wire.longest)
        self.call, self._wire = call, wire
        if call.upload is not None:
            call.upload.on_sent = self._await_response
        began = wire.clock.monotonic()
        self._deadline, self._end_of_stream = began + self.limit, began + limit
        # httpcore's own limits come first: they close what they opened, and say what they waited for.
        self.cut_off = None if self.limit == math.inf else self.limit + CUT_OFF_AFTER
        self.response = call.response = Response()
        self._error: BaseException | None = None
        self._handled = sys.exception()  # Of the caller's: no cause of ours.

    def _left(self) -> float:
        return self._deadline - self._wire.clock.monotonic()

    def _await_response(self) -> None:
        """From now on as any call: an upload is bounded by its phases alone."""
        self._deadline = min(self._deadline, self._wire.clock.monotonic() + self._wire.longest)

    # No local variable here holds the key: a traceback that shows them must not show it.

    def headers(self) -> dict[str, str]:
        """What goes out: the key goes to nobody but the API."""
        call = self.call
        content = {} if call.json is None else {"content-type": "application/json"}
        content = content if call.upload is None else call.upload.headers
        return {**self._wire.headers_for(api=call.is_ours), **call.headers, **content}

    def body(self) -> bytes | None:
        """What goes out as the body."""
        return None if self.call.json is None else json.dumps(self.call.json).encode()

    def request(self) -> httpx.Request:
        """The request for httpx: made here and not by the client, which would merge in what there is none of."""
        timeout = _Remaining(self._wire.phases)
        timeout.left = self._left
        call, apart = self.call, not self.call.is_ours and self._wire.has_own_network
        call.received = deque(maxlen=4)
        request = httpx.Request(
            call.method,
            self._wire.base_url + call.url if call.is_ours else call.url,
            headers=self.headers(),
            content=self.body(),
            stream=call.upload,
            extensions={"timeout": timeout, "fresh": call.fresh, "received": call.received},
        )
        if call.upload is not None:  # httpx leaves all headers of a stream to who makes it.
            request.headers["host"] = request.url.netloc.decode("ascii")
        if apart:
            _check_httpcore()
            request.extensions["target"] = request.url.raw_path
            if request.url.userinfo:  # httpx would log it with the address.
                next(httpx.BasicAuth(request.url.username, request.url.password).auth_flow(request))
                request.url = request.url.copy_with(username="", password="")
            without_query(request)
        return request

    def begin(self, status_code: int, headers: Mapping[str, str]) -> bool:
        """Take in the headers; whether the body should be read."""
        self.response.status_code, self.response.headers = status_code, headers
        self.response.received_at = self._wire.clock.time()
        encoding = headers.get("content-encoding", "").strip().lower()
        if not {one.strip() for one in encoding.split(",")} <= _PLAIN:
            self.response.unread = f"encoded as {encoding[:40]!r}, which was not asked for; not read"
        return not self.response.unread

    def streams(self, response: httpx.Response) -> bool:
        """Take in the headers; whether the body is a stream, of any length, that the limit of the call bounds."""
        readable = self.begin(response.status_code, dict(response.headers.items()))
        is_http1 = response.extensions.get("http_version", b"").startswith(b"HTTP/1")
        is_told = {"content-length", "transfer-encoding"} & response.headers.keys()
        self.response.ends_with_connection = is_http1 and not is_told
        if not readable or not self.call.streams(self.response):
            return False
        self._deadline = self._end_of_stream
        return True

    def enough(self, chunk: bytes) -> bool:
        """Take in a part of the body; whether to stop reading."""
        self.response.body += chunk
        if len(self.response.body) > self.call.body_limit:
            self.response.unread = f"longer than {self.call.body_limit} bytes; not read on"
            return True
        self.raise_if_expired()
        return False

    def raise_if_expired(self) -> None:
        """Raise if the limit has passed."""
        if self._left() < 0:
            raise httpx.ReadTimeout("the body did not end in time")

    def __exit__(self, _: object, broken: BaseException | None, __: object) -> bool:
        if self.call.upload is not None:
            self.call.upload.rewind()
        if broken is None:
            return False
        if isinstance(broken, LocalReadError):
            self._error = broken.__cause__ or broken
            self._error.add_note(f"{self.call.subject}: the upload was not finished, so nothing was created")
            return True
        error = self._wire.as_httpx(broken)
        if not isinstance(error, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError | OSError | UnicodeError):
            return False
        if request := getattr(error, "_request", None):
            request.headers, request.extensions = httpx.Headers(), {}  # The key must not travel with the error.
            without_query(request)
        own = self._of_the_caller(error)
        if own is broken:
            return False
        if own is not None:
            self._error = own
        elif self.response.status_code == 0 or self.response.is_success:  # Any other code says enough by itself.
            self._error = self._connection_error(error)
        return True

    def _connection_error(self, broken: BaseException) -> ApiConnectionError:
        chain = list(self._chain(broken))
        # The builtin TimeoutError is that of asyncio.timeout: our own limit.
        cause = httpx.ReadTimeout("no whole response in time") if isinstance(broken, TimeoutError) else broken
        said = without_queries(self._redact(str(cause)))
        if said != str(cause):  # The server echoed a secret, and the causes below say so too.
            cause = httpx.RemoteProtocolError(said)
        advice = ""
        if any(isinstance(one, socket.gaierror) for one in chain):
            host = httpx.URL(self._wire.base_url if self.call.is_ours else self.call.url).host
            advice = f". The name does not resolve ({host}): check it, or run `camb-client doctor`"
        starved = any(isinstance(one, OSError) and one.errno in STARVED for one in chain)
        error = ApiConnectionError(
            f"{self.call.subject}: no response: {type(cause).__name__}: {said}{advice}",
            ref=self.call.ref,
            permanent=any(isinstance(one, _FATAL) for one in chain),
            sent=not (starved or isinstance(cause, _UNSENT)),
        )
        error.__cause__ = cause
        return error

    def _chain(self, error: BaseException | None) -> Iterator[BaseException]:
        """An error and what it comes from, but for what the caller was handling."""
        while error is not None and error is not self._handled:
            yield error
            error = error.__cause__ or error.__context__

    def _of_the_caller(self, broken: BaseException) -> BaseException | None:
        """What a signal handler raised meanwhile, where that is what broke the exchange: no error of the network."""
        handlers = (signal.getsignal(number) for number in signal.valid_signals())
        codes = {getattr(handler, "__code__", None) or getattr(type(handler).__call__, "__code__", None)
                 for handler in handlers if callable(handler)}  # fmt: skip
        for error in self._chain(broken):
            if any(frame.f_code in codes for frame, _ in walk_tb(error.__traceback__)):
                return error
        return None

    def _redact(self, value: Any) -> Any:
        value = self._wire.key.redact(value)
        return value if self.call.is_ours else map_texts(partial(redact_address, self.call.url), value)

    def result(self) -> CallResult[_T]:
        """What came of it; one line in the log, without the addresses of results."""
        if self._error is not None and not isinstance(self._error, CambError):
            raise self._error
        # Most bodies hold no secret, which is found out once and not for each text in them.
        redact = self._redact if not self.call.is_ours or self._wire.key.may_be_in(self.response.body) else unchanged
        came = CallResult(self._error) if self._error else interpret(self.call, self.response, self._redact, redact)
        if not log.isEnabledFor(logging.DEBUG):
            return came
        shown = came.value if isinstance(came.value, CambError | TaskRef) else getattr(came.value, "status", "done")
        ref = self.call.ref and str(self.call.ref)
        extra = {"ref": ref, "status": getattr(came.value, "status", None), "poll": self.call.poll}
        log.debug("%s: %.300r", ref or self.call.subject, str(shown), extra=extra)
        return came

    def check(self) -> None:
        """Raise what the network did, if it did anything."""
        if self._error is not None:
            raise self._error


def _check_httpcore() -> None:
    import httpcore

    if tuple(int(part) for part in httpcore.__version__.split(".")[:3] if part.isdigit()) < _TARGET_SINCE:
        raise ConfigurationError(f"downloads need httpcore 1.0.4 or newer, not {httpcore.__version__}: upgrade it")
