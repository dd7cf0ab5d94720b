"""Schedules: exact delays, and what is refused."""

import copy
import math
import pickle
from typing import Any

import pytest

from camb_client import Schedule


def test_the_default() -> None:
    assert [Schedule.DEFAULT.delay(elapsed) for elapsed in (0, 0.25, 4, 49, 100, 1e9)] == [2, 1, 2, 7, 10, 10]


def test_the_presets() -> None:
    assert Schedule.sqrt(1.0, first=2, minimum=1, maximum=10) == Schedule.DEFAULT
    assert Schedule.sqrt(0.7, first=1, minimum=0.5, maximum=10) == Schedule.INTERACTIVE
    assert Schedule.sqrt(1.4, first=3, minimum=2, maximum=20) == Schedule.BACKGROUND


def test_fixed() -> None:
    assert [Schedule.fixed(5).delay(elapsed) for elapsed in (0, 1, 1e6)] == [5, 5, 5]
    assert Schedule.fixed(5).preview(20) == [5, 10, 15, 20]


@pytest.mark.parametrize("multiplier", [1.0, 1.2, 2.0])
def test_exponential_is_geometric_though_it_knows_elapsed_time_only(multiplier: float) -> None:
    polls = Schedule.exponential(0.5, multiplier=multiplier, maximum=10).preview(60)
    delays = [after - before for before, after in zip([0.0, *polls], polls, strict=False)]
    assert delays == pytest.approx([min(0.5 * multiplier**step, 10) for step in range(len(delays))])


def test_exponential_does_not_overflow() -> None:
    assert Schedule.exponential(1, multiplier=10, maximum=30).delay(1e300) == 30


def test_exponential_with_a_first_delay_above_the_cap() -> None:
    assert Schedule.exponential(20, maximum=10).preview(30) == [10, 20, 30]


def test_preview_counts_from_the_start() -> None:
    polls = Schedule.DEFAULT.preview(6)
    assert polls == pytest.approx([2, 2 + math.sqrt(2), 2 + math.sqrt(2) + math.sqrt(2 + math.sqrt(2))])
    assert Schedule.DEFAULT.preview(1) == []


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda: Schedule.fixed(0), ValueError),
        (lambda: Schedule.fixed(-1), ValueError),
        (lambda: Schedule.fixed(math.nan), ValueError),
        (lambda: Schedule.fixed(math.inf), ValueError),
        (lambda: Schedule.fixed(1e6), ValueError),
        (lambda: Schedule.fixed("5"), TypeError),  # type: ignore[arg-type]
        (lambda: Schedule.fixed(True), TypeError),
        (lambda: Schedule.sqrt(-1), ValueError),
        (lambda: Schedule.sqrt(minimum=20), ValueError),
        (lambda: Schedule.exponential(multiplier=0.5), ValueError),
        (lambda: Schedule.exponential(multiplier="2"), TypeError),  # type: ignore[arg-type]
        (lambda: Schedule.DEFAULT.preview(math.inf), ValueError),
    ],
)
def test_what_cannot_be_a_schedule_is_refused(make: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        make()


def test_schedules_are_values() -> None:
    for again in (pickle.loads(pickle.dumps(Schedule.BACKGROUND)), copy.deepcopy(Schedule.BACKGROUND)):
        assert again == Schedule.BACKGROUND
    assert len({Schedule.DEFAULT, Schedule.sqrt(), Schedule.fixed(5)}) == 2
