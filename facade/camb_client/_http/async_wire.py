"""The wire of the async client."""

import math
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, TypeVar

import httpx

from .._polling.response import CallResult
from .call import Call
from .exchange import Exchange
from .response import Response
from .wire import BaseWire

_T = TypeVar("_T")


class AsyncWire(BaseWire[httpx.AsyncClient]):
    """The wire of the async client; of one event loop."""

    _client_class = httpx.AsyncClient

    def _network(self) -> httpx.AsyncBaseTransport:
        from .async_network import AsyncRoutes
        from .pool import redact_log

        redact_log(self.key)
        return AsyncRoutes()

    def _client(self) -> httpx.AsyncClient:
        import asyncio  # Here, as the command line imports this module and has no use for it.

        http, shared, loop = super()._client(), self._shared, asyncio.get_running_loop()
        shared.loop = shared.loop or loop
        if shared.loop is not loop:
            raise RuntimeError("this client was first used in another event loop: make one in each loop")
        return http

    async def ask(self, call: Call[_T], limit: float = math.inf) -> CallResult[_T]:
        """Send a call, and read its response whole, as :meth:`Wire.ask`. RuntimeError in another event loop too."""
        import asyncio

        http = self._client()
        with Exchange(self, call, limit) as exchange:
            async with asyncio.timeout(exchange.cut_off):
                await self._exchange(http, exchange)
        return exchange.result()

    async def _exchange(self, http: httpx.AsyncClient, exchange: Exchange[Any]) -> None:
        async with aclosing(await http.send(exchange.request(), stream=True)) as response:
            if exchange.begin(response.status_code, dict(response.headers.items())):
                await self._read(exchange, response)

    @asynccontextmanager
    async def stream(self, call: Call[Any], limit: float = math.inf) -> AsyncIterator[tuple[Response, Any]]:
        """Send a call, and give its response and the bytes as they come, as :meth:`Wire.stream`."""
        import asyncio

        http, exchange = self._client(), Exchange(self, call, limit)
        async with AsyncExitStack() as closes:
            with exchange:
                async with asyncio.timeout(exchange.cut_off):
                    sending = http.send(exchange.request(), stream=True)
                    response = await closes.enter_async_context(aclosing(await sending))
            exchange.check()
            if exchange.streams(response):
                yield exchange.response, self._pieces(exchange, aiter(response.stream))  # type: ignore[arg-type]
                return
            with exchange:
                await self._read(exchange, response)
            yield exchange.response, exchange.result().unwrap()

    async def _read(self, exchange: Exchange[Any], response: httpx.Response) -> None:
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
        if self._is_copy or self._shared.closed:
            return
        http = self._client()
        self._shared.closed = True
        if self.has_own_network:
            await http.aclose()
