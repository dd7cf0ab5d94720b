"""The learned pace: what it makes of durations, and what a batch makes of it, with both clients on a virtual clock."""

import asyncio
import itertools
import math
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camb_client import AsyncCambClient, Schedule, TaskRef
from camb_client._batch.learned import LEAST, Pace, Paces
from camb_client._batch.scheduler import READ_FAR_AHEAD
from camb_client.testing import FakeCamb, VirtualClock, use_clock
from tests.facade.conftest import KEY, Both


def durations(median: float, sigma: float, count: int = 30) -> list[float]:
    draw = random.Random(1)
    return [draw.lognormvariate(math.log(median), sigma) for _ in range(count)]


def polls(pace: Pace | Schedule, until: float) -> list[float]:
    """When a task is polled that was submitted just now, up to a time."""
    times = [2.0 if isinstance(pace, Schedule) else max(2.0, pace.first_delay(0.0))]
    while times[-1] < until:
        times.append(times[-1] + pace.delay(times[-1]))
    return times


def test_it_begins_with_the_base_schedule() -> None:
    pace = Pace(Schedule.DEFAULT)
    for _ in range(LEAST - 1):
        pace.learn(55.0, 60.0)
        assert polls(pace, 300) == polls(Schedule.DEFAULT, 300)
        assert pace.first_delay(0.0) == 0.0
    pace.learn(55.0, 60.0)
    assert pace.first_delay(0.0) > 2.0


@pytest.mark.parametrize(("median", "most"), [(20, 4), (60, 7), (300, 18)])
def test_fewer_polls_come_before_the_end(median: float, most: int) -> None:
    pace = Pace(Schedule.DEFAULT, durations(median, 0.2))
    assert len(polls(pace, median)) <= most < len(polls(Schedule.DEFAULT, median)) * 0.6


@pytest.mark.parametrize("known", [durations(5, 0.2), durations(20, 1.5), [0.05] * 20, durations(60, 0.3, LEAST - 1)])
def test_where_nothing_is_to_be_saved_it_is_the_base_schedule(known: list[float]) -> None:
    assert polls(Pace(Schedule.DEFAULT, known), 300) == polls(Schedule.DEFAULT, 300)


@given(st.lists(st.floats(0.01, 100_000), max_size=80), st.floats(0, 200_000))
def test_no_pause_is_longer_than_the_base_s_once_a_twentieth_has_ended(known: list[float], age: float) -> None:
    pace, base = Pace(Schedule.DEFAULT, known), Schedule.DEFAULT.delay(age)
    if len(known) >= LEAST and age < sorted(known[-64:])[len(known[-64:]) // 20]:
        assert 0.8 * base < pace.delay(age) < max(base, max(known)) + 1
    else:
        # The spread that is assumed at first makes the twentieth come sooner than it did, never later.
        assert 0.8 * base < pace.delay(age) <= base


def test_after_the_durations_have_changed_it_forgets() -> None:
    pace = Pace(Schedule.DEFAULT, durations(60, 0.2))
    pace.learn(95.0, 100.0)  # One alone says nothing.
    assert len(pace.durations) == 31
    for _ in range(5):
        pace.learn(10.0, 12.0)
    assert len(pace.durations) < 10
    assert polls(pace, 12.0)[-1] <= polls(Schedule.DEFAULT, 12.0)[-1]


def test_what_was_long_ago_is_forgotten() -> None:
    pace = Pace(Schedule.DEFAULT)
    for _ in range(200):
        pace.learn(58.0, 60.0)
    assert len(pace.durations) == 64


def test_it_goes_on_from_the_durations_of_another() -> None:
    paces = Paces(Schedule.DEFAULT, {"tts": durations(60, 0.2)})
    speech, dub = TaskRef("tts", "1"), TaskRef("dub", "1")
    for ref in (speech, dub):
        paces.of(ref).learn(50, 55)
    took = paces.durations(speech) | paces.durations(dub)
    assert {name: len(each) for name, each in took.items()} == {"tts": 31, "dub": 1}
    again = Paces(Schedule.DEFAULT, took)
    for ref in (speech, dub):
        assert polls(again.of(ref), 100) == pytest.approx(polls(paces.of(ref), 100))


def test_tasks_are_told_apart_by_size_as_soon_as_enough_is_known() -> None:
    ref = TaskRef("tts", "1")
    paces = Paces(Schedule.DEFAULT, {"tts": [100.0] * 5, "tts short": [20.0] * 5})
    assert polls(paces.of(ref, "long"), 100) == polls(paces.of(ref), 100) != polls(Schedule.DEFAULT, 100)
    assert 2 < paces.of(ref, "short").first_delay(0.0) < paces.of(ref, "long").first_delay(0.0)
    for _ in range(LEAST):
        paces.of(ref, "long").learn(290, 300)
    assert paces.of(ref, "long").first_delay(0.0) > paces.of(ref).first_delay(0.0)
    assert {name: len(each) for name, each in paces.durations(ref, "long").items()} == {
        "tts": 5 + LEAST,
        "tts long": LEAST,
    }
    assert paces.durations(TaskRef("dub", "1"), "long") == {}


# --- in a batch ---


def in_turn(schedule: Any, took: list[float], every: float, **ref: Any) -> FakeCamb:
    """Wait for tasks that are submitted one after the other, at such a distance."""
    clock = VirtualClock()
    fake = FakeCamb(KEY, clock=clock)

    async def tasks() -> AsyncIterator[TaskRef]:
        for number, seconds in enumerate(took):
            submitted = datetime.fromtimestamp(clock.time(), UTC)
            ends = {0: "PENDING", seconds: "SUCCESS"}
            yield fake.add(TaskRef("tts", f"{number}", **{"submitted_at": submitted, **ref}), ends)
            await clock.asleep(every)

    async def main() -> None:
        async with use_clock(AsyncCambClient(KEY, transport=fake.transport()), clock) as camb:
            outcomes = [it async for it in camb.as_completed(tasks(), timeout=None, schedule=schedule)]
        assert [it.error for it in outcomes] == [None] * len(took)

    asyncio.run(main())
    return fake


@pytest.mark.parametrize(("schedule", "learns"), [(None, True), (Schedule.LEARNED, True), (Schedule.DEFAULT, False)])
def test_a_batch_learns_unless_another_schedule_is_named(schedule: Any, learns: bool) -> None:
    fake = in_turn(schedule, [60.0] * 12, every=20.0)
    counts = [fake.polls(f"tts:{number}") for number in range(12)]
    base = counts[0]
    assert counts[:3] == [base] * 3
    assert (counts[-1] < base / 2) == learns
    assert (counts == [base] * 12) == (not learns)


def test_when_durations_change_those_in_flight_are_polled_sooner() -> None:
    took = [60.0] * 80 + [20.0] * 20
    fake = in_turn(Schedule.LEARNED, took, every=1.0)
    late = [fake.requests_for(f"tts:{number}")[-1].at - number - seconds for number, seconds in enumerate(took)]
    assert max(late[:80]) < 10 < late[80]  # The first ones are polled late, as was planned by the old durations.
    assert all(there > here for here, there in itertools.pairwise(late[95:79:-1]))
    assert max(late[95:]) < 4


def test_the_first_poll_comes_at_once_where_the_submission_is_not_known() -> None:
    fake = in_turn(Schedule.LEARNED, [60.0] * 12, every=20.0, submitted_at=None)
    first, second = (request.at for request in fake.requests_for("tts:11")[:2])
    assert (first, second - first > 10) == (220, True)


def test_old_tasks_that_ended_long_ago_teach_nothing(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    yesterday = datetime.fromtimestamp(clock.time(), UTC) - timedelta(days=1)
    old = [fake.add(TaskRef("tts", f"old-{number}", submitted_at=yesterday), ["SUCCESS"]) for number in range(10)]
    now = datetime.fromtimestamp(clock.time(), UTC)
    new = fake.add(TaskRef("tts", "new", submitted_at=now), {0: "PENDING", 40: "SUCCESS"})
    both.of(fake).wait_all([*old, new], schedule=Schedule.LEARNED)
    assert [request.at for request in fake.requests_for(new)] == pytest.approx(Schedule.DEFAULT.preview(43))


def test_both_clients_learn(both: Both, fake: FakeCamb) -> None:
    for number in range(20):
        fake.add(f"tts:{number}", {0: "PENDING", 20 + number: "SUCCESS"})
    client = both.of(fake)
    client.wait_all([f"tts:{number}" for number in range(20)], schedule=Schedule.LEARNED)
    late = [request.at for request in fake.requests_for("tts:19")]
    gaps = [second - first for first, second in itertools.pairwise(late)]
    assert min(gaps[-3:]) < 0.95 * Schedule.DEFAULT.delay(late[-4])


def test_far_off_first_polls_do_not_hold_up_the_reading(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    now = datetime.fromtimestamp(clock.time(), UTC)
    batch = both.of(fake).real._batch(
        600, Schedule.LEARNED, 8, None, None, Paces(Schedule.DEFAULT, {"tts": [60.0] * 10})
    )
    batch.start(0.0)
    while batch.room:
        batch.add(TaskRef("tts", f"{batch.count}", submitted_at=now), 0.0, clock.time())
    assert batch.count == READ_FAR_AHEAD
