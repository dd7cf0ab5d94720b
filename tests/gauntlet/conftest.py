"""What the tests of the gauntlet share: the server, and what a process has open."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.gauntlet.server import Server, authority


def pytest_configure(config: pytest.Config) -> None:
    """Try 50 examples of each property, and 150 with ``--whole``."""
    settings.register_profile("gauntlet", max_examples=150 if config.getoption("--whole") else 50)
    settings.load_profile("gauntlet")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    trusted = tmp_path_factory.mktemp("trust") / "authority.pem"
    authority().cert_pem.write_to_path(str(trusted))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        patch.setenv("SSL_CERT_FILE", str(trusted))
        made = Server()
        yield made
        made.close()


def descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.is_dir() else 0  # noqa: PTH208 (many times)


def settles(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 3
    while not is_so() and time.monotonic() < end:
        time.sleep(0.005)
    return is_so()


@pytest.fixture(params=[None, "aiohttp"], ids=["httpx", "aiohttp"])
def transport(request: pytest.FixtureRequest) -> Any:
    """Each transport of the async client's own."""
    return request.param
