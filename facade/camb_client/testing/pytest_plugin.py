"""Fixtures for pytest: in the ``conftest.py`` at the root of your tests, or in a test module::

    pytest_plugins = ["camb_client.testing.pytest_plugin"]

Every test gets its own fake, clients and clock, and no fixture is async: they serve plain tests and those of
pytest-asyncio (either mode) and anyio alike.

It is switched on by name and has no entry point, so that it is not loaded in every environment that has this client
for a dependency.

PYTEST_DONT_REWRITE: there is nothing to rewrite, and who has imported it before should get no warning.
"""

from collections.abc import Iterator

import pytest

from .._client.async_client import AsyncCambClient
from .._client.sync_client import CambClient
from ._clock import VirtualClock
from ._fake import FakeCamb

__all__ = ["async_camb", "camb", "camb_clock", "fake_camb", "patched_camb"]


@pytest.fixture
def camb_clock() -> VirtualClock:
    """The clock of ``fake_camb`` and of its clients, on which a ten-minute wait takes milliseconds."""
    return VirtualClock()


@pytest.fixture
def fake_camb(camb_clock: VirtualClock) -> FakeCamb:
    """A local CAMB server, in process: ``fake_camb.add("tts:1", "PENDING reset SUCCESS")`` scripts a task."""
    return FakeCamb(clock=camb_clock)


@pytest.fixture
def camb(fake_camb: FakeCamb) -> Iterator[CambClient]:
    """A ``CambClient`` of ``fake_camb``."""
    with fake_camb.client() as client:
        yield client


@pytest.fixture
def async_camb(fake_camb: FakeCamb, request: pytest.FixtureRequest) -> AsyncCambClient:
    """An ``AsyncCambClient`` of ``fake_camb``, for the event loop that uses it first: asyncio's, of any plugin.

    It holds no connection, so nobody has to close it.
    """
    backend = request.getfixturevalue("anyio_backend") if "anyio_backend" in request.fixturenames else "asyncio"
    name = backend if isinstance(backend, str) else backend[0]
    if name != "asyncio":
        message = f'AsyncCambClient needs asyncio, and this test runs on {name}: let anyio_backend be "asyncio"'
        pytest.fail(message, pytrace=False)
    return fake_camb.async_client()


@pytest.fixture
def patched_camb(fake_camb: FakeCamb) -> Iterator[FakeCamb]:
    """``fake_camb``, and every client that the tested code makes by itself is one of it (``FakeCamb.patch``)."""
    with fake_camb.patch():
        yield fake_camb
