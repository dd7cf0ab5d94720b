"""What a wait does: each row of the promise, with both clients, on a virtual clock."""

import asyncio
import itertools
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from camb_client import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    CambError,
    CompletedTask,
    MalformedResponseError,
    PaymentRequiredError,
    PermissionDeniedError,
    Schedule,
    ServerError,
    TaskError,
    TaskFailedError,
    TaskNotFoundError,
    TaskPaymentRequiredError,
    TaskRef,
    TaskResultMissingError,
    TaskState,
    TaskTimedOutError,
    WaitTimeoutError,
)
from camb_client._api.operations import KINDS
from camb_client.testing import (
    BAD_JSON,
    HTML,
    RESET,
    TRUNCATED,
    FakeCamb,
    Reply,
    VirtualClock,
    error,
    rate_limited,
    slow,
)
from tests.facade.conftest import KEY, Both

TASK = "tts:c8b8e3cd-ad17"


def moment(clock: VirtualClock, seconds_ago: float) -> datetime:
    return datetime.fromtimestamp(clock.time() - seconds_ago, UTC)


def submitted(clock: VirtualClock, seconds_ago: float) -> TaskRef:
    return TaskRef("tts", "c8b8e3cd-ad17", moment(clock, seconds_ago))


# --- how it ends ---


def test_success_returns_the_completed_task(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"], run_id=11768)
    done = both.of(fake).wait(TASK)
    assert isinstance(done, CompletedTask)
    assert (done.ref, done.status, done.run_id) == (TaskRef.parse(TASK), "SUCCESS", 11768)
    assert done.raw == {"status": "SUCCESS", "run_id": 11768}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "ERROR"}, TaskFailedError),
        ({"status": "FAILED"}, TaskFailedError),
        ({"status": "TIMEOUT"}, TaskTimedOutError),
        ({"status": "PAYMENT_REQUIRED"}, TaskPaymentRequiredError),
        ({"status": "ERROR", "exception_reason": "PAYMENT_REQUIRED"}, TaskPaymentRequiredError),
        ({"status": "FAILED", "exception_reason": " payment_required"}, TaskPaymentRequiredError),
        ({"status": "ERROR", "exception_reason": {"code": 7}}, TaskFailedError),
    ],
)
def test_a_task_that_ends_badly_raises_its_error(
    both: Both, fake: FakeCamb, body: dict[str, Any], expected: type[TaskError]
) -> None:
    fake.add(TASK, ["PENDING", {"message": "what happened", **body}])
    with pytest.raises(TaskError) as caught:
        both.of(fake).wait(TASK)
    failure = caught.value
    assert type(failure) is expected
    assert failure.ref == TaskRef.parse(TASK)
    assert failure.state.is_failure
    assert failure.state.status == body["status"]
    assert "what happened" in str(failure)
    assert TASK in str(failure)
    assert isinstance(failure, PaymentRequiredError) == ("studio.camb.ai/billing" in str(failure))
    assert not isinstance(failure, TimeoutError)


def test_success_without_run_id_is_looked_at_again_thrice(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    late = {"status": "SUCCESS", "run_id": None}
    fake.add(TASK, [late, late, late, {"status": "SUCCESS", "run_id": 7}])
    told: list[TaskState] = []
    assert both.of(fake).wait(TASK, on_update=told.append).run_id == 7
    assert clock.sleeps == [0.5, 1.0, 2.0]
    assert [state.run_id for state in told] == [7]


def test_success_that_never_gets_a_run_id(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, [{"status": "SUCCESS"}])
    client = both.of(fake)
    with pytest.raises(TaskResultMissingError) as caught:
        client.wait(TASK)
    assert caught.value.state.is_success
    assert (clock.sleeps, fake.polls(TASK)) == ([0.5, 1.0, 2.0], 4)
    assert [(state.status, state.run_id) for state in client.watch(TASK)] == [("SUCCESS", None)]


def test_success_without_run_id_and_no_time_for_another_poll_is_told_as_it_is(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, [{"status": "SUCCESS"}])
    client = both.of(fake)
    with pytest.raises(TaskResultMissingError):
        client.wait(TASK, timeout=0)
    assert [state.status for state in client.watch(TASK, timeout=0)] == ["SUCCESS"]


@pytest.mark.parametrize("status", ["success", " SUCCESS\n", "Success"])
def test_case_and_blanks_do_not_matter_and_raw_keeps_them(both: Both, fake: FakeCamb, status: str) -> None:
    fake.add(TASK, [{"status": status, "run_id": 7}])
    done = both.of(fake).wait(TASK)
    assert done.is_success
    assert done.raw["status"] == status


def test_an_unknown_status_is_waited_through_with_one_warning_each(
    both: Both, fake: FakeCamb, caplog: pytest.LogCaptureFixture
) -> None:
    fake.add(TASK, ["NOBODY_KNOWS", "NOBODY_KNOWS", "X" * 100, "NOBODY_KNOWS", "SUCCESS"])
    with caplog.at_level(logging.WARNING, "camb_client"):
        assert both.of(fake).wait(TASK).is_success
    assert [record.args[1] for record in caplog.records if isinstance(record.args, tuple)] == ["NOBODY_KNOWS", "X" * 64]


def test_the_deadline_names_an_unknown_status(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["NOBODY_KNOWS\nfor " + "X" * 100])
    with pytest.raises(WaitTimeoutError, match=r"NOBODY_KNOWS\\nfor X{47}'") as caught:
        both.of(fake).wait(TASK, timeout=5)
    assert caught.value.last_state is not None
    assert not caught.value.last_state.status.is_known
    assert caught.value.last_state.is_pending


# --- when it polls ---


def test_the_default_schedule_from_the_start(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING"] * 6 + ["SUCCESS"])
    both.of(fake).wait(TASK)
    polls = [request.at for request in fake.requests]
    assert polls == pytest.approx([0.0, *Schedule.DEFAULT.preview(100)[:6]])
    assert polls[1] == 2.0


def test_looks_that_take_time_do_not_bend_the_schedule(both: Both, fake: FakeCamb) -> None:
    late = Reply.json({"status": "PENDING"})
    fake.add(TASK, [slow(0.1, late), slow(0.1, late), slow(0.1, late), "SUCCESS"])
    both.of(fake).wait(TASK)
    first, second = 2.0, Schedule.DEFAULT.delay(2.1)
    third = Schedule.DEFAULT.delay(2.2 + second)
    expected = [0.0, 0.1 + first, 0.2 + first + second, 0.3 + first + second + third]
    assert [request.at for request in fake.requests] == pytest.approx(expected)


def test_jitter_is_ten_percent_either_way(both: Both, clock: VirtualClock) -> None:
    fake = FakeCamb(KEY, clock=clock)
    fake.add(TASK, ["PENDING", "PENDING", "PENDING", "SUCCESS"])
    draws = iter([0.0, 0.5, 1.0])
    both.of(fake, random=lambda: next(draws)).wait(TASK, schedule=10)
    assert clock.sleeps == pytest.approx([9.0, 10.0, 11.0])


def test_a_number_is_a_fixed_interval(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", "PENDING", "SUCCESS"])
    both.of(fake).wait(TASK, schedule=0.25)
    assert clock.sleeps == [0.25, 0.25]


def test_a_fresh_task_is_first_looked_at_2_s_after_submission(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"])
    both.of(fake).wait(submitted(clock, 0.5))
    assert clock.sleeps == pytest.approx([1.5, Schedule.DEFAULT.delay(2.0)])


def test_an_older_task_is_looked_at_at_once_and_keeps_its_own_pace(
    both: Both, fake: FakeCamb, clock: VirtualClock
) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"])
    both.of(fake).wait(submitted(clock, 49.0))
    assert clock.sleeps == pytest.approx([7.0])


def test_a_submission_in_the_future_counts_as_now(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["SUCCESS"])
    both.of(fake).wait(submitted(clock, -3600.0))
    assert clock.sleeps == pytest.approx([2.0])


def test_submission_in_another_time_zone(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["SUCCESS"])
    there = moment(clock, 0.5).astimezone(timezone(timedelta(hours=9)))
    both.of(fake).wait(TaskRef("tts", "c8b8e3cd-ad17", there))
    assert clock.sleeps == pytest.approx([1.5])


# --- the deadline ---


def test_states_share_the_strings_that_all_of_them_have(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:1", "PENDING")
    fake.add("tts:2", "PENDING")
    first, second = (both.of(fake).status(f"tts:{number}").raw for number in (1, 2))
    assert first == second
    assert all(mine is other for mine, other in zip(first, second, strict=True))
    assert first["status"] is second["status"]


@pytest.mark.parametrize(("timeout", "last"), [(4.0, 3.0), (8.0, 6.0), (60.0, 58.0), (1.0, 0.75)])
def test_the_last_look_is_in_time_before_the_deadline(
    both: Both, fake: FakeCamb, clock: VirtualClock, timeout: float, last: float
) -> None:
    fake.add(TASK, ["PENDING"])
    with pytest.raises(WaitTimeoutError) as caught:
        both.of(fake).wait(TASK, timeout=timeout)
    late = caught.value
    assert fake.requests[-1].at == pytest.approx(last)
    assert late.elapsed == pytest.approx(last)
    assert late.polls == len(fake.requests)
    assert late.last_state is not None
    assert late.last_state.is_pending
    assert late.ref == TaskRef.parse(TASK)
    assert late.__cause__ is None
    assert isinstance(late, TimeoutError)
    assert TASK in str(late)


def test_zero_is_exactly_one_look(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", "SUCCESS"])
    with pytest.raises(WaitTimeoutError) as caught:
        both.of(fake).wait(submitted(clock, 0.0), timeout=0)
    assert (fake.polls(TASK), clock.sleeps, caught.value.polls) == (1, [], 1)


def test_zero_is_enough_for_a_task_that_is_done(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["SUCCESS"])
    assert both.of(fake).wait(TASK, timeout=0).is_success


def test_success_on_the_last_look_counts(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, {0: "PENDING", 57.5: "SUCCESS"})
    assert both.of(fake).wait(TASK, timeout=60).is_success


@pytest.mark.parametrize("forever", [None, float("inf")])
def test_no_deadline_only_when_asked_for(both: Both, fake: FakeCamb, clock: VirtualClock, forever: Any) -> None:
    fake.add(TASK, {0: "PENDING", 2_000: "SUCCESS"})
    client = both.of(fake)
    assert client.wait(TASK, timeout=forever).is_success
    fake.add(TASK, ["PENDING"])
    with pytest.raises(WaitTimeoutError) as caught:
        client.wait(TASK)
    assert caught.value.elapsed == pytest.approx(598)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"timeout": -1}, ValueError),
        ({"timeout": float("nan")}, ValueError),
        ({"timeout": 10**400}, ValueError),
        ({"timeout": "5"}, TypeError),
        ({"timeout": True}, TypeError),
        ({"schedule": 0}, ValueError),
        ({"schedule": "default"}, TypeError),
        ({"on_update": "print"}, TypeError),
    ],
)
def test_bad_arguments_are_refused_before_any_request(
    both: Both, fake: FakeCamb, arguments: dict[str, Any], refusal: type[Exception]
) -> None:
    client = both.of(fake)
    with pytest.raises(refusal):
        client.wait(TASK, **arguments)
    if "on_update" not in arguments:
        with pytest.raises(refusal):  # At the call, not at the first next().
            client.real.watch(TASK, **arguments)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("task", "refusal", "words"),
    [
        ("c8b8e3cd", ValueError, "'tts:c8b8e3cd'"),
        ("sing:1", ValueError, ", ".join(KINDS)),
        ("tts:", ValueError, "task_id"),
        (7, TypeError, "int"),
    ],
)
def test_bad_references_are_refused_before_any_request(
    both: Both, fake: FakeCamb, task: Any, refusal: type[Exception], words: str
) -> None:
    client = both.of(fake)
    for call in (client.status, client.wait, client.watch):
        with pytest.raises(refusal, match=words):
            call(task)
    assert fake.requests == []


def test_a_slow_callback_cannot_cost_the_last_look(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, {0: "PENDING", 90: "SUCCESS"})

    def slowly(state: TaskState) -> None:
        if state.is_pending:
            clock.advance(100)

    assert both.of(fake).wait(TASK, timeout=60, on_update=slowly).is_success


def test_a_look_is_bounded_by_what_is_left(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", Reply(delay=1e9)])
    with pytest.raises(WaitTimeoutError) as caught:
        both.of(fake, timeout=1000).wait(TASK, timeout=10, schedule=3)
    assert caught.value.elapsed == pytest.approx(10)
    assert isinstance(caught.value.__cause__, ApiConnectionError)


# --- what it rides out ---


@pytest.mark.parametrize(
    "fault",
    [
        *[error(code) for code in (408, 425, 429, 500, 502, 503, 504, 520, 599)],
        RESET, TRUNCATED, HTML, BAD_JSON,
        Reply.json([]), Reply.json({}), Reply.json({"status": None}), Reply.json({"status": " "}),
        Reply.json({"status": "SUCCESS", "run_id": True}), Reply.json({"status": "SUCCESS", "run_id": "run-1"}),
    ],
    ids=str,
)  # fmt: skip
def test_faults_that_may_pass_are_ridden_out(both: Both, fake: FakeCamb, clock: VirtualClock, fault: Reply) -> None:
    fake.add(TASK, ["PENDING", fault, fault, fault, "SUCCESS"])
    assert both.of(fake).wait(TASK, schedule=5).is_success
    # Full backoff is 1, 2, 4 s; half to full of it is drawn, and the middle is 3/4.
    assert clock.sleeps == pytest.approx([5, 0.75, 1.5, 3.0])


@pytest.mark.parametrize(("random", "share"), [(0.0, 0.5), (1.0, 1.0)])
def test_backoff_is_half_to_full_and_capped(
    both: Both, fake: FakeCamb, clock: VirtualClock, random: float, share: float
) -> None:
    fake.add(TASK, ["PENDING", *[error(503)] * 8, "SUCCESS"])
    assert both.of(fake, random=lambda: random).wait(TASK, schedule=10).is_success
    assert clock.sleeps[1:] == pytest.approx([share * full for full in (1, 2, 4, 8, 16, 30, 30, 30)])


def test_an_outage_ends_the_wait_after_8_looks_and_120_s(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", error(503)])
    with pytest.raises(ServerError) as caught:
        both.of(fake).wait(TASK, schedule=5)
    assert caught.value.status_code == 503
    assert fake.polls(TASK) - 1 >= 8
    assert clock.monotonic() >= 120
    assert fake.requests[-2].at < 120


def test_an_outage_of_few_but_slow_polls_is_no_outage_yet(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", error(503, headers={"retry-after": "40"})])
    with pytest.raises(ServerError):
        both.of(fake).wait(TASK, schedule=5)
    assert fake.polls(TASK) - 1 == 8


def test_a_rate_limit_is_no_outage(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", *[error(429)] * 40, "SUCCESS"])
    assert both.of(fake).wait(TASK, timeout=1800).polls == 42
    assert max(clock.sleeps) <= 30.0  # It backs off, but no further.


def test_a_rate_limit_leaves_the_count_of_an_outage_as_it_is(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", *[error(503)] * 7, error(429), error(503, headers={"retry-after": "120"}), error(503)])
    with pytest.raises(ServerError):
        both.of(fake).wait(TASK, timeout=1800)
    assert fake.polls(TASK) == 11


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"x-ratelimit-reset": "7"}, 7.0),
        ({"x-ratelimit-reset": "7", "retry-after": "3"}, 3.0),
        ({"x-ratelimit-reset": "7", "retry-after": "soon"}, 7.0),
        ({"x-ratelimit-reset": "999999"}, 60.0),
        ({"x-ratelimit-reset": "1767225660", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 60.0),
        ({"x-ratelimit-reset": "1767225612", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 12.0),
        ({"x-ratelimit-reset": "1767225500", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 0.5),  # Past: the back-off's.
        ({"x-ratelimit-reset": "soon"}, 0.5),
    ],
)
def test_a_rate_limit_says_when_it_ends(
    both: Both, fake: FakeCamb, clock: VirtualClock, headers: dict[str, str], delay: float
) -> None:
    fake.add(TASK, [error(429, headers=headers), "SUCCESS"])
    both.of(fake).wait(TASK)
    assert clock.sleeps[0] == pytest.approx(delay, abs=0.001 if delay != 0.5 else 0.5)


def test_a_conflict_passes_once_the_task_was_seen(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", error(409), "SUCCESS"])
    assert both.of(fake).wait(TASK).polls == 3
    fake.add("tts:at-first", [error(409), "SUCCESS"])
    with pytest.raises(ApiError) as caught:
        both.of(fake).wait("tts:at-first")
    assert (caught.value.status_code, fake.polls("tts:at-first")) == (409, 1)


def test_a_task_that_was_seen_may_be_missing_for_a_while(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, [*["PENDING"] * 6, *[error(404)] * 4, "PENDING", *[error(404)] * 4, "SUCCESS"])
    assert both.of(fake).wait(TASK).is_success


def test_a_task_that_was_seen_is_lost_after_five_polls(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", error(404)])
    with pytest.raises(TaskNotFoundError):
        both.of(fake).wait(TASK)
    assert fake.polls(TASK) == 6
    assert clock.monotonic() < 20


def test_a_task_that_was_seen_is_lost_after_a_minute(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", error(404, headers={"retry-after": "30"})])
    with pytest.raises(TaskNotFoundError):
        both.of(fake).wait(TASK)
    assert fake.polls(TASK) == 4


PAGE = Reply(403, b"<html><h1>Access denied</h1></html>", {"content-type": "text/html"})


def test_a_firewall_is_not_the_key_s_fault(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", PAGE, "SUCCESS"])
    assert both.of(fake).wait(TASK).is_success
    fake.add("tts:at-first", [PAGE, "SUCCESS"])
    with pytest.raises(ApiError, match="firewall") as caught:
        both.of(fake).wait("tts:at-first")
    assert not isinstance(caught.value, PermissionDeniedError)
    assert "key" not in str(caught.value)


def test_an_unknown_status_with_a_result_does_not_wait_for_ever(
    both: Both, fake: FakeCamb, clock: VirtualClock
) -> None:
    fake.add(TASK, [{"status": "COMPLETED", "run_id": 7}])
    with pytest.raises(MalformedResponseError, match=r"'COMPLETED' is not known.*run_id 7") as caught:
        both.of(fake).wait(TASK)
    assert 60 <= clock.monotonic() < 80
    assert caught.value.ref == TaskRef.parse(TASK)


def test_an_unknown_status_that_changes_waits_on(both: Both, fake: FakeCamb) -> None:
    steps = [{"status": f"STEP {number % 3}", "run_id": 7} for number in range(40)]
    fake.add(TASK, [*steps, "SUCCESS"])
    assert both.of(fake).wait(TASK).is_success


def test_the_deadline_says_that_a_status_is_unknown(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["TRANSMOGRIFYING"])
    with pytest.raises(WaitTimeoutError, match=r"'TRANSMOGRIFYING'\. This client does not know that status"):
        both.of(fake).wait(TASK, timeout=90)


def test_a_healthy_answer_resets_the_outage(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ([error(503)] * 7 + ["PENDING"]) * 4 + ["SUCCESS"])
    assert both.of(fake).wait(TASK).is_success


def test_an_outage_is_counted_from_the_last_healthy_answer(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, [*["PENDING"] * 20, *[error(503)] * 8, "SUCCESS"])
    assert both.of(fake).wait(TASK, schedule=10).is_success
    assert clock.monotonic() > 200


def test_the_deadline_in_an_outage_has_it_as_its_cause(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", error(503, {"detail": "down for repairs"})])
    with pytest.raises(WaitTimeoutError, match="down for repairs") as caught:
        both.of(fake).wait(TASK, timeout=20)
    assert isinstance(caught.value.__cause__, ServerError)
    assert caught.value.last_state is not None


def test_a_cause_that_is_over_is_not_named(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", error(503), "PENDING"])
    with pytest.raises(WaitTimeoutError) as caught:
        both.of(fake).wait(TASK, timeout=20)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("fault", "expected"), [(RESET, ApiConnectionError), (HTML, MalformedResponseError), (Reply.json([]), CambError)]
)
def test_where_nothing_ever_answered_three_in_a_row_end_it(
    both: Both, fake: FakeCamb, clock: VirtualClock, fault: Reply, expected: type[CambError]
) -> None:
    fake.add(TASK, [fault])
    with pytest.raises(expected):
        both.of(fake).wait(TASK)
    assert (fake.polls(TASK), clock.sleeps) == (3, [0.75, 1.5])


@pytest.mark.parametrize("answer", ["PENDING", error(500), error(404)])
def test_any_answer_of_the_api_earns_patience(both: Both, fake: FakeCamb, answer: Any) -> None:
    fake.add(TASK, [answer, *[RESET] * 5, "SUCCESS"])
    assert both.of(fake).wait(TASK).is_success


@pytest.mark.parametrize("code", [301, 302, 307, 400, 401, 402, 403, 405, 410, 418, 422, 501, 505])
def test_other_answers_end_the_wait_at_once(both: Both, fake: FakeCamb, clock: VirtualClock, code: int) -> None:
    fake.add(TASK, ["PENDING", error(code, headers={"location": "http://127.0.0.1/"}), "SUCCESS"])
    with pytest.raises(ApiError) as caught:
        both.of(fake).wait(TASK, schedule=5)
    assert caught.value.status_code == code
    assert clock.sleeps == [5]
    assert isinstance(caught.value, PaymentRequiredError) == (code == 402)


def test_a_refused_key_does_not_wait(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK)
    client = both.client("another-key", transport=fake.transport(), clock=clock)
    with pytest.raises(AuthenticationError, match="Invalid API key"):
        client.wait(TASK)
    assert clock.sleeps == []


def test_status_raises_at_once(both: Both, fake: FakeCamb) -> None:
    client = both.of(fake)
    for fault, expected in ((error(503), ServerError), (RESET, ApiConnectionError), (HTML, MalformedResponseError)):
        fake.add(TASK, [fault, "SUCCESS"])
        with pytest.raises(expected):
            client.status(TASK)
    assert len(fake.requests) == 3


def test_status_returns_a_success_without_run_id_as_it_is(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, [{"status": "SUCCESS"}])
    state = both.of(fake).status(TASK)
    assert (state.is_success, state.run_id, type(state)) == (True, None, TaskState)


# --- 404 ---


def test_404_is_tolerated_for_10_s_at_the_schedules_pace(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, [error(404), error(404), "PENDING", "SUCCESS"])
    both.of(fake).wait(TASK)
    assert [request.at for request in fake.requests] == pytest.approx([0.0, *Schedule.DEFAULT.preview(9)[:3]])


def test_404_ends_the_wait_after_10_s(both: Both, fake: FakeCamb) -> None:
    client = both.of(fake)
    with pytest.raises(TaskNotFoundError):
        client.wait(TASK, schedule=4)
    assert [request.at for request in fake.requests] == [0, 4, 8, 12]


def test_404_of_a_task_submitted_long_ago_ends_it_at_once(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    with pytest.raises(TaskNotFoundError):
        both.of(fake).wait(submitted(clock, 11))
    assert fake.polls(TASK) == 1


def test_404_at_the_deadline(both: Both, fake: FakeCamb) -> None:
    with pytest.raises(WaitTimeoutError) as caught:
        both.of(fake).wait(TASK, timeout=5)
    assert isinstance(caught.value.__cause__, TaskNotFoundError)
    assert caught.value.last_state is None


# --- Retry-After ---


@pytest.mark.parametrize("reply", [rate_limited(20), rate_limited("20.5"), error(503, headers={"retry-after": "20"})])
def test_the_next_look_is_never_earlier_than_asked(both: Both, fake: FakeCamb, reply: Reply) -> None:
    fake.add(TASK, ["PENDING", reply, "SUCCESS"])
    both.of(fake).wait(TASK, schedule=5)
    assert fake.requests[2].at == pytest.approx(5 + float(reply.headers["retry-after"]))


def test_retry_after_on_pending_is_heeded_up_to_a_minute(both: Both, fake: FakeCamb) -> None:
    pending = {"status": "PENDING"}
    fake.add(
        TASK,
        [
            Reply.json(pending, headers={"retry-after": "20"}),
            Reply.json(pending, headers={"retry-after": "3600"}),
            Reply.json(pending, headers={"retry-after": "1"}),
            "SUCCESS",
        ],
    )
    both.of(fake).wait(TASK, schedule=5)
    assert [request.at for request in fake.requests] == [0, 20, 80, 85]


def test_retry_after_on_a_success_without_run_id_is_heeded_up_to_a_minute_too(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, [Reply.json({"status": "SUCCESS"}, headers={"retry-after": "300"})])
    with pytest.raises(TaskResultMissingError):
        both.of(fake).wait(TASK)
    assert [request.at for request in fake.requests] == [0, 60, 120, 180]


def test_retry_after_shorter_than_the_backoff_does_not_hurry(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", rate_limited(0), "SUCCESS"])
    both.of(fake).wait(TASK, schedule=5)
    assert fake.requests[2].at == pytest.approx(5.75)


@pytest.mark.parametrize("value", ["-5", "soon", "", "nan", "inf", "1e3", "٣", "Fri, 99 Nov 2026"])
def test_garbage_in_retry_after_is_ignored(both: Both, clock: VirtualClock, value: str) -> None:
    bodies = itertools.chain([{"status": "PENDING"}], itertools.repeat({"status": "SUCCESS", "run_id": 1}))
    headers = httpx.Headers({"retry-after": value.encode()})
    client = both.answering(lambda _: httpx.Response(200, json=next(bodies), headers=headers), clock=clock)
    client.wait(TASK, schedule=5)
    assert clock.sleeps == [5]


@pytest.mark.parametrize("reply", [rate_limited(600), Reply.json({"status": "PENDING"}, headers={"retry-after": "30"})])
def test_retry_after_beyond_the_deadline_ends_the_wait_now(
    both: Both, fake: FakeCamb, clock: VirtualClock, reply: Reply
) -> None:
    fake.add(TASK, [reply])
    with pytest.raises(WaitTimeoutError, match="asks to wait") as caught:
        both.of(fake).wait(TASK, timeout=20)
    assert caught.value.retry_after == float(reply.headers["retry-after"])
    assert clock.sleeps == []


def test_retry_after_just_before_the_deadline_still_gets_its_look(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, [rate_limited(19), "SUCCESS"])
    assert both.of(fake).wait(TASK, timeout=20).is_success
    assert fake.requests[1].at == 19


def test_an_http_date_is_counted_from_the_answers_own_date(both: Both, clock: VirtualClock) -> None:
    wrong_by_an_hour = clock.time() + 3600
    headers = {"date": formatdate(wrong_by_an_hour, usegmt=True)}
    answers = iter(
        [
            httpx.Response(200, json={"status": "PENDING"}),
            httpx.Response(503, headers={**headers, "retry-after": formatdate(wrong_by_an_hour + 40, usegmt=True)}),
            httpx.Response(503, headers={"retry-after": formatdate(clock.time() + 75, usegmt=True)}),
            httpx.Response(503, headers={**headers, "retry-after": formatdate(wrong_by_an_hour - 9, usegmt=True)}),
            httpx.Response(200, json={"status": "SUCCESS", "run_id": 1}),
        ]
    )
    both.answering(lambda _: next(answers), clock=clock).wait(TASK, schedule=5)
    # 40 s by the server's clock; then, without a Date, until 75 s after the start by ours; then the past.
    assert clock.sleeps == pytest.approx([5, 40, 30, 3])


@pytest.mark.parametrize("zone", ["", " GMT", " -0000"])
def test_an_http_date_is_utc_whatever_the_zone_here(
    both: Both, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    asked = datetime.fromtimestamp(clock.time() + 35, UTC).strftime("%a, %d %b %Y %H:%M:%S") + zone
    answers = iter(
        [
            httpx.Response(200, json={"status": "PENDING"}, headers={"retry-after": asked}),
            httpx.Response(200, json={"status": "SUCCESS", "run_id": 1}),
        ]
    )
    try:
        both.answering(lambda _: next(answers), clock=clock).wait(TASK, schedule=5)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert clock.sleeps == pytest.approx([35])


@pytest.mark.parametrize("value", ["99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_of_ages_is_a_sleep_that_can_be_slept(both: Both, clock: VirtualClock, value: str) -> None:
    answers = iter([httpx.Response(429, headers={"retry-after": value}), httpx.Response(401)])
    client = both.answering(lambda _: next(answers), clock=clock)
    with pytest.raises(AuthenticationError):
        client.wait(TASK, timeout=None)
    assert clock.sleeps == [365 * 86_400]


def test_retry_after_ms(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK, ["PENDING", error(429, headers={"retry-after-ms": "12500", "retry-after": "1"}), "SUCCESS"])
    both.of(fake).wait(TASK, schedule=5)
    assert clock.sleeps == [5, 12.5]


# --- on_update and watch ---


STORY = [
    "PENDING",
    "PENDING",
    *[{"status": "PENDING", "message": "half way"}] * 2,
    "NOBODY_KNOWS",
    error(500),
    "NOBODY_KNOWS",
    "ERROR",
]
CHANGES = [("PENDING", None), ("PENDING", "half way"), ("NOBODY_KNOWS", None), ("ERROR", None)]


def test_on_update_is_told_of_each_change_before_the_wait_raises(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, STORY)
    told: list[TaskState] = []
    with pytest.raises(TaskFailedError):
        both.of(fake).wait(TASK, on_update=told.append)
    assert [(state.status, state.message) for state in told] == CHANGES


def test_watch_yields_each_change_and_ends_with_the_terminal_state(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, STORY)
    assert [(state.status, state.message) for state in both.of(fake).watch(TASK)] == CHANGES


def test_watch_raises_what_is_no_task_error(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK, ["PENDING", error(401)])
    with pytest.raises(AuthenticationError):
        both.of(fake).watch(TASK)
    fake.add(TASK, ["PENDING"])
    with pytest.raises(WaitTimeoutError):
        both.of(fake).watch(TASK, timeout=3)


def test_an_error_in_on_update_is_logged_and_the_wait_goes_on(
    both: Both, fake: FakeCamb, caplog: pytest.LogCaptureFixture
) -> None:
    fake.add(TASK)

    def fails(_: TaskState) -> None:
        raise RuntimeError("my own bug")

    assert both.of(fake).wait(TASK, on_update=fails).is_success
    assert "my own bug" in caplog.text


def test_on_update_may_be_a_coroutine_function_in_the_async_client(both: Both, fake: FakeCamb) -> None:
    fake.add(TASK)
    told: list[TaskState] = []

    async def tell(state: TaskState) -> None:
        await asyncio.sleep(0)
        told.append(state)

    client = both.of(fake)
    if both.is_async:
        client.wait(TASK, on_update=tell)
        assert [state.status for state in told] == ["PENDING", "SUCCESS"]
    else:
        with pytest.raises(TypeError, match="AsyncCambClient"):
            client.wait(TASK, on_update=tell)


def test_a_watch_begins_with_the_first_item(fake: FakeCamb, clock: VirtualClock) -> None:
    fake.add(TASK)
    with fake.client() as camb:
        states = camb.watch(TASK, timeout=5)
        clock.advance(1000)
        assert next(states).is_pending
        assert next(states).is_success
        assert next(states, None) is None


# --- interruptions ---


@pytest.mark.parametrize("place", ["sleep", "poll", "callback"])
def test_an_interruption_goes_through_with_a_note(
    both: Both, fake: FakeCamb, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    stop = asyncio.CancelledError() if both.is_async else KeyboardInterrupt()

    def interrupt(*_: Any) -> Any:
        raise stop

    fake.add(TASK)
    client = both.of(fake)
    kwargs: dict[str, Callable[..., Any]] = {}
    if place == "sleep":
        monkeypatch.setattr(clock, "asleep" if both.is_async else "sleep", interrupt)
    elif place == "poll":
        monkeypatch.setattr(fake, "answer", interrupt)
        client = both.of(fake)
    else:
        kwargs["on_update"] = interrupt
    with pytest.raises(type(stop)) as caught:
        client.wait(TASK, **kwargs)
    assert caught.value is stop
    assert [TASK in note for note in caught.value.__notes__] == [True]


def test_an_interrupted_async_wait_closes_what_it_began(fake: FakeCamb) -> None:
    fake.add(TASK)
    begun: list[Any] = []

    def interrupt(_: TaskState) -> None:
        raise asyncio.CancelledError

    async def use() -> None:
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=begun.append)
        async with fake.async_client() as camb:
            with pytest.raises(asyncio.CancelledError):
                await camb.wait(TASK, on_update=interrupt)
            sys.set_asyncgen_hooks(*hooks)
            assert [generator.ag_frame for generator in begun if generator.ag_frame] == []

    asyncio.run(use())
    assert begun


def test_each_look_is_one_debug_line(both: Both, fake: FakeCamb, caplog: pytest.LogCaptureFixture) -> None:
    fake.add(TASK, ["PENDING", error(503), "SUCCESS"])
    with caplog.at_level(logging.DEBUG, "camb_client"):
        both.of(fake).wait(TASK)
    lines = [record.getMessage() for record in caplog.records if record.name == "camb_client"]
    assert len(lines) == 3
    assert all(TASK in line for line in lines)
    assert ["PENDING" in lines[0], "503" in lines[1], "SUCCESS" in lines[2]] == [True] * 3
