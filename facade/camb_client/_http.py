"""One look on the wire, sync and async: a request goes out, an :class:`Answer` or an error comes back.

Rule of this file: the only module that talks httpx, but for ``_aiohttp``, which puts aiohttp in its place. It
decides nothing about tasks.

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

import math
import os
import random
import ssl
import sys
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import AbstractContextManager, closing
from http.cookiejar import CookieJar
from typing import Any, Generic, TypeVar

import httpx

from ._answer import Answer, Look, interpret
from ._clock import Clock
from ._config import ApiKey
from ._errors import ApiConnectionError
from ._gateway import parse, request_line
from ._schedule import DAY
from ._task import TaskRef
from ._version import __version__
from ._wait import log

# A task result has a few hundred bytes. What is longer than this is something else, and is not read on.
BODY_LIMIT = 1 << 20
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
_HttpClient = TypeVar("_HttpClient", httpx.Client, httpx.AsyncClient)


class _Remaining(dict[str, float | None]):
    """httpx's timeouts by phase, each cut to what is left of the look when the phase begins.

    httpcore asks for a phase's timeout by ``get`` when it gets there, so the phases share one limit
    instead of having it each.
    """

    left: Callable[[], float]

    def get(self, phase: str, _: object = None) -> float:
        """The timeout of a phase that begins now: neither 0 nor endless, as sockets take neither."""
        return min(super().get(phase) or DAY, max(self.left(), 0.001), DAY)


class _NoCookies(CookieJar):
    """Keeps none: a cookie would be state shared between threads, and would go out with later looks."""

    def extract_cookies(self, *_: object) -> None:
        """Take nothing."""


class Reading(AbstractContextManager["Reading"]):
    """One look, as far as it has come. As a context manager it takes in whatever the network does."""

    def __init__(self, wire: "BaseWire[Any]", ref: TaskRef, limit: float) -> None:
        self.limit = min(limit, wire.longest)
        self._wire, self._ref, self._deadline = wire, ref, wire.clock.monotonic() + self.limit
        self._answer = Answer()
        self._error: ApiConnectionError | None = None
        self._handled = sys.exception()  # Of the caller's: no cause of ours.

    def _left(self) -> float:
        return self._deadline - self._wire.clock.monotonic()

    def parts(self) -> tuple[str, str, dict[str, str]]:
        """What is to be sent: method, path relative to the base URL, headers."""
        return *request_line(self._ref), {**_HEADERS, **self._wire.key.headers()}

    def request(self) -> httpx.Request:
        """The same for httpx: made here and not by the client, which would merge in what there is none of."""
        timeout = _Remaining(self._wire.phases)
        timeout.left = self._left
        method, path, headers = self.parts()
        return httpx.Request(method, self._wire.base_url + path, headers=headers, extensions={"timeout": timeout})

    def begin(self, status_code: int, headers: Mapping[str, str]) -> bool:
        """Take in the headers; whether the body should be read."""
        self._answer.status_code, self._answer.headers = status_code, headers
        self._answer.received_at = self._wire.clock.time()
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            self._answer.flaw = f"encoded as {encoding[:40]!r}, which was not asked for; not read"
        return not self._answer.flaw

    def enough(self, chunk: bytes) -> bool:
        """Take in a part of the body; whether to stop reading."""
        self._answer.body += chunk
        if len(self._answer.body) > BODY_LIMIT:
            self._answer.flaw = f"longer than {BODY_LIMIT} bytes; not read on"
        elif self._left() < 0:
            raise httpx.ReadTimeout("the body did not end in time")
        return bool(self._answer.flaw)

    def __exit__(self, _: object, broken: BaseException | None, __: object) -> bool:
        broken = self._wire.as_httpx(broken)
        if not isinstance(broken, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError | OSError | UnicodeError):
            return False
        if request := getattr(broken, "_request", None):
            request.headers, request.extensions = httpx.Headers(), {}  # The key must not travel with the error.
        if self._answer.status_code in {0, 200}:  # Any other code says enough, though the body broke off.
            fatal: BaseException | None = broken
            while fatal not in (None, self._handled) and not isinstance(fatal, _FATAL):
                fatal = fatal and (fatal.__cause__ or fatal.__context__)
            # The builtin TimeoutError is that of asyncio.timeout: our own limit.
            cause = httpx.ReadTimeout("no whole answer in time") if isinstance(broken, TimeoutError) else broken
            said = self._wire.key.redact(str(cause))
            if said != str(cause):  # The server echoed the key, and the causes below say so too.
                cause = httpx.RemoteProtocolError(said)
            message = f"{self._ref}: no answer: {type(cause).__name__}: {said}"
            self._error = ApiConnectionError(message, ref=self._ref, permanent=fatal not in (None, self._handled))
            self._error.__cause__ = cause
        return True

    def look(self) -> Look:
        """What came of it; one line in the log."""
        look = Look(self._error) if self._error else interpret(self._ref, self._answer, parse, self._wire.key)
        log.debug("%s: %.300r", self._ref, str(getattr(look.outcome, "status", look.outcome)))
        return look


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
        self._http = self._client_class(transport=self._transport, cookies=_NoCookies(), **SETTINGS)
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
        http = self._client()
        with Reading(self, ref, limit) as reading, closing(http.send(reading.request(), stream=True)) as response:
            if reading.begin(response.status_code, response.headers):
                any(map(reading.enough, response.iter_bytes()))
        return reading.look()

    def close(self) -> None:
        """Close the connections; a transport that was passed in stays open."""
        self._closed = True
        if self._transport is None and self._pid == os.getpid():
            self._http.close()


class _ToTheEnd:
    """Awaits what gives a connection back; a cancellation meanwhile goes on after it.

    httpcore loses a connection for good when it is cancelled there, at the one point where it lets others run.
    ``asyncio.shield`` would do too, but its task lets others run twice, and they fight for the connection: it
    made a look cost half as much again.
    """

    def __init__(self, closing: Coroutine[Any, Any, None]) -> None:
        self._closing = closing

    def __await__(self) -> Generator[Any, Any, None]:
        import asyncio

        interruption = None
        for step in self._closing.__await__():
            try:
                yield step
            except asyncio.CancelledError as cancelled:
                interruption = cancelled
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
        import asyncio

        http = self._client()
        with Reading(self, ref, limit) as reading:
            async with asyncio.timeout(None if reading.limit == math.inf else reading.limit):
                await self._exchange(http, reading)
        return reading.look()

    async def _exchange(self, http: httpx.AsyncClient, reading: Reading) -> None:
        response = await http.send(reading.request(), stream=True)
        try:
            if reading.begin(response.status_code, response.headers):
                # Not aiter_bytes, which closes by itself.
                async for chunk in response.stream:  # type: ignore[union-attr]
                    if reading.enough(chunk):
                        break
        finally:
            await _ToTheEnd(response.aclose())

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
