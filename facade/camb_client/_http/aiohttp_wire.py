"""The wire of the async client over aiohttp, which spends less CPU on a poll than httpcore does.

Rule of this file: the only module that talks aiohttp, and imported only by who asks for it. It makes aiohttp
do what httpx's own transport does, and decides nothing else.

What aiohttp does otherwise by itself, and is put right here: it quotes a path anew (``a%3Ab`` becomes ``a:b``),
keeps cookies, unpacks bodies, sends a request again where the connection ends without an answer, has at most
100 connections, and puts the request, with its key, into some of its errors.
"""

import math
import select
import ssl
from typing import Any, cast
from weakref import WeakSet

import aiohttp
import httpx
from yarl import URL

from .._polling.errors import ConfigurationError
from .async_wire import AsyncWire
from .exchange import Exchange
from .wire import SETTINGS, NoCookies

# The limits of httpx's own transport: seconds that an idle connection is kept, bytes of a header, and of a URL.
_KEEPALIVE = SETTINGS["limits"].keepalive_expiry
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


class _Connector(aiohttp.TCPConnector):
    """Gives out no idle connection that the server has closed: aiohttp sees that only when its loop turns."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._used: WeakSet[Any] = WeakSet()

    async def connect(self, *request: Any, **more: Any) -> Any:
        """A connection, new or idle until now."""
        while True:
            connection = await super().connect(*request, **more)
            protocol = connection.protocol
            if protocol not in self._used or not _is_readable(connection.transport):
                self._used.add(protocol)
                return connection
            connection.close()


def _is_readable(transport: Any) -> bool:
    """Whether something has come; on an idle connection that is its end."""
    socket = transport.get_extra_info("socket")
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([socket], [], [], 0)[0])
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


class _Route(httpx.AsyncBaseTransport):
    """Where httpx's client would have a transport: a session of aiohttp, straight to the host or through a proxy."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx.Proxy | None = None) -> None:
        self._context = context
        self._session: aiohttp.ClientSession | None = None
        self.proxy = None if proxy is None else _url_of(proxy)

    def session(self) -> aiohttp.ClientSession:
        """Made at the first poll, as it needs the event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=0, keepalive_timeout=_KEEPALIVE, ssl=self._context),
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


def _url_of(proxy: httpx.Proxy) -> URL:
    if proxy.url.scheme not in {"http", "https"}:
        raise ConfigurationError(f"transport='aiohttp' takes http and https proxies, not {proxy.url.scheme}")
    user, password = proxy.auth or (None, None)
    return URL(str(proxy.url)).with_user(user).with_password(password)


class _Client(httpx.AsyncClient):
    """httpx's client, of which only what it takes from the environment is used: proxies and CA bundles."""

    def __init__(self, **settings: Any) -> None:
        self._context = httpx.create_ssl_context()
        self._context.set_alpn_protocols(["http/1.1"])
        super().__init__(**settings)

    def _init_transport(self, *_: object, **__: object) -> _Route:
        return _Route(self._context)

    def _init_proxy_transport(self, proxy: httpx.Proxy, *_: object, **__: object) -> _Route:
        return _Route(self._context, proxy)

    def route(self, url: httpx.URL) -> Any:
        """The way to a URL."""
        return self._transport_for_url(url)


class AiohttpWire(AsyncWire):
    """The wire of the async client over aiohttp."""

    _client_class = _Client

    def _open(self) -> None:
        super()._open()
        self._plain: httpx.AsyncClient | None = None
        url = httpx.URL(self.base_url)
        self._origin, self._route = str(url).rstrip("/"), cast("_Client", self._http).route(url)
        connect, read = self.phases["connect"], self.phases["read"]
        self._connect = math.inf if connect is None else connect
        self._read = None if read == self.longest else read  # What is not shorter than the whole is bounded with it.

    async def _exchange(self, _: httpx.AsyncClient, exchange: Exchange[Any]) -> None:
        method, url, headers, body = exchange.parts()
        url = self._origin + url.removeprefix(self.base_url)
        if len(url) > _URL_LIMIT:
            raise httpx.InvalidURL("URL too long")
        response = await self._route.session().request(
            method,
            URL(url, encoded=True),
            headers=headers,
            data=body,
            timeout=aiohttp.ClientTimeout(
                # Of its own, and to the point, so that it comes before the cut: then nothing was sent.
                connect=min(self._connect, exchange.limit),
                sock_read=self._read,
                ceil_threshold=math.inf,
            ),
            proxy=self._route.proxy,
            allow_redirects=False,
        )
        try:
            # A success is read for little: the rest, as httpx would decode it.
            plain = response.status == 200
            if exchange.begin(response.status, response.headers if plain else httpx.Headers(response.raw_headers)):
                async for chunk in response.content.iter_any():
                    if exchange.enough(chunk):
                        break
        finally:
            response.release()  # Closes the connection if there is more to come.

    def _streaming(self) -> httpx.AsyncClient:
        """httpx's own: a stream is few requests, and may go to another host."""
        self._client()
        if self._plain is None:
            self._plain = httpx.AsyncClient(cookies=NoCookies(), **SETTINGS)
        return self._plain

    async def aclose(self) -> None:
        """Close the connections."""
        await super().aclose()
        if self._plain is not None:
            await self._plain.aclose()

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
