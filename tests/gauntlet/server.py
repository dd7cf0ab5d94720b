"""A server that does on the wire what it is told, byte by byte: one thread for any number of ports."""

import asyncio
import re
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, Self

import attrs
import trustme

# Where a room is, in what it says.
ORIGIN = b"http://127.0.0.1:00000"


class Do(Enum):
    """What a server may do beside sending bytes."""

    RESET = "resets the connection"
    CLOSE = "closes the connection"
    HANG = "sends no more"
    LATER = "waits until the client has read it"


RESET, CLOSE, HANG, LATER = Do


class Pause(float):
    """Seconds in which nothing is sent."""


class Times(NamedTuple):
    """The same bytes again and again, with a pause in seconds after each."""

    times: int
    said: bytes
    pause: float = 0.0


class Said(bytes):
    """Bytes, and how the table shows them."""

    shown: str

    def __new__(cls, said: bytes, shown: str) -> Self:
        made = super().__new__(cls, said)
        made.shown = shown
        return made


Step = bytes | Do | Pause | Times
Steps = Step | tuple[Step, ...]


def steps(of: Steps) -> tuple[Step, ...]:
    return of if isinstance(of, tuple) and not isinstance(of, Times) else (of,)


class Place(Enum):
    """Where a server is, and how it can be reached."""

    HTTP = "http"
    HTTPS = "https"
    UNKNOWN_CA = "https, with a certificate of an authority that nobody knows"
    OTHER_HOST = "https, with a certificate of another host"
    EXPIRED = "https, with a certificate that has expired"
    PLAIN = "plain http, where the client is told https"
    TLS = "https, where the client is told http"
    REFUSED = "a port where nobody listens"
    FULL = "a port that takes no more connections"
    NO_NAME = "a name that does not resolve"
    SLOW_NAME = "a name that takes long to resolve"


@attrs.frozen
class Behaviour:
    """What a server does.

    Attributes:
        responses: What it does after each request, over all connections; the last again and again.
        place: Where it is.
        greeting: What it does when a connection is made.
        respond: In place of responses: what it does after a request, by its path and how often that was asked for.
    """

    responses: tuple[Steps, ...] = ()
    place: Place = Place.HTTP
    greeting: Steps = ()
    respond: Callable[[str, int], Steps] | None = None


class Room:
    """One server, as far as it has come."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.url = ""
        self.requests: list[str] = []
        self.asked: Counter[str] = Counter()
        # Connections that the client has not ended yet; and those on which it cannot wait for anything more.
        self.open = self.hung = 0
        # Whether the client has read its first response; and how often all has been done that was to be.
        self.has_read = False
        self.played = 0


@cache
def authority() -> trustme.CA:
    """The one that clients trust."""
    return trustme.CA()


@cache
def _tls(place: Place) -> ssl.SSLContext | None:
    from datetime import UTC, datetime

    make: dict[Place, Any] = {
        Place.HTTPS: lambda: authority().issue_cert("127.0.0.1"),
        Place.TLS: lambda: authority().issue_cert("127.0.0.1"),
        Place.UNKNOWN_CA: lambda: trustme.CA().issue_cert("127.0.0.1"),
        Place.OTHER_HOST: lambda: authority().issue_cert("other.example"),
        Place.EXPIRED: lambda: authority().issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    }
    if place not in make:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    make[place]().configure_cert(context)
    return context


class Server:
    """All rooms, in one thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)  # Clients that go away are what is tested.
        self._thread = threading.Thread(target=self._loop.run_forever, name="gauntlet-server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def room(self, behaviour: Behaviour) -> Iterator[Room]:
        """A server of its own, while the context is open."""
        room = Room(behaviour)
        place = behaviour.place
        with socket.create_server(("127.0.0.1", 0), backlog=0 if place is Place.FULL else 100) as listener:
            port = listener.getsockname()[1]
            scheme = "http" if place in {Place.HTTP, Place.TLS} or not place.value.startswith("http") else "https"
            scheme = "https" if place is Place.PLAIN else scheme
            host = {Place.NO_NAME: "nowhere.localhost", Place.SLOW_NAME: "slow.localhost"}.get(place, "127.0.0.1")
            room.url = f"{scheme}://{host}:{port}"
            if place in {Place.REFUSED, Place.NO_NAME, Place.SLOW_NAME}:
                listener.close()
                yield room
                return
            if place is Place.FULL:
                with _filling(listener):
                    yield room
                return
            serving = asyncio.run_coroutine_threadsafe(self._serve(room, listener), self._loop).result()
            try:
                yield room
            finally:
                asyncio.run_coroutine_threadsafe(self._stop(serving), self._loop).result()

    async def _serve(self, room: Room, listener: socket.socket) -> Any:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            room.open += 1
            try:
                with suppress(OSError, EOFError, asyncio.LimitOverrunError):
                    await _talk(room, reader, writer)
            finally:
                room.open -= 1
                writer.transport.abort()

        context = _tls(room.behaviour.place)
        return await asyncio.start_server(talk, sock=listener, ssl=context)

    async def _stop(self, serving: Any) -> None:
        serving.close()


async def _talk(room: Room, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if not await _play(steps(room.behaviour.greeting), room, reader, writer):
        return
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        await reader.readexactly(length)
        number = len(room.requests)
        room.requests.append(head.split(b"\r\n")[0].decode())
        responses, respond = room.behaviour.responses, room.behaviour.respond
        if respond is None:
            response = responses[min(number, len(responses) - 1)]
        else:
            path = room.requests[-1].split()[1].partition("?")[0]
            room.asked[path] += 1
            response = respond(path, room.asked[path])
        if not await _play(steps(response), room, reader, writer):
            return


async def _play(of: Sequence[Step], room: Room, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether there may be another request."""
    for step in of:
        if isinstance(step, Pause):
            await asyncio.sleep(step)
        elif isinstance(step, Times):
            for _ in range(step.times):
                await _send(step.said, room, writer)
                await asyncio.sleep(step.pause)
        elif isinstance(step, bytes):
            await _send(step, room, writer)
        elif step is LATER:
            while not room.has_read:  # noqa: ASYNC110 (another thread says so)
                await asyncio.sleep(0.001)
        elif step is RESET:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            await asyncio.sleep(0)  # Which closes it.
            room.played += 1
            return False
        else:
            if step is CLOSE and writer.can_write_eof():
                writer.write_eof()
            room.played += 1
            room.hung += step is HANG
            if step is HANG or writer.can_write_eof():
                with suppress(OSError):
                    while await reader.read(65536):  # Until the client closes it too.
                        pass
            room.hung -= step is HANG
            return False
    room.played += 1
    return True


async def _send(said: bytes, room: Room, writer: asyncio.StreamWriter) -> None:
    if ORIGIN in said:
        head, _, body = said.replace(ORIGIN, room.url.encode()).partition(b"\r\n\r\n")
        said = re.sub(rb"(content-length: )\d+", rb"\g<1>%d" % len(body), head) + b"\r\n\r\n" + body
    writer.write(said)
    await writer.drain()


@contextmanager
def _filling(listener: socket.socket) -> Iterator[None]:
    """No place is left in the queue: connecting hangs."""
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    yield
    for one in waiting:
        one.close()
