"""What a journal remembers of how long tasks took, from run to run, with both clients on a virtual clock."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from camb_client import Schedule, TaskRef
from camb_client._durable import database
from camb_client.testing import FakeCamb, VirtualClock
from tests.facade.conftest import KEY, Both
from tests.facade.durable.test_bulk import VOICE, run
from tests.facade.durable.test_journal import outcomes

BASE = Schedule.DEFAULT.preview(70)


def work(both: Both, folder: Path, clock: VirtualClock, texts: Iterable[str], takes: float, **options: Any) -> FakeCamb:
    """Run a line of each text, whose task takes so many seconds: the server that saw it."""
    fake = FakeCamb(KEY, clock=clock, timeline={0: "PENDING", takes: "SUCCESS"})

    def plan(journal: Any) -> None:
        for number, text in enumerate(texts):
            key = f"{clock.time()} {number}"
            journal.tts(key, to=folder / key, text=text, **VOICE)

    assert all(item.error is None for item in run(both.of(fake), folder, plan, **options))
    return fake


def learn(both: Both, folder: Path, clock: VirtualClock, text: str, takes: float, **options: Any) -> list[FakeCamb]:
    """Run six such lines, one after the other: where threads sleep side by side, a virtual clock adds it up."""
    return [work(both, folder, clock, [text], takes, **options) for _ in range(6)]


def first_gap(fake: FakeCamb) -> float:
    """How long after its creation the one task of a server was polled first."""
    (ref,) = fake.created
    (create,) = (request for request in fake.requests if request.method == "POST")
    return fake.requests_for(ref)[0].at - create.at


def remembered(folder: Path) -> dict[str, list[float]]:
    with sqlite3.connect(folder.with_name("jobs.db")) as connection:
        rows = connection.execute("SELECT name, seconds FROM durations").fetchall()
    connection.close()
    return {name: json.loads(seconds) for name, seconds in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize(("schedule", "learns"), [(None, True), (Schedule.DEFAULT, False), (Schedule.LEARNED, True)])
def test_the_next_run_begins_with_what_the_last_has_learned(
    both: Both, folder: Path, clock: VirtualClock, schedule: Any, learns: bool
) -> None:
    first, *_ = learn(both, folder, clock, "One line", 60, schedule=schedule)
    fake = work(both, folder, clock, ["Another"], 60, schedule=schedule)
    polls = [one.polls(one.created[0]) for one in (first, fake)]
    assert (polls[1] < polls[0] * 0.7) == learns
    assert (polls[1] == polls[0] == len(BASE[: polls[0]])) == (not learns)
    assert (first_gap(fake) > 5) == learns
    assert sorted(remembered(folder)) == (["tts", "tts < 16", "tts < 8"] if learns else [])


def test_long_texts_and_short_ones_are_told_apart(both: Both, folder: Path, clock: VirtualClock) -> None:
    learn(both, folder, clock, "Short", 60, schedule=Schedule.LEARNED)
    learn(both, folder, clock, "Long " * 500, 600, schedule=Schedule.LEARNED)
    short, long, other = (
        first_gap(work(both, folder, clock, [text], 600, schedule=Schedule.LEARNED))
        for text in ("Brief", "Large " * 400, "Between " * 9)
    )
    assert 2 < short < 60 < long < 600
    assert short <= other < long  # Of that size none is known, so it goes by all of its kind.


def test_it_is_bounded(both: Both, fake: FakeCamb, folder: Path) -> None:
    path, client = folder.with_name("jobs.db"), both.of(fake)
    for begin in (0, 40):
        tasks = [fake.add(f"tts:{begin + number}", {0: "PENDING", 20: "SUCCESS"}) for number in range(40)]
        assert len(outcomes(client, path, tasks, schedule=Schedule.LEARNED)) == 40
    (took,) = remembered(folder).values()
    assert len(took) == 64
    assert all(15 < each < 25 for each in took)


def test_what_was_learned_before_a_kill_is_there(both: Both, fake: FakeCamb, folder: Path) -> None:
    """It is written with the outcome, not at the end."""
    for number in range(12):
        fake.add(f"tts:{number}", {0: "PENDING", 20 + number: "SUCCESS"})
    tasks = [f"tts:{number}" for number in range(12)]
    path = folder.with_name("jobs.db")
    outcomes(both.of(fake), path, tasks, most=4, schedule=Schedule.LEARNED)
    assert len(remembered(folder)["tts"]) >= 4


def test_it_costs_no_transaction(
    both: Both, folder: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor any sync of the disk: it is a part of that of the outcome. An item is planned, and comes to four states."""
    real, counts = sqlite3.connect, []

    class Connection(sqlite3.Connection):
        def execute(self, query: str, *values: Any) -> sqlite3.Cursor:
            counts[-1] += query == "COMMIT"
            return super().execute(query, *values)

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: real(*args, **options, factory=Connection))
    for number in (2, 5):
        counts.append(0)
        work(both, folder, clock, ["A line"] * number, 3, schedule=Schedule.LEARNED)
    assert counts[1] - counts[0] == 3 * 5


@pytest.mark.parametrize("polled", [True, False])
def test_what_ended_while_the_process_was_away_teaches_nothing(
    both: Both, fake: FakeCamb, folder: Path, clock: VirtualClock, polled: bool
) -> None:
    path, now = folder.with_name("jobs.db"), datetime.fromtimestamp(clock.time(), UTC)
    tasks = [
        fake.add(TaskRef("tts", f"{number}", submitted_at=now), {0: "PENDING", 5 if not number else 60: "SUCCESS"})
        for number in range(6)
    ]
    client = both.of(fake)
    if polled:
        assert len(outcomes(client, path, tasks, most=1, timeout=None, schedule=Schedule.LEARNED)) == 1
    else:
        with client.real.journal(path) as journal:
            journal.add(tasks, timeout=None, schedule=Schedule.LEARNED)
    clock.advance(8 * 3600)
    assert len(outcomes(client, path)) == 6
    assert remembered(folder).get("tts", []) == pytest.approx([4.5] if polled else [], rel=0.2)


def test_a_file_of_the_version_before_is_upgraded(fake: FakeCamb, folder: Path, both: Both) -> None:
    path = folder.with_name("jobs.db")
    known = database.JOURNAL
    before = database.Role(known.name, known.application_id, known.schema[:2])
    database.Database(path, before, is_exclusive=True).close()
    for number in range(3):
        fake.add(f"tts:{number}", {0: "PENDING", 20: "SUCCESS"})
    found = outcomes(both.of(fake), path, [f"tts:{number}" for number in range(3)], schedule=Schedule.LEARNED)
    assert [outcome.error for outcome in found] == [None] * 3
    assert len(remembered(folder)["tts"]) == 3


@pytest.mark.parametrize("damaged", ["[1, 2", "7", '["a"]', "[NaN]", "[-1]", "null"])
def test_what_cannot_be_read_is_forgotten(both: Both, folder: Path, clock: VirtualClock, damaged: str) -> None:
    learn(both, folder, clock, "One line", 60)
    with sqlite3.connect(folder.with_name("jobs.db")) as connection:
        connection.execute("UPDATE durations SET seconds = ?", (damaged,))
    connection.close()
    assert first_gap(work(both, folder, clock, ["Line two"], 60)) < 5
    assert len(remembered(folder)["tts"]) == 1
