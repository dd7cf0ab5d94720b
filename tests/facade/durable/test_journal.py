"""The journal: tasks in a file, their outcomes at least once, whatever becomes of the process."""

import itertools
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from camb_client import (
    AuthenticationError,
    CambClient,
    ConfigurationError,
    Journal,
    Schedule,
    TaskFailedError,
    TaskPaymentRequiredError,
    TaskRef,
    WaitState,
    WaitTimeoutError,
)
from camb_client._durable import database
from camb_client.testing import FakeCamb, VirtualClock, rate_limited
from tests.facade.conftest import KEY, Both, Client

TASKS = [f"tts:c8b8e3cd-ad17-4c1a-9f3e-{number:012d}" for number in range(12)]


def outcomes(client: Client, path: Path, tasks: Any = (), most: int = 10_000, **options: Any) -> list[Any]:
    """Open the journal, put tasks into it, take the first outcomes, and close it."""
    found: list[Any] = []
    if client._runner is None:
        with client.real.journal(path) as journal:
            journal.add(tasks, **options)
            for outcome in journal:
                found.append(outcome)
                if len(found) >= most:
                    break
        return found

    async def collect() -> list[Any]:
        async with client.real.journal(path) as journal:
            journal.add(tasks, **options)
            outcomes = aiter(journal)
            async for outcome in outcomes:
                found.append(outcome)
                if len(found) >= most:
                    break
            await outcomes.aclose()
        return found

    return client._runner.run(collect())  # type: ignore[no-any-return]


def rows(path: Path) -> dict[str, tuple[Any, Any, Any]]:
    with sqlite3.connect(path) as connection:
        found = {row[0]: row[1:] for row in connection.execute("SELECT id, state, next_at, outcome FROM waits")}
    connection.close()
    return found


def test_each_outcome_comes_once_where_nothing_goes_wrong(both: Both, fake: FakeCamb, tmp_path: Path) -> None:
    for number, task in enumerate(TASKS):
        fake.add(task, "PENDING ERROR" if number % 3 == 0 else "PENDING SUCCESS", run_id=number)
    client = both.of(fake)
    found = outcomes(client, tmp_path / "jobs.db", TASKS)
    assert sorted(str(one.ref) for one in found) == TASKS
    assert sum(isinstance(one.error, TaskFailedError) for one in found) == 4
    assert outcomes(client, tmp_path / "jobs.db", TASKS) == []  # Known, though taken.
    assert {state for state, _, _ in rows(tmp_path / "jobs.db").values()} == {None}
    assert {next_at for _, next_at, _ in rows(tmp_path / "jobs.db").values()} == {None}
    assert fake.polls(TASKS[0]) == 2


def test_what_was_handed_out_but_not_taken_comes_again(both: Both, fake: FakeCamb, tmp_path: Path) -> None:
    fake.add(TASKS[0], "PENDING SUCCESS", run_id=7)
    fake.add(TASKS[1], [{"status": "ERROR", "exception_reason": "bad voice", "message": {"code": 5}}])
    fake.add(TASKS[2], [{"status": "ERROR", "exception_reason": "PAYMENT_REQUIRED"}])
    client = both.of(fake)
    for task in TASKS[:3]:
        first = outcomes(client, tmp_path / "jobs.db", [task], most=1)
        polls = fake.polls(task)
        again = outcomes(client, tmp_path / "jobs.db", most=1)
        assert [repr(one.state) for one in first] == [repr(one.state) for one in again]
        assert [one.error and one.error.to_dict() for one in first] == [
            one.error and one.error.to_dict() for one in again
        ]
        assert fake.polls(task) == polls
        assert [one.ref for one in outcomes(client, tmp_path / "jobs.db")] == [again[0].ref]
    assert isinstance(again[0].error, TaskPaymentRequiredError)
    assert again[0].error.state.exception_reason == "PAYMENT_REQUIRED"


def test_a_wait_goes_on_where_it_was(both: Both, fake: FakeCamb, tmp_path: Path, clock: VirtualClock) -> None:
    """A deadline is kept, and a pause that the server asked for, from one process to the next."""
    fake.add(TASKS[0], ["PENDING", rate_limited(500), "PENDING"])
    fake.add(TASKS[1], "SUCCESS")
    client = both.of(fake)
    assert len(outcomes(client, tmp_path / "jobs.db", TASKS[:2], most=1, timeout=300, schedule=20)) == 1
    state, _, outcome = rows(tmp_path / "jobs.db")[TASKS[0]]
    assert outcome is None
    assert WaitState.from_json(state).deadline == pytest.approx(clock._start + 300)
    clock.advance(400)
    assert len(outcomes(client, tmp_path / "jobs.db", most=1)) == 1  # TASKS[1], not taken above
    found = outcomes(client, tmp_path / "jobs.db")
    assert isinstance(found[-1].error, WaitTimeoutError)


@pytest.mark.parametrize(("schedule", "learns"), [(None, True), (Schedule.LEARNED, True), (Schedule.DEFAULT, False)])
def test_waits_learn_from_each_other_unless_another_schedule_is_named(
    both: Both, fake: FakeCamb, tmp_path: Path, schedule: Any, learns: bool
) -> None:
    tasks = [fake.add(f"tts:{number}", {0: "PENDING", 20 + number: "SUCCESS"}) for number in range(20)]
    outcomes(both.of(fake), tmp_path / "jobs.db", tasks, schedule=schedule)
    *late, last, end = (request.at for request in fake.requests_for("tts:19")[-4:])
    gaps = [second - first for first, second in itertools.pairwise([*late, last, end])]
    assert (min(gaps) < 0.95 * Schedule.DEFAULT.delay(late[0])) == learns


def test_a_wait_that_ended_before_its_task_begins_anew(
    both: Both, fake: FakeCamb, tmp_path: Path, clock: VirtualClock
) -> None:
    fake.add(TASKS[0], {0.0: "PENDING", 100.0: "SUCCESS"})
    client = both.of(fake)
    (first,) = outcomes(client, tmp_path / "jobs.db", TASKS[:1], timeout=30)
    assert isinstance(first.error, WaitTimeoutError)
    clock.advance(3600)
    (second,) = outcomes(client, tmp_path / "jobs.db", TASKS[:1])
    assert second.error is None
    assert outcomes(client, tmp_path / "jobs.db", TASKS[:1]) == []


def test_tasks_come_in_while_it_is_iterated_over(both: Both, fake: FakeCamb, tmp_path: Path) -> None:
    for task in TASKS:
        fake.add(task, "PENDING SUCCESS")
    client, found = both.of(fake), []
    left = TASKS[1:]
    if client._runner is None:
        with client.real.journal(tmp_path / "jobs.db") as journal:
            assert journal.add(TASKS[:1]) == 1
            for outcome in journal:
                found.append(str(outcome.ref))
                assert journal.add(left[:2]) == len(left[:2])
                del left[:2]
    else:

        async def collect() -> None:
            with client.real.journal(tmp_path / "jobs.db") as journal:
                journal.add(TASKS[:1])
                async for outcome in journal:
                    found.append(str(outcome.ref))
                    journal.add(left[:2])
                    del left[:2]

        both.run(collect())
    assert sorted(found) == TASKS


def test_a_refused_key_loses_nothing(both: Both, fake: FakeCamb, tmp_path: Path) -> None:
    for task in TASKS:
        fake.add(task, "PENDING SUCCESS")
    wrong = both.client("another-key-0123", transport=fake.transport(), clock=fake._clock)
    with pytest.raises(AuthenticationError):
        outcomes(wrong, tmp_path / "jobs.db", TASKS)
    assert len(outcomes(both.of(fake), tmp_path / "jobs.db")) == len(TASKS)


def test_what_is_in_the_file_and_who_may_read_it(both: Both, fake: FakeCamb, tmp_path: Path) -> None:
    address = "https://files.example/secret/result.flac"
    fake.add(TASKS[0], [{"status": "ERROR", "message": f"see {address}", "exception_reason": {"at": [address]}}])
    fake.add(TASKS[1], ["PENDING"])
    os.umask(0o022)
    client = both.of(fake)
    outcomes(client, tmp_path / "jobs.db", TASKS[:2], most=1)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (KEY, "secret/result", "camb.invalid"):
        assert secret.encode() not in content
    for task, (state, _, outcome) in rows(tmp_path / "jobs.db").items():
        assert len(state or outcome) + len(task) < 560


def test_a_second_owner_is_told_the_first(both: Both, fake: FakeCamb, tmp_path: Path) -> None:
    client = both.of(fake)
    with client.real.journal(tmp_path / "jobs.db"), pytest.raises(ConfigurationError, match=f"process {os.getpid()}"):
        client.real.journal(tmp_path / "jobs.db")
    (tmp_path / "link.db").symlink_to("jobs.db")
    with client.real.journal(tmp_path / "link.db"), pytest.raises(ConfigurationError, match="in use"):
        client.real.journal(tmp_path / "jobs.db")
    with client.real.journal(tmp_path / "jobs.db") as journal:
        pass
    for use in (lambda: journal.add(TASKS), lambda: next(iter(journal)) if both.kind == "sync" else journal.add([])):
        with pytest.raises(RuntimeError, match="closed"):
            use()


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(200), b"x" * 5000])
def test_another_file_is_refused_untouched(fake: FakeCamb, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "jobs.db").write_bytes(content)
    with fake.client() as camb, pytest.raises(ConfigurationError, match="no journal"):
        camb.journal(tmp_path / "jobs.db")
    assert (tmp_path / "jobs.db").read_bytes() == content


@pytest.mark.parametrize("length", [5000, 9000])
def test_a_damaged_file_is_refused(fake: FakeCamb, tmp_path: Path, length: int) -> None:
    path = tmp_path / "jobs.db"
    with fake.client() as camb:
        with camb.journal(path) as journal:
            journal.add(f"tts:{number}" for number in range(100))
        with path.open("r+b") as file:
            file.truncate(length)
        with pytest.raises(ConfigurationError, match=r"damaged \(.*malformed.*\): put back a copy"):
            camb.journal(path)


def test_another_database_and_another_role_are_refused(fake: FakeCamb, tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = path.read_bytes()
    with fake.client() as camb, pytest.raises(ConfigurationError, match="no journal"):
        camb.journal(path)
    assert path.read_bytes() == before
    other = database.Role("store for Celery", 0x43434543, (database.WAITS,))
    path.unlink()
    database.Database(path, other, is_exclusive=False).close()
    with fake.client() as camb:
        with pytest.raises(ConfigurationError, match="no journal"):
            camb.journal(path)
        camb.journal(tmp_path / "own.db").close()
    with pytest.raises(ConfigurationError, match="no store for Celery"):
        database.Database(tmp_path / "own.db", other, is_exclusive=False)


def test_a_newer_file_is_refused_untouched(fake: FakeCamb, tmp_path: Path) -> None:
    with fake.client() as camb:
        camb.journal(tmp_path / "jobs.db").close()
        with sqlite3.connect(tmp_path / "jobs.db") as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        before = (tmp_path / "jobs.db").read_bytes()
        with pytest.raises(ConfigurationError, match="newer"):
            camb.journal(tmp_path / "jobs.db")
        assert (tmp_path / "jobs.db").read_bytes() == before


def test_an_older_file_is_upgraded(fake: FakeCamb, tmp_path: Path) -> None:
    """In one transaction: where a step fails, all stays as it was."""
    fake.add(TASKS[0], "SUCCESS")
    path = tmp_path / "jobs.db"
    with fake.client() as camb:
        with camb.journal(path) as journal:
            journal.add(TASKS[:1])
        schema = database.JOURNAL.schema
        broken = database.Role(
            "journal", database.JOURNAL.application_id, (*schema, ("CREATE TABLE a (b)", "NONSENSE"))
        )
        with pytest.raises(OSError, match="syntax error"):
            database.Database(path, broken, is_exclusive=True)
        newer = database.Role("journal", database.JOURNAL.application_id, (*schema, ("CREATE TABLE a (b)",)))
        database.Database(path, newer, is_exclusive=True).close()
        assert list(rows(path)) == TASKS[:1]
        with pytest.raises(ConfigurationError, match="newer"):
            camb.journal(path)


def test_where_nothing_can_be_written_ahead_it_works_too(
    fake: FakeCamb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network drive, where WAL finds no shared memory."""
    real = sqlite3.connect

    class Connection(sqlite3.Connection):
        def execute(self, query: str, *values: Any) -> sqlite3.Cursor:
            if query == "PRAGMA journal_mode = WAL":
                raise sqlite3.OperationalError("locking protocol")
            return super().execute(query, *values)

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: real(*args, **options, factory=Connection))
    fake.add(TASKS[0], "SUCCESS")
    with fake.client() as camb, camb.journal(tmp_path / "jobs.db") as journal:
        journal.add(TASKS[:1])
        assert len(list(journal)) == 1
        assert not (tmp_path / "jobs.db-wal").exists()


def test_a_state_that_cannot_be_read_is_left(fake: FakeCamb, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fake.add(TASKS[0], "SUCCESS")
    with fake.client() as camb:
        with camb.journal(tmp_path / "jobs.db") as journal:
            journal.add(TASKS[:2])
        with sqlite3.connect(tmp_path / "jobs.db") as connection:
            connection.execute("UPDATE waits SET state = '{\"version\": 7}' WHERE id = ?", TASKS[1:2])
        connection.close()
        with camb.journal(tmp_path / "jobs.db") as journal:
            assert len(list(journal)) == 1
    assert rows(tmp_path / "jobs.db")[TASKS[1]][0] == '{"version": 7}'
    assert f"{TASKS[1]}: its state cannot be read" in caplog.text


@pytest.mark.parametrize("status", ["SUCCESS", "ERROR"])
def test_half_a_surrogate_pair_is_kept_as_it_was_sent(both: Both, fake: FakeCamb, tmp_path: Path, status: str) -> None:
    """JSON may say it, and UTF-8 cannot: the outcome of a paid task must not be lost for that."""
    fake.add("tts:1", [{"status": status, "run_id": 7, "message": "broken \ud83d"}])
    fake.add("tts:2", "SUCCESS", run_id=8)
    found = {
        outcome.ref.task_id: outcome for outcome in outcomes(both.of(fake), tmp_path / "jobs.db", ["tts:1", "tts:2"])
    }
    assert found["2"].state.run_id == 8
    assert (found["1"].state or found["1"].error.state).message == "broken \ud83d"


@pytest.mark.parametrize(
    ("submitted_at", "timeout"),
    [(None, 1e12), (datetime(1969, 12, 31, tzinfo=UTC), 600.0), (datetime.max.replace(tzinfo=UTC), 600.0)],
)
def test_whatever_a_wait_takes_is_kept(
    both: Both, fake: FakeCamb, tmp_path: Path, submitted_at: datetime | None, timeout: float
) -> None:
    fake.add("tts:1", "SUCCESS", run_id=7)
    client, ref = both.of(fake), TaskRef("tts", "1", submitted_at=submitted_at)
    assert WaitState.from_json(client.real.begin(ref, timeout=timeout).to_json()).ref == ref
    (outcome,) = outcomes(client, tmp_path / "jobs.db", [ref], timeout=timeout)
    assert outcome.state.run_id == 7


def test_an_id_that_is_too_long_for_any_url_is_refused(fake: FakeCamb, tmp_path: Path) -> None:
    with fake.client() as camb, camb.journal(tmp_path / "jobs.db") as journal:
        with pytest.raises(ValueError, match="at most 10,000 characters, not 70,004"):
            journal.add([f"tts:{'i' * 70_000}"])
        longest = f"tts:{chr(0xE9) * (10_000 - 4)}"
        assert WaitState.from_json(camb.begin(longest).to_json()).ref == TaskRef.parse(longest)


def test_one_iteration_at_a_time(fake: FakeCamb, tmp_path: Path) -> None:
    for task in TASKS:
        fake.add(task, "SUCCESS")
    with fake.client() as camb, camb.journal(tmp_path / "jobs.db") as journal:
        journal.add(TASKS)
        first = iter(journal)
        next(first)
        with pytest.raises(RuntimeError, match="already"):
            next(iter(journal))
        assert len(list(first)) == len(TASKS) - 1


def test_arguments_are_checked(fake: FakeCamb, tmp_path: Path) -> None:
    with fake.client() as camb, camb.journal(tmp_path / "jobs.db") as journal:
        assert isinstance(journal, Journal)
        for wrong in ("tts:1", ["nothing:1"], [5], None):
            with pytest.raises((TypeError, ValueError)):
                journal.add(wrong)  # type: ignore[arg-type]
        for options in ({"timeout": -1}, {"schedule": "often"}):
            with pytest.raises((TypeError, ValueError)):
                journal.add(TASKS, **options)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="max_concurrency"):
            journal.as_completed(max_concurrency=0)
        assert list(journal) == []
    with fake.client() as camb, pytest.raises(OSError, match="missing"):
        camb.journal(tmp_path / "missing" / "jobs.db")


WORKER = textwrap.dedent("""
    import sys
    from camb_client import CambClient

    with CambClient(sys.argv[1], base_url=sys.argv[2]) as camb, camb.journal(sys.argv[3]) as journal:
        for outcome in journal.as_completed(max_concurrency=50):
            print(outcome.ref, flush=True)
""")


@pytest.mark.parametrize(("count", "pace"), [(200, 1), pytest.param(5_000, 6, marks=pytest.mark.whole)])
def test_none_is_lost_by_kills(tmp_path: Path, count: int, pace: int) -> None:
    """Over real HTTP: the process is killed seven times. Each task's outcome comes, those at hand at a kill twice."""
    fake = FakeCamb(KEY)
    names = [f"c8b8e3cd-ad17-4c1a-9f3e-{number:012d}" for number in range(count)]
    refs = [
        fake.add(f"tts:{name}", {0.0: "PENDING", 0.2 + pace * (at % 40) / 20: "SUCCESS"})
        for at, name in enumerate(names)
    ]
    with fake.serve() as url:
        with CambClient(KEY, base_url=url) as camb, camb.journal(tmp_path / "jobs.db") as journal:
            journal.add(refs, schedule=0.3 * pace)
        assert (tmp_path / "jobs.db").stat().st_size <= 600 * count + 50_000
        came: list[str] = []
        for turn in range(8):
            with subprocess.Popen(
                [sys.executable, "-c", WORKER, KEY, url, str(tmp_path / "jobs.db")],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            ) as worker:  # fmt: skip
                if turn < 7:
                    time.sleep(pace * (0.35 + 0.05 * turn))
                    worker.send_signal(signal.SIGKILL)
                said, wrong = worker.communicate(timeout=60)
            assert "Error" not in wrong
            came += said.split()
    assert sorted(set(came)) == sorted(map(str, refs))
    assert len(came) <= count + 7
    assert all(state is None and next_at is None for state, next_at, _ in rows(tmp_path / "jobs.db").values())


def test_outcomes_are_plain_json(fake: FakeCamb, tmp_path: Path) -> None:
    fake.add(TASKS[0], "SUCCESS", run_id=5)
    with fake.client() as camb, camb.journal(tmp_path / "jobs.db") as journal:
        journal.add([TaskRef.parse(TASKS[0])])
        list(journal)
    outcome = json.loads(rows(tmp_path / "jobs.db")[TASKS[0]][2])
    assert (outcome["state"]["run_id"], outcome["error"]) == (5, None)
