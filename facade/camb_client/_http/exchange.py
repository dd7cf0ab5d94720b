"""One call on the wire, sync and async: a request goes out, once; what came of it, or a stream of bytes, comes back.

Rule of this file: the only module that talks httpx, but for ``_http.aiohttp_wire``, which puts aiohttp in its place. It
decides nothing about tasks, and sends nothing twice. (httpcore itself takes another connection only while nothing
was sent on the first.)

How a look is bounded. Both ways were tried. The generated functions (``sync_detailed``) take no timeout for
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
import os
import random
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from http.cookiejar import CookieJar
from typing import Any, Generic, TypeVar

import httpx

from .._api import calls as _calls
from .._polling.errors import ApiConnectionError, CambError
from .._polling.poller import log
from .._polling.response import Answer, Call, Look, Outcome, interpret
from .._polling.schedule import DAY
from .._polling.task import TaskRef
from .._version import __version__
from .clock import Clock
from .credentials import ApiKey

# A task result has a few hundred bytes. What is longer than this is something else, and is not read on.
BODY_LIMIT = 1 << 20
# What is left of a call when its limit has passed and httpcore has not ended it, in seconds.
CUT_OFF_AFTER = 0.05
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": f"camb-client/{__version__}"}
SETTINGS: dict[str, Any] = {
    # A proxy of the environment is for other machines: to this one the key would go through it in clear.
    "mounts": dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]")),
    # httpcore 1.0 forgets a connection whose first request is cancelled as it is made: it must not take a place
    # that is never given back. https://github.com/encode/httpcore/issues/1093
    "limits": httpx.Limits(max_connections=None, max_keepalive_connections=20),
}
# What no second try can mend.
_FATAL = httpx.UnsupportedProtocol | httpx.InvalidURL | ssl.SSLCertVerificationError | UnicodeError
# What happens before a request is sent.
_UNSENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol,
    httpx.InvalidURL, ssl.SSLCertVerificationError, UnicodeError,
)  # fmt: skip
_HttpClient = TypeVar("_HttpClient", httpx.Client, httpx.AsyncClient)
_T = TypeVar("_T")


class _Remaining(dict[str, float | None]):
    """httpx's timeouts by phase, each cut to what is left of the look when the phase begins.

    httpcore asks for a phase's timeout by ``get`` when it gets there, so the phases share one limit
    instead of having it each.
    """

    left: Callable[[], float]

    def get(self, phase: str, _: object = None) -> float:
        """The timeout of a phase that begins now: neither 0 nor endless, as sockets take neither."""
        return min(super().get(phase) or DAY, max(self.left(), 0.001), DAY)


class NoCookies(CookieJar):
    """Keeps none: a cookie would be state shared between threads, and would go out with later looks."""

    def extract_cookies(self, _: object, request: Any) -> None:
        """Take nothing. But httpx logs the address next, and the query of one may be what signs it."""
        _without_query(request.request)


def _without_query(request: httpx.Request) -> None:
    if request.url.query:
        request.url = request.url.copy_with(query=None)


class Reading(AbstractContextManager["Reading[Any]"], Generic[_T]):
    """One call, as far as it has come. As a context manager it takes in whatever the network does."""

    def __init__(self, wire: "BaseWire[Any]", call: Call[_T], limit: float) -> None:
        self.limit = min(limit, wire.longest)
        self._wire, self._call, self._deadline = wire, call, wire.clock.monotonic() + self.limit
        # httpcore's own limits come first: they close what they opened, and say what they waited for.
        self.cut_off = None if self.limit == math.inf else self.limit + CUT_OFF_AFTER
        self.answer = Answer()
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
        self.answer.status_code, self.answer.headers = status_code, headers
        self.answer.received_at = self._wire.clock.time()
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            self.answer.flaw = f"encoded as {encoding[:40]!r}, which was not asked for; not read"
        return not self.answer.flaw

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
        self.answer.body += chunk
        if len(self.answer.body) > BODY_LIMIT:
            self.answer.flaw = f"longer than {BODY_LIMIT} bytes; not read on"
        return bool(self.answer.flaw) or self.late()

    def late(self) -> bool:
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
        if self.answer.status_code in {0, 200, 206}:  # Any other code says enough, though the body broke off.
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

    def outcome(self) -> Outcome[_T]:
        """What came of it; one line in the log, without the addresses of results."""
        came = Outcome(self._error) if self._error else interpret(self._call, self.answer, self._wire.key)
        shown = (
            came.outcome if isinstance(came.outcome, CambError | TaskRef) else getattr(came.outcome, "status", "done")
        )
        log.debug("%s: %.300r", self._call.ref or self._call.subject, str(shown))
        return came

    def check(self) -> None:
        """Raise what the network did, if it did anything."""
        if self._error:
            raise self._error


class BaseWire(Generic[_HttpClient]):
    """What both wires share: the settings, and the life of the httpx client.

    ``clock`` and ``random`` (numbers from 0 to 1, for jitter) are there to be replaced.
    """

    _client_class: type[_HttpClient]
    _http: _HttpClient
    _inherited: _HttpClient
    _loop: object

    def __init__(self, base_url: str, key: ApiKey, timeout: httpx.Timeout, transport: Any) -> None:
        self.base_url, self.key = base_url, key
        self.clock = Clock()
        self.random: Callable[[], float] = random.random
        self.phases: dict[str, float | None] = dict(timeout.as_dict())
        # A request as a whole may take what its longest phase may.
        self.longest = max(math.inf if bound is None else bound for bound in self.phases.values())
        self._transport, self._closed = transport, False  # A transport stays its owner's to close.
        self._open()

    def _open(self) -> None:
        self._http = self._client_class(transport=self._transport, cookies=NoCookies(), **SETTINGS)
        self._pid, self._loop = os.getpid(), None

    def as_httpx(self, broken: BaseException | None) -> BaseException | None:
        """What a transport raised, as an error of httpx; what has nothing to do with the network as it is."""
        return broken

    def check_open(self) -> None:
        """Raises RuntimeError after close."""
        if self._closed:
            raise RuntimeError("this client is closed: make a new one")

    def _client(self) -> _HttpClient:
        self.check_open()
        if self._pid != os.getpid():
            # Two processes on one connection get each other's answers, so a forked child opens its own. What it
            # inherits is kept: to be collected would close it, for the parent too.
            self._inherited = self._http
            self._open()
        return self._http


class Wire(BaseWire[httpx.Client]):
    """The wire of the sync client; safe to share between threads."""

    _client_class = httpx.Client

    def look(self, ref: TaskRef, limit: float = math.inf) -> Look:
        """Look once, within ``limit`` seconds and the client's own timeout. RuntimeError after close."""
        return self.ask(_calls.status(ref), limit)

    def ask(self, call: Call[_T], limit: float = math.inf) -> Outcome[_T]:
        """Send a call, and read its answer whole, within ``limit`` seconds and the client's own timeout."""
        http = self._client()
        with Reading(self, call, limit) as reading, closing(http.send(reading.request(), stream=True)) as response:
            if reading.begin(response.status_code, response.headers):
                any(map(reading.enough, response.iter_bytes()))
        return reading.outcome()

    @contextmanager
    def stream(self, call: Call[Any], limit: float = math.inf) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Send a call, and give its answer and the bytes as they come, all within ``limit`` seconds.

        Each wait for bytes is bounded by the client's own timeout. What goes wrong on the wire is raised as one of
        our errors, what the caller does with the bytes is the caller's.
        """
        http, reading = self._client(), Reading(self, call, limit)
        with reading:
            response = http.send(reading.request(), stream=True)
        reading.check()
        with closing(response):
            if not reading.streams(response, limit):
                with reading:
                    any(map(reading.enough, () if reading.answer.flaw else response.iter_bytes()))
                reading.outcome().value()
            yield reading.answer, self._pieces(reading, iter(response.stream))  # type: ignore[arg-type]

    def _pieces(self, reading: Reading[Any], chunks: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            chunk = None
            with reading:
                chunk = next(chunks, None)
                reading.late()
            reading.check()
            if chunk is None:
                return
            yield chunk

    def close(self) -> None:
        """Close the connections; a transport that was passed in stays open."""
        self._closed = True
        if self._transport is None and self._pid == os.getpid():
            self._http.close()


class _ToTheEnd:
    """Awaits what gives a connection back; a cancellation meanwhile goes on after it.

    httpcore loses a connection for good when it is cancelled there. ``asyncio.shield`` around all of it would do too,
    but its task lets others run twice, and they fight for the connection: it made a look cost half as much again.
    """

    def __init__(self, closing: Coroutine[Any, Any, None]) -> None:
        self._closing = closing

    def __await__(self) -> Generator[Any, Any, None]:
        import asyncio

        interruption = None
        for step in self._closing.__await__():  # None lets others run; anything else is a future to wait for.
            waiting = True
            while waiting:
                try:
                    yield from (None,) if step is None else asyncio.shield(step)
                    waiting = False
                except asyncio.CancelledError as cancelled:
                    interruption, waiting = cancelled, step is not None and not step.done()
        if interruption is not None:
            raise interruption


class AsyncWire(BaseWire[httpx.AsyncClient]):
    """The wire of the async client; of one event loop."""

    _client_class = httpx.AsyncClient

    def _client(self) -> httpx.AsyncClient:
        import asyncio

        http = super()._client()
        self._loop = self._loop or asyncio.get_running_loop()
        if self._loop is not asyncio.get_running_loop():
            raise RuntimeError("this client was first used in another event loop: make one in each loop")
        return http

    async def look(self, ref: TaskRef, limit: float = math.inf) -> Look:
        """Look once, as :meth:`Wire.look`. RuntimeError in another event loop too."""
        return await self.ask(_calls.status(ref), limit)

    async def ask(self, call: Call[_T], limit: float = math.inf) -> Outcome[_T]:
        """Send a call, and read its answer whole, as :meth:`Wire.ask`."""
        import asyncio

        http = self._client()
        with Reading(self, call, limit) as reading:
            async with asyncio.timeout(reading.cut_off):
                await self._exchange(http, reading)
        return reading.outcome()

    async def _exchange(self, http: httpx.AsyncClient, reading: Reading[Any]) -> None:
        response = await http.send(reading.request(), stream=True)
        try:
            if reading.begin(response.status_code, response.headers):
                await self._collect(reading, response)
        finally:
            await _ToTheEnd(response.aclose())

    def _streaming(self) -> httpx.AsyncClient:
        """What sends the calls whose answers are streams."""
        return self._client()

    @asynccontextmanager
    async def stream(
        self, call: Call[Any], limit: float = math.inf
    ) -> AsyncIterator[tuple[Answer, AsyncIterator[bytes]]]:
        """Send a call, and give its answer and the bytes as they come, as :meth:`Wire.stream`."""
        import asyncio

        http, reading = self._streaming(), Reading(self, call, limit)
        with reading:
            async with asyncio.timeout(reading.cut_off):
                response = await http.send(reading.request(), stream=True)
        reading.check()
        try:
            if not reading.streams(response, limit):
                with reading:
                    await self._collect(reading, response)
                reading.outcome().value()
            yield reading.answer, self._pieces(reading, aiter(response.stream))  # type: ignore[arg-type]
        finally:
            await _ToTheEnd(response.aclose())

    async def _collect(self, reading: Reading[Any], response: httpx.Response) -> None:
        # Not aiter_bytes, which closes by itself.
        async for chunk in response.stream:  # type: ignore[union-attr]
            if reading.answer.flaw or reading.enough(chunk):
                break

    async def _pieces(self, reading: Reading[Any], chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        while True:
            chunk = None
            with reading:
                chunk = await anext(chunks, None)
                reading.late()
            reading.check()
            if chunk is None:
                return
            yield chunk

    def as_httpx(self, broken: BaseException | None) -> BaseException | None:
        """As for any wire; a transport that was passed in may let errors of aiohttp through."""
        aiohttp = sys.modules.get("aiohttp")
        if aiohttp is None or not isinstance(broken, aiohttp.ClientError):
            return broken
        return httpx.ReadError(type(broken).__name__)  # No more of it: some hold the request, with its key.

    async def aclose(self) -> None:
        """Close the connections; a transport that was passed in stays open."""
        if not self._closed:
            http = self._client()
            self._closed = True
            if self._transport is None:
                await http.aclose()
