"""What a client tells of each poll, and how the caller's own code ends a wait."""

import itertools
import json
import logging
import math
from typing import Any

import pytest

from camb_client import (
    ApiConnectionError,
    CambClient,
    CompletedTask,
    PollEvent,
    RateLimitError,
    StopWaiting,
    TaskFailedError,
    TaskRef,
    TaskState,
    WaitTimeoutError,
)
from camb_client.testing import RESET, FakeCamb, VirtualClock, error, rate_limited
from tests.facade.conftest import KEY, Both

TASK = "tts:c8b8e3cd-ad17"


def hooked(both: Both, fake: FakeCamb, *hooks: Any) -> tuple[Any, list[PollEvent]]:
    """A client whose hook notes each event; and the notes."""
    events: list[PollEvent] = []

    async def note_later(event: PollEvent) -> None:
        events.append(event)

    note = note_later if both.is_async else events.append
    return both.of(fake, event_hooks={"poll": [note, *hooks]}), events


def test_each_poll_of_a_wait_is_told(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", RESET, rate_limited(7), error(503), "SUCCESS"], run_id=7)
    camb, events = hooked(both, fake)
    done = camb.wait(TASK)
    assert [event.attempt for event in events] == [1, 2, 3, 4, 5] == list(range(1, done.polls + 1))
    assert {event.ref for event in events} == {TaskRef.parse(TASK)}
    assert [event.state and str(event.state.status) for event in events] == ["PENDING", None, None, None, "SUCCESS"]
    assert [type(event.error) for event in events[1:3]] == [ApiConnectionError, RateLimitError]
    assert events[2].next_delay == 7.0
    for event, following in itertools.pairwise(events):
        assert event.next_delay == pytest.approx(following.elapsed - event.elapsed)
    assert (events[-1].next_delay, events[-1].elapsed) == (None, done.elapsed)


def test_the_server_s_name_of_a_request_is_told(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, [error(503, headers={"x-request-id": f"r-1 {KEY}"}), "SUCCESS"])
    camb, events = hooked(both, fake)
    camb.wait(TASK)
    assert [event.request_id for event in events] == ["r-1 [key]", "fake-2"]


def test_a_watch_is_told_and_a_status_is_not(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"])
    camb, events = hooked(both, fake)
    assert camb.status(TASK).is_pending
    assert events == []
    camb.watch(TASK)
    assert len(events) == 1


def test_a_family_tells_the_hooks_of_its_client(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["SUCCESS"])
    camb, events = hooked(both, fake)
    for family in (camb.real.tts, camb.real.family("tts")):
        camb.call(lambda _, family=family: family.wait("c8b8e3cd-ad17"))
    assert len(events) == 2


def test_the_last_poll_is_told_before_the_error_is_raised(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["ERROR"])
    fake.add("tts:late", ["PENDING"])
    camb, events = hooked(both, fake)
    with pytest.raises(TaskFailedError):
        camb.wait(TASK)
    with pytest.raises(WaitTimeoutError):
        camb.wait("tts:late", timeout=0)
    assert [(str(event.state and event.state.status), event.next_delay) for event in events] == [
        ("ERROR", None),
        ("PENDING", None),
    ]


def test_each_poll_of_a_batch_is_told(both: Both, fake: FakeCamb) -> None:
    tasks = [fake.add(f"tts:{number}", ["PENDING", "SUCCESS"]) for number in range(3)]
    camb, events = hooked(both, fake)
    camb.wait_all(tasks, max_requests_per_second=1)
    assert sorted((str(event.ref), event.attempt) for event in events) == [
        (str(task), attempt) for task in tasks for attempt in (1, 2)
    ]
    assert all(event.next_delay is None for event in events if event.attempt == 2)
    assert all(event.next_delay >= 1.0 for event in events if event.attempt == 1)  # The rate is in it.


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("where", ["hook", "on_update"])
def test_a_callback_can_stop_the_wait(both: Both, fake: FakeCamb, where: str, *, many: bool) -> None:
    for number in range(3):
        fake.add(f"tts:{number}", ["PENDING"])
    asked = StopWaiting("enough")

    def stop(_: object) -> None:
        raise asked

    camb, _ = hooked(both, fake, *([stop] if where == "hook" else []))
    on_update = stop if where == "on_update" else None
    wait, tasks = (camb.wait_all, ["tts:0", "tts:1", "tts:2"]) if many else (camb.wait, "tts:0")
    with pytest.raises(StopWaiting) as caught:
        wait(tasks, on_update=on_update)
    assert caught.value is asked


def test_a_hook_that_fails_is_logged(both: Both, fake: FakeCamb, caplog: pytest.LogCaptureFixture) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"])
    camb, _ = hooked(both, fake, lambda event: 1 / 0)
    assert camb.wait(TASK).is_success
    assert caplog.text.count("a poll hook failed; the wait continues") == 2


@pytest.mark.parametrize(
    ("hooks", "expected", "said"),
    [
        ({"response": []}, ValueError, "the event 'poll', not 'response'"),
        ([print], TypeError, "must be a mapping"),
        ({"poll": print}, TypeError, "list of functions"),
        ({"poll": [None]}, TypeError, "list of functions"),
    ],
)
def test_hooks_are_checked(both: Both, hooks: Any, expected: type[Exception], said: str) -> None:
    with pytest.raises(expected, match=said):
        both.client_class(KEY, event_hooks=hooks)


def test_the_sync_client_takes_no_coroutine_as_a_hook() -> None:
    async def hook(event: PollEvent) -> None: ...

    with pytest.raises(TypeError, match="a poll hook is a coroutine function"):
        CambClient(KEY, event_hooks={"poll": [hook]})


def test_log_records_have_fields(both: Both, fake: FakeCamb, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "camb_client")
    fake.add(TASK, ["PENDING", "SUCCESS"])
    both.of(fake).wait(TASK)
    records: list[Any] = [record for record in caplog.records if hasattr(record, "poll")]
    assert [(record.ref, record.status, record.poll) for record in records] == [
        (TASK, "PENDING", 1),
        (TASK, "SUCCESS", 2),
    ]


# --- what else a wait gives ---


def test_a_completed_task_says_what_it_took(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", "PENDING", "SUCCESS"], run_id=7)
    camb = both.of(fake)
    done = camb.wait(TASK, schedule=5)
    assert (done.elapsed, done.polls) == (pytest.approx(10, abs=2), 3)
    again = camb.status(TASK)
    assert (again.elapsed, again.polls) == (None, 1)
    assert again == done
    assert hash(again) == hash(done)
    [outcome] = camb.wait_all([TASK])
    assert (outcome.result().elapsed, outcome.result().polls) == (0.0, 1)


def test_values_are_plain_json(both: Both, fake: FakeCamb) -> None:
    odd = {"progress": math.nan, "from": "https://files.example/a?X-Signature=secret"}
    fake.add(TASK, [{"status": "PENDING", "message": odd}, {"status": "SUCCESS", "run_id": 7, "message": odd}])
    fake.add("tts:bad", [{"status": "ERROR", "exception_reason": "WHY"}])
    camb = both.of(fake)
    plain = {"progress": None, "from": "https://files.example/a?[query]"}
    state = {"task": TASK, "status": "PENDING", "run_id": None, "exception_reason": None, "message": plain}
    assert camb.status(TASK).to_dict() == state
    done, bad = camb.wait_all([TASK, "tts:bad"])
    ended = {**state, "status": "SUCCESS", "run_id": 7, "elapsed": 0.0, "polls": 1}
    assert done.state.to_dict() == ended
    assert done.to_dict() == {**ended, "error": None}
    said = {"task": "tts:bad", "status": "ERROR", "run_id": None, "exception_reason": "WHY", "message": None}
    assert bad.to_dict() == {
        **said,
        "elapsed": None,
        "polls": None,
        "error": {"type": "TaskFailedError", "message": str(bad.error), "task": "tts:bad", "state": said},
    }
    for value in (done, bad, bad.error, done.state):
        json.dumps(value.to_dict(), allow_nan=False)


def test_whatever_belongs_to_a_task_names_it(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["ERROR"])
    camb = both.of(fake)
    state = camb.status(TASK)
    [outcome] = camb.wait_all([state])
    for task in (state, outcome, outcome.error):
        with pytest.raises(TaskFailedError):
            camb.wait(task)
    with pytest.raises(TypeError, match=r"a task must be a TaskRef, 'kind:id', or something with a \.ref.*not int"):
        camb.wait(5)
    with pytest.raises(TypeError, match="not TaskFailedError"):
        camb.wait(TaskFailedError("made anew"))


# --- a task that is paid for ---


def test_on_created_is_told_before_the_wait(both: Both) -> None:
    fake, told = FakeCamb(KEY, clock=VirtualClock()), []

    def note(ref: TaskRef) -> None:
        told.append((ref, fake.polls(ref)))

    async def note_later(ref: TaskRef) -> None:
        note(ref)

    camb = both.of(fake)
    done: CompletedTask = camb.call(
        lambda camb: camb.tts.create_and_wait(
            text="Hello", voice_id=1, language="en-us", on_created=note_later if both.is_async else note
        )
    )
    assert told == [(done.ref, 0)]


def test_an_interruption_right_after_a_create_names_the_task(both: Both) -> None:
    """As by Ctrl-C between the response and the wait: the reference stands in a note, whatever ran then."""
    fake = FakeCamb(KEY, clock=VirtualClock())
    camb = both.of(fake)

    def interrupt(ref: TaskRef) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        camb.call(lambda camb: camb.tts.create_and_wait(text="A", voice_id=1, language=1, on_created=interrupt))
    [task] = fake.created
    assert f"{task}: The task is still running at CAMB.AI" in " ".join(caught.value.__notes__)


def test_on_created_is_checked_before_anything_is_sent(both: Both, fake: FakeCamb) -> None:
    camb = both.of(fake)
    with pytest.raises(TypeError, match="on_created must be callable"):
        camb.call(lambda camb: camb.tts.create_and_wait(text="A", voice_id=1, language=1, on_created="x"))
    assert fake.requests == []


def test_a_state_is_what_the_update_gets(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"])
    seen: list[TaskState] = []
    both.of(fake).wait(TASK, on_update=seen.append)
    assert [state.is_success for state in seen] == [False, True]
