"""The settings and the life of the httpx client, for both clients."""

import math
import os
import random
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx

from .clock import Clock
from .credentials import ApiKey

if TYPE_CHECKING:
    from collections.abc import Callable

_HttpClient = TypeVar("_HttpClient", httpx.Client, httpx.AsyncClient)


SETTINGS: dict[str, Any] = {
    # A proxy of the environment is for other machines: to this one the key would go through it in clear.
    "mounts": dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]")),
    # httpcore 1.0 forgets a connection whose first request is cancelled as it is made: it must not take a place
    # that is never given back. https://github.com/encode/httpcore/issues/1093
    "limits": httpx.Limits(max_connections=None, max_keepalive_connections=20),
}


class NoCookies(CookieJar):
    """Keeps none: a cookie would be state shared between threads, and would go out with later polls."""

    def extract_cookies(self, _: object, request: Any) -> None:
        """Take nothing. But httpx logs the address next, and the query of one may be what signs it."""
        _without_query(request.request)


def _without_query(request: httpx.Request) -> None:
    if request.url.query:
        request.url = request.url.copy_with(query=None)


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
