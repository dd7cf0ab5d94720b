"""The wire of the async client."""

import math
import sys
from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from .._polling.response import CallResult, Response
from .call import Call
from .exchange import Exchange
from .wire import BaseWire

_T = TypeVar("_T")


class _Uncancelled:
    """Awaits what gives a connection back; a cancellation meanwhile goes on after it.

    httpcore loses a connection for good when it is cancelled there. ``asyncio.shield`` around all of it would do too,
    but its task lets others run twice, and they fight for the connection: it made a poll cost half as much again.
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

    async def ask(self, call: Call[_T], limit: float = math.inf) -> CallResult[_T]:
        """Send a call, and read its answer whole, as :meth:`Wire.ask`. RuntimeError in another event loop too."""
        import asyncio

        http = self._client()
        with Exchange(self, call, limit) as exchange:
            async with asyncio.timeout(exchange.cut_off):
                await self._exchange(http, exchange)
        return exchange.result()

    async def _exchange(self, http: httpx.AsyncClient, exchange: Exchange[Any]) -> None:
        response = await http.send(exchange.request(), stream=True)
        try:
            if exchange.begin(response.status_code, response.headers):
                await self._collect(exchange, response)
        finally:
            await _Uncancelled(response.aclose())

    def _streaming(self) -> httpx.AsyncClient:
        """What sends the calls whose answers are streams."""
        return self._client()

    @asynccontextmanager
    async def stream(
        self, call: Call[Any], limit: float = math.inf
    ) -> AsyncIterator[tuple[Response, AsyncIterator[bytes]]]:
        """Send a call, and give its answer and the bytes as they come, as :meth:`Wire.stream`."""
        import asyncio

        http, exchange = self._streaming(), Exchange(self, call, limit)
        with exchange:
            async with asyncio.timeout(exchange.cut_off):
                response = await http.send(exchange.request(), stream=True)
        exchange.check()
        try:
            if not exchange.streams(response, limit):
                with exchange:
                    await self._collect(exchange, response)
                exchange.result().unwrap()
            yield exchange.response, self._pieces(exchange, aiter(response.stream))  # type: ignore[arg-type]
        finally:
            await _Uncancelled(response.aclose())

    async def _collect(self, exchange: Exchange[Any], response: httpx.Response) -> None:
        # Not aiter_bytes, which closes by itself.
        async for chunk in response.stream:  # type: ignore[union-attr]
            if exchange.response.unread or exchange.enough(chunk):
                break

    async def _pieces(self, exchange: Exchange[Any], chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        while True:
            chunk = None
            with exchange:
                chunk = await anext(chunks, None)
                exchange.raise_if_expired()
            exchange.check()
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
