"""The local server as an httpx transport: no sockets, and faults that take time on the fake's clock only."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from email.utils import formatdate

import httpx

from .._http.clock import Clock
from ._replies import Fault, Reply

Answerer = Callable[[str, str, Mapping[str, str], bytes], Reply]


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands requests to the fake, and its replies back."""

    def __init__(self, answer: Answerer, clock: Clock) -> None:
        self._answer = answer
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Respond to a request of a sync client."""
        request.read()
        reply, limit = self._reply(request)
        self._clock.sleep(min(reply.delay, limit))
        return self._response(reply, limit, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Respond to a request of an async client."""
        await request.aread()
        reply, limit = self._reply(request)
        await self._clock.asleep(min(reply.delay, limit))
        return self._response(reply, limit, request)

    def _reply(self, request: httpx.Request) -> tuple[Reply, float]:
        limit = request.extensions.get("timeout", {}).get("read")
        if limit is None or limit >= 86_400:  # Our own clients bound what has no limit by a day.
            limit = float("inf")
        path = request.url.raw_path.decode("ascii")
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self._answer(request.method, path, headers, request.content)
        if reply.fault is Fault.HANG:
            reply = Reply(delay=float("inf"))
        if reply.delay == limit == float("inf"):
            raise RuntimeError("the fake would hang for ever: give the client a timeout")
        return reply, limit

    def _response(self, reply: Reply, limit: float, request: httpx.Request) -> httpx.Response:
        if reply.delay > limit:
            raise httpx.ReadTimeout("scripted: no response in time", request=request)
        if reply.fault is Fault.RESET:
            raise httpx.ReadError("scripted: connection reset", request=request)
        headers = {"date": formatdate(self._clock.time(), usegmt=True), **reply.headers}
        headers.update({} if reply.piece else {"content-length": str(len(reply.body))})
        return httpx.Response(reply.status_code, headers=headers, stream=_Body(reply, limit, self._clock))


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a reply, as far as its fault lets it come."""

    def __init__(self, reply: Reply, limit: float, clock: Clock) -> None:
        self._reply = reply
        self._limit = limit
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for number, piece in enumerate(self._reply.pieces()):
            self._clock.sleep(self._reply.pause if number else 0)
            yield piece
        if self._reply.fault is Fault.STALL:
            self._clock.sleep(self._limit)
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for number, piece in enumerate(self._reply.pieces()):
            await self._clock.asleep(self._reply.pause if number else 0)
            yield piece
        if self._reply.fault is Fault.STALL:
            await self._clock.asleep(self._limit)
        self._end()

    def _end(self) -> None:
        if self._reply.fault is Fault.STALL:
            raise httpx.ReadTimeout("scripted: the body stalled")
        if self._reply.fault is Fault.TRUNCATED:
            raise httpx.RemoteProtocolError("scripted: the body broke off")
