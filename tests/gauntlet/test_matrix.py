"""The fault matrix, over each transport."""

import asyncio
import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.gauntlet import matrix
from tests.gauntlet.driver import names_resolve_by_script, run
from tests.gauntlet.matrix import KINDS, ROWS, SECTIONS
from tests.gauntlet.server import Server, authority

# So many rows of a section at once: most of them wait.
AT_ONCE = 8


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


@pytest.mark.parametrize("title", SECTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_rows(server: Server, kind: str, title: str, caplog: pytest.LogCaptureFixture) -> None:
    rows, wrong = SECTIONS[title], []
    threads, opened = set(threading.enumerate()), descriptors()
    with names_resolve_by_script():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(lambda row: run(row, kind, server), rows))
        for row, problems in zip(rows, results, strict=True):
            # Where little time is given, a machine that is busy may take it all; not twice, and not alone.
            if row.client.is_hurried and problems:
                problems = run(row, kind, server)
            wrong += [f"{row.name}: {problem}" for problem in problems]
    assert not wrong, "\n" + "\n".join(wrong)
    gc.collect()  # What was left open shows here, as a warning and so as an error.
    assert settles(lambda: set(threading.enumerate()) <= threads), threading.enumerate()
    assert settles(lambda: descriptors() <= opened)
    assert not [record for record in caplog.records if record.name == asyncio.__name__]


def test_the_table_of_the_docs_is_this_one() -> None:
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.table(), "run: python -m tests.gauntlet.matrix"


def test_each_row_has_a_name_of_its_own_and_there_are_enough() -> None:
    assert len({(title, row.name) for title, row in ROWS}) == len(ROWS) >= 150
