"""A wait as a value: it polls as ``wait`` does, from any process and through JSON."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from camb_client import (
    ApiConnectionError,
    AuthenticationError,
    CambError,
    PollEvent,
    Schedule,
    Step,
    StopWaiting,
    TaskFailedError,
    TaskNotFoundError,
    TaskRef,
    WaitState,
    WaitTimeoutError,
)
from camb_client.testing import FakeCamb, Reply, VirtualClock, rate_limited, slow
from tests.facade.conftest import KEY, Both, Client

TASK = "tts:c8b8e3cd-ad17-4c1a-9f3e-0123456789ab"


def jitter() -> Callable[[], float]:
    """Numbers that differ from one to the next, the same each time."""
    numbers = itertools.cycle([0.1, 0.9, 0.3, 0.7, 0.5])
    return lambda: next(numbers)


def step(client: Client, state: WaitState) -> Step:
    found: Step = client.call(lambda camb: camb.step(state))
    return found


def then(came: Step) -> WaitState:
    """The next state of a wait that continues."""
    assert came.state is not None
    return came.state


def through(client: Client, clock: VirtualClock, state: WaitState) -> Step:
    """Step by step to the end; each state goes through JSON, and is taken up when its delay has passed."""
    while True:
        came = step(client, WaitState.from_json(state.to_json()))
        if came.outcome is not None:
            return came
        assert came.state is not None
        assert came.delay is not None
        clock.advance(came.delay)
        state = came.state


def waited(client: Client, task: Any, **options: Any) -> Any:
    try:
        return client.wait(task, **options)
    except CambError as error:
        return error


TIMELINES: list[Any] = [
    "SUCCESS",
    ["PENDING"] * 30 + ["SUCCESS"],
    "PENDING ERROR",
    "PENDING reset 503 html bad_json PENDING 429 429 429 PENDING SUCCESS",
    ["PENDING", rate_limited(45), "PENDING", "SUCCESS"],
    ["PENDING", Reply.json({"status": "PENDING"}, headers={"retry-after": "40"}), "SUCCESS"],
    "PENDING " + "503 " * 40,
    "PENDING 404 404 PENDING 404 404 404 404 404 404",
    "404 404 PENDING SUCCESS",
    [{"status": "SUCCESS", "run_id": None}] * 9,
    ["PENDING", *[{"status": "QUEUED", "run_id": 5}] * 40],
    ["PENDING", {"status": "QUEUED", "run_id": 5}, {"status": "QUEUED", "run_id": 6}, "ODD", "SUCCESS"],
    ["PENDING"] * 400,
    "PENDING 409 SUCCESS",
]


@pytest.mark.parametrize("timeline", TIMELINES, ids=range(len(TIMELINES)))
@pytest.mark.parametrize(
    "options", [{}, {"timeout": 20, "schedule": 3}, {"timeout": 0}, {"schedule": Schedule.exponential(3.0)}]
)
def test_it_polls_when_a_wait_would_and_ends_alike(both: Both, timeline: Any, options: Any) -> None:
    """Through JSON at each step."""
    polls, ends = [], []
    for steps in (False, True):
        clock = VirtualClock()
        fake = FakeCamb(KEY, clock=clock)
        client = both.of(fake, random=jitter())
        task = TaskRef._of_create("tts", "1", datetime.fromtimestamp(clock.time() - 0.5, UTC))
        fake.add(task, timeline)
        if steps:
            outcome: Any = through(client, clock, client.real.begin(task, **options)).outcome
            ends.append(outcome.error or outcome.result())
        else:
            ends.append(waited(client, task, **options))
        polls.append([request.at for request in fake.requests_for(task)])
    assert polls[1] == pytest.approx(polls[0], abs=1e-4)
    assert type(ends[0]) is type(ends[1])
    assert getattr(ends[0], "polls", 0) == getattr(ends[1], "polls", 0)
    assert getattr(ends[0], "elapsed", None) == pytest.approx(getattr(ends[1], "elapsed", None), abs=1e-4)


def test_the_outcome_and_what_changes_on_the_way(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    said = [{"status": "PENDING", "message": word} for word in ("queued", "queued", "running")]
    fake.add(TASK, [*said, {"status": "SUCCESS", "run_id": 77}])
    client = both.of(fake)
    state, changes = client.real.begin(TASK), []
    for _ in range(4):
        came = step(client, WaitState.from_json(state.to_json()))
        changes.append(came.changed and (came.changed.status, came.changed.message))
        if came.state is not None:
            state = came.state
            clock.advance(came.delay or 0)
    assert changes == [("PENDING", "queued"), None, ("PENDING", "running"), ("SUCCESS", None)]
    assert came.outcome is not None
    assert came.outcome.result().run_id == 77
    assert (came.state, came.delay) == (None, None)


def test_a_task_that_fails_is_an_outcome(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, "ERROR")
    came = step(client := both.of(fake), client.real.begin(TASK))
    assert came.outcome is not None
    assert isinstance(came.outcome.error, TaskFailedError)


def test_early_and_twice_polls_nothing(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING"] * 9)
    client = both.of(fake)
    came = step(client, client.real.begin(TASK, schedule=5))
    again = step(client, then(came))
    assert again == Step(state=came.state, delay=pytest.approx(5.0))
    clock.advance(4.9)
    early = step(client, then(came))
    assert (early.state, early.delay) == (came.state, pytest.approx(0.1))
    assert fake.polls(TASK) == 1
    clock.advance(0.1)
    assert step(client, then(came)).state != came.state
    assert fake.polls(TASK) == 2


def test_a_task_that_was_just_submitted_is_not_polled_at_once(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    client = both.of(fake)
    ref = TaskRef("tts", "1", datetime.fromtimestamp(clock.time(), UTC))
    assert step(client, client.real.begin(ref)).delay == pytest.approx(2.0)
    assert fake.requests == []


def test_a_short_outage_ends_no_fresh_state(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    """A wait whose first three polls get no response takes the address for wrong; a state was begun for a reason."""
    fake.add(TASK, "reset reset reset reset SUCCESS")
    client = both.of(fake)
    assert isinstance(waited(client, TASK), ApiConnectionError)
    fake.add(TASK, "reset reset reset reset SUCCESS")
    assert through(client, clock, client.real.begin(TASK)).outcome.error is None  # type: ignore[union-attr]


@pytest.mark.parametrize("late", [0.0, 1.0, 100_000.0])
def test_a_step_after_the_deadline_polls_with_ten_seconds(
    both: Both, fake: FakeCamb, clock: VirtualClock, late: float
) -> None:
    client = both.of(fake)
    fake.add("tts:done", [slow(9.5, Reply.json({"status": "SUCCESS", "run_id": 5}))])
    fake.add("tts:gone", "hang")
    fake.add("tts:still", ["PENDING"])
    states = {name: client.real.begin(f"tts:{name}", timeout=60) for name in ("done", "gone", "still")}
    clock.advance(60 + late)
    done = step(client, states["done"]).outcome
    assert done is not None
    assert done.result().run_id == 5
    began = clock.monotonic()
    for name in ("gone", "still"):
        outcome = step(client, states[name]).outcome
        assert outcome is not None
        assert isinstance(outcome.error, WaitTimeoutError)
    assert clock.monotonic() - began == pytest.approx(10, abs=0.1)


def test_clocks_that_differ_move_the_deadline_by_no_more(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    """Every other step is made on a machine whose clock is 40 s behind."""
    fake.add(TASK, ["PENDING"] * 900)
    client = both.of(fake)
    state, began, behind = client.real.begin(TASK, timeout=300), clock.monotonic(), False
    while True:
        clock._start += 40.0 if behind else -40.0
        behind = not behind
        came = step(client, state)
        if came.outcome is not None:
            break
        state = came.state
        clock.advance(min(came.delay or 0, 12))
    assert isinstance(came.outcome.error, WaitTimeoutError)
    assert 250 <= clock.monotonic() - began <= 350
    assert 20 < fake.polls(TASK) < 60


def test_a_clock_that_was_set_back_loses_nothing(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, "PENDING PENDING PENDING SUCCESS")
    client = both.of(fake)
    state = then(step(client, client.real.begin(TASK, timeout=None)))
    clock._start -= 86_400
    came = step(client, state)  # A day ahead counts as due.
    assert fake.polls(TASK) == 2
    assert came.delay is not None
    assert came.delay <= 11
    clock.advance(came.delay)
    outcome = through(client, clock, then(came)).outcome
    assert outcome is not None
    assert outcome.result().elapsed == pytest.approx(0, abs=0.5)


def test_what_the_server_asked_for_is_not_too_far_ahead(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", rate_limited(400), "SUCCESS"])
    client = both.of(fake)
    state = then(step(client, client.real.begin(TASK, timeout=None)))
    clock.advance(30)
    state = then(step(client, state))
    assert step(client, state).delay == pytest.approx(400)
    assert fake.polls(TASK) == 2


def test_a_refused_key_leaves_the_state_good(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, "SUCCESS")
    state = both.of(fake).real.begin(TASK)
    client = both.client("another-key-0123", transport=fake.transport(), clock=fake._clock)
    with pytest.raises(AuthenticationError):
        step(client, state)
    assert step(both.of(fake), state).outcome is not None


def test_hooks_are_told_of_each_poll_and_may_stop(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, "PENDING 503 SUCCESS")
    events: list[PollEvent] = []
    client = both.of(fake, event_hooks={"poll": [events.append]})
    through(client, clock, client.real.begin(TASK))
    assert [(event.attempt, event.error is None) for event in events] == [(1, True), (2, False), (3, True)]
    assert [event.next_delay for event in events] == [pytest.approx(2.0), pytest.approx(0.75), None]

    def stop(_: PollEvent) -> None:
        raise StopWaiting

    client = both.of(fake, event_hooks={"poll": [stop]})
    with pytest.raises(StopWaiting):
        step(client, client.real.begin(TASK))


def test_what_a_state_says_and_what_it_does_not(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    ref = TaskRef._of_create("tts", "c8b8e3cd-ad17-4c1a-9f3e-0123456789ab", datetime.fromtimestamp(clock.time(), UTC))
    fake.add(ref, [{"status": "PENDING", "message": "Good morning, my secret text"}] * 9)
    client = both.of(fake)
    state = client.real.begin(ref)
    clock.advance(2)
    came = step(client, state)
    assert came.state is not None
    text = came.state.to_json()
    assert all(isinstance(value, str | int | float | bool | None) for value in json.loads(text).values())
    assert json.loads(text)["version"] == 1
    assert len(text) <= 480
    for secret in (KEY, "camb.invalid", "morning"):
        assert secret not in text
    again = WaitState.from_json(text)
    assert again == came.state
    assert (again.ref.submitted_at, again.ref._created) == (ref.submitted_at, True)
    assert (again.ref, again.polls, again.deadline - clock.time()) == (ref, 1, pytest.approx(598))


@pytest.mark.parametrize("schedule", [None, 5, Schedule.BACKGROUND, Schedule.LEARNED])
def test_a_schedule_comes_back_from_json(fake: FakeCamb, schedule: Any) -> None:
    with fake.client() as camb:
        state = camb.begin(TASK, schedule=schedule)
    assert WaitState.from_json(state.to_json()) == state


def test_arguments_are_checked(both: Both, fake: FakeCamb) -> None:
    client = both.of(fake)
    for wrong in ({"timeout": -1}, {"timeout": "5"}, {"schedule": 0}):
        with pytest.raises((TypeError, ValueError)):
            client.real.begin(TASK, **wrong)
    with pytest.raises(ValueError, match="unknown kind"):
        client.real.begin("nothing:1")
    with pytest.raises(TypeError, match="WaitState"):
        step(client, client.real.begin(TASK).to_json())


def a_state() -> dict[str, Any]:
    with FakeCamb(KEY).client() as camb:
        found: dict[str, Any] = json.loads(camb.begin(TASK).to_json())
        return found


@pytest.mark.parametrize("name", list(a_state()))
def test_a_state_with_a_name_too_few_is_refused(name: str) -> None:
    fields = a_state()
    del fields[name]
    with pytest.raises(ValueError, match=name):
        WaitState.from_json(json.dumps(fields))


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"version": "1"}, {"version": True}, {"version": 1.0}, {"extra": 1}, {"task": "tts"},
        {"task": "tts:"}, {"task": 5}, {"created": True}, {"created": 1}, {"submitted_at": "2026-01-01"},
        {"submitted_at": 1e12}, {"timeout": "600"}, {"timeout": -1}, {"timeout": 1e400}, {"schedule": "1 2"},
        {"schedule": "2 1 10 0 0 x"}, {"schedule": "2 10 1 0 0 1"}, {"schedule": "nan 1 10 0 0 1"}, {"polls": -1},
        {"polls": 1.5}, {"polls": True}, {"next_at": None}, {"next_at": -5}, {"next_at": 10**400}, {"unknown": 3},
        {"healthy": 1}, {"status": ""}, {"status": "S" * 65}, {"run_id": "5"}, {"told": ""}, {"held": None},
    ],
)  # fmt: skip
def test_a_state_with_a_value_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        WaitState.from_json(json.dumps({**a_state(), **change}))


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "5", "null", "{}", "{", "[" * 60_000, '{"a":' * 10_000, " " * 70_000,
        json.dumps(a_state()).replace('"version"', '"polls": 0, "version"'),
        json.dumps(a_state()).replace('"polls": 0', '"polls": NaN'),
        json.dumps(a_state()).replace('"next_at"', '"next_at": Infinity, "held"'),
        json.dumps({**a_state(), "task": "tts:" + "1" * 70_000}),
    ],
)  # fmt: skip
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        WaitState.from_json(text)
    with pytest.raises(TypeError):
        WaitState.from_json(text.encode())  # type: ignore[arg-type]


def test_a_state_is_a_frozen_value() -> None:
    state = WaitState.from_json(json.dumps(a_state()))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        state.polls = 5  # type: ignore[misc]
    assert hash(state) == hash(WaitState.from_json(state.to_json()))


def test_a_task_that_is_not_there_is_not_found(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    client = both.of(fake)
    outcome = through(client, clock, client.real.begin(TASK)).outcome
    assert outcome is not None
    assert isinstance(outcome.error, TaskNotFoundError)


def test_nothing_of_it_is_loaded_by_a_client_that_does_not_use_it() -> None:
    program = (
        "import sys; before = set(sys.modules); import camb_client;"
        "camb_client.CambClient('key-0123456789abcdef').close();"
        "print([name for name in sys.modules.keys() - before if '_durable' in name or name == 'sqlite3'])"
    )
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert shown.strip() == "[]"
