"""The learned pace: when to poll a task, from how long tasks like it took. All times are seconds.

The durations are taken as log-normal, with a small chance that a task is unlike them. Until 5 % of them would have
ended, the next poll comes when the delay to be expected by then is worth a request. After that no pause is longer than
the base schedule's, and around the mean each is somewhat shorter. What this costs and saves is simulated in
``scripts/bench/learning.py``; the numbers below are those that did best there.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping

from .._polling.checks import DAY
from .._polling.schedule import Schedule, ScheduleLike
from .._polling.task import TaskRef

# From how many durations it learns, and how many it keeps: those of long ago say little.
LEAST, KEPT = 5, 64
# The spread (sigma) that is assumed at first, and how many durations it counts for.
SPREAD, SPREAD_WEIGHT = 0.7, 2.0
# How probable a task is that is unlike the others, and the spread of such tasks.
ODD, ODD_SPREAD = 0.1, 1.5
# In standard deviations from the mean: where 5 % have ended, and from where a task counts as unlike the others.
EARLY, LATE = -1.645, 1.0
# A request is worth so much of the base schedule's pause at the mean, and so many seconds at most.
WORTH, MOST_WORTH = 0.035, 0.2
# Fewer polls than this are not worth leaving out.
LEAST_SAVED = 3
# From early to late, pauses are so much shorter than the base schedule's, as far as the polls left out pay for it.
SHORTER, SPENT = 0.85, 0.9
# The durations have changed when the running mean of their deviations, in which the last weighs so much, is as large.
# What came before the last few is forgotten then.
LAST_WEIGHT, CHANGED, REMEMBERED = 0.4, 1.5, 3
# As short as a duration may be.
SHORTEST = 0.001


def _normal(z: float) -> float:
    """How probable it is that a standard normal variable is at most ``z``."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def schedule_of(schedule: ScheduleLike) -> Schedule:
    """The schedule of a batch, which learns unless another was given."""
    return Schedule.LEARNED if schedule is None else Schedule.of(schedule)


class Pace:
    """When to poll tasks that take similar times.

    Args:
        base: The schedule it begins with, and returns to.
        durations: How long such tasks took before, oldest first.
        wider: The pace of more tasks, these among them: it is taken until enough is known of these, and learns too.
    """

    def __init__(self, base: Schedule, durations: Iterable[float] = (), wider: "Pace | None" = None) -> None:
        self._base, self._wider = base, wider
        self._logs = deque((math.log(max(it, SHORTEST)) for it in durations), maxlen=KEPT)
        self._drift, self._changes = 0.0, 0
        self._fit()

    @property
    def durations(self) -> list[float]:
        """What it goes by, oldest first: give it to another pace, and that one goes on from here."""
        return [math.exp(it) for it in tuple(self._logs)]  # Copied at once: a thread may be adding to them.

    @property
    def changes(self) -> int:
        """How often durations have changed, so that what was planned by the old ones is void."""
        return self._changes + (self._wider.changes if self._wider else 0)

    def learn(self, earliest: float, latest: float) -> None:
        """Take in that a task has succeeded, somewhere between these two ages."""
        if self._wider is not None:
            self._wider.learn(earliest, latest)
        log = math.log(max(math.sqrt(max(earliest, latest / 2) * latest), SHORTEST))
        self._logs.append(log)
        if self._known:
            self._drift += LAST_WEIGHT * ((log - self._mean) / self._spread - self._drift)
        if abs(self._drift) > CHANGED:
            self._logs, self._drift = deque(list(self._logs)[-REMEMBERED:], maxlen=KEPT), 0.0
            self._changes += 1
        self._fit()

    def delay(self, elapsed: float) -> float:
        """Seconds from an age to the next poll."""
        if self._wider is not None and not self._known:
            return self._wider.delay(elapsed)
        pause = self._base.delay(elapsed)
        if not self._known or elapsed > self._late:
            return pause
        return self._skip(elapsed, pause) if elapsed < self._early else pause * self._shorter

    def first_delay(self, age: float) -> float:
        """Seconds from an age to the first poll, as far as that is learned; else 0."""
        if self._wider is not None and not self._known:
            return self._wider.first_delay(age)
        return self.delay(age) if self._known and age < self._early else 0.0

    def _fit(self) -> None:
        count = len(self._logs)
        self._known = count >= LEAST
        if not self._known:
            return
        self._mean = sum(self._logs) / count
        squares = sum((it - self._mean) ** 2 for it in self._logs) + SPREAD_WEIGHT * SPREAD**2
        self._spread = math.sqrt(squares / (count - 1 + SPREAD_WEIGHT) * (1 + 1 / count))
        early = min(self._mean + EARLY * self._spread, sorted(self._logs)[count // 20])
        middle, self._early, self._late = map(math.exp, (self._mean, early, self._mean + LATE * self._spread))
        self._worth = min(WORTH * self._base.delay(middle), MOST_WORTH)
        polls, saved = (len(self._base.preview(min(it, DAY))) for it in (middle, self._early))
        if saved < LEAST_SAVED:
            self._early, self._shorter = 0.0, 1.0
        else:
            self._shorter = min(1.0, max(SHORTER, (1 - saved / polls) / SPENT))

    def _skip(self, elapsed: float, shortest: float) -> float:
        """The pause after which the delay to be expected is worth a request."""
        ended, since = self._ended(elapsed)
        pause = longest = max(shortest, self._early - elapsed)
        for _ in range(8):  # Newton's method: from above, and the function is convex, so it stays above.
            then, sum_then = self._ended(elapsed + pause)
            excess = (sum_then - since - ended * pause) / (1 - ended) - self._worth
            if excess < 1e-3:
                break
            pause -= excess * (1 - ended) / (then - ended)
        return min(max(pause, shortest), longest)

    def _ended(self, age: float) -> tuple[float, float]:
        """How probable it is that a task has ended by an age; and the integral of that, up to there."""
        probable = integral = 0.0
        for weight, spread in ((1 - ODD, self._spread), (ODD, ODD_SPREAD)) if age > 0 else ():
            z = (math.log(age) - self._mean) / spread
            probable += weight * _normal(z)
            integral += weight * (age * _normal(z) - math.exp(self._mean + spread**2 / 2) * _normal(z - spread))
        return probable, integral


class Paces:
    """The paces of a batch: one for the tasks of each kind, and of each kind and size, where that is known.

    Args:
        base: The schedule they begin with.
        durations: How long tasks took before, oldest first, by the names that :meth:`durations` gave.
    """

    def __init__(self, base: Schedule, durations: Mapping[str, Iterable[float]] | None = None) -> None:
        self._base, self._before = base, durations or {}
        self._paces: dict[str, Pace] = {}

    def of(self, ref: TaskRef, size: str = "") -> Pace:
        """The pace of a task; ``size`` is a word for how much it has to do."""
        pace = None
        for name in _names(ref, size):
            if name not in self._paces:
                self._paces[name] = Pace(self._base, self._before.get(name, ()), pace)
            pace = self._paces[name]
        assert pace is not None  # noqa: S101 (each has a name)
        return pace

    def durations(self, ref: TaskRef, size: str = "") -> dict[str, list[float]]:
        """What the paces of such a task go by, to be given to those of the next batch."""
        return {name: self._paces[name].durations for name in _names(ref, size) if name in self._paces}


def _names(ref: TaskRef, size: str) -> list[str]:
    """What a task is told apart by, the widest first."""
    return [ref.kind, f"{ref.kind} {size}"] if size else [ref.kind]
