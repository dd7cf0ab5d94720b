"""What the learned pace of a batch is held to, in a part of the grid that takes seconds; `make bench` has the whole."""

import pytest

from scripts.bench.learning import WORSE, compare


@pytest.mark.parametrize("median", [20, 60])
def test_it_saves_a_third_of_the_requests_and_is_no_later(median: float) -> None:
    base, learned = compare("one kind of length", 8, 0.3, median, runs=2)
    assert learned.requests <= 0.65 * base.requests
    assert learned.delay <= base.delay


@pytest.mark.parametrize(
    ("scenario", "in_flight", "sigma", "median", "tasks"),
    [
        ("one kind of length", 8, 1.0, 60, 200),
        ("one kind of length", 50, 0.15, 5, 200),
        ("a server that queues", 8, 0.5, 20, 200),
        ("two lengths, half and half", 8, 0.3, 60, 200),
        ("suddenly three times as long", 8, 0.3, 20, 200),
        ("suddenly a third as long", 8, 0.3, 60, 200),
        ("suddenly a third as long", 50, 0.15, 60, 100),
        ("suddenly a third as long", 50, 0.15, 20, 100),
        ("two lengths, half and half", 50, 0.3, 300, 30),
    ],
)
def test_it_is_worse_nowhere(scenario: str, in_flight: int, sigma: float, median: float, tasks: int) -> None:
    base, learned = compare(scenario, in_flight, sigma, median, 400 // tasks, tasks)
    assert learned.requests <= WORSE * base.requests
    assert learned.delay <= WORSE * base.delay


def test_a_run_is_the_same_each_time() -> None:
    place = ("two lengths, one in ten", 8, 0.3, 20.0)
    assert compare(*place, runs=1) == compare(*place, runs=1)
