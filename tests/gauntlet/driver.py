"""Runs a row of the matrix over one transport, and says what came of it in the words of the matrix."""

import asyncio
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from camb_client import CambError
from camb_client._http.clock import Clock
from camb_client.testing import use_clock
from tests.facade.conftest import Both, Client
from tests.gauntlet.matrix import KEY, PATH, SECRET, UNBOUNDED, Row, Use
from tests.gauntlet.server import Place, Room, Server

NEW: dict[str, Any] = {"text": "Hello there.", "voice_id": 1, "language": "en-us"}
# What a deadline may be passed by, in seconds.
GRACE = 0.5


class SkippingClock(Clock):
    """The real clock, but a sleep takes no time: it only makes it later."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped

    def time(self) -> float:
        return super().time() + self.skipped

    def sleep(self, seconds: float) -> None:
        self.skipped += max(seconds, 0.0)

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


@contextmanager
def names_resolve_by_script() -> Iterator[None]:
    """Two names of this machine that do not resolve, the one at once, the other after a while."""
    known = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **more: Any) -> Any:
        if host in {"nowhere.localhost", "slow.localhost"}:
            time.sleep(0.8 if host == "slow.localhost" else 0)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *arguments, **more)

    with mock.patch.object(socket, "getaddrinfo", resolve):
        yield


def run(row: Row, kind: str, server: Server) -> list[str]:
    """One row over one transport: what is not as the row says."""
    with tempfile.TemporaryDirectory() as folder, server.room(row.server) as room:
        maker = Both(kind)
        clock = SkippingClock()
        client = maker.client(KEY, base_url=room.url, timeout=row.client.limit)
        use_clock(client.real, clock)
        began = clock.monotonic()
        try:
            value = _use(client, row.client, room, Path(folder))
        except Exception as error:  # noqa: BLE001 (a row says which)
            value = error
        took = clock.monotonic() - began
        wrong = _left_behind(value, Path(folder), room, maker, client.real)
        client.close()
        if maker.is_async and (tasks := maker.run(_tasks())):
            wrong.append(f"tasks after close: {tasks}")
        maker.end()
        if not _becomes(lambda: room.open == 0):
            wrong.append(f"{room.open} connections are open after close")
        if took > row.client.bound + GRACE and (kind, row.server.place) not in UNBOUNDED:
            wrong.append(f"it took {took:.2f} s")
        expected = row.over.get(kind, row.outcome)
        if (outcome := _outcome(value, expected, room, took)) != expected:
            wrong.insert(0, f"{outcome} <- {value!r:.300} {getattr(value, '__cause__', None)!r:.300}")
        return wrong


def _use(client: Client, use: Use, room: Room, folder: Path) -> Any:
    deadline = {} if use.deadline is None else {"timeout": use.deadline}
    address = room.url + PATH.decode()
    uses = {
        "status": lambda: client.status("tts:1"),
        "twice": lambda: (client.status("tts:1"), _all_has_come(room), client.status("tts:1"))[2],
        "wait": lambda: client.wait("tts:1", **deadline),
        "create": lambda: client.call(lambda real: real.tts.create(**NEW)),
        "create_and_wait": lambda: client.call(lambda real: real.tts.create_and_wait(**NEW, **deadline)),
        "download": lambda: client.call(lambda real: real.tts.download(7, folder, **deadline)),
        "fetch": lambda: client.call(lambda real: real.fetch(address, folder, **deadline)),
        "stream": lambda: b"".join(client.streamed(**NEW)),
    }
    return uses[use.what]()


def _all_has_come(room: Room) -> None:
    """The client has read its first response, and the server has sent what it sends after it."""
    room.has_read = True
    assert _becomes(lambda: room.played > 1)  # The first is the greeting.


def _becomes(is_so: Any, seconds: float = 2.0) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def in_use(client: Any) -> int:
    """How many connections are open, and neither idle nor closed."""
    shared = client._wire._shared
    pools = [transport._pool for transport in shared.http._transport._transports.values()]
    idle = [connection for pool in pools for _, connection in pool._idle]
    opened = [connection for pool in pools for connection, streams in pool._streams.items() if streams]
    count = sum(connection not in idle for connection in opened)
    session = getattr(getattr(shared, "aiohttp", None), "_session", None)
    return count + (len(session.connector._acquired) if session else 0)


def _left_behind(value: Any, folder: Path, room: Room, maker: Both, client: Any) -> list[str]:
    wrong = []
    files = [value] if isinstance(value, Path) else []
    if list(folder.iterdir()) != files:
        wrong.append(f"files: {list(folder.iterdir())}")
    if sum(line.startswith("POST /tts ") for line in room.requests) > 1:
        wrong.append("a create was sent twice")
    # One may be idle; over aiohttp also that of a create, which goes out over httpx.
    if not _becomes(lambda: room.open <= 1 + (maker.kind == "aiohttp") and not room.hung) or in_use(client):
        wrong.append(f"{room.open} connections are open, {room.hung} hang, {in_use(client)} are in use")
    # aiohttp lets a name resolve for whoever asks next; the sync client's thread does the same.
    is_resolving = maker.kind == "aiohttp" and room.behaviour.place is Place.SLOW_NAME
    if maker.is_async and not is_resolving and (tasks := maker.run(_tasks())):
        wrong.append(f"tasks: {tasks}")
    for text in _texts(value) if isinstance(value, BaseException) else ():
        wrong += [f"{text!r} has a secret" for secret in (KEY, SECRET) if secret in text]
    return wrong


async def _tasks() -> list[Any]:
    await asyncio.sleep(0)
    return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


def _texts(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield from (str(error), repr(error), *getattr(error, "__notes__", ()))
        if isinstance(error, CambError):
            yield str(error.to_dict())
            yield str(getattr(error, "body", ""))
        error = error.__cause__ or error.__context__


_TOLD: dict[str, Any] = {
    "cause": lambda value: type(value.__cause__).__name__,
    "id": lambda value: value.task_id,
    "name": lambda value: value.name,
    "size": lambda value: value.stat().st_size,
    "bytes": len,
}


def _outcome(value: Any, expected: str, room: Room, took: float) -> str:
    told = [type(value).__name__.removeprefix("Posix").removeprefix("Windows")]
    for asked in expected.split()[1:]:
        name, _, wanted = asked.partition("=")
        try:
            if name == "requests":
                found: object = len(room.requests)
            elif name == "waited":
                found = int(took)
            elif name == "says":
                found = wanted if wanted in str(value) else "..."
            else:
                found = _TOLD.get(name, lambda value: getattr(value, name))(value)  # noqa: B023
        except AttributeError:
            found = "?"
        told.append(f"{name}={str(found).replace(' ', '')}")
    return " ".join(told)
