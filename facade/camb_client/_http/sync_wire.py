"""The wire of the sync client."""

import math
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import httpx

from .._polling.response import CallResult, Response
from .call import Call
from .exchange import Exchange
from .wire import BaseWire

_T = TypeVar("_T")


class Wire(BaseWire[httpx.Client]):
    """The wire of the sync client; safe to share between threads."""

    _client_class = httpx.Client

    def ask(self, call: Call[_T], limit: float = math.inf) -> CallResult[_T]:
        """Send a call, and read its answer whole, within ``limit`` seconds and the client's own timeout.

        RuntimeError after close.
        """
        http = self._client()
        with Exchange(self, call, limit) as exchange, closing(http.send(exchange.request(), stream=True)) as response:
            if exchange.begin(response.status_code, response.headers):
                any(map(exchange.enough, response.iter_bytes()))
        return exchange.result()

    @contextmanager
    def stream(self, call: Call[Any], limit: float = math.inf) -> Iterator[tuple[Response, Iterator[bytes]]]:
        """Send a call, and give its answer and the bytes as they come, all within ``limit`` seconds.

        Each wait for bytes is bounded by the client's own timeout. What goes wrong on the wire is raised as one of
        our errors, what the caller does with the bytes is the caller's.
        """
        http, exchange = self._client(), Exchange(self, call, limit)
        with exchange:
            response = http.send(exchange.request(), stream=True)
        exchange.check()
        with closing(response):
            if not exchange.streams(response, limit):
                with exchange:
                    any(map(exchange.enough, () if exchange.response.unread else response.iter_bytes()))
                exchange.result().unwrap()
            yield exchange.response, self._pieces(exchange, iter(response.stream))  # type: ignore[arg-type]

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
        self._closed = True
        if self._transport is None and self._pid == os.getpid():
            self._http.close()
