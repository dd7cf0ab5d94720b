"""The network of the sync client: httpcore's own, but each wait is cut to what is left of the whole request.

httpcore asks for the limit of a phase when it begins, and has it for every wait of that phase: a server that sends
a little again and again would hold a request for as long as it likes.
"""

import socket
from typing import Any

import httpcore
import httpx

from .pool import SOCKET_OPTIONS, BaseBody, BasePool, Opened, left_of
from .routes import KEEPALIVE, Routes


class _Stream(httpcore.NetworkStream):
    """The socket that was opened last, with or without TLS; it is noted as it is opened, before any interruption."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._inner: Any = opened[-1]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received = self._opened.received
        received.append(self._inner.read(max_bytes, left_of(timeout, httpcore.ReadTimeout)))
        return received[-1]

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._inner.write(buffer, left_of(timeout, httpcore.WriteTimeout))
        except httpcore.WriteTimeout as late:
            if self.get_extra_info("is_readable"):  # httpcore reads what the server has said then.
                raise httpcore.WriteError("the server takes no more") from late
            raise

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None) -> "_Stream":
        limit = left_of(timeout, httpcore.ConnectTimeout)
        # Where it was reset, Python would leave the socket open that it makes for TLS.
        if self._inner.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise httpcore.ConnectError("the connection was reset before the TLS handshake")
        self._opened.append(self._inner.start_tls(ssl_context, server_hostname, limit))
        return _Stream(self._opened)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.SyncBackend):
    """Connects to one address of a name after the other, all within one limit."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *more: Any, **others: Any) -> _Stream:
        try:
            # As bytes: of a text Python makes IDNA, which httpx has done, and which would be imported for it.
            found = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
        except OSError as broken:
            raise httpcore.ConnectError(f"{broken}: {host}") from broken
        addresses: list[Any] = list(dict.fromkeys(str(address[0]).encode() for *_, address in found))
        for number, address in enumerate(addresses, start=1):
            left = left_of(timeout, httpcore.ConnectTimeout)
            share = left and left / (len(addresses) - number + 1)
            try:
                self._opened.append(super().connect_tcp(address, port, share, *more, **others))
                return _Stream(self._opened)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectError(f"no address: {host}")


class _Body(BaseBody):
    def __iter__(self) -> Any:
        return iter(self._stream)

    def close(self) -> None:
        try:
            if not self._closed:
                self._stream.close()
                self._pool.give(self._connection)
                self._closed = True
        except BaseException:
            self.__del__()
            raise


class _Pool(BasePool):
    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = None
        try:
            connection = self._prepare(request)
            response: httpcore.Response = connection.handle_request(request)
            response.stream = _Body(self, connection, response.stream)
            response.extensions.pop("reason_phrase", None)  # Any text of the server's, which httpx would log.
            return response  # noqa: TRY300 (until it is given, the connection is ours to close)
        except BaseException:
            self.drop(connection)
            raise

    close = BasePool._drop_all


class SyncRoutes(Routes[httpx.BaseTransport], httpx.BaseTransport):
    """The sync client's way to any host."""

    def _make(self, proxy: httpx.Proxy | None) -> httpx.BaseTransport:
        transport: Any = httpx.HTTPTransport(
            verify=self.tls, trust_env=False, proxy=proxy, socket_options=SOCKET_OPTIONS
        )
        transport._pool = _Pool(transport._pool, _Network, KEEPALIVE)
        return transport  # type: ignore[no-any-return]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._of(request).handle_request(request)

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()
