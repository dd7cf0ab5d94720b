"""What the tests of files share: each client, over each transport, and a server with one file."""

import pathlib
import random
from collections.abc import Iterator
from typing import Any

import pytest

from camb_client.testing import FakeCamb, VirtualClock
from tests.facade.conftest import KEY, Both, Client, making

AUDIO = b"fLaC" + random.Random(1).randbytes(50_000)
FILE = "GET /files"


@pytest.fixture(params=["sync", "async", "aiohttp"])
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
