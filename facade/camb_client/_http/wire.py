"""What the wires of both clients share: the settings of a client, and the life of its connections."""

import copy
import math
import os
import random
from abc import abstractmethod
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any, Generic, Self, TypeVar

import httpx

from .._version import __version__
from .clock import Clock
from .credentials import ApiKey

_HttpClient = TypeVar("_HttpClient", httpx.Client, httpx.AsyncClient)

_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": f"camb-client/{__version__}"}


class NoCookies(CookieJar):
    """Keeps none: a cookie would be state shared between threads, and would go out with later polls."""

    def extract_cookies(self, _: object, request: Any) -> None:
        """Take nothing. But httpx logs the address next, and the query of one may be what signs it."""
        without_query(request.request)


def without_query(request: httpx.Request) -> None:
    """Take the query out of a request that was sent."""
    if request.url.query:
        request.url = request.url.copy_with(query=None)


class Shared(Generic[_HttpClient]):
    """What a wire has in common with its copies by ``with_options``.

    Attributes:
        transport: The caller's transport, which stays the caller's to close, or ``None``.
        http: The httpx client.
        closed: Whether it was closed.
        pid: The process that opened it.
        loop: The event loop it is used in, in async.
        aiohttp: What goes to the API over aiohttp, where that is asked for.
        inherited: The httpx client of the parent process. To be collected would close it, for the parent too.
    """

    http: _HttpClient
    inherited: _HttpClient
    aiohttp: Any

    def __init__(self, transport: Any) -> None:
        self.transport, self.closed = transport, False
        self.pid = os.getpid()
        self.loop: object = None


class BaseWire(Generic[_HttpClient]):
    """What both wires share.

    ``clock`` and ``random`` (numbers from 0 to 1, for jitter) are there to be replaced.

    Args:
        base_url: Where the API is.
        key: Its key.
        timeout: What each phase of a request may take; the longest bounds the whole.
        transport: The caller's transport, or ``None``.
        headers: To go with every request to the API; a ``user-agent`` goes in front of ours.
    """

    _client_class: type[_HttpClient]

    def __init__(
        self,
        base_url: str,
        key: ApiKey,
        timeout: httpx.Timeout,
        transport: Any,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base_url, self.key = base_url, key
        self.clock = Clock()
        self.random = random.random
        self._is_copy = False
        self._own_headers: dict[str, str] = {}
        self._set_timeout(timeout)
        self._add_headers(headers or {})
        self._shared: Shared[_HttpClient] = Shared(transport)
        self._open()

    def with_options(self, timeout: httpx.Timeout | None = None, headers: Mapping[str, str] | None = None) -> Self:
        """A wire over the same connections, with these for its requests; headers merge over those there are.

        To close it does nothing; to close the original closes both.
        """
        wire = copy.copy(self)
        wire._is_copy = True
        if timeout is not None:
            wire._set_timeout(timeout)
        wire._add_headers(headers or {})
        return wire

    def _set_timeout(self, timeout: httpx.Timeout) -> None:
        self.phases: dict[str, float | None] = dict(timeout.as_dict())
        # A request as a whole may take what its longest phase may.
        self.longest = max(math.inf if bound is None else bound for bound in self.phases.values())

    def _add_headers(self, headers: Mapping[str, str]) -> None:
        self._own_headers = {**self._own_headers, **{name.lower(): value for name, value in headers.items()}}
        agents = (self._own_headers.get("user-agent"), _HEADERS["user-agent"])
        self._api_headers = {**_HEADERS, **self._own_headers, "user-agent": " ".join(filter(None, agents))}

    def headers_for(self, *, api: bool) -> dict[str, str]:
        """The headers of every request: to the API with its key, to others without."""
        return {**self._api_headers, **self.key.headers()} if api else dict(_HEADERS)

    @property
    def has_own_network(self) -> bool:
        """Whether no transport was passed in."""
        return self._shared.transport is None

    def _open(self) -> None:
        shared = self._shared
        transport = self._network() if shared.transport is None else shared.transport
        shared.http = self._client_class(transport=transport, cookies=NoCookies(), trust_env=False)
        shared.pid, shared.loop = os.getpid(), None

    @abstractmethod
    def _network(self) -> Any:
        """The transport of our own."""

    def as_httpx(self, broken: BaseException | None) -> BaseException | None:
        """What a transport raised, as an error of httpx; what has nothing to do with the network as it is."""
        return broken

    def check_open(self) -> None:
        """Raises RuntimeError after close."""
        if self._shared.closed:
            raise RuntimeError("this client is closed: make a new one")

    def _client(self) -> _HttpClient:
        self.check_open()
        if self._shared.pid != os.getpid():
            # Two processes on one connection get each other's responses, so a forked child opens its own.
            self._shared.inherited = self._shared.http
            self._open()
        return self._shared.http
