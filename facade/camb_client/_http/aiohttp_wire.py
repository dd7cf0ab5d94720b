"""The wire of the async client over aiohttp, which spends less CPU on a poll than httpcore does.

It makes aiohttp do what httpx's own transport does, and decides nothing else. Creates, streams and downloads go over
httpx: they are few, and need a connection of their own, or go to another host.

What aiohttp does otherwise by itself, and is put right here: it quotes a path anew (``a%3Ab`` becomes ``a:b``),
keeps cookies, unpacks bodies, sends a request again where the connection ends without a response, has at most
100 connections, and puts the request, with its key, into some of its errors.
"""

import math
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import httpx
from yarl import URL

from .async_network import AsyncRoutes, readable
from .async_wire import AsyncWire
from .exchange import Exchange
from .pool import redact_log
from .routes import KEEPALIVE

# The limits of httpx's own transport: bytes of a header, and of a URL.
_HEADER_LIMIT, _URL_LIMIT = 100 * 1024, 65_536
# What httpx's own transport would have raised; the first that fits.
_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ClientError, httpx.ReadError),
)


@lru_cache(1024)
def _parsed(url: str) -> URL:
    """An address; the same one again for each poll of a task."""
    return URL(url, encoded=True)


@lru_cache(16)
def _limits(connect: float, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(connect=connect, sock_read=read, ceil_threshold=math.inf)


class _Connector(aiohttp.TCPConnector):
    """Gives out no idle connection that the server has closed: aiohttp sees that only when its loop turns."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._used: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    async def connect(self, *request: Any, **more: Any) -> Any:
        """A connection, new or idle until now."""
        while True:
            connection = await super().connect(*request, **more)
            has_ended = self._used.get(connection.protocol)
            if has_ended is None:
                self._used[connection.protocol] = readable(connection.transport)
            if has_ended is None or not has_ended():
                return connection
            connection.close()


class _Routes(AsyncRoutes):
    """httpx's ways to any host, and a session of aiohttp to the API."""

    def __init__(self, url: httpx.URL) -> None:
        super().__init__()
        self.tls.set_alpn_protocols(["http/1.1"])
        proxy = self.proxies.of(url)
        user, password = (proxy and proxy.auth) or (None, None)
        self.proxy = proxy and URL(str(proxy.url)).with_user(user).with_password(password)
        self._session: aiohttp.ClientSession | None = None

    def _problem(self, scheme: str) -> str | None:
        return None if scheme in {"http", "https"} else f"is {scheme}: transport='aiohttp' takes http and https proxies"

    def session(self) -> aiohttp.ClientSession:
        """The session; made when it is first asked for, as it needs the event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=0, keepalive_timeout=KEEPALIVE, ssl=self.tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_line_size=_HEADER_LIMIT,
                max_field_size=_HEADER_LIMIT,
            )
            self._session._retry_connection = False  # A poll is one request.
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
        await super().aclose()


class AiohttpWire(AsyncWire):
    """The wire of the async client over aiohttp."""

    def _network(self) -> httpx.AsyncBaseTransport:
        redact_log(self.key)
        url = httpx.URL(self.base_url)
        routes = self._shared.aiohttp = _Routes(url)
        self._origin = str(url).rstrip("/")
        return routes

    async def _exchange(self, http: httpx.AsyncClient, exchange: Exchange[Any]) -> None:
        call, routes = exchange.call, self._shared.aiohttp
        if call.fresh:
            return await super()._exchange(http, exchange)
        url = self._origin + call.url
        if len(url) > _URL_LIMIT:
            raise httpx.InvalidURL("URL too long")
        connect, read = self.phases["connect"], self.phases["read"]
        response = await routes.session().request(
            call.method,
            _parsed(url),
            headers=exchange.headers(),
            data=exchange.body(),
            # The time to connect is bounded apart, and to the point, so that this comes before the cut: then nothing
            # was sent. What is not shorter than the whole is bounded with it.
            timeout=_limits(
                min(math.inf if connect is None else connect, exchange.limit), None if read == self.longest else read
            ),
            proxy=routes.proxy,
            allow_redirects=False,
        )
        try:
            # A success is read for little: the rest, as httpx would decode it.
            plain = response.status == 200
            if exchange.begin(response.status, response.headers if plain else httpx.Headers(response.raw_headers)):
                while not (response.content.at_eof() or exchange.enough(await response.content.readany())):
                    pass
        finally:
            response.release()  # Closes the connection if there is more to come.

    def as_httpx(self, broken: BaseException | None) -> BaseException | None:
        """What httpx's own transport would have raised, without the request."""
        found = next((httpx_error for error, httpx_error in _ERRORS if isinstance(broken, error)), None)
        if found is None:
            return broken
        # Why a connection could not be made.
        below = getattr(broken, "certificate_error", None) or getattr(broken, "os_error", None)
        said = str(below or getattr(broken, "message", broken))
        if isinstance(broken, aiohttp.ClientHttpProxyError):
            said = f"{broken.status} {said}"
        translated = found(said)
        translated.__cause__ = below and below.with_traceback(None)
        return translated
