"""What the tests of files share: each client (downloads go over httpx in all), and a server with one file."""

import pathlib
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from camb_client.testing import FakeCamb, VirtualClock
from tests.facade.conftest import KEY, Both, Client, making, raw_server

AUDIO = b"fLaC" + random.Random(1).randbytes(50_000)
FILE = "GET /files"


@pytest.fixture(params=["sync", "async"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


@pytest.fixture
def fake(clock: VirtualClock) -> FakeCamb:
    fake = FakeCamb(KEY, clock=clock)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=AUDIO)
    fake.add("text-to-sound:1", ["SUCCESS"], run_id=8)
    return fake


def download(camb: Client, dest: Any, run_id: Any = 7, **more: Any) -> pathlib.Path:
    """Download a run; for a dest that is a path."""
    path = camb.call(lambda real: real.tts.download(run_id, dest, **more))
    assert isinstance(path, pathlib.Path)
    return path


def left(folder: pathlib.Path) -> list[str]:
    return sorted(it.name for it in folder.iterdir())


Answer = Callable[[str, dict[str, str]], bytes]


@contextmanager
def raw_files(answer: Answer) -> Iterator[str]:
    """A server that sends what ``answer`` makes of a path and the headers, and then closes the connection.

    It answers for the API itself: the address of run 7 is ``/f?signature=s3cret``.
    """

    def talk(connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            if not (more := connection.recv(65536)):
                return
            received += more
        first, *lines = received.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = first.split(" ")[1]
        if path.startswith("/tts-result/7?"):
            connection.sendall(response(b'{"output_url": "%s/f?signature=s3cret"}' % url.encode(), "application/json"))
        else:
            connection.sendall(answer(path, headers))

    with raw_server(talk) as url:
        yield url


def response(body: bytes, kind: str = "audio/flac", status: str = "200 OK", **headers: object) -> bytes:
    """A whole response; a header that is ``None`` is left out."""
    given = {"content_type": kind, "content_length": len(body), "connection": "close", **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items() if value is not None]
    return f"HTTP/1.1 {status}\r\n{''.join(lines)}\r\n".encode() + body
