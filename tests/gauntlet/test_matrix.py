"""The fault matrix, over each transport."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.facade.conftest import collect_garbage
from tests.gauntlet import matrix
from tests.gauntlet.conftest import descriptors, settles
from tests.gauntlet.driver import names_resolve_by_script, run
from tests.gauntlet.matrix import KINDS, ROWS, SECTIONS
from tests.gauntlet.server import Server

# So many rows of a section at once: most of them wait.
AT_ONCE = 8


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
    collect_garbage()
    assert settles(lambda: set(threading.enumerate()) <= threads), threading.enumerate()
    assert settles(lambda: descriptors() <= opened)
    assert not [record for record in caplog.records if record.name == asyncio.__name__]


def test_the_table_of_the_docs_is_this_one() -> None:
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.table(), "run: python -m tests.gauntlet.matrix"


def test_each_row_has_a_name_of_its_own_and_there_are_enough() -> None:
    assert len({(title, row.name) for title, row in ROWS}) == len(ROWS) >= 150
