"""One suite for both clients: ``both`` is a fixture that runs a test once with each, and once more with the async
client over aiohttp where real HTTP is spoken. ``transport`` does the same for tests of the async client alone.

Behaviour through the public surface; a virtual clock where time matters, real HTTP
where the wire matters.
"""

import asyncio
import gc
import itertools
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import httpx
import pytest

from camb_client import AsyncCambClient, CambClient
from camb_client.testing import FakeCamb, VirtualClock, use_clock

KEY = "key-0123456789abcdef"


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what ``talk`` says to each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

        def handle(connection: socket.socket) -> None:
            with connection, suppress(OSError):  # Clients that go away are what is tested.
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


class Client:
    """Either client, behind the same blocking calls."""

    def __init__(self, client: CambClient | AsyncCambClient, runner: asyncio.Runner | None) -> None:
        self.real = client
        self._runner = runner

    def _done(self, came: Any) -> Any:
        return came if self._runner is None else self._runner.run(came)

    def status(self, *args: Any, **kwargs: Any) -> Any:
        return self._done(self.real.status(*args, **kwargs))

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        return self._done(self.real.wait(*args, **kwargs))

    def watch(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Every state, at once."""
        states = self.real.watch(*args, **kwargs)
        if self._runner is None:
            return list(states)

        async def collect() -> list[Any]:
            return [state async for state in states]

        return self._runner.run(collect())

    def wait_all(self, *args: Any, **kwargs: Any) -> Any:
        return self._done(self.real.wait_all(*args, **kwargs))

    def as_completed(self, *args: Any, most: int = sys.maxsize, **kwargs: Any) -> list[Any]:
        """The first outcomes, at most so many; then the ``with`` is left."""
        outcomes = self.real.as_completed(*args, **kwargs)
        if self._runner is None:
            with outcomes:
                return list(itertools.islice(outcomes, most))

        async def collect() -> list[Any]:
            found: list[Any] = []
            async with outcomes:
                while len(found) < most and (outcome := await anext(outcomes, None)) is not None:
                    found.append(outcome)
            return found

        return self._runner.run(collect())

    def call(self, use: Callable[[Any], Any]) -> Any:
        """What a call of the real client gives, awaited where it must be."""
        return self._done(use(self.real))

    def streamed(self, **kwargs: Any) -> list[bytes]:
        """The pieces of a stream."""
        if self._runner is None:
            with self.real.tts.stream(**kwargs) as audio:
                return list(audio)

        async def collect() -> list[bytes]:
            async with self.real.tts.stream(**kwargs) as audio:
                return [piece async for piece in audio]

        return self._runner.run(collect())  # type: ignore[no-any-return]

    def close(self) -> None:
        self._done(self.real.close() if self._runner is None else self.real.aclose())


class Both:
    """Makes clients of one of the two kinds."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.is_async = kind != "sync"
        self.client_class: Any = AsyncCambClient if self.is_async else CambClient
        if kind == "aiohttp":
            self.client_class = partial(AsyncCambClient, transport="aiohttp")
        self._runner = asyncio.Runner() if self.is_async else None
        self._clients: list[Client] = []

    def client(self, *args: Any, clock: VirtualClock | None = None, random: Any = None, **kwargs: Any) -> Client:
        client = self.client_class(*(args or (KEY,)), **kwargs)
        if clock is not None:
            use_clock(client, clock, **({} if random is None else {"random": random}))
        self._clients.append(Client(client, self._runner))
        return self._clients[-1]

    def of(self, fake: FakeCamb, **kwargs: Any) -> Client:
        """A client of a fake, in process, by the fake's clock."""
        clock = fake._clock
        assert isinstance(clock, VirtualClock)
        return self.client(transport=fake.transport(), clock=clock, **kwargs)

    def answering(self, handler: Callable[[httpx.Request], httpx.Response], *args: Any, **kwargs: Any) -> Client:
        """A client whose requests a function answers."""
        return self.client(*args, transport=httpx.MockTransport(handler), **kwargs)

    def run(self, coroutine: Any) -> Any:
        assert self._runner is not None
        return self._runner.run(coroutine)

    def end(self) -> None:
        for client in self._clients:
            client.close()
        if self._runner is not None:
            self._runner.close()


@pytest.fixture(params=[None, "aiohttp"], ids=["httpx", "aiohttp"])
def transport(request: pytest.FixtureRequest) -> Any:
    """Each transport of the async client's own."""
    return request.param


@pytest.fixture(params=["sync", "async"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


def collect_garbage() -> None:
    """What was left open shows by this, as a warning and so as an error."""
    gc.collect()
    gc.freeze()  # What is still there is no garbage: the next time need not look at it.


def making(kind: str) -> Iterator[Both]:
    """The fixture ``both``; where real HTTP is spoken, a module has its own, with one kind more: ``aiohttp``."""
    maker = Both(kind)
    yield maker
    maker.end()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def fake(clock: VirtualClock) -> FakeCamb:
    return FakeCamb(KEY, clock=clock)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own key and address must not reach a test."""
    names = (
        "CAMB_API_KEY CAMB_BASE_URL HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE"
    )
    for name in names.split():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
