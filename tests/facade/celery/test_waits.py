"""What ``register`` gives an app, in one process: broker and result backend in memory, a store in a file, real HTTP.

``waits.sweep()``, called directly, is one sweep in this process; a worker in threads is there where a call is resumed.
"""

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from celery import Celery, chain, chord, group
from celery.app import task as celery_task
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Ignore
from celery.worker import state
from kombu.exceptions import OperationalError
from kombu.transport import memory

import camb_client.celery
from camb_client import (
    ConfigurationError,
    Schedule,
    TaskFailedError,
    TaskNotFoundError,
    TaskPaymentRequiredError,
    TaskRef,
    WaitState,
    WaitTimeoutError,
)
from camb_client._durable.stores import open_store
from camb_client.celery import Waits, _sweep, _tasks
from camb_client.testing import FakeCamb, Reply, rate_limited, slow

from .conftest import KEY

QUICK = 0.2


@attrs.define
class App:
    """An app with its waits, and the server that it polls."""

    fake: FakeCamb
    url: str
    celery: Any
    waits: Waits
    store: Path

    def rows(self) -> dict[str, tuple[str | None, float, str | None]]:
        """The rows of the store by id."""
        with closing(sqlite3.connect(self.store)) as connection:
            return {row[0]: row[1:] for row in connection.execute("SELECT * FROM waits")}

    def execute(self, statement: str, *values: Any) -> None:
        with sqlite3.connect(self.store) as connection:
            connection.execute(statement, values)
        connection.close()

    def polls(self, task: str) -> int:
        return sum(str(request.ref) == task for request in self.fake.requests)

    def is_closed(self, wait_id: str) -> bool:
        """Whether no more of a wait is kept than its id."""
        state, _, outcome = self.rows()[wait_id]
        return state is outcome is None

    def state(self, result: Any) -> str:
        """The state of a call now: a result that has seen it end keeps it."""
        return str(self.celery.AsyncResult(result.id).state)

    @contextmanager
    def worker(self, *queues: str) -> Iterator[None]:
        """A worker in this process, of the queues of ours and of the user, or of others."""
        options = {"pool": "threads", "concurrency": 4, "perform_ping_check": False, "loglevel": "WARNING"}
        with start_worker(self.celery, queues=queues or ["celery", "camb"], **options):
            try:
                yield
            finally:
                # Its loop takes one message before it sees that it should end, and one more after that; or waits 2 s.
                state.should_terminate = 0
                for _ in range(2):
                    self.celery.send_task("nothing")

    def until(self, ready: Callable[[], object]) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + 20
        while not ready():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def sweep_until(self, ready: Callable[[], object]) -> None:
        """Sweep in this process until it is so."""
        self.until(lambda: self.waits.sweep() or ready())


def got(result: Any) -> Any:
    """What a call or a group comes to; Celery itself asks twice a second."""
    return result.get(timeout=20, interval=0.02)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., App]]:
    monkeypatch.setattr(_sweep, "LINGER_SECONDS", 0.3)
    monkeypatch.setattr(_sweep, "SWEEP_SECONDS", 0.3)
    monkeypatch.setattr(_sweep, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(_tasks, "TICK_SECONDS", 0.1)
    fake, made = FakeCamb(KEY), []
    with fake.serve() as url:
        monkeypatch.setenv("CAMB_API_KEY", KEY)
        monkeypatch.setenv("CAMB_BASE_URL", url)

        def make(backend: str | None = "cache+memory://", **options: Any) -> App:
            app = Celery("app", broker="memory://", backend=backend, set_as_current=False)
            app.conf.broker_transport_options = {"polling_interval": 0.02}
            app.conf.update(worker_timer_precision=0.05, worker_hijack_root_logger=False)
            store = tmp_path / "waits.db"
            waits = camb_client.celery.register(app, **{"store": f"sqlite:///{store}", **options})
            made.append(App(fake, url, app, waits, store))
            return made[-1]

        yield make
        for one in made:
            one.celery.close()
        memory.Channel.queues.clear()  # The broker of all apps of this process: the next one gets no message of ours.


@pytest.fixture
def app(make: Callable[..., App]) -> App:
    return make()


# begin: straight into the store.


def test_begin_gives_a_result_for_each_in_order(app: App) -> None:
    refs = [app.fake.add("tts:a", ["PENDING", "SUCCESS"], run_id=1), app.fake.add("text-to-sound:b", ["ERROR"])]
    results = app.waits.begin([refs[0], str(refs[1])], schedule=QUICK)
    assert [one.state for one in results.results] == ["PENDING", "PENDING"]
    assert {state.ref for state in app.waits.pending().values()} == set(refs)
    app.sweep_until(results.ready)
    good, bad = results.results
    assert good.get(timeout=1) == {
        "task": "tts:a", "status": "SUCCESS", "run_id": 1, "exception_reason": None, "message": None,
        "elapsed": good.result["elapsed"], "polls": 2, "error": None,
    }  # fmt: skip
    assert bad.state == "FAILURE"
    with pytest.raises(TaskFailedError, match="text-to-sound:b ended as ERROR"):
        bad.get(timeout=1)
    assert app.waits.pending() == {}


def test_a_group_is_saved_and_found_again(app: App) -> None:
    app.fake.add("tts:a", ["SUCCESS"], run_id=1)
    results = app.waits.begin(["tts:a"])
    results.save()
    app.sweep_until(results.ready)
    restored = app.celery.GroupResult.restore(results.id)
    assert [one.id for one in restored.results] == [one.id for one in results.results]
    assert restored.get(timeout=1)[0]["run_id"] == 1


@pytest.mark.parametrize("backend", [None, "rpc://", "celery.backends.rpc:RPCBackend"])
def test_begin_needs_a_backend_that_keeps_results(make: Callable[..., App], backend: str | None) -> None:
    app = make(backend)
    with pytest.raises(ConfigurationError, match="result backend that keeps results"):
        app.waits.begin(["tts:a"])
    assert not app.store.exists()


@pytest.mark.parametrize(
    ("refs", "options", "problem"),
    [
        ("tts:a", {}, TypeError),
        (5, {}, TypeError),
        ([5], {}, TypeError),
        (["a"], {}, ValueError),
        (["nothing:a"], {}, ValueError),
        (["tts:a"], {"timeout": -1}, ValueError),
        (["tts:a"], {"schedule": "often"}, TypeError),
    ],
)
def test_begin_checks_before_anything_is_kept(app: App, refs: Any, options: Any, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        app.waits.begin(refs, **options)
    assert not app.store.exists()


def test_begin_needs_no_key(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMB_API_KEY")
    assert len(app.waits.begin(["tts:a"]).results) == 1


def test_the_store_has_neither_key_nor_address(app: App) -> None:
    app.fake.add("tts:a", ["PENDING"])
    app.waits.begin(["tts:a"], schedule=QUICK)
    app.sweep_until(lambda: app.polls("tts:a"))
    (text, _, _) = next(iter(app.rows().values()))
    assert text is not None
    assert KEY not in text
    assert "127.0.0.1" not in text
    assert len(text) < 450


def test_a_deadline_ends_a_wait(app: App) -> None:
    app.fake.add("tts:a", ["PENDING"])
    (result,) = app.waits.begin(["tts:a"], timeout=0.4, schedule=QUICK).results
    app.sweep_until(result.ready)
    with pytest.raises(WaitTimeoutError, match="its last status was 'PENDING'"):
        result.get(timeout=1)


def test_a_task_that_is_not_there_ends_its_own_wait(app: App) -> None:
    old = TaskRef("tts", "gone", datetime(2026, 1, 1, tzinfo=UTC))
    app.fake.add("tts:a", ["SUCCESS"], run_id=1)
    gone, good = app.waits.begin([old, "tts:a"]).results
    app.sweep_until(lambda: gone.ready() and good.ready())
    with pytest.raises(TaskNotFoundError):
        gone.get(timeout=1)
    assert good.get(timeout=1)["run_id"] == 1


# forget and pending.


def test_a_wait_that_is_forgotten_is_polled_no_more(app: App) -> None:
    app.fake.add("tts:a", ["PENDING"])
    (result,) = app.waits.begin(["tts:a"], schedule=QUICK).results
    app.sweep_until(lambda: app.polls("tts:a"))
    polls = app.polls("tts:a")
    assert app.waits.forget(result.id)
    assert not app.waits.forget(result)
    assert not app.waits.forget("another")
    assert app.waits.pending() == {}
    time.sleep(QUICK)  # It would be due.
    app.waits.sweep()
    assert app.polls("tts:a") == polls >= 1
    assert result.state == "PENDING"


def test_what_ends_after_it_was_forgotten_is_told_to_nobody(app: App) -> None:
    app.fake.add("tts:a", [slow(0.7, Reply.json({"status": "SUCCESS", "run_id": 1}))])
    (result,) = app.waits.begin(["tts:a"]).results
    sweep = threading.Thread(target=app.waits.sweep)
    sweep.start()
    while not app.polls("tts:a"):
        time.sleep(0.02)
    assert app.waits.forget(result.id)
    sweep.join()
    assert result.state == "PENDING"


def test_pending_shows_how_each_stands(app: App) -> None:
    app.fake.add("tts:a", ["PENDING"])
    (result,) = app.waits.begin(["tts:a"], timeout=None, schedule=Schedule.BACKGROUND).results
    app.sweep_until(lambda: app.polls("tts:a"))
    state = app.waits.pending()[result.id]
    assert isinstance(state, WaitState)
    assert (state.status, state.polls, state.schedule) == ("PENDING", 1, Schedule.BACKGROUND)


# What must not end a wait.


def test_a_refused_key_ends_no_wait_before_its_deadline(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_sweep, "REFUSED_SECONDS", 0.5)
    for name in "abc":
        app.fake.add(f"tts:{name}", ["SUCCESS"], run_id=1)
    monkeypatch.setenv("CAMB_API_KEY", "revoked-0123456789")
    results = app.waits.begin(["tts:a", "tts:b"]).results
    (late,) = app.waits.begin(["tts:c"], timeout=1.0).results
    before = app.waits.pending()
    app.sweep_until(lambda: app.fake.requests)
    assert {name: state for name, state in app.waits.pending().items() if state.timeout > 1} == {
        one.id: before[one.id] for one in results
    }
    assert sum("refuses the key" in message for message in caplog.messages) == 1
    polls = len(app.fake.requests)
    app.sweep_until(late.ready)
    with pytest.raises(WaitTimeoutError, match="The last poll failed: tts:"):
        late.get(timeout=1)
    at = [request.at for request in app.fake.requests]
    assert at[polls] - at[polls - 1] >= 0.5  # It backs off.
    assert "revoked-0123456789" not in caplog.text
    assert not any(one.ready() for one in results)
    monkeypatch.setenv("CAMB_API_KEY", KEY)
    app.sweep_until(lambda: all(one.ready() for one in results))
    assert [one.get(timeout=1)["run_id"] for one in results] == [1, 1]


def test_a_worker_without_a_key_says_so_and_leaves_all_as_it_is(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.waits.begin(["tts:a"])
    before = app.waits.pending()
    monkeypatch.delenv("CAMB_API_KEY")
    for _ in range(2):
        app.waits.sweep()
    assert app.waits.pending() == before
    assert sum("CAMB_API_KEY" in message for message in caplog.messages) == 1


@pytest.mark.parametrize("break_it", ['{"version":2,"task":"tts:a"}\n', "not JSON\n", "", "[1]\n"])
def test_what_cannot_be_read_is_logged_and_left(app: App, break_it: str, caplog: pytest.LogCaptureFixture) -> None:
    app.fake.add("tts:a", ["SUCCESS"], run_id=1)
    app.fake.add("tts:b", ["SUCCESS"], run_id=2)
    broken, good = app.waits.begin(["tts:a", "tts:b"]).results
    app.execute("UPDATE waits SET state = ? WHERE id = ?", break_it, broken.id)
    app.sweep_until(good.ready)
    assert good.get(timeout=1)["run_id"] == 2
    assert app.rows()[broken.id][0] == break_it
    assert any(broken.id in message and "stays as it is" in message for message in caplog.messages)
    assert broken.id not in app.waits.pending()


def test_a_server_that_asks_for_a_pause_gets_it(app: App) -> None:
    app.fake.add("tts:a", [rate_limited(1), "SUCCESS"], run_id=1)
    app.fake.add("tts:b", ["PENDING", "SUCCESS"], run_id=2)
    results = app.waits.begin(["tts:a", "tts:b"], schedule=QUICK)
    app.sweep_until(results.ready)
    assert [one.get(timeout=1)["run_id"] for one in results.results] == [1, 2]
    at = [request.at for request in app.fake.requests]
    assert at[1] - at[0] < 1 <= at[2] - at[0]


def test_no_second_has_more_than_the_rate(make: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make(max_requests_per_second=20)
    for number in range(10):
        app.fake.add(f"tts:{number}", ["PENDING", "SUCCESS"])
    monkeypatch.setattr(_sweep, "SWEEP_SECONDS", 0.8)  # So that sweepers change.
    app.waits.begin([f"tts:{number}" for number in range(10)], schedule=QUICK)
    deadline, begins = time.monotonic() + 20, []
    while app.waits.pending() and time.monotonic() < deadline:
        begins.append(len(app.fake.requests))
        app.waits.sweep()
    at = [request.at for request in app.fake.requests]
    # A new sweeper is silent for a second after the last request: it may still have been on its way.
    assert min(at[first] - at[first - 1] for first in begins if 0 < first < len(at)) >= 1
    assert len(at) >= 20
    assert max(sum(one <= other < one + 1 for other in at) for one in at) <= 20
    assert app.waits.pending() == {}


def test_workers_that_differ_use_the_lowest_rate(make: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make(max_requests_per_second=100)
    monkeypatch.setattr(_sweep, "SWEEP_SECONDS", 10.0)
    for number in range(15):
        app.fake.add(f"tts:{number}", ["SUCCESS"])
    app.waits.begin([f"tts:{number}" for number in range(15)])
    open_store(f"sqlite:///{app.store}", "app").tick(10.0)  # As another worker tells its rate.
    deadline = time.monotonic() + 20
    while app.waits.pending() and time.monotonic() < deadline:
        app.waits.sweep()
    at = [request.at for request in app.fake.requests]
    assert len(at) == 15
    assert max(sum(one <= other < one + 1 for other in at) for one in at) <= 10


def test_two_sweeps_at_once_in_one_process_are_one(make: Callable[..., App]) -> None:
    app = make(max_requests_per_second=20)
    for number in range(30):
        app.fake.add(f"tts:{number}", ["SUCCESS"])
    app.waits.begin([f"tts:{number}" for number in range(30)])
    sweeps = [threading.Thread(target=app.waits.sweep) for _ in range(4)]
    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    at = [request.at for request in app.fake.requests]
    assert 0 < max(sum(one <= other < one + 1 for other in at) for one in at) <= 20
    assert len({request.ref for request in app.fake.requests}) == len(at)


# wait: a call that is resumed.


def publisher(app: App) -> tuple[Any, list[Any]]:
    seen: list[Any] = []

    @app.celery.task(name="publish", shared=False)  # type: ignore[untyped-decorator]
    def publish(outcome: Any) -> int:
        seen.append(outcome)
        return int(outcome["run_id"])

    return publish, seen


def test_chains_groups_chords_and_links_go_on(app: App) -> None:
    publish, seen = publisher(app)
    failed: list[str] = []

    @app.celery.task(name="total", shared=False)  # type: ignore[untyped-decorator]
    def total(run_ids: list[int]) -> int:
        return sum(run_ids)

    @app.celery.task(name="complain", shared=False)  # type: ignore[untyped-decorator]
    def complain(request: Any, problem: BaseException, _: Any) -> None:
        failed.append(type(problem).__name__)

    for number in range(1, 9):
        app.fake.add(f"tts:{number}", ["PENDING", "SUCCESS"], run_id=number)
    app.fake.add("tts:bad", [{"status": "ERROR", "exception_reason": "PAYMENT_REQUIRED"}])
    wait = app.waits.wait
    with app.worker():
        chained = chain(wait.s("tts:1", schedule=QUICK), publish.s()).apply_async()
        piped = (wait.s(TaskRef("tts", "2"), schedule=QUICK) | publish.s()).apply_async()
        grouped = group(wait.s(f"tts:{number}", schedule=QUICK) for number in (3, 4)).apply_async()
        chorded = chord([wait.s(f"tts:{number}", schedule=QUICK) | publish.s() for number in (5, 6)])(total.s())
        wait.apply_async(("tts:7",), {"schedule": Schedule.fixed(QUICK)}, link=publish.s())
        bad = wait.s("tts:bad").set(link_error=complain.s()).apply_async()
        assert got(chained) == 1
        assert got(piped) == 2
        assert [one["run_id"] for one in got(grouped)] == [3, 4]
        assert got(chorded) == 11
        with pytest.raises(TaskPaymentRequiredError):
            got(bad)
        app.until(lambda: failed and {one["run_id"] for one in seen} >= {7})
    assert failed == ["TaskPaymentRequiredError"]
    assert sorted(one["run_id"] for one in seen) == [1, 2, 5, 6, 7]
    assert app.waits.pending() == {}


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")  # Of redis-py, by Celery.
def test_the_results_of_a_chord_come_in_order(make: Callable[..., App], redis_url: str) -> None:
    app = make(redis_url)

    @app.celery.task(name="collect", shared=False)  # type: ignore[untyped-decorator]
    def collect(outcomes: list[Any]) -> list[int]:
        return [one["run_id"] for one in outcomes]

    for number in range(1, 4):
        app.fake.add(f"tts:{number}", ["SUCCESS"], run_id=number)
    with app.worker():
        assert got(chord([app.waits.wait.s(f"tts:{number}") for number in range(1, 4)])(collect.s())) == [1, 2, 3]


# Older versions go by the setting alone: they keep no result of any call then.
@pytest.mark.skipif(not hasattr(celery_task, "get_actual_ignore_result"), reason="this Celery cannot do it")
def test_a_result_is_kept_where_the_call_asks_for_it(app: App) -> None:
    app.celery.conf.task_ignore_result = True
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    with app.worker():
        assert got(app.waits.wait.apply_async(("tts:1",), ignore_result=False))["run_id"] == 1


def test_a_message_after_the_end_does_not_change_the_state(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    app.celery.conf.task_track_started = True
    app.fake.add("tts:1", ["ERROR"])
    take, taken = app.waits._take, []
    monkeypatch.setattr(app.waits, "_take", lambda task: [taken.append(task), take(task)][1])
    with app.worker():
        result = app.waits.wait.delay("tts:1")
        app.until(lambda: app.state(result) == "FAILURE" and app.is_closed(result.id))
        app.waits.wait.apply_async(("tts:1",), {"outcome": {}}, task_id=result.id)
        app.until(lambda: len(taken) == 2)
    assert app.state(result) == "FAILURE"


def test_a_reference_may_come_from_the_task_before(app: App) -> None:
    publish, _ = publisher(app)

    @app.celery.task(name="create", shared=False)  # type: ignore[untyped-decorator]
    def create(text: str) -> dict[str, Any]:
        return app.fake.add(f"tts:{text}", ["SUCCESS"], run_id=3).to_dict()

    with app.worker():
        assert got(chain(create.s("hello"), app.waits.wait.s(timeout=60), publish.s()).delay()) == 3


@pytest.mark.parametrize("ref", ["hello", "nothing:1", {"kind": "tts"}, 5, None])
def test_what_is_no_reference_fails_and_is_not_kept(app: App, ref: Any) -> None:
    with app.worker():
        result = app.waits.wait.delay(ref)
        with pytest.raises((TypeError, ValueError)):
            got(result)
    assert app.waits.pending() == {}


def test_what_comes_after_must_be_a_task_of_the_app(app: App) -> None:
    with app.worker():
        result = chain(app.waits.wait.s("tts:1"), app.celery.signature("evil.task")).apply_async()
        with pytest.raises(ConfigurationError, match=r"'evil\.task' is no task of this app"):
            got(result.parent)


def test_a_saved_call_that_names_another_task_is_left(app: App, caplog: pytest.LogCaptureFixture) -> None:
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    (result,) = app.waits.begin(["tts:1"]).results
    text, *_ = app.rows()[result.id]
    evil = '{"link":[{"task":"evil.task","args":[],"kwargs":{},"options":{}}]}'
    app.execute("UPDATE waits SET state = ? WHERE id = ?", f"{text}{evil}", result.id)
    app.sweep_until(lambda: app.rows()[result.id][2])
    assert any("evil.task" in message and "stays as it is" in message for message in caplog.messages)
    assert app.rows()[result.id][2] is not None  # The outcome is kept.


def test_a_resume_without_an_entry_or_twice_is_ignored(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    publish, seen = publisher(app)
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    resumed: list[Any] = []
    taken: list[bool] = []
    real, take, close = app.waits._resume, app.waits._take, app.waits._close

    def note(task: Any) -> Any:
        try:
            outcome = take(task)
        except Ignore:
            taken.append(False)
            raise
        taken.append(True)
        return outcome

    monkeypatch.setattr(app.waits, "_take", note)
    # The second comes while the first is not through.
    monkeypatch.setattr(app.waits, "_close", lambda wait_id: [app.until(lambda: len(taken) == 2), close(wait_id)])
    monkeypatch.setattr(app.waits, "_resume", lambda one: [real(one), real(one), resumed.append(one)])
    with app.worker():
        result = chain(app.waits.wait.s("tts:1"), publish.s()).apply_async()
        assert got(result) == 1
        app.until(lambda: app.is_closed(result.parent.id))
        real(resumed[0])  # Once more, after the entry was closed.
        app.waits.wait.apply_async(("tts:1",), {"outcome": {}}, task_id="never-registered")
        app.until(lambda: len(taken) == 4)
    assert taken == [True, False, False, False]
    assert len(seen) == 1


def test_a_lost_resume_is_sent_again(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sweep, "RESEND_SECONDS", 0.2)
    publish, seen = publisher(app)
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    real, lost = app.waits._resume, []

    def lose(one: Any) -> None:
        if len(lost) < 2:
            lost.append(one)
        else:
            real(one)

    monkeypatch.setattr(app.waits, "_resume", lose)
    with app.worker():
        assert got(chain(app.waits.wait.s("tts:1"), publish.s()).apply_async()) == 1
    assert len(lost) == 2
    assert len(seen) == 1
    assert app.polls("tts:1") == 1


def test_an_outcome_that_could_not_be_sent_for_weeks_is_still_sent(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)

    def fail(_: Any) -> None:
        raise OperationalError("the backend is away")

    works = app.waits._store_result
    monkeypatch.setattr(app.waits, "_store_result", fail)
    (result,) = app.waits.begin(["tts:1"]).results
    app.sweep_until(lambda: app.rows()[result.id][2])
    app.execute("UPDATE waits SET next_at = 0, state = ? WHERE id = ?", "[2000, false]\n", result.id)
    app.sweep_until(lambda: app.rows()[result.id][0] == "[2001, false]\n")
    assert 1_000 < app.rows()[result.id][1] - time.time() <= 1_280
    monkeypatch.setattr(app.waits, "_store_result", works)
    app.execute("UPDATE waits SET next_at = 0 WHERE id = ?", result.id)
    app.sweep_until(result.ready)
    assert result.get(timeout=1)["run_id"] == 1


def test_a_call_that_has_ended_already_is_closed_when_it_is_resumed_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed between its result and the closing of its entry."""
    publish, seen = publisher(app)
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    close, closed = app.waits._close, []

    def killed_once(wait_id: str) -> None:
        closed.append(wait_id)
        if len(closed) > 1:
            close(wait_id)
        else:  # The outcome is due to be sent again, at once instead of in 20 s.
            app.execute("UPDATE waits SET next_at = 0 WHERE id = ?", wait_id)

    monkeypatch.setattr(app.waits, "_close", killed_once)
    with app.worker():
        result = chain(app.waits.wait.s("tts:1"), publish.s()).apply_async()
        assert got(result) == 1
        app.until(lambda: app.is_closed(result.parent.id))
    assert len(closed) == 2
    assert len(seen) == 1


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")  # Of redis-py, by Celery.
@pytest.mark.parametrize("status", ["SUCCESS", "ERROR"])
def test_a_chord_that_was_not_told_of_a_call_is_told_when_it_is_resumed_again(
    make: Callable[..., App], redis_url: str, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker was killed after the result was stored, and before the chord was told."""
    app = make(redis_url)
    ended: list[str] = []

    @app.celery.task(name="collect", shared=False)  # type: ignore[untyped-decorator]
    def collect(outcomes: list[Any]) -> None:
        ended.append(f"SUCCESS of {len(outcomes)}")

    @app.celery.task(name="complain", shared=False)  # type: ignore[untyped-decorator]
    def complain(*_: Any) -> None:
        ended.append("ERROR of 2")

    app.fake.add("tts:1", [status], run_id=1)
    app.fake.add("tts:2", ["SUCCESS"], run_id=2)
    backend, close, killed = type(app.celery.backend), app.waits._close, []
    tell = backend.on_chord_part_return

    def tell_once(self: Any, request: Any, *more: Any, **given: Any) -> None:
        if not killed and request.kwargs and request.args[0] == "tts:1":
            killed.append(request.id)
        else:
            tell(self, request, *more, **given)

    def close_later(wait_id: str) -> None:
        if killed == [wait_id]:
            killed.append("")
            app.execute("UPDATE waits SET next_at = 0 WHERE id = ?", wait_id)  # At once, instead of in 20 s.
        else:
            close(wait_id)

    monkeypatch.setattr(backend, "on_chord_part_return", tell_once)
    monkeypatch.setattr(app.waits, "_close", close_later)
    with app.worker():
        chord([app.waits.wait.s("tts:1"), app.waits.wait.s("tts:2")])(collect.s().on_error(complain.s()))
        app.until(lambda: ended)
        app.until(lambda: app.is_closed(killed[0]))
    assert ended == [f"{status} of 2"]


@pytest.mark.filterwarnings("ignore:Exception raised outside body")  # So Celery says it.
@pytest.mark.parametrize("away", ["the broker, for what comes after", "the backend, for the result"])
def test_a_good_outcome_that_celery_could_not_pass_on_is_sent_again(
    app: App, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, seen = publisher(app)
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    owner, name = (publish, "apply_async") if "broker" in away else (type(app.celery.backend), "mark_as_done")
    works, failed = getattr(owner, name), []

    def fail_once(*args: Any, **kwargs: Any) -> Any:
        if "tts:1" in repr(args) and not failed:  # The sweep ends by the same method.
            failed.append(args)
            raise OperationalError("it is away")
        return works(*args, **kwargs)

    monkeypatch.setattr(owner, name, fail_once)
    with app.worker():
        result = chain(app.waits.wait.s("tts:1"), publish.s()).apply_async()
        app.until(lambda: app.state(result.parent) == "FAILURE")  # As Celery has it.
        app.execute("UPDATE waits SET next_at = 0 WHERE id = ?", result.parent.id)  # At once, instead of in 20 s.
        app.until(lambda: app.is_closed(result.parent.id) and app.state(result) == "SUCCESS")
    assert app.state(result.parent) == "SUCCESS"
    assert {outcome["run_id"] for outcome in seen} == {1}
    assert app.polls("tts:1") == 1


def test_a_registration_that_is_delivered_again_after_the_end_is_ignored(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    register, registered = app.waits._register, []

    def note(task: Any, state: WaitState) -> None:
        register(task, state)
        registered.append(task.request.id)

    monkeypatch.setattr(app.waits, "_register", note)
    with app.worker():
        result = app.waits.wait.delay("tts:1")
        assert got(result)["run_id"] == 1
        app.until(lambda: app.is_closed(result.id))
        app.waits.wait.apply_async(("tts:1",), task_id=result.id)
        app.until(lambda: registered == [result.id] * 2)
        assert app.is_closed(result.id)
    assert app.polls("tts:1") == 1


def test_a_call_that_is_revoked_is_not_resumed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    publish, seen = publisher(app)
    app.fake.add("tts:1", ["PENDING"])
    with app.worker():
        result = chain(app.waits.wait.s("tts:1", schedule=QUICK), publish.s()).apply_async()
        app.until(app.waits.pending)
        state.revoked.add(result.parent.id)  # As `control.revoke` has it in each worker.
        app.fake.add("tts:1", ["SUCCESS"], run_id=1)
        app.until(lambda: app.is_closed(result.parent.id))
    assert seen == []


def test_called_directly_it_waits_here(app: App) -> None:
    app.fake.add("tts:1", ["PENDING", "SUCCESS"], run_id=1)
    assert app.waits.wait("tts:1", schedule=QUICK)["run_id"] == 1
    app.celery.conf.task_always_eager = True
    publish, _ = publisher(app)
    assert chain(app.waits.wait.s("tts:1", schedule=QUICK), publish.s()).delay().get() == 1
    app.fake.add("tts:2", ["ERROR"])
    with pytest.raises(TaskFailedError):
        app.waits.wait.delay("tts:2").get()
    assert not app.store.exists() or app.waits.pending() == {}


# The app stays the user's.


def test_queues_and_routes_of_the_user_stay_as_they_are(app: App) -> None:
    conf = app.celery.conf
    conf.task_queues = None
    conf.task_routes = {"*": {"queue": "slow"}}
    before = {name: conf[name] for name in ("task_queues", "task_routes", "broker_transport_options")}
    sent: list[Any] = []

    @app.celery.task(name="mine", shared=False)  # type: ignore[untyped-decorator]
    def mine() -> None:
        pass

    with app.celery.connection_or_acquire() as connection:
        app.waits.wait.delay("tts:1")
        app.waits.sweep.delay()
        mine.delay()
        for name in ("camb", "slow", "celery"):
            try:
                sent.append((name, connection.default_channel.queue_declare(name, passive=True).message_count))
            except Exception:  # noqa: BLE001 (it was never declared)
                sent.append((name, 0))
    assert sent == [("camb", 2), ("slow", 1), ("celery", 0)]
    assert {name: conf[name] for name in before} == before
    assert set(app.celery.amqp.queues) == {"celery", "slow"}


def test_a_worker_without_the_queue_warns_once_and_polls_nothing(app: App, caplog: pytest.LogCaptureFixture) -> None:
    app.fake.add("tts:1", ["SUCCESS"], run_id=1)
    app.waits.begin(["tts:1"])
    for _ in range(2):
        with app.worker("celery"):
            time.sleep(0.3)
    assert sum("-Q celery,camb" in message for message in caplog.messages) == 1
    assert app.fake.requests == []


@pytest.mark.parametrize("kind", ["redis", "sqlite"])
def test_a_store_that_is_silent_does_not_hold_the_loop_of_a_worker(
    make: Callable[..., App], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = make(**({} if kind == "sqlite" else {"store": f"redis://127.0.0.1:{silent.getsockname()[1]}"}))
        if kind == "sqlite":
            app.waits.begin(["tts:1"])
        with closing(sqlite3.connect(app.store, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            began = time.monotonic()
            app.waits._tick()
            app.waits._tick()  # It is quiet now, for ten times as long as the first one took.
            assert 9.0 < app.waits._quiet_until - time.monotonic() < 30.0
            assert time.monotonic() - began < 2.5
            app.waits._revoked(app.waits.wait, SimpleNamespace(id="a"))
            assert time.monotonic() - began < 4.0
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "no sweep can be asked for",
        "the store cannot be reached; the revoked wait stays in it",
    ]


def test_an_app_has_its_waits_once(app: App) -> None:
    with pytest.raises(ConfigurationError, match="call register\\(\\) once"):
        camb_client.celery.register(app.celery, store="sqlite:///other.db")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"store": 5}, TypeError),
        ({"store": "amqp://host"}, ConfigurationError),
        ({"max_requests_per_second": 0}, ValueError),
        ({"max_requests_per_second": "many"}, TypeError),
        ({"max_concurrency": 0}, ValueError),
        ({"max_concurrency": 1.5}, TypeError),
        ({"namespace": "{}"}, ConfigurationError),
    ],
)
def test_register_checks_its_arguments(tmp_path: Path, options: Any, problem: type[Exception]) -> None:
    app = Celery("other", set_as_current=False)
    with pytest.raises(problem):
        camb_client.celery.register(app, **{"store": f"sqlite:///{tmp_path / 'waits.db'}", **options})
    with pytest.raises(TypeError):
        camb_client.celery.register("app", store="sqlite:///waits.db")  # type: ignore[arg-type]


def test_register_sends_nothing(tmp_path: Path) -> None:
    app = Celery("other", broker="redis://127.0.0.1:1", set_as_current=False)
    waits = camb_client.celery.register(app, store="redis://127.0.0.1:1")
    assert waits.wait.name == "camb.wait"


@pytest.mark.parametrize(("missing", "said"), [("celery", "needs Celery"), ("redis", "a Redis store needs redis-py")])
def test_what_is_not_installed_is_said(missing: str, said: str) -> None:
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from camb_client import ConfigurationError\n"
        "try:\n"
        "    from camb_client.celery import register\n"
        "    from celery import Celery\n"
        "    register(Celery('a'), store='redis://localhost')\n"
        "except ConfigurationError as error:\n"
        "    print(error)\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said in shown
    assert "pip install 'camb-client[celery]'" in shown
