"""A wait as a value: what has to be kept of it between two polls, as JSON, by the clock on the wall."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn, Self

import attrs

from .._batch.learned import Paces
from .._polling.poller import JITTER, Health, Poller, Streak, shown
from .._polling.response import Poll
from .._polling.schedule import BACKOFF_CAP, LearnedSchedule, Schedule
from .._polling.task import TaskRef, TaskState

VERSION = 1
# How ``Schedule.LEARNED`` stands in JSON; any other is its numbers.
_LEARNED = "learned"
# What is longer is no state: it is not parsed. Nor is there a URL of a task whose reference is longer than this.
_LONGEST, _LONGEST_REF = 65_536, 10_000
_LATEST = 2e11  # The year 8307, which a datetime can still have.
# Whoever resumes a wait may be late, but the task may have ended in time: its last poll gets so long.
LATE_LIMIT = 10.0


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST


def _is_text(most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


# What JSON has for a state, besides its version: each name, and what may stand there.
_FIELDS: dict[str, Callable[[Any], bool]] = {
    "task": _is_text(_LONGEST),
    "submitted_at": lambda value: value is None or _is_time(value),
    "created": lambda value: isinstance(value, bool),
    "timeout": lambda value: value is None or _is_time(value),
    "schedule": _is_text(200),
    "started": _is_time,
    "next_at": _is_time,
    "polls": _is_whole,
    "healthy": lambda value: isinstance(value, bool),
    "healthy_at": _is_time,
    "held": _is_time,
    "failures": _is_whole,
    "throttled": _is_whole,
    "missing": _is_whole,
    "missing_at": _is_time,
    "unknown": _is_whole,
    "unknown_at": _is_time,
    "no_run_id": _is_whole,
    "told": lambda value: value is None or _is_text(16)(value),
    "status": lambda value: value is None or _is_text(64)(value),
    "run_id": lambda value: value is None or (isinstance(value, int) and not isinstance(value, bool)),
}


@attrs.frozen(kw_only=True)
class WaitState:
    """How a wait for one task stands between two polls: a value that travels as JSON.

    :meth:`CambClient.begin` makes the first, :meth:`CambClient.step` each next one. It has no key, no base URL and no
    text of yours. Times are seconds since 1970 UTC, by the clock of the machine.

    Attributes:
        ref: The task.
        schedule: When it is polled.
        timeout: Seconds from ``started`` to the deadline; infinity is none.
        started: When the wait began.
        next_at: When the next poll is due.
        polls: How many polls were made.
        status: What the API said last, or ``None``; at most 64 characters of a status that is not known.
        run_id: The ``run_id`` that came with it, or ``None``.
        healthy: Whether any response was a state of the task.
        healthy_at: When the last one was; at first ``started``.
        held: For how many seconds the last response asked for no more requests.
        failures: How many polls in a row have failed.
        throttled: How many in a row were answered 429.
        missing: How many in a row did not find a task that was seen before.
        missing_at: When the first of them was.
        unknown: How many polls said the same unknown status with the same ``run_id``.
        unknown_at: When the first of them was.
        no_run_id: How many said ``SUCCESS`` without a ``run_id``.
        told: A digest of the status and message that were last told of as a change.
    """

    ref: TaskRef
    schedule: Schedule
    timeout: float
    started: float
    next_at: float
    polls: int = 0
    status: str | None = None
    run_id: int | None = None
    healthy: bool = False
    healthy_at: float
    held: float = 0.0
    failures: int = 0
    throttled: int = 0
    missing: int = 0
    missing_at: float = 0.0
    unknown: int = 0
    unknown_at: float = 0.0
    no_run_id: int = 0
    told: str | None = None

    @property
    def deadline(self) -> float:
        """When the wait ends, however the task stands; infinity is never."""
        return self.started + self.timeout

    def due_at(self, now: float) -> float:
        """When the next poll is due, seen from ``now``.

        A clock that was set back, or differs between machines, must not put off a poll by more than the longest delay
        that was ever asked for: what lies further ahead is due now.
        """
        longest = max(max(self.schedule.first, self.schedule.maximum) * (1 + JITTER), BACKOFF_CAP, self.held)
        return now if self.next_at - now > longest + 1 else self.next_at

    def to_json(self) -> str:
        """One flat JSON object, of some 400 bytes, for :meth:`from_json`."""
        own = {name: getattr(self, name) for name in _OWN}
        at = self.ref.submitted_at
        own |= {
            "task": str(self.ref),
            "submitted_at": at and min(max(0.0, at.timestamp()), _LATEST),
            "created": self.ref._created,
            "timeout": None if self.timeout > _LATEST else self.timeout,
            "schedule": _schedule_text(self.schedule),
        }
        return _encode({"version": VERSION, **{name: _short(own[name]) for name in _FIELDS}})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The state that :meth:`to_json` gave.

        Raises:
            TypeError: ``text`` is no string.
            ValueError: It is no such JSON: of another version, with names missing, unknown or doubled, or with a
                value that cannot be.
        """
        if not isinstance(text, str):
            raise TypeError(f"a wait state must be a str, not {type(text).__name__}")
        if len(text) > _LONGEST:
            raise ValueError(f"a wait state has at most {_LONGEST} characters, not {len(text)}")
        try:
            found = _decode(text)
        except (json.JSONDecodeError, RecursionError) as problem:
            raise ValueError(f"a wait state must be a JSON object: {problem}") from None
        if not isinstance(found, dict):
            raise ValueError("a wait state must be a JSON object")  # noqa: TRY004 (the text is at fault)
        version = found.pop("version", None)
        if version != VERSION or isinstance(version, bool | float):
            raise ValueError(f"a wait state must have version {VERSION}, not {version!r:.40}: upgrade camb-client")
        if found.keys() != _FIELDS.keys():
            wrong = min(found.keys() ^ _FIELDS.keys())
            raise ValueError(f"a wait state has the names {', '.join(_FIELDS)}; wrong is {wrong!r:.40}")
        for name, allows in _FIELDS.items():
            if not allows(found[name]):
                raise ValueError(f"{name} of a wait state cannot be {found[name]!r:.80}")
        ref, timeout = _ref(found), found["timeout"]
        own = {name: found[name] for name in _OWN}
        own |= {"schedule": _schedule(found["schedule"]), "timeout": math.inf if timeout is None else float(timeout)}
        own |= {name: float(own[name]) for name in _TIMES}
        if own["unknown"] and (own["status"] is None or own["run_id"] is None):
            raise ValueError("a wait state that counts an unknown status has that status and its run_id")
        return cls(ref=ref, **own)


# The fields that JSON has by their own names.
_OWN = _FIELDS.keys() & {field.name for field in attrs.fields(WaitState)}
_TIMES = ("started", "next_at", "healthy_at", "held", "missing_at", "unknown_at")


def _short(value: Any) -> Any:
    """A number as briefly as JSON can have it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a wait state has each name once")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"a wait state has no {constant}")


# Made once, as each poll of a sweep reads and writes a state.
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse).decode


def _ref(found: dict[str, Any]) -> TaskRef:
    at = found["submitted_at"]
    if found["created"] and at is None:
        raise ValueError("a wait state of a task that was created says when it was submitted")
    ref = TaskRef.parse(found["task"], None if at is None else datetime.fromtimestamp(at, UTC))
    return TaskRef._of_create(ref.kind, ref.task_id, ref.submitted_at) if found["created"] and ref.submitted_at else ref


@lru_cache(64)
def _schedule_text(schedule: Schedule) -> str:
    learned = isinstance(schedule, LearnedSchedule)
    return _LEARNED if learned else " ".join(f"{_short(one)}" for one in attrs.astuple(schedule))


@lru_cache(64)  # Most waits have one of a few.
def _schedule(text: str) -> Schedule:
    if text == _LEARNED:
        return Schedule.LEARNED
    names = [field.name for field in attrs.fields(Schedule)]
    numbers = [float(word) for word in text.split(" ")]
    if len(numbers) != len(names):
        raise ValueError(f"a schedule has {', '.join(names)}, not {text!r}")
    try:
        return Schedule(**dict(zip(names, numbers, strict=True)))
    except TypeError as wrong:
        raise ValueError(str(wrong)) from None


def begin(ref: TaskRef, timeout: float, schedule: Schedule, time_of_day: float) -> WaitState:
    """A wait that begins now.

    It counts as one that the API has answered: a process that takes it up meets an outage as any other wait does,
    and not as if the address were wrong.

    Raises:
        ValueError: The reference is too long to be kept.
    """
    if len(str(ref)) > _LONGEST_REF:
        raise ValueError(
            f"a task reference that is kept has at most {_LONGEST_REF:,} characters, not {len(str(ref)):,}"
        )
    poller = Poller(ref, timeout, schedule, lambda: 0.5)
    poller.start(time_of_day, time_of_day)
    return save(poller, 0.0)


@attrs.define(eq=False)
class Resumed(Poller):
    """A wait that continues from a state."""

    _state: WaitState | None = attrs.field(default=None, init=False)

    @classmethod
    def of(cls, state: WaitState, random: Callable[[], float], paces: Paces | None = None, size: str = "") -> Self:
        """The wait, to be started.

        Args:
            state: How it stands.
            random: Numbers from 0 to 1 for the jitter.
            paces: What a batch has learned, for waits by ``Schedule.LEARNED``.
            size: That of the task, where it is known.
        """
        pace = paces.of(state.ref, size) if paces and isinstance(state.schedule, LearnedSchedule) else None
        poller = cls(state.ref, state.timeout, state.schedule, random, pace)
        poller._state = state
        return poller

    def start(
        self,
        now: float,
        time_of_day: float,
        *,
        since: float | None = None,  # noqa: ARG002 (the state knows)
        health: Health | None = None,
    ) -> None:
        """Continue: the deadline, and all else that counts, is that of the state."""
        state, self._state = self._state, None
        assert state is not None  # noqa: S101 (it is started once)
        shift = time_of_day - now
        super().start(state.started - shift, state.started, health=health)
        if health is None:
            self._health.healthy_at = state.healthy_at - shift
        self.polled_at = state.healthy_at - shift
        self._health.answered, self._health.healthy = True, self._health.healthy or state.healthy
        self.polls, self._failures, self._throttled = state.polls, state.failures, state.throttled
        self._without_run_id = state.no_run_id
        if state.status is not None:
            self.last_state = TaskState(state.ref, state.status, state.run_id)
            self._warned = (shown(self.last_state),)
        if state.missing:
            self._missing = Streak(None, state.missing, state.missing_at - shift)
        if state.unknown:
            self._unknown = Streak((state.status, state.run_id), state.unknown, state.unknown_at - shift)
        self.next_at = state.due_at(time_of_day) - shift
        if self.pace is not None and not self.polls and self.ref.submitted_at is not None:
            early = self.pace.first_delay(max(0.0, self._age_at(now)))
            self.next_at = min(max(self.next_at, now + early), self._last_at) if early else self.next_at

    def limit(self, now: float) -> float:
        """As for any wait, but that the last poll gets its time, however late it is."""
        limit = super().limit(now)
        return max(limit, LATE_LIMIT) if self._is_last else limit

    def observe(self, poll: Poll, now: float) -> None:
        """As for any wait; a clock that was set back leaves no negative time."""
        super().observe(poll, now)
        if self.done:
            self._since = min(self._since, now)


def save(poller: Poller, shift: float, told: str | None = None) -> WaitState:
    """How a wait stands that has another poll before it.

    Args:
        poller: The wait.
        shift: What to add to its times for the time of day.
        told: A digest of what the caller was told of last.
    """

    def wall(at: float) -> float:
        return round(max(0.0, at + shift), 6)

    missing, unknown, last = poller._missing, poller._unknown, poller.last_state
    return WaitState(
        ref=poller.ref,
        schedule=poller._schedule,
        timeout=poller._timeout,
        started=wall(poller._since),
        next_at=wall(poller.next_at),
        polls=poller.polls,
        status=None if last is None else shown(last) or None,
        run_id=None if last is None else last.run_id,
        healthy=poller._health.healthy,
        healthy_at=wall(poller._health.healthy_at),
        held=poller._hint or 0.0,
        failures=poller._failures,
        throttled=poller._throttled,
        missing=0 if missing is None else missing.times,
        missing_at=0.0 if missing is None else wall(missing.since),
        unknown=0 if unknown is None else unknown.times,
        unknown_at=0.0 if unknown is None else wall(unknown.since),
        no_run_id=poller._without_run_id,
        told=told,
    )
