"""What the learned pace of a batch saves and costs, beside the base schedule: simulated, with the batch of the client.

No server and no sleep: :class:`camb_client._batch.scheduler.Batch` and its pollers run on a clock of their own. In each
run so many tasks are in flight, and the next is submitted when the end of one is seen. Base and learned see the same
durations and draw the same jitter. All times are seconds.

``python -m scripts.bench.learning [runs] [tasks]`` prints the whole grid.
"""

import heapq
import itertools
import math
import multiprocessing
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from camb_client import CompletedTask, Schedule, TaskRef, TaskState, TaskStatus
from camb_client._batch.learned import Paces
from camb_client._batch.scheduler import Batch
from camb_client._polling.poller import Poller
from camb_client._polling.response import Poll

from .simulate import ROUND_TRIP, SUBMITTED, Random

SIGMAS, MEDIANS, IN_FLIGHT = (0.15, 0.3, 0.5, 1.0), (5, 20, 60, 300), (1, 8, 50)
# The tasks of a run; how often a cell of the grid is run for the report, and how often where it must be quick.
TASKS, RUNS, QUICK_RUNS = 200, 8, 1
# Learned may be worse than base by this, nowhere by more.
WORSE = 1.05
# When a task ends that is submitted now: the number of the task, and now.
Server = Callable[[int, float], float]


class Mean(NamedTuple):
    """What a task costs and gives in the mean."""

    requests: float
    delay: float


class Cell(NamedTuple):
    """A cell of the grid: its place, and learned as a multiple of base."""

    scenario: str
    in_flight: int
    sigma: float
    median: float
    requests: float
    delay: float

    def __str__(self) -> str:
        """In words."""
        place = f"{self.scenario}, {self.in_flight} in flight, sigma {self.sigma:g}, median {self.median:g} s"
        return f"requests × {self.requests:.2f}, delay × {self.delay:.2f}: {place}"


def _lengths(*, long: float = 0.0, later: float = 1.0) -> Callable[..., Server]:
    """A server whose tasks do not wait for each other.

    Args:
        long: Which share of them takes five times as long.
        later: How many times as long the second half of them takes.
    """

    def server(median: float, sigma: float, in_flight: int, tasks: int, draw: Random) -> Server:  # noqa: ARG001
        took = [
            median * draw.lognormvariate(0, sigma) * (5 if draw.random() < long else 1) * (1 if early else later)
            for early in (number < tasks // 2 for number in range(tasks))
        ]
        return lambda number, now: now + took[number]

    return server


def _queue(median: float, sigma: float, in_flight: int, tasks: int, draw: Random) -> Server:
    """A server that works at a third of the tasks at once, first come, first served."""
    took = [median * draw.lognormvariate(0, sigma) for _ in range(tasks)]
    free = [0.0] * math.ceil(in_flight / 3)

    def end(number: int, now: float) -> float:
        done = max(now, heapq.heappop(free)) + took[number]
        heapq.heappush(free, done)
        return done

    return end


SCENARIOS: dict[str, Callable[..., Server]] = {
    "one kind of length": _lengths(),
    "a server that queues": _queue,
    "two lengths, half and half": _lengths(long=0.5),
    "two lengths, one in ten": _lengths(long=0.1),
    "suddenly three times as long": _lengths(later=3),
    "suddenly a third as long": _lengths(later=1 / 3),
}


def run(server: Server, in_flight: int, tasks: int, seed: int, paces: Paces | None) -> Mean:
    """Wait for all tasks of a server, at the learned pace or, without, as the base schedule says."""

    def poller(ref: TaskRef) -> Poller:
        jitter = Random(seed * tasks + int(ref.task_id)).random
        return Poller(ref, math.inf, Schedule.DEFAULT, jitter, paces.of(ref) if paces else None)

    batch, now, left, polls, delay = Batch(poller, math.inf, tasks, None), 0.0, tasks, 0, 0.0
    ends: list[float] = []
    sent: list[tuple[float, int, Poller]] = []
    batch.start(now)

    def submit() -> None:
        ref = TaskRef("tts", str(len(ends)), submitted_at=SUBMITTED + timedelta(seconds=now))
        ends.append(server(len(ends), now))
        batch.add(ref, now, SUBMITTED.timestamp() + now)

    for _ in range(min(in_flight, tasks)):
        submit()
    while left:
        while (waiting := batch.take(now)) is not None:
            polls += 1
            heapq.heappush(sent, (now + ROUND_TRIP, polls, waiting))
        if not sent or now + batch.pause(now) < sent[0][0]:
            now += batch.pause(now)
            continue
        now, _, answered = heapq.heappop(sent)
        end = ends[int(answered.ref.task_id)]
        done = now - ROUND_TRIP / 2 >= end
        state = TaskState(answered.ref, TaskStatus.PENDING)
        batch.observe(answered, Poll(CompletedTask(answered.ref, TaskStatus.SUCCESS, 1) if done else state), now)
        while batch.next_event():
            pass
        if done:
            left, delay = left - 1, delay + now - end
            if len(ends) < tasks:
                submit()
    return Mean(polls / tasks, delay / tasks)


def compare(
    scenario: str, in_flight: int, sigma: float, median: float, runs: int, tasks: int = TASKS
) -> tuple[Mean, Mean]:
    """Base and learned, in the mean of so many runs of so many tasks."""

    def mean(paces: Callable[[], Paces | None]) -> Mean:
        found = []
        for seed in range(runs):
            draw = Random(f"{scenario} {in_flight} {sigma} {median} {seed}")
            server = SCENARIOS[scenario](median, sigma, in_flight, tasks, draw)
            found.append(run(server, in_flight, tasks, seed, paces()))
        return Mean(*(statistics.fmean(each) for each in zip(*found, strict=True)))

    return mean(lambda: None), mean(lambda: Paces(Schedule.DEFAULT))


def cell(place: tuple[str, int, float, float, int, int]) -> Cell:
    """A cell of the grid."""
    base, learned = compare(*place)
    return Cell(*place[:4], learned.requests / base.requests, learned.delay / base.delay)


def grid(
    runs: int,
    scenarios: Iterable[str] = tuple(SCENARIOS),
    in_flight: Sequence[int] = IN_FLIGHT,
    sigmas: Sequence[float] = SIGMAS,
    medians: Sequence[float] = MEDIANS,
    tasks: int = TASKS,
) -> list[Cell]:
    """Every cell, computed on all processors."""
    places = list(itertools.product(scenarios, in_flight, sigmas, medians, [runs], [tasks]))
    with multiprocessing.get_context("spawn").Pool() as pool:
        return pool.map(cell, places, chunksize=4)


def worst(cells: Iterable[Cell], by: str) -> Cell:
    """The cell where learned is worst, by requests or by delay."""
    return max(cells, key=lambda it: float(getattr(it, by)))


def main(runs: int = RUNS, tasks: int = TASKS) -> None:
    """Print the grid: each cell, then the worst and the mean of each scenario and of all."""
    cells = grid(runs, tasks=tasks)
    for it in cells:
        print(it)
    for name, found in [*((it, [one for one in cells if one.scenario == it]) for it in SCENARIOS), ("all", cells)]:
        print(f"\n{name}: {sum(max(it.requests, it.delay) > WORSE for it in found)} of {len(found)} over × {WORSE:g}")
        for by in ("requests", "delay"):
            mean = statistics.fmean(getattr(it, by) for it in found)
            print(f"  {by:<8} in the mean × {mean:.3f}; worst: {worst(found, by)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
