"""The network of the async client: streams of asyncio's own, which a cancellation at any step leaves closed."""

import asyncio
import ipaddress
import select
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from typing import Any

import httpcore
import httpx

from .._polling.checks import DAY
from .pool import SOCKET_OPTIONS, BaseBody, BasePool, Opened, left_of
from .routes import KEEPALIVE, Routes

# anyio, of which httpcore has its locks, imports this at the first of them: that would be time of the first request.
with suppress(ImportError):
    import_module("anyio._backends._asyncio")

# More than this is not taken from the network before it is read, in bytes.
_AHEAD = 256 * 1024
# The next address of a name is tried beside the last after so many seconds (RFC 8305).
_NEXT_ADDRESS_AFTER = 0.25


def readable(transport: Any) -> Callable[[], object]:
    """What says of an open connection whether something has come that the event loop has not seen yet.

    On an idle connection that is its end.
    """
    connected = transport.get_extra_info("socket")
    if connected is None or connected.fileno() < 0:
        return lambda: True
    if not hasattr(select, "poll"):  # Windows
        return lambda: select.select([connected], [], [], 0)[0]
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return partial(poll.poll, 0)


class _Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connection, with or without TLS. One task at a time uses it."""

    def __init__(self, opened: Opened) -> None:
        self._loop, self._opened = asyncio.get_running_loop(), opened
        self._transport: Any = None
        self._received = bytearray()
        self._is_paused = self._is_full = self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    # What asyncio calls.

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._opened.append(self)

    def data_received(self, data: bytes) -> None:
        self._opened.received.append(data)
        self._received += data
        if len(self._received) > _AHEAD and self._transport is not None and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self._ended, self._error = True, error
        self._wake()

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _turn(self, timeout: float | None) -> None:
        """Wait until asyncio calls, or that time has passed."""
        self._waiter = self._loop.create_future()
        timer = None if timeout is None else self._loop.call_later(timeout, self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    # What httpcore calls.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not (self._received or self._ended):
            await self._turn(left_of(timeout, httpcore.ReadTimeout))
        if self._received:
            left_of(timeout, httpcore.ReadTimeout)
            data = bytes(self._received[:max_bytes])
            del self._received[:max_bytes]
            if self._is_paused and len(self._received) <= _AHEAD:
                self._is_paused = False
                self._transport.resume_reading()
            return data
        if self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        if not self._ended:
            raise httpcore.ReadTimeout("timed out")
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._ended:
            self._transport.write(buffer)
        until = self._loop.time() + (left_of(timeout, httpcore.WriteTimeout) or DAY)
        while self._is_full and not self._ended and (left := until - self._loop.time()) > 0:
            await self._turn(left)  # What the server sends meanwhile wakes it too.
        if self._ended or (self._is_full and self._received):  # httpcore reads what the server has said then.
            raise httpcore.WriteError(str(self._error or "the server takes no more")) from self._error
        if self._is_full:
            raise httpcore.WriteTimeout("timed out")

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        """Close it now: there is nothing to wait for."""
        if not self._loop.is_closed():
            self._transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        secure = _Stream(self._opened)
        async with _connecting(timeout):
            transport = await self._loop.start_tls(
                self._transport, secure, ssl_context, server_hostname=server_hostname
            )
        secure.connection_made(transport)  # asyncio leaves that to us.
        return secure

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._received or self._ended or readable(self._transport)())
        return self._transport.get_extra_info({"client_addr": "sockname", "server_addr": "peername"}.get(info, info))


@asynccontextmanager
async def _connecting(timeout: float | None) -> AsyncIterator[None]:
    """Bound what makes a connection, and raise httpcore's errors in place of those of asyncio."""
    try:
        async with asyncio.timeout(left_of(timeout, httpcore.ConnectTimeout)):
            yield
    except TimeoutError as late:
        raise httpcore.ConnectTimeout("timed out") from late
    except OSError as broken:
        raise httpcore.ConnectError(str(broken)) from broken


class _Network(httpcore.AsyncNetworkBackend):
    """Opens connections; what it has opened when it is cancelled is closed."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_options: Any, **_more: Any
    ) -> _Stream:
        loop = asyncio.get_running_loop()
        async with _connecting(timeout):
            connected = await _first_of(await _addresses(host, port))
            _, stream = await loop.create_connection(partial(_Stream, self._opened), sock=connected)
        return stream


async def _addresses(host: str, port: int) -> list[tuple[int, Any]]:
    """Those of a name, each with its family; an address is its own, and asks no thread."""
    with suppress(ValueError):
        family = {4: socket.AF_INET, 6: socket.AF_INET6}[ipaddress.ip_address(host).version]
        return [(family, (host, port))]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as broken:
        raise httpcore.ConnectError(f"{broken}: {host}") from broken
    return list(dict.fromkeys((family, address) for family, *_, address in found))


async def _connect(family: int, address: Any) -> socket.socket:
    connecting = socket.socket(family, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        for option in SOCKET_OPTIONS:
            connecting.setsockopt(*option)
        await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _first_of(addresses: list[tuple[int, Any]]) -> socket.socket:
    """A socket that is connected to one of them; each is tried soon after the one before, at once where that failed."""
    if len(addresses) == 1:
        return await _connect(*addresses[0])
    tasks: list[asyncio.Task[socket.socket]] = []
    winner: socket.socket | None = None

    async def attempt(number: int, address: tuple[int, Any]) -> socket.socket:
        if number:
            await asyncio.wait([tasks[number - 1]], timeout=number * _NEXT_ADDRESS_AFTER)
        return await _connect(*address)

    def close(task: asyncio.Task[socket.socket]) -> None:
        if not task.cancelled() and task.exception() is None and task.result() is not winner:
            task.result().close()

    try:
        tasks += [asyncio.create_task(attempt(*one)) for one in enumerate(addresses)]
        for done in asyncio.as_completed(tasks):
            with suppress(OSError):
                winner = await done
                return winner
        return await tasks[0]  # All have failed: raise why.
    finally:
        for task in tasks:
            task.cancel()
            task.add_done_callback(close)


class _Body(BaseBody):
    def __aiter__(self) -> Any:
        return aiter(self._stream)

    async def aclose(self) -> None:
        try:
            if not self._closed:
                await self._stream.aclose()
                self._pool.give(self._connection)
                self._closed = True
        except BaseException:
            self.__del__()
            raise


class _Pool(BasePool):
    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = None
        try:
            connection = self._prepare(request)
            response: httpcore.Response = await connection.handle_async_request(request)
            response.stream = _Body(self, connection, response.stream)
            response.extensions.pop("reason_phrase", None)  # Any text of the server's, which httpx would log.
            return response  # noqa: TRY300 (until it is given, the connection is ours to close)
        except BaseException:
            self.drop(connection)
            raise

    async def aclose(self) -> None:
        self._drop_all()


class AsyncRoutes(Routes[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport):
    """The async client's way to any host."""

    def _make(self, proxy: httpx.Proxy | None) -> httpx.AsyncBaseTransport:
        transport: Any = httpx.AsyncHTTPTransport(verify=self.tls, trust_env=False, proxy=proxy)
        transport._pool = _Pool(transport._pool, _Network, KEEPALIVE)
        return transport  # type: ignore[no-any-return]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._of(request).handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()
