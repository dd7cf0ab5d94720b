"""Schedules: how long to wait before the next poll, from the elapsed time alone."""

import math
from collections.abc import Callable
from typing import ClassVar

import attrs

from .checks import DAY, number

# Outside of these a schedule is a mistake: it would hardly pause at all, or sleep too long for a sleep to take.
_SHORTEST = 0.001


def _seconds(_: object, attribute: "attrs.Attribute[float]", value: object) -> None:
    number(f"a schedule's {attribute.name}", value, least=_SHORTEST, most=DAY, what="number of seconds")


def _factor(_: object, attribute: "attrs.Attribute[float]", value: object) -> None:
    number(f"a schedule's {attribute.name}", value)


@attrs.frozen(kw_only=True, repr=False)
class Schedule:
    """When to poll next: ``clip(base + slope · elapsed + scale · √elapsed, minimum, maximum)``.

    Make one with :meth:`sqrt`, :meth:`fixed` or :meth:`exponential`, or take a preset:
    ``Schedule.DEFAULT``, ``Schedule.INTERACTIVE`` (sooner, more polls), ``Schedule.BACKGROUND`` (later,
    fewer polls), ``Schedule.LEARNED`` (the default of batches: as ``Schedule.DEFAULT``, but a batch adapts it to how
    long its tasks take). All times are in seconds.
    """

    DEFAULT: ClassVar["Schedule"]
    INTERACTIVE: ClassVar["Schedule"]
    BACKGROUND: ClassVar["Schedule"]
    LEARNED: ClassVar["Schedule"]

    first: float = attrs.field(validator=_seconds)
    minimum: float = attrs.field(validator=_seconds)
    maximum: float = attrs.field(validator=_seconds)
    base: float = attrs.field(default=0.0, validator=_factor)
    slope: float = attrs.field(default=0.0, validator=_factor)
    scale: float = attrs.field(default=0.0, validator=_factor)

    def __attrs_post_init__(self) -> None:
        """Refuse a minimum above the maximum."""
        if self.minimum > self.maximum:
            raise ValueError(f"a schedule's minimum, {self.minimum!r}, is above its maximum, {self.maximum!r}")

    @classmethod
    def sqrt(cls, scale: float = 1.0, *, first: float = 2.0, minimum: float = 1.0, maximum: float = 10.0) -> "Schedule":
        """Grow with the square root of the elapsed time: near the best where durations are unknown."""
        return cls(first=first, minimum=minimum, maximum=maximum, scale=scale)

    @classmethod
    def fixed(cls, interval: float) -> "Schedule":
        """Poll every ``interval`` seconds."""
        return cls(first=interval, minimum=interval, maximum=interval)

    @classmethod
    def exponential(cls, initial: float = 2.0, *, multiplier: float = 1.2, maximum: float = 10.0) -> "Schedule":
        """Start with ``initial``; each delay is ``multiplier`` times the one before, up to ``maximum``."""
        number("a schedule's multiplier", multiplier, least=1.0)
        # The k-th poll of a geometric series is at initial · (mᵏ - 1) / (m - 1); so, from the elapsed time
        # alone, its next delay, initial · mᵏ, is initial + (m - 1) · elapsed. No power, no overflow.
        first = min(initial, maximum)
        return cls(first=first, minimum=first, maximum=maximum, base=initial, slope=multiplier - 1)

    @classmethod
    def of(cls, schedule: "ScheduleLike") -> "Schedule":
        """A schedule as it is, a number as that fixed interval, ``None`` as the default.

        Raises:
            TypeError: Anything else.
            ValueError: A number that is not an interval.
        """
        schedule = cls.DEFAULT if schedule is None else schedule
        return schedule if isinstance(schedule, Schedule) else cls.fixed(schedule)

    def __repr__(self) -> str:
        """The call that makes it."""
        if self.scale and not (self.base or self.slope):
            first = f"first={self.first:g}, minimum={self.minimum:g}, maximum={self.maximum:g}"
            return f"Schedule.sqrt({self.scale:g}, {first})"
        if self.base and not self.scale:
            return f"Schedule.exponential({self.base:g}, multiplier={1 + self.slope:g}, maximum={self.maximum:g})"
        return (
            f"Schedule.fixed({self.maximum:g})" if self.minimum == self.maximum else f"Schedule({attrs.asdict(self)})"
        )

    def delay(self, elapsed: float) -> float:
        """Seconds from ``elapsed`` to the next poll; ``delay(0)`` is the first. Jitter not included."""
        if elapsed <= 0:
            return self.first
        delay = self.base + self.slope * elapsed + self.scale * math.sqrt(elapsed)
        return max(self.minimum, min(delay, self.maximum))

    def preview(self, seconds: float) -> list[float]:
        """When it would poll within ``seconds`` of the start, in seconds from there; jitter left out.

        Raises:
            ValueError: ``seconds`` is negative, or more than a year.
        """
        number("a preview's seconds", seconds, most=365 * DAY)
        times: list[float] = []
        at = self.delay(0.0)
        while at <= seconds:
            times.append(at)
            at += self.delay(at)
        return times


class LearnedSchedule(Schedule):
    """A schedule that a batch adapts to how long its tasks take; a single wait has nothing to learn from."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Its name."""
        return "Schedule.LEARNED"


# Why these numbers: docs/behaviour.md, "When a wait polls".
Schedule.DEFAULT = Schedule.sqrt()
Schedule.INTERACTIVE = Schedule.sqrt(0.7, first=1.0, minimum=0.5)
Schedule.BACKGROUND = Schedule.sqrt(1.4, first=3.0, minimum=2.0, maximum=20.0)
Schedule.LEARNED = LearnedSchedule(**attrs.asdict(Schedule.DEFAULT))

ScheduleLike = Schedule | float | None

# What any poll may take, however little is left: so a wait of 0 s can poll all, and ends within 0.5 s.
SHORTEST_LIMIT = 0.4
BACKOFF_FIRST, BACKOFF_CAP = 1.0, 30.0


def back_off(failures: int, random: Callable[[], float]) -> float:
    """Seconds until the next try after so many failures in a row, at least one: half of it is jitter."""
    full: float = min(BACKOFF_FIRST * 2 ** min(failures - 1, 10), BACKOFF_CAP)
    return full * (1 + random()) / 2
