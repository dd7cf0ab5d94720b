"""What a batch does: with both clients, on a virtual clock, and over real HTTP where threads and sockets matter."""

import asyncio
import contextvars
import copy
import gc
import itertools
import logging
import math
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from bisect import bisect_right
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from camb_client import (
    ApiConnectionError,
    AsyncCambClient,
    AuthenticationError,
    CambClient,
    CompletedTask,
    FailedOutcome,
    PermissionDeniedError,
    ServerError,
    SucceededOutcome,
    TaskFailedError,
    TaskNotFoundError,
    TaskOutcome,
    TaskPaymentRequiredError,
    TaskRef,
    TaskState,
    WaitTimeoutError,
)
from camb_client._batch.scheduler import READ_AHEAD
from camb_client.testing import HTML, RESET, FakeCamb, Reply, VirtualClock, error, rate_limited, slow, use_clock
from tests.facade.conftest import KEY, Both, making

PENDING = Reply.json({"status": "PENDING"})


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not come true within 5 s")


def taker(both: Both, outcomes: Any) -> Callable[[], Any]:
    """Takes one outcome at a time, with either client; at the end ``None``."""
    if not both.is_async:
        return lambda: next(outcomes, None)

    async def take() -> Any:
        return await anext(outcomes, None)

    return lambda: both.run(take())


def endless(fake: FakeCamb, count: int) -> list[TaskRef]:
    return [fake.add(f"tts:endless-{number}", ["PENDING"]) for number in range(count)]


def busiest_second(times: list[float]) -> int:
    """The most requests in any second, both ends included."""
    times = sorted(times)
    return max(bisect_right(times, start + 1) - first for first, start in enumerate(times))


# --- outcomes ---


def test_wait_all_returns_outcomes_in_the_order_of_the_tasks(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:slow", ["PENDING", "PENDING", "SUCCESS"], run_id=1)
    fake.add("text-to-sound:quick", ["SUCCESS"], run_id=2)
    fake.add("tts:bad", ["PENDING", {"status": "ERROR", "message": "what happened"}])
    fake.add("tts:unpaid", ["PAYMENT_REQUIRED"])
    tasks = ["tts:slow", TaskRef("text-to-sound", "quick"), "tts:bad", "tts:unpaid"]
    outcomes = both.of(fake).wait_all(tasks)
    assert [str(outcome.ref) for outcome in outcomes] == [str(task) for task in tasks]
    assert [outcome.state and outcome.state.run_id for outcome in outcomes] == [1, 2, None, None]
    assert [type(outcome.error) for outcome in outcomes] == [
        type(None), type(None), TaskFailedError, TaskPaymentRequiredError
    ]  # fmt: skip
    assert isinstance(outcomes[0].result(), CompletedTask)
    with pytest.raises(TaskFailedError, match="what happened"):
        outcomes[2].result()


def test_as_completed_yields_as_tasks_end(both: Both, fake: FakeCamb) -> None:
    for name, ends in {"b": 20, "c": 60, "a": 5}.items():
        fake.add(f"tts:{name}", {0: "PENDING", ends: "SUCCESS"})
    outcomes = both.of(fake).as_completed(["tts:c", "tts:b", "tts:a"])
    assert [outcome.ref.task_id for outcome in outcomes] == ["a", "b", "c"]


def test_a_family_takes_ids(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", ["SUCCESS"], run_id=7)
    client = both.of(fake)
    client.real = client.real.tts
    assert [outcome.result().run_id for outcome in client.wait_all(["1"])] == [7]
    with pytest.raises(ValueError, match="not a task of kind 'tts'"):
        client.wait_all([TaskRef("text-to-sound", "1")])
    client.real = both.of(fake).real


def test_no_tasks_are_no_outcomes(both: Both, fake: FakeCamb) -> None:
    client = both.of(fake)
    assert client.wait_all([]) == client.as_completed(iter(())) == []
    assert fake.requests == []


@pytest.mark.parametrize("make", [list, iter])
def test_a_task_given_twice_is_looked_at_once_and_reported_twice(both: Both, fake: FakeCamb, make: Any) -> None:
    once = fake.add("tts:once", ["SUCCESS"])
    bad = fake.add("tts:bad", ["ERROR"])
    late = fake.add("tts:late", {0: "PENDING", 100: "SUCCESS"})
    tasks = [once, late, bad, *itertools.repeat(once, 200), bad, "tts:late"]  # More than is read ahead.
    outcomes = both.of(fake).wait_all(make(tasks))
    assert [outcome.ref for outcome in outcomes] == [*tasks[:-1], late]
    assert (fake.polls(once), fake.polls(bad)) == (1, 1)
    assert outcomes[-1] is outcomes[1]


def test_a_task_given_twice_before_its_outcome_is_taken_is_polled_once(both: Both, fake: FakeCamb) -> None:
    once, late = fake.add("tts:once", ["SUCCESS"]), fake.add("tts:late", {0: "PENDING", 100: "SUCCESS"})
    outcomes = both.of(fake).as_completed([once, late, once, late])
    assert [outcome.ref for outcome in outcomes] == [once, once, late, late]
    assert (outcomes[0] is outcomes[1], outcomes[2] is outcomes[3]) == (True, True)
    assert fake.polls(once) == 1


def test_a_task_given_after_its_outcome_was_taken_is_polled_again(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:failed", ["ERROR", "PENDING", "SUCCESS"], run_id=7)
    others = (fake.add(f"tts:other-{number}", ["SUCCESS"]) for number in itertools.count())
    found: list[Any] = []

    def tasks() -> Iterator[TaskRef | str]:
        yield "tts:failed"
        yield from itertools.takewhile(lambda _: not found, others)
        yield "tts:failed"

    take = taker(both, both.of(fake).real.as_completed(tasks()))
    while (outcome := take()) is not None:
        if outcome.ref.task_id == "failed":
            found.append(outcome)
    assert [type(it) for it in found] == [FailedOutcome, SucceededOutcome]
    assert found[1].result().run_id == 7
    assert fake.polls("tts:failed") == 3


def test_nothing_is_kept_of_a_task_whose_outcome_was_taken(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:late", {0: "PENDING", 50: "SUCCESS"})
    for number in range(20):
        fake.add(f"tts:{number}", {0: "PENDING", number + 1: "ERROR" if number % 2 else "SUCCESS"})
    taken = []
    take = taker(both, both.of(fake).real.as_completed(iter([*(f"tts:{number}" for number in range(20)), "tts:late"])))
    for _ in range(20):
        outcome = take()
        taken += [weakref.ref(outcome), weakref.ref(outcome.ref)]
    outcome = None
    gc.collect()
    assert [it() for it in taken] == [None] * 40
    assert take().ref.task_id == "late"


def test_an_outcome_is_a_value() -> None:
    state = CompletedTask(TaskRef.parse("tts:1"), "SUCCESS", 7)  # type: ignore[arg-type]
    for outcome in (SucceededOutcome(state.ref, state), FailedOutcome(state.ref, ApiConnectionError("no"))):
        for twin in (pickle.loads(pickle.dumps(outcome)), copy.deepcopy(outcome)):
            assert (twin.ref, twin.state, str(twin.error)) == (outcome.ref, outcome.state, str(outcome.error))
        assert isinstance(outcome, TaskOutcome)
    assert len({SucceededOutcome(state.ref, state), SucceededOutcome(state.ref, state)}) == 1


# --- what ends one, and what ends all ---


def test_one_failure_loses_no_other_outcome(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:good", [RESET, HTML, error(503), "PENDING", "SUCCESS"], run_id=1)
    fake.add("tts:teapot", [error(418)])
    outcomes = both.of(fake).wait_all(["tts:teapot", "tts:unknown", "tts:good"])
    assert [type(outcome.error) for outcome in outcomes[1:]] == [TaskNotFoundError, type(None)]
    assert outcomes[0].error.status_code == 418
    assert outcomes[2].result().run_id == 1


@pytest.mark.parametrize(("code", "expected"), [(401, AuthenticationError), (403, PermissionDeniedError)])
def test_a_refused_key_ends_the_batch(both: Both, fake: FakeCamb, code: int, expected: type[Exception]) -> None:
    good = fake.add("tts:good", ["SUCCESS"], run_id=1)
    fake.add("tts:refused", {0: "PENDING", 20: error(code)})
    others = endless(fake, 20)
    with pytest.raises(expected) as caught:
        both.of(fake).wait_all([*others, "tts:refused", good, good])
    assert [outcome.result().run_id for outcome in caught.value.outcomes] == [1, 1]
    assert pickle.loads(pickle.dumps(caught.value)).outcomes == caught.value.outcomes
    made = len(fake.requests)
    time.sleep(0.02)
    assert len(fake.requests) == made


@pytest.mark.parametrize("together", [False, True])
def test_a_refused_key_has_the_outcomes_that_were_not_handed_out(both: Both, fake: FakeCamb, together: bool) -> None:
    for number, ends in enumerate((1, 9, 12)):  # Never two between the same polls.
        fake.add(f"tts:{number}", {0: "PENDING", ends: "SUCCESS"})
    fake.add("tts:refused", {0: "PENDING", 20: error(401)})
    outcomes = both.of(fake).real.as_completed(["tts:0", "tts:1", "tts:2", "tts:refused"])
    take, taken = taker(both, outcomes), []

    def take_all() -> None:
        while True:
            taken.append(take().ref.task_id)
            if together:
                both.run(outcomes.in_order()) if both.is_async else outcomes.in_order()

    with pytest.raises(AuthenticationError) as caught:
        take_all()
    assert taken == (["0"] if together else ["0", "1", "2"])
    assert [outcome.ref.task_id for outcome in caught.value.outcomes] == (["1", "2"] if together else [])


def test_a_single_look_that_is_refused_has_no_outcomes(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:refused", [error(401)])
    with pytest.raises(AuthenticationError) as caught:
        both.of(fake).status("tts:refused")
    assert caught.value.outcomes == ()


def test_a_healthy_answer_for_any_task_is_patience_for_all(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:faulty", {0: error(503), 900: "SUCCESS"})
    fake.add("tts:steady", {0: "PENDING", 1000: "SUCCESS"})
    client = both.of(fake)
    assert client.wait_all(["tts:faulty", "tts:steady"], timeout=None)[0].result().status == "SUCCESS"
    fake.add("tts:faulty", {0: error(503)})
    assert isinstance(client.wait_all(["tts:faulty"], timeout=None)[0].error, ServerError)


def test_an_address_where_nothing_answers_ends_all_soon(both: Both, fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", [slow(0.05, RESET)]) for number in range(1000)]
    outcomes = both.of(fake).wait_all(iter(tasks))
    assert [outcome.ref for outcome in outcomes] == tasks
    assert {type(outcome.error) for outcome in outcomes} == {ApiConnectionError}
    assert all(str(outcome.ref) in str(outcome.error) for outcome in outcomes)
    # The first one's third poll is 1.5 to 3 s after its first: so many others had their turn, and no more.
    assert len(fake.requests) < 700
    assert all(outcome.error.ref == outcome.ref for outcome in outcomes)
    assert max(Counter(request.ref for request in fake.requests).values()) == 3
    given_up = next(outcome.error for outcome in outcomes if "abandoned" in str(outcome.error))
    assert isinstance(given_up.__cause__, ApiConnectionError)


def test_what_is_wrong_with_one_task_alone_ends_no_other(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", ["SUCCESS"])
    outcomes = both.of(fake).wait_all(["tts:" + "long" * 20_000, "tts:1"], max_concurrency=1)
    assert "URL too long" in str(outcomes[0].error)
    assert outcomes[1].state


def test_one_answer_proves_the_address(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:unlucky", [RESET] * 5 + ["SUCCESS"])
    fake.add("tts:seen", ["PENDING"] * 3 + ["SUCCESS"])
    outcomes = both.of(fake).wait_all(["tts:unlucky", "tts:seen"])
    assert [outcome.result().status for outcome in outcomes] == ["SUCCESS"] * 2


# --- reading the references ---


def test_a_generator_is_read_a_few_ahead(both: Both, fake: FakeCamb) -> None:
    read: list[int] = []

    def tasks() -> Iterator[str]:
        for number in range(1_000_000):
            read.append(number)
            yield str(fake.add(f"tts:{number}", [slow(0.1, PENDING)] * (number % 5) + ["SUCCESS"]))

    assert len(both.of(fake).as_completed(tasks(), schedule=0.5, most=300)) == 300
    assert len(read) <= len({request.ref for request in fake.requests}) + READ_AHEAD + 1


def test_references_that_are_not_due_are_not_read_without_end(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    # As from a generator that submits the tasks: none is polled in its first two seconds.
    read: list[float] = []

    def tasks() -> Iterator[TaskRef]:
        for number in range(500):
            read.append(clock.monotonic())
            fake.add(f"tts:{number}", ["SUCCESS"])
            yield TaskRef("tts", str(number), datetime.fromtimestamp(clock.time(), UTC))

    assert len(both.of(fake).wait_all(tasks())) == 500
    assert Counter(read)[0.0] == READ_AHEAD


def test_new_ones_and_due_ones_take_turns(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    """Neither an endless stream of new references starves those that wait, nor do these starve the new."""

    def tasks() -> Iterator[TaskRef]:
        for number in itertools.count():
            yield fake.add(f"tts:{number}", [slow(0.05, PENDING)])

    both.of(fake).as_completed(tasks(), timeout=60, schedule=0.5, max_concurrency=1, most=1)
    polls = Counter(request.ref for request in fake.requests if request.at < 55)
    again = sum(polls.values()) - len(polls)
    assert len(polls) > 300
    assert again > 300
    # The least recently polled came first: those of about the same age have about as many.
    seen_for_long = [polls[TaskRef("tts", str(number))] for number in range(10)]
    assert max(seen_for_long) - min(seen_for_long) <= 1
    assert min(seen_for_long) > 5


def test_a_collection_is_checked_before_anything_is_sent(both: Both, fake: FakeCamb) -> None:
    client = both.of(fake)
    with pytest.raises(ValueError, match="unknown kind of task 'nope'"):
        client.wait_all(["tts:1", "nope:1"])
    for wrong in ("tts:1", b"", TaskRef("tts", "1"), 7, None):
        with pytest.raises(TypeError, match="tasks must be an iterable of references"):
            client.wait_all(wrong)
    assert fake.requests == []


def test_a_generator_that_fails_says_so(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", ["SUCCESS"])
    client = both.of(fake)
    with pytest.raises(ValueError, match="'nonsense' is not a task reference"):
        client.as_completed(iter(["tts:1", "nonsense"]))

    def broken() -> Iterator[str]:
        yield "tts:1"
        raise KeyError("the caller's own")

    with pytest.raises(KeyError, match="the caller's own"):
        client.wait_all(broken())


def broken_after(tasks: list[TaskRef], error: BaseException) -> Iterator[TaskRef]:
    yield from tasks
    raise error


def test_what_a_generator_gave_before_it_failed_comes_first(both: Both, fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", ["PENDING", "SUCCESS"]) for number in range(3)]
    client = both.of(fake)
    found = client.as_completed(broken_after(tasks, KeyError("the caller's own")), most=3)
    assert {outcome.ref for outcome in found} == set(tasks)
    with pytest.raises(KeyError, match="the caller's own"):
        client.as_completed(broken_after(tasks, KeyError("the caller's own")))


def test_wait_all_names_what_it_has_no_outcome_for(both: Both, fake: FakeCamb) -> None:
    tasks = [fake.add("tts:done", ["SUCCESS"], run_id=7), *endless(fake, 5)]

    with pytest.raises(KeyError, match="the caller's own") as caught:
        both.of(fake).wait_all(broken_after(tasks, KeyError("the caller's own")))
    notes = " ".join(caught.value.__notes__)
    for task in tasks:
        assert str(task) in notes


def test_an_interruption_of_a_generator_comes_out_at_once(fake: FakeCamb) -> None:
    tasks = broken_after(endless(fake, 3), KeyboardInterrupt())
    with fake.client() as camb, camb.as_completed(tasks) as outcomes, pytest.raises(KeyboardInterrupt):
        next(outcomes)


@pytest.mark.parametrize("pollers", [2, 0])
def test_a_batch_goes_on_with_the_threads_there_are(
    fake: FakeCamb, monkeypatch: pytest.MonkeyPatch, pollers: int
) -> None:
    tasks = [fake.add(f"tts:{number}", ["PENDING", "SUCCESS"]) for number in range(20)]
    start, started = threading.Thread.start, []

    def limited(thread: threading.Thread) -> None:
        if thread.name == "camb-poll":
            started.append(thread)
            if len(started) > pollers:
                raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    with fake.client() as camb:
        assert [outcome.ref for outcome in camb.wait_all(tasks) if outcome.state] == tasks


def test_sync_references_are_read_in_the_caller_s_thread(fake: FakeCamb) -> None:
    threads = set()

    def tasks() -> Iterator[TaskRef]:
        for number in range(200):
            threads.add(threading.get_ident())
            yield fake.add(f"tts:{number}", ["SUCCESS"])

    with fake.client() as camb:
        assert len(camb.wait_all(tasks())) == 200
    assert threads == {threading.get_ident()}


async def each(*tasks: TaskRef) -> AsyncIterator[TaskRef]:
    for task in tasks:
        await asyncio.sleep(0)
        yield task


def test_an_async_iterable_of_references() -> None:
    """They come one by one; waiting begins with the first, and its outcome is there before the next comes."""
    fake = FakeCamb(KEY)
    tasks = [fake.add(f"tts:{number}", ["SUCCESS"]) for number in range(3)]

    async def main() -> None:
        came: list[TaskOutcome] = []

        async def live() -> AsyncIterator[TaskRef]:
            for number, task in enumerate(tasks):
                while len(came) < number:  # noqa: ASYNC110 (there is no event to wait for)
                    await asyncio.sleep(0.001)
                yield task

        async with fake.async_client() as camb:
            async for outcome in camb.as_completed(live()):
                came.append(outcome)  # noqa: PERF401 (the generator counts them meanwhile)
            assert [outcome.ref for outcome in came] == tasks
            assert [outcome.ref for outcome in await camb.wait_all(each(*tasks))] == tasks

    asyncio.run(asyncio.wait_for(main(), 20))


def test_a_source_that_does_not_end_holds_no_batch_past_its_deadline() -> None:
    fake = FakeCamb(KEY)
    task = fake.add("tts:1", ["PENDING"])
    cleaned = []

    async def live() -> AsyncIterator[TaskRef]:
        try:
            yield task
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    async def main() -> None:
        async with fake.async_client() as camb:
            (outcome,) = await camb.wait_all(live(), timeout=0.05)
            assert isinstance(outcome.error, WaitTimeoutError)

    asyncio.run(asyncio.wait_for(main(), 20))
    assert cleaned == [True]


def test_a_source_may_time_out_by_itself(fake: FakeCamb) -> None:
    async def live() -> AsyncIterator[TaskRef]:
        yield fake.add("tts:1", ["SUCCESS"])
        raise TimeoutError("the caller's own")

    async def main() -> None:
        async with fake.async_client() as camb:
            with pytest.raises(TimeoutError, match="the caller's own"):
                await camb.wait_all(live())

    asyncio.run(main())


def test_a_source_that_gives_one_task_again_and_again_leaves_others_their_turn(fake: FakeCamb) -> None:
    quick, again = fake.add("tts:quick", ["SUCCESS"]), fake.add("tts:again", ["PENDING"])
    read = 0

    def tasks() -> Iterator[TaskRef]:
        nonlocal read
        yield quick
        for read in range(1_000_000):  # noqa: B007 (it is read below)
            yield again

    async def main() -> None:
        async with fake.async_client() as camb, camb.as_completed(tasks()) as outcomes:
            assert (await anext(outcomes)).ref == quick

    asyncio.run(main())
    assert read < 100_000


def test_a_list_is_looked_at_while_the_caller_is_busy() -> None:
    fake = FakeCamb(KEY)
    tasks = [fake.add(f"tts:{number}", ["SUCCESS"]) for number in range(3 * READ_AHEAD)]
    with fake.client() as camb, camb.as_completed(tasks):
        give_up = time.monotonic() + 5
        while len(fake.requests) < len(tasks) and time.monotonic() < give_up:
            time.sleep(0.001)
    assert len(fake.requests) == len(tasks)


# --- pace ---


@pytest.mark.parametrize(("rate", "most"), [(20, 20), (7.9, 7), (1, 1)])
def test_no_second_has_more_than_the_rate(both: Both, fake: FakeCamb, rate: float, most: int) -> None:
    tasks = [fake.add(f"tts:{number}", {0: "PENDING", 20: "SUCCESS"}) for number in range(100)]
    outcomes = both.of(fake).wait_all(tasks, max_requests_per_second=rate, timeout=None)
    assert all(outcome.state for outcome in outcomes)
    times = [request.at for request in fake.requests]
    assert busiest_second(times) <= most
    assert len(times) / (times[-1] - times[0]) > 0.95 * most  # Nor is the rate wasted.


def test_a_rate_below_one(both: Both, fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", ["SUCCESS"]) for number in range(4)]
    both.of(fake).wait_all(tasks, max_requests_per_second=0.25)
    times = [request.at for request in fake.requests]
    assert [round(after - before, 3) for before, after in itertools.pairwise(times)] == [4.0] * 3


def test_the_pace_is_even(both: Both, fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", ["SUCCESS"]) for number in range(300)]
    both.of(fake).wait_all(tasks, max_requests_per_second=100, max_concurrency=300)
    times = [request.at for request in fake.requests]
    assert max(sum(start <= at < start + 0.1 for at in times) for start in times) <= 10 + 5 + 1


def test_the_deadline_comes_before_a_look_that_the_rate_puts_off(
    both: Both, fake: FakeCamb, clock: VirtualClock
) -> None:
    both.of(fake).wait_all(endless(fake, 10), max_requests_per_second=0.1, timeout=25)
    assert clock.monotonic() <= 25.5


def test_requests_that_arrive_late_cannot_meet_those_that_arrive_at_once(fake: FakeCamb, clock: VirtualClock) -> None:
    arrived: list[float] = []

    class Transport(httpx.AsyncBaseTransport):
        begun = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.begun += 1
            await clock.asleep(1.0 if self.begun <= 10 else 0.001)
            arrived.append(clock.monotonic())
            return httpx.Response(200, json={"status": "SUCCESS", "run_id": 1})

    async def main() -> None:
        async with AsyncCambClient(KEY, transport=Transport()) as camb:
            use_clock(camb, clock)
            await camb.wait_all([f"tts:{number}" for number in range(40)], max_requests_per_second=10)

    asyncio.run(main())
    assert len(arrived) == 40
    assert busiest_second(arrived) <= 10


def test_slow_answers_cannot_make_a_burst(both: Both, fake: FakeCamb) -> None:
    # A request may reach the server at any time until its answer: those in flight count.
    tasks = [fake.add(f"tts:{number}", [slow(0.4, PENDING), "SUCCESS"]) for number in range(40)]
    both.of(fake).wait_all(tasks, max_requests_per_second=10, max_concurrency=50)
    assert busiest_second([request.at for request in fake.requests]) <= 10


def test_without_a_rate_the_slots_are_the_limit(both: Both) -> None:
    flying, most, lock = 0, 0, threading.Lock()

    def begin(step: int) -> None:
        nonlocal flying, most
        with lock:
            flying += step
            most = max(most, flying)

    class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            begin(1)
            time.sleep(0.01)
            begin(-1)
            return httpx.Response(200, json={"status": "SUCCESS", "run_id": 1})

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            begin(1)
            await asyncio.sleep(0.01)
            begin(-1)
            return httpx.Response(200, json={"status": "SUCCESS", "run_id": 1})

    client = both.client(KEY, transport=Transport())
    assert len(client.wait_all([f"tts:{number}" for number in range(40)], max_concurrency=5)) == 40
    assert most == 5


def test_retry_after_on_a_failure_slows_the_batch(both: Both, fake: FakeCamb) -> None:
    tasks = endless(fake, 5)
    fake.add("tts:limited", {0: "PENDING", 10: rate_limited(30), 11: "SUCCESS"})
    both.of(fake).as_completed([*tasks, "tts:limited"], most=1)
    refused_at = next(
        request.at for request in fake.requests if request.ref == TaskRef("tts", "limited") and request.at >= 10
    )
    assert not [request.at for request in fake.requests if refused_at < request.at < refused_at + 30]


def test_the_longest_retry_after_counts(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:long", [rate_limited(40), "SUCCESS"])
    fake.add("tts:short", [slow(0.5, rate_limited(5)), "SUCCESS"])
    assert all(outcome.state for outcome in both.of(fake).wait_all(["tts:long", "tts:short"]))
    assert min(request.at for request in fake.requests[2:]) >= 40


def test_retry_after_of_what_ends_a_task_holds_nobody_back(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add("tts:odd", [error(422, headers={"retry-after": "86400"})])
    fake.add("tts:good", ["PENDING", "SUCCESS"])
    assert both.of(fake).wait_all(["tts:odd", "tts:good"])[1].state
    assert clock.monotonic() < 10


def test_retry_after_on_a_healthy_answer_is_for_that_task(both: Both, fake: FakeCamb) -> None:
    asked = Reply.json({"status": "PENDING"}, headers={"retry-after": "50"})
    fake.add("tts:patient", {0: asked, 40: "SUCCESS"})
    fake.add("tts:other", {0: "PENDING", 30: "SUCCESS"})
    outcomes = both.of(fake).wait_all(["tts:patient", "tts:other"])
    assert all(outcome.state for outcome in outcomes)
    assert fake.polls("tts:patient") == 2
    assert fake.polls("tts:other") > 5


def test_each_task_has_the_schedule_of_its_own_age(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add("tts:old", ["PENDING"])
    fake.add("tts:new", ["PENDING"])
    old = TaskRef("tts", "old", datetime.fromtimestamp(clock.time() - 100, UTC))
    both.of(fake).wait_all([old, "tts:new"], timeout=30)
    assert fake.polls("tts:old") == 4  # At once, after 10 and 20 s, and the last.
    assert fake.polls("tts:new") > 6


# --- deadlines ---


def test_the_deadline_is_that_of_all(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    tasks = [fake.add(f"tts:{number}", [slow(1, PENDING)]) for number in range(300)]
    outcomes = both.of(fake).wait_all(iter(tasks), timeout=50, max_concurrency=1)
    assert len(outcomes) == 300
    assert 49 <= clock.monotonic() <= 50.5
    errors = [outcome.error for outcome in outcomes]
    assert {type(one) for one in errors} == {WaitTimeoutError}
    never = [one for one in errors if one.last_state is None]
    assert len(never) > 5
    assert all(one.polls == 0 and "it was never seen" in str(one) for one in never)
    assert all(one.last_state.status == "PENDING" for one in errors if one.polls)
    assert all(49 <= one.elapsed <= 50.5 for one in errors)


def test_a_last_look_before_the_deadline(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    for number in range(20):
        fake.add(f"tts:{number}", {0: "PENDING", 97: "SUCCESS"})
    outcomes = both.of(fake).wait_all([f"tts:{number}" for number in range(20)], timeout=100, schedule=60)
    assert all(outcome.state for outcome in outcomes)
    assert clock.monotonic() == 98


def test_a_timeout_of_0_is_exactly_one_look_at_each(both: Both, fake: FakeCamb) -> None:
    tasks = endless(fake, 30)
    done = fake.add("tts:done", ["SUCCESS"])
    outcomes = both.of(fake).wait_all([*tasks, done], timeout=0, max_requests_per_second=10)
    assert {fake.polls(task) for task in [*tasks, done]} == {1}
    assert outcomes[-1].state
    assert {type(outcome.error) for outcome in outcomes[:-1]} == {WaitTimeoutError}


@pytest.mark.parametrize("timeout", [0, 100])
def test_asked_for_patience_beyond_the_deadline(
    both: Both, fake: FakeCamb, clock: VirtualClock, timeout: float
) -> None:
    fake.add("tts:limited", [rate_limited(500)])
    outcomes = both.of(fake).wait_all(["tts:limited", *endless(fake, 20)], timeout=timeout, max_concurrency=1)
    assert clock.monotonic() < 1
    assert {type(outcome.error) for outcome in outcomes} == {WaitTimeoutError}
    assert {outcome.error.retry_after for outcome in outcomes} == {500.0}
    assert len(fake.requests) < 3


def test_no_deadline(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", {0: "PENDING", 10_000: "SUCCESS"})
    for timeout in (None, math.inf):
        assert both.of(fake).wait_all(["tts:1"], timeout=timeout)[0].state


# --- what the caller is told, and where ---


def test_on_update_is_told_of_each_change_in_the_caller_s_thread(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", ["PENDING", "PENDING", {"status": "PENDING", "message": "mixing"}, "SUCCESS"])
    fake.add("tts:2", ["ERROR"])
    told: list[tuple[str, ...]] = []
    threads = set()

    def on_update(state: TaskState) -> None:
        told.append((str(state.ref), str(state.status), str(state.message)))
        threads.add(threading.get_ident())

    both.of(fake).wait_all(["tts:1", "tts:2"], on_update=on_update)
    assert [it for it in told if it[0] == "tts:1"] == [
        ("tts:1", "PENDING", "None"), ("tts:1", "PENDING", "mixing"), ("tts:1", "SUCCESS", "None")
    ]  # fmt: skip
    assert [it for it in told if it[0] == "tts:2"] == [("tts:2", "ERROR", "None")]
    assert threads == {threading.get_ident()}


def test_on_update_that_fails_loses_nothing(both: Both, fake: FakeCamb, caplog: pytest.LogCaptureFixture) -> None:
    fake.add("tts:1", ["PENDING", "SUCCESS"])
    with caplog.at_level(logging.ERROR, "camb_client"):
        outcomes = both.of(fake).wait_all(["tts:1"], on_update=lambda state: 1 / 0)
    assert outcomes[0].state
    assert "on_update failed" in caplog.text


def test_on_update_may_be_a_coroutine_function_in_async(fake: FakeCamb) -> None:
    task = fake.add("tts:1", ["PENDING", "SUCCESS"])
    told: list[str] = []

    async def on_update(state: TaskState) -> None:
        await asyncio.sleep(0)
        told.append(state.status)

    async def main() -> None:
        async with fake.async_client() as camb:
            await camb.wait_all([task], on_update=on_update)

    asyncio.run(main())
    assert told == ["PENDING", "SUCCESS"]
    with fake.client() as camb, pytest.raises(TypeError, match="AsyncCambClient"):
        camb.as_completed([task], on_update=on_update)


def test_looks_run_in_a_copy_of_the_caller_s_context(both: Both) -> None:
    span: contextvars.ContextVar[str] = contextvars.ContextVar("span", default="none")
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(span.get())
        span.set("of a poll")
        return httpx.Response(200, json={"status": "SUCCESS", "run_id": 1})

    client = both.answering(handler)
    token = span.set("of the caller")
    try:
        client.wait_all([f"tts:{number}" for number in range(3)], max_concurrency=3)
        assert span.get() == "of the caller"
    finally:
        span.reset(token)
    assert set(seen) <= {"of the caller", "of a poll"}
    assert seen[0] == "of the caller"


# --- leaving ---


def camb_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("camb-")]


def test_leaving_stops_all_work(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:quick", ["SUCCESS"])
    outcomes = both.of(fake).as_completed(["tts:quick", *endless(fake, 50)], most=1)
    assert [outcome.ref.task_id for outcome in outcomes] == ["quick"]
    made = len(fake.requests)
    time.sleep(0.03)
    assert len(fake.requests) == made
    assert camb_threads() == []


def test_read_to_its_end_it_needs_no_with(fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", ["PENDING", "SUCCESS"]) for number in range(20)]
    with fake.client() as camb:
        outcomes = camb.as_completed(tasks)
        assert len(list(outcomes)) == 20
        assert list(outcomes) == []
    assert camb_threads() == []

    async def main() -> None:
        async with fake.async_client() as camb:
            outcomes = camb.as_completed(tasks)
            assert len([outcome async for outcome in outcomes]) == 20
            assert [outcome async for outcome in outcomes] == []
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_what_is_dropped_unread_stops(fake: FakeCamb) -> None:
    tasks = endless(fake, 3)
    with fake.client() as camb:
        outcomes = camb.as_completed([fake.add("tts:quick", ["SUCCESS"]), *tasks])
        next(outcomes)
        del outcomes
        gc.collect()
        give_up = time.monotonic() + 5
        while camb_threads() and time.monotonic() < give_up:
            time.sleep(0.001)
    assert camb_threads() == []

    async def main() -> None:
        async with fake.async_client() as camb:
            outcomes = camb.as_completed([fake.add("tts:quick", ["SUCCESS"]), *tasks])
            await anext(outcomes)
            del outcomes
            gc.collect()
            async with asyncio.timeout(5):
                while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 (there is no event to wait for)
                    await asyncio.sleep(0)

    asyncio.run(main())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_leaves_the_outcomes_to_its_parent(fake: FakeCamb) -> None:
    """Its copy has no threads, but perhaps their lock, taken for good."""
    with fake.client() as camb, camb.as_completed([fake.add("tts:quick", ["SUCCESS"]), *endless(fake, 2)]) as outcomes:
        next(outcomes)
        with outcomes._runner._turn:
            child = os.fork()
            if child == 0:
                threading.Thread(target=lambda: (time.sleep(5), os._exit(1)), daemon=True).start()
                try:
                    outcomes.close()
                    with pytest.raises(RuntimeError, match="another process"):
                        next(outcomes)
                finally:
                    os._exit(0 if sys.exception() is None else 2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_leaving_is_at_once_in_async() -> None:
    fake = FakeCamb(KEY)
    quick, hung = fake.add("tts:quick", ["SUCCESS"]), fake.add("tts:hung", [slow(60)])

    async def main() -> None:
        with fake.serve() as url:
            async with AsyncCambClient(KEY, base_url=url) as camb:
                async with camb.as_completed([hung, quick]) as outcomes:
                    assert (await anext(outcomes)).ref == quick
                    left = time.monotonic()
                assert time.monotonic() - left < 5
                assert len(asyncio.all_tasks()) == 1
                assert [outcome async for outcome in outcomes] == []

    asyncio.run(main())


def test_leaving_is_after_the_looks_in_flight_in_sync() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/hung"):
            begun.set()
            go_on.wait(10)
            ended.set()
        return httpx.Response(200, json={"status": "SUCCESS", "run_id": 1})

    with CambClient(KEY, transport=httpx.MockTransport(handler)) as camb:
        with camb.as_completed(["tts:hung", "tts:quick"]) as outcomes:
            assert next(outcomes).ref.task_id == "quick"
            assert begun.wait(10)
            threading.Timer(0.02, go_on.set).start()
        assert ended.is_set()
        assert list(outcomes) == []


def test_work_goes_on_while_the_caller_is_busy() -> None:
    fake = FakeCamb(KEY)
    seen = threading.Event()

    def handler(request: httpx.Request) -> httpx.Response:
        reply = fake.answer("GET", request.url.raw_path.decode(), request.headers)
        if fake.polls("tts:other") == 3:
            seen.set()
        return httpx.Response(reply.status_code, content=reply.body)

    fake.add("tts:quick", ["SUCCESS"])
    fake.add("tts:other", ["PENDING"])
    transport = httpx.MockTransport(handler)
    tasks = ["tts:quick", "tts:other"]
    with CambClient(KEY, transport=transport) as camb, camb.as_completed(tasks, schedule=0.001) as outcomes:
        next(outcomes)
        assert seen.wait(10)  # Without another next().

    async def main() -> None:
        seen.clear()
        fake.add("tts:other", ["PENDING"])
        fake.requests.clear()
        camb = AsyncCambClient(KEY, transport=transport)
        async with camb, camb.as_completed(tasks, schedule=0.001) as outcomes:
            await anext(outcomes)
            while not seen.is_set():  # noqa: ASYNC110 (the event is that of threads)
                await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 10))


def test_virtual_time_stands_still_while_the_caller_is_busy(fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add("tts:quick", {0: "PENDING", 2: "SUCCESS"})
    with fake.client() as camb, camb.as_completed(["tts:quick", *endless(fake, 3)]) as outcomes:
        next(outcomes)
        at = clock.monotonic()
        time.sleep(0.03)
        assert clock.monotonic() == at


def test_no_scope_spans_a_yield(fake: FakeCamb) -> None:
    """Outcomes may be read under a timeout each, and closed by another task than the one that read."""
    tasks = [fake.add(f"tts:{number}", ["PENDING", "SUCCESS"]) for number in range(5)]

    async def main() -> None:
        async with fake.async_client() as camb:
            outcomes = camb.as_completed([*tasks, *endless(fake, 2)])
            for _ in tasks:
                async with asyncio.timeout(5):
                    await anext(outcomes)
            await asyncio.create_task(outcomes.aclose())
            with pytest.raises(StopAsyncIteration):
                await anext(outcomes)
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_a_cancelled_next_loses_nothing() -> None:
    fake = FakeCamb(KEY)
    task = fake.add("tts:1", {0: "PENDING", 0.3: "SUCCESS"})

    async def main() -> None:
        async with fake.async_client() as camb, camb.as_completed([task], schedule=0.01) as outcomes:
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.05):
                    await anext(outcomes)
            assert isinstance(caught.value.__cause__, asyncio.CancelledError)
            assert caught.value.__cause__.__notes__ == [
                "tts:1: The task is still running at CAMB.AI: wait again with the same reference."
            ]
            assert (await anext(outcomes)).state

    asyncio.run(main())


def test_an_interruption_names_the_tasks_that_go_on(fake: FakeCamb) -> None:
    endless(fake, 5)
    fake.add("tts:done", ["SUCCESS"])

    def interrupt(state: TaskState) -> None:
        if state.is_success:
            raise KeyboardInterrupt

    tasks = ["tts:done", *(f"tts:endless-{number}" for number in range(5))]
    with fake.client() as camb, pytest.raises(KeyboardInterrupt) as caught:
        camb.wait_all(tasks, on_update=interrupt)
    notes = " ".join(caught.value.__notes__)
    assert "tts:endless-0, tts:endless-1, tts:endless-2 and 2 more" in notes
    wait_until(lambda: camb_threads() == [])  # It does not wait for the polls in flight, but they end.


def test_a_client_that_is_closed_meanwhile(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", ["PENDING"])
    client = both.of(fake)

    def close(state: TaskState) -> Any:
        return client.real.close() if not both.is_async else client.real.aclose()

    with pytest.raises(RuntimeError, match="this client is closed"):
        client.wait_all(["tts:1"], on_update=close)
    with pytest.raises(RuntimeError, match="this client is closed"):
        client.wait_all(["tts:1"])


EXIT = """
import os, threading
import httpx
from camb_client import CambClient

def answer(request):
    if request.url.path.endswith("hung"):
        threading.Event().wait()
    return httpx.Response(200, json={"status": "PENDING" if "waits" in request.url.path else "SUCCESS", "run_id": 1})

camb = CambClient("key", transport=httpx.MockTransport(answer))

def inside():
    with camb.as_completed(["tts:quick", *more], schedule=0.001, timeout=None) as outcomes:
        yield from outcomes

more = ["tts:hung", *(f"tts:waits-{number}" for number in range(200))]
dropped = camb.as_completed(["tts:quick", *more], schedule=0.001, timeout=None)
left = inside()
print(next(dropped).ref, next(left).ref)
"""


def test_an_interpreter_exits_with_a_batch_half_read() -> None:
    for _ in range(3):
        process = subprocess.run([sys.executable, "-c", EXIT], capture_output=True, text=True, timeout=30, check=True)
        assert (process.stdout, process.stderr) == ("tts:quick tts:quick\n", "")


def test_a_loop_ends_with_a_batch_half_read(fake: FakeCamb, recwarn: pytest.WarningsRecorder) -> None:
    tasks = endless(fake, 20)

    async def main(turns: int) -> Any:
        camb = fake.async_client()
        outcomes = await camb.as_completed(tasks).__aenter__()
        for _ in range(turns):
            await asyncio.sleep(0)
        return outcomes

    for turns in range(20):
        asyncio.run(main(turns))
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


def test_tasks_are_named_while_threads_work(fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", ["SUCCESS"]) for number in range(300)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with fake.client() as camb, camb.as_completed(tasks) as outcomes:
            while not outcomes._runner.batch.over:
                str(outcomes._runner.batch)  # As on an interruption; it must not raise.
    finally:
        sys.setswitchinterval(interval)


# --- arguments ---


@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [
        ("max_concurrency", 0, ValueError),
        ("max_concurrency", 1.5, TypeError),
        ("max_concurrency", True, TypeError),
        ("max_requests_per_second", 0, ValueError),
        ("max_requests_per_second", math.nan, ValueError),
        ("max_requests_per_second", "10", TypeError),
        ("timeout", -1, ValueError),
        ("timeout", math.nan, ValueError),
        ("schedule", "fast", TypeError),
        ("on_update", 7, TypeError),
    ],
)
def test_bad_arguments_are_refused_at_once(
    both: Both, fake: FakeCamb, argument: str, value: Any, expected: type[Exception]
) -> None:
    with pytest.raises(expected, match=argument):
        both.of(fake).real.as_completed(["tts:1"], **{argument: value})


# --- many, over real HTTP ---


@pytest.fixture(params=["sync", "async", "aiohttp"])
def over(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


@pytest.mark.parametrize(("count", "rate"), [(100, None), (300, 400)])
def test_a_third_of_the_answers_faulty_loses_none_and_doubles_none(over: Both, count: int, rate: float | None) -> None:
    fake = FakeCamb(KEY)
    faults = [RESET, error(500), error(502), rate_limited(0), HTML]
    for number in range(count):
        fault = faults[number % len(faults)]
        fake.add(f"tts:{number}", ["PENDING", fault, "SUCCESS"] if number % 2 else [fault, "SUCCESS"], run_id=number)
    with fake.serve() as url:
        client = over.client(KEY, base_url=url)
        outcomes = client.wait_all(
            (f"tts:{number}" for number in range(count)),
            schedule=0.01,
            max_requests_per_second=rate,
            max_concurrency=16,
        )
        client.close()
    assert [outcome.result().run_id for outcome in outcomes] == list(range(count))
    if rate:
        assert busiest_second([request.at for request in fake.requests]) <= rate
