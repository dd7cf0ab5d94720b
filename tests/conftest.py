"""For all tests: the option ``--whole``, Ctrl-C as in a terminal, and what makes hundreds of clients cheap.

``pytest --whole`` (``make test-all``) runs the long sweeps whole; without it they take every tenth step. A test that
sweeps asks the fixture ``whole``, or has its steps thinned by ``steps``; a test that is too long for every day has
the mark ``@pytest.mark.whole``.

``CAMB_HTTPX=httpx2`` puts httpx2, the successor of httpx, in its place before anything imports it.
"""

import gc
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

if os.environ.get("CAMB_HTTPX") == "httpx2":
    import httpx2

    httpx2.alias_httpx()

Step = TypeVar("Step")
# The sample project's tests are another team's, and run where its wheel is (``make build``).
collect_ignore = ["sample_project"]
EVERY = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="run every step of the long sweeps, not every tenth")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "whole: takes long; run with --whole alone (make test-all)")
    # A job in the background has SIGINT ignored, and so would the processes that tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--whole"):
        skip = pytest.mark.skip(reason="takes long: run it with --whole")
        for item in items:
            if item.get_closest_marker("whole"):
                item.add_marker(skip)
    # The programs of the docs wait as users do, for seconds: were they last, the other processes would wait for them.
    items.sort(key=lambda item: item.path.name != "test_docs.py")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Find the tests without collecting garbage: what is made meanwhile stays. (xdist calls it in each process.)

    Tests that look for leaks collect garbage often: let the collector pass over what stays anyway.
    """
    gc.disable()
    try:
        found = yield
        gc.collect()
        gc.freeze()
        return found
    finally:
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three for each core: more than half of the time of the tests is waiting."""
    return 3 * (os.cpu_count() or 1)


@pytest.fixture(scope="session")
def whole(pytestconfig: pytest.Config) -> bool:
    """Whether long sweeps run whole."""
    return bool(pytestconfig.getoption("--whole"))


@pytest.fixture(scope="session")
def steps(whole: bool) -> Callable[[Sequence[Step]], Sequence[Step]]:
    """The steps of a sweep to take: with ``--whole`` all, otherwise every tenth."""
    return lambda every: every if whole else every[::EVERY]


@pytest.fixture(scope="session", autouse=True)
def _one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every client reads the certificates it trusts; to read all that a machine has takes 30 ms each time."""
    import certifi

    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")
    file = tmp_path_factory.mktemp("trust") / "one.pem"
    file.write_text(first + end + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))  # For the processes that tests start.
        patch.setattr(certifi, "where", lambda: str(file))  # Where a test has no such variable.
        yield


@pytest.fixture(scope="session", autouse=True)
def _httpx_without_its_command_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The processes that tests start are as most users': httpx finds no click and rich for a command line of its own.

    They are here for ours, which leaves httpx's out itself. To load it would take a third of the time to start.
    """
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text("import sys\n\nsys.modules['httpx._main'] = None\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        yield
