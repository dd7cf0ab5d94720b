"""What a schedule costs and gives: requests for each task against how late its end is seen, on a virtual clock.

No server and no sleep. Ours is the very :class:`camb_client._polling.poller.Wait` that both
clients drive; each peer is the loop of its own code with its defaults (versions and files: see PEERS). All see the
same tasks, drawn with a seed: log-normal durations, of which the four medians and sigma stand below. A request takes
ROUND_TRIP seconds, and the server decides halfway what it answers. All times are seconds.
"""

import itertools
import math
import random
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from camb_client import CompletedTask, Schedule, TaskRef, TaskState, TaskStatus
from camb_client._polling.poller import Poller
from camb_client._polling.response import Poll

SEED, SIGMA, MEDIANS, ROUND_TRIP = 12345, 0.5, (5, 20, 60, 300), 0.15
# When the tasks were submitted: any moment will do.
SUBMITTED = datetime(2027, 1, 15, tzinfo=UTC)


class Cell(NamedTuple):
    """What a schedule came to on the tasks of one median: means, and the p95 of the delay."""

    requests: float
    delay: float
    p95: float
    share: float  # The delay, as a share of the task's duration.


Random = random.Random
# The pauses of a loop: the first is what it waits from the submission to its first poll.
Pauses = Callable[[Random], Iterator[float]]


def every(interval: float, *, first: float = 0.0, jitter: float = 0.0) -> Pauses:
    """A fixed interval, give or take ``jitter``; ``first`` before the first poll, give or take it too."""

    def pauses(draw: Random) -> Iterator[float]:
        yield first and first + draw.uniform(-jitter, jitter)
        while True:
            yield interval + draw.uniform(-jitter, jitter)

    return pauses


def google(draw: Random) -> Iterator[float]:
    """`exponential_sleep_generator` of google-api-core, from 1 s by 1.5 up to 20 s: full jitter."""
    yield 0.0
    for delay in itertools.accumulate(
        itertools.repeat(1.5), lambda last, factor: min(last * factor, 20.0), initial=1.0
    ):
        yield draw.uniform(0.0, delay)


# Read in their code: azure-core 1.41.0, google-api-core 2.44.0, openai 3.52.0, replicate 1.0.7, fal-client 1.0.3,
# assemblyai 1.8.2, runwayml 5.24.0. Replicate and runwayml sleep before they poll.
PEERS: dict[str, Pauses] = {
    "docs page, 5 s": every(5.0),
    "fal, 0.1 s": every(0.1),
    "replicate, 0.5 s": every(0.5, first=0.5),
    "openai, 1 s": every(1.0),
    "assemblyai, 3 s": every(3.0),
    "runwayml, 6 ± 1.5 s": every(6.0, first=6.0, jitter=1.5),
    "azure, 30 s": every(30.0),
    "google, 1 s × 1.5 to 20 s": google,
}
_REF = TaskRef("tts", "simulated", submitted_at=SUBMITTED)
OURS = {
    "camb-client, default": (Schedule.DEFAULT, _REF),
    "camb-client, default, submission not known": (Schedule.DEFAULT, TaskRef("tts", "simulated")),
    "camb-client, INTERACTIVE": (Schedule.INTERACTIVE, _REF),
    "camb-client, BACKGROUND": (Schedule.BACKGROUND, _REF),
}


def durations(median: float, tasks: int) -> list[float]:
    """How long each task takes."""
    draw = Random(f"{SEED} {median}")
    return [draw.lognormvariate(math.log(median), SIGMA) for _ in range(tasks)]


def peer(pauses: Pauses, duration: float, draw: Random) -> tuple[int, float]:
    """How many polls a loop makes at a task, and how late it knows of the end."""
    now = 0.0
    for polls, pause in enumerate(pauses(draw), 1):
        now += pause + ROUND_TRIP
        if now - ROUND_TRIP / 2 >= duration:
            return polls, now - duration
    raise AssertionError("a loop of a peer never ends")


_PENDING = Poll(TaskState(_REF, TaskStatus.PENDING))
_SUCCESS = Poll(CompletedTask(_REF, TaskStatus.SUCCESS, run_id=1))


def ours(schedule: Schedule, ref: TaskRef, duration: float, draw: Random) -> tuple[int, float]:
    """The same for our own wait."""
    wait = Poller(ref, math.inf, schedule, draw.random)
    now = 0.0
    wait.start(now, SUBMITTED.timestamp())
    while not wait.done:
        now += wait.pause(now)
        wait.limit(now)
        now += ROUND_TRIP
        wait.observe(_SUCCESS if now - ROUND_TRIP / 2 >= duration else _PENDING, now)
    return wait.polls, now - duration


def cell(name: str, median: float, tasks: int) -> Cell:
    """One schedule on the tasks of one median."""
    draw = Random(f"{SEED} {median} {name}")
    taken = durations(median, tasks)
    if name in OURS:
        seen = [ours(*OURS[name], duration, draw) for duration in taken]
    else:
        seen = [peer(PEERS[name], duration, draw) for duration in taken]
    requests, delays = zip(*seen, strict=True)
    share = statistics.fmean(delay / duration for delay, duration in zip(delays, taken, strict=True))
    p95 = sorted(delays)[len(delays) * 95 // 100]
    return Cell(statistics.fmean(requests), statistics.fmean(delays), p95, share)


def simulate(tasks: int) -> dict[str, list[Cell]]:
    """Every schedule, and for each a cell for each of the MEDIANS."""
    return {name: [cell(name, median, tasks) for median in MEDIANS] for name in (*PEERS, *OURS)}
