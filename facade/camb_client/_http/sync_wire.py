"""The wire of the sync client."""

import math
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, TypeVar

import httpx

from .._polling.response import CallResult
from .call import Call
from .exchange import Exchange
from .response import Response
from .wire import BaseWire

_T = TypeVar("_T")


class Wire(BaseWire[httpx.Client]):
    """The wire of the sync client; safe to share between threads."""

    _client_class = httpx.Client

    def _network(self) -> httpx.BaseTransport:
        from .pool import redact_log
        from .sync_network import SyncRoutes

        redact_log(self.key)
        return SyncRoutes()

    def ask(self, call: Call[_T], limit: float = math.inf) -> CallResult[_T]:
        """Send a call, and read its response whole, within ``limit`` seconds and the client's own timeout.

        RuntimeError after close.
        """
        http = self._client()
        with Exchange(self, call, limit) as exchange, closing(http.send(exchange.request(), stream=True)) as response:
            if exchange.begin(response.status_code, dict(response.headers.items())):
                self._read(exchange, response)
        return exchange.result()

    @contextmanager
    def stream(self, call: Call[Any], limit: float = math.inf) -> Iterator[tuple[Response, Any]]:
        """Send a call, and give its response and the bytes as they come, all within ``limit`` seconds.

        In place of the bytes comes what the call reads, where the body is no stream. Each wait for bytes is bounded by
        the client's own timeout. What goes wrong on the wire is raised as one of our errors, what the caller does
        with the bytes is the caller's.
        """
        http, exchange = self._client(), Exchange(self, call, limit)
        with ExitStack() as closes:
            with exchange:
                response = closes.enter_context(closing(http.send(exchange.request(), stream=True)))
            exchange.check()
            if exchange.streams(response):
                yield exchange.response, self._pieces(exchange, iter(response.stream))  # type: ignore[arg-type]
                return
            with exchange:
                self._read(exchange, response)
            yield exchange.response, exchange.result().unwrap()

    def _read(self, exchange: Exchange[Any], response: httpx.Response) -> None:
        for chunk in response.stream:  # type: ignore[union-attr]
            if exchange.response.unread or exchange.enough(chunk):
                break

    def _pieces(self, exchange: Exchange[Any], chunks: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            chunk = None
            with exchange:
                chunk = next(chunks, None)
                exchange.raise_if_expired()
            exchange.check()
            if chunk is None:
                return
            yield chunk

    def close(self) -> None:
        """Close the connections; a transport that was passed in stays open."""
        if self._is_copy:
            return
        self._shared.closed = True
        if self.has_own_network and self._shared.pid == os.getpid():
            self._shared.http.close()
