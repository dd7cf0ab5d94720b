"""Waiting for one task: when to poll it, and what one more poll means for the wait.

A driver asks :meth:`Poller.pause` how long to sleep and :meth:`Poller.limit` how long the poll may take, polls, and
hands what came of it to :meth:`Poller.observe`, until :attr:`Poller.done`. The driver says what time it is. All times
are seconds.
"""

import math
from collections.abc import Callable
from typing import Protocol

import attrs

from . import errors as _errors
from .callbacks import STILL_RUNNING, PollEvent
from .errors import CambError
from .log import log
from .response import Poll
from .schedule import SHORTEST_LIMIT, Schedule, back_off
from .task import CompletedTask, TaskRef, TaskState
from .text import without_queries

# A task is seldom done sooner after its submission; to poll then is a request for nothing.
FIRST_POLL_AFTER = 2.0
# The last poll is this long before the deadline (a quarter of a short wait), so that its response is in time.
LAST_POLL_BEFORE = 2.0
# A 404 sooner than this may be a task that cannot be seen yet: Camb-ai/n8n-nodes-cambai takes it so.
NOT_FOUND_GRACE = 10.0
# A task that a create call of ours returned exists for certain, so it gets longer to appear.
CREATED_GRACE = 30.0
# A task that was seen is lost when so many polls in a row did not find it, or none has for so long.
LOST_POLLS, LOST_SECONDS = 5, 60.0
# An outage ends a wait when so many polls in a row have failed and so long no response was good.
OUTAGE_POLLS, OUTAGE_SECONDS = 8, 120.0
# Where nothing ever responded, the address is more likely wrong than the API down.
SILENCE_POLLS = 3
# A good response may ask for a pause, but not for so long that the wait is over.
PENDING_HINT_CAP = 60.0
# SUCCESS came without a run_id: poll again after these.
RUN_ID_DELAYS = (0.5, 1.0, 2.0)
# An unknown status that comes with a run_id is taken for an end when it has stayed for so many polls and so long.
UNKNOWN_POLLS, UNKNOWN_SECONDS = 3, 60.0
JITTER = 0.1


@attrs.define(eq=False)
class Health:
    """What the responses to one wait have shown; the waits of a batch share theirs.

    Attributes:
        healthy_at: When the last good response came, at first when the waiting began.
        answered: Whether the API has ever responded: with a state, or with an HTTP error.
        healthy: Whether it has ever responded with a state.
    """

    healthy_at: float
    answered: bool = False
    healthy: bool = False


class Pace(Protocol):
    """When to poll, as far as that is learned from other tasks."""

    @property
    def changes(self) -> int:
        """How often durations have changed, so that what was planned by the old ones is void."""

    def delay(self, elapsed: float) -> float:
        """Seconds from an age to the next poll."""

    def first_delay(self, age: float) -> float:
        """Seconds from an age to the first poll; 0 where nothing is learned."""

    def learn(self, earliest: float, latest: float) -> None:
        """Take in that the task has succeeded, somewhere between these two ages."""


def shown(state: TaskState) -> str:
    """The status as messages show it: any text that the server sent."""
    return without_queries(state.status)[:64]


@attrs.define(eq=False)
class Streak:
    """Polls in a row that said the same."""

    key: object = None
    times: int = 0
    since: float = 0.0

    def count(self, key: object, now: float) -> float:
        """Count one more; for how long they have said so."""
        if key != self.key or not self.times:
            self.key, self.times, self.since = key, 0, now
        self.times += 1
        return now - self.since


# With slots, as ten thousand of them wait at once.
@attrs.define(eq=False)
class Poller:
    """One wait for one task.

    Args:
        ref: The task.
        timeout: Seconds until the deadline; infinity is none.
        schedule: When to poll.
        random: Numbers from 0 to 1 for the jitter.
        pace: What is learned from the tasks of a batch, in the place of the schedule.

    Attributes:
        done: Whether the wait is over.
        failure: The error that ended it, where it is none of the task's own.
        change: The state that the caller should be told of, after the last poll.
        last_state: The last state that the API gave.
        next_at: When to poll next; infinity when no poll is left before the deadline.
        polled_at: When the last poll ended, at first when the wait began.
        polls: How many polls were made.
    """

    ref: TaskRef
    _timeout: float
    _schedule: Schedule
    _random: Callable[[], float]
    pace: Pace | None = None
    done: bool = attrs.field(default=False, init=False)
    failure: CambError | None = attrs.field(default=None, init=False)
    change: TaskState | None = attrs.field(default=None, init=False)
    last_state: TaskState | None = attrs.field(default=None, init=False)
    next_at: float = attrs.field(init=False)
    polled_at: float = attrs.field(init=False)
    polls: int = attrs.field(default=0, init=False)
    _started: float = attrs.field(init=False)
    _since: float = attrs.field(init=False)
    _age: float = attrs.field(init=False)
    _health: Health = attrs.field(init=False)
    _request_id: str | None = attrs.field(default=None, init=False)
    _end: TaskState | None = attrs.field(default=None, init=False)
    _error: CambError | None = attrs.field(default=None, init=False)
    _hint: float | None = attrs.field(default=None, init=False)
    _is_last: bool = attrs.field(default=False, init=False)
    _failures: int = attrs.field(default=0, init=False)
    _throttled: int = attrs.field(default=0, init=False)
    _without_run_id: int = attrs.field(default=0, init=False)
    _told: TaskState | None = attrs.field(default=None, init=False)
    _warned: tuple[str, ...] = attrs.field(default=(), init=False)
    _missing: Streak | None = attrs.field(default=None, init=False)
    _unknown: Streak | None = attrs.field(default=None, init=False)

    def start(
        self, now: float, time_of_day: float, *, since: float | None = None, health: Health | None = None
    ) -> None:
        """Begin: place the deadline and the first poll, and know how old the task is.

        Args:
            now: The time of the clock that never goes back.
            time_of_day: Seconds since 1970 UTC.
            since: When the waiting began that the deadline counts from; by default now.
            health: That of the batch; by default one's own.
        """
        submitted = self.ref.submitted_at
        self._age = 0.0 if submitted is None else max(0.0, time_of_day - submitted.timestamp())
        self._started = self.polled_at = now
        self._since = now if since is None else since
        self._health = health or Health(now)
        self._health.answered |= self.ref._created  # The API responded to a create call of ours.
        learned = self.pace.first_delay(self._age) if self.pace else 0.0
        early = 0.0 if submitted is None else max(FIRST_POLL_AFTER - self._age, learned, 0.0)  # It may be done.
        self.next_at = min(now + early, self._last_at)

    @property
    def _deadline(self) -> float:
        return self._since + self._timeout

    @property
    def _last_at(self) -> float:
        return self._deadline - min(LAST_POLL_BEFORE, self._timeout / 4)

    def pause(self, now: float) -> float:
        """How long to sleep before the next poll."""
        return max(0.0, self.next_at - now)

    def limit(self, now: float) -> float:
        """How long the poll that begins now may take; the client's own timeout may be shorter."""
        self._is_last = now >= self._last_at
        return max(self._deadline - now, SHORTEST_LIMIT)

    def observe(self, poll: Poll, now: float) -> None:
        """Take in what came of a poll."""
        before, was_pending = self.polled_at, self._error is None and self.last_state is not None
        self.polls, self.polled_at = self.polls + 1, now
        self._request_id, self._hint, self.change = poll.request_id, poll.retry_after, None
        if isinstance(poll.value, CambError):
            self._observe_failure(poll.value, now)
        else:
            self._failures, self._throttled, self._missing, self._error = 0, 0, None, None
            self._health.healthy_at, self._health.answered, self._health.healthy = now, True, True
            self.last_state = poll.value
            self._observe_state(poll.value, now)
        if self.pace is not None and isinstance(self._end, CompletedTask):
            is_new = self.polls == 1 and self._age <= FIRST_POLL_AFTER  # It cannot have ended long before.
            is_late = now - self.next_at > self._age_at(now) / 2  # As after the process was away: it may have.
            if (was_pending or is_new) and not is_late:
                self.pace.learn(self._age_at(before) if was_pending else 0.0, self._age_at(now))
        if not self.done and self.next_at == math.inf:
            self._fail(self.timed_out(now))

    def hasten(self, now: float) -> None:
        """Poll sooner, where the pace says so by now."""
        if self.pace is not None and self._error is None and self._hint is None:
            delay = self.pace.delay(self._age_at(self.polled_at)) * (1 + JITTER) if self.polls else FIRST_POLL_AFTER
            self.next_at = min(self.next_at, max(now, self.polled_at + delay))

    def event(self, now: float, next_at: float) -> PollEvent:
        """The last poll, as a hook is told of it; the next one is at ``next_at``."""
        state = None if self._error else self.last_state
        delay = None if self.done else max(0.0, next_at - now)
        elapsed = self.polled_at - self._since
        return PollEvent(self.ref, self.polls, state, self._error, self._request_id, elapsed, delay)

    def result(self) -> CompletedTask:
        """The completed task of a wait that is done.

        Raises:
            CambError: The wait ended with an error.
        """
        if self.failure is not None:
            raise self.failure
        assert self._end is not None  # noqa: S101 (a wait that is done has an end)
        if isinstance(self._end, CompletedTask):
            return attrs.evolve(self._end, elapsed=self.polled_at - self._since, polls=self.polls)
        raise _errors.task_error(self._end)

    def timed_out(self, now: float, hint: float | None = None) -> _errors.WaitTimeoutError:
        """The error for a deadline that has passed, or that no poll can come before.

        Args:
            now: The time.
            hint: For how many seconds the server asks for no requests, where it did not say so of this task.
        """
        hint, elapsed, last = self._hint or hint, now - self._since, self.last_state
        message = f"{self.ref}: not done after {elapsed:.1f} s and {self.polls} poll{'s' * (self.polls != 1)}; "
        message += f"its last status was {shown(last)!r}." if last else "it was never seen."
        if last and not last.status.is_known:
            message += " This client does not know that status: a newer camb-client may."
        if self._error:
            message += f" The last poll failed: {str(self._error).rstrip('.')}."
        if hint:
            message += f" The server asks to wait {hint:g} s more."
        error = _errors.WaitTimeoutError(
            f"{message} {STILL_RUNNING}",
            ref=self.ref, last_state=last, elapsed=elapsed, polls=self.polls, retry_after=hint,
        )  # fmt: skip
        error.__cause__ = self._error
        return error

    def _observe_state(self, state: TaskState, now: float) -> None:
        self._hint = None if self._hint is None else min(self._hint, PENDING_HINT_CAP)
        if state.is_success and state.run_id is None and self._without_run_id < len(RUN_ID_DELAYS):
            self._plan(now, RUN_ID_DELAYS[self._without_run_id])
            self._without_run_id += 1
            if self.next_at < math.inf:
                return
        if state.is_terminal:
            self.done, self._end, self.change = True, state, state
            return
        if self._told is None or (self._told.status, self._told.message) != (state.status, state.message):
            self.change = state
        self._told = state
        self._plan(now, self._paced())
        if state.status.is_known:
            self._unknown = None
        else:
            self._observe_unknown(state, now)

    def _observe_unknown(self, state: TaskState, now: float) -> None:
        status = shown(state)
        if status not in self._warned:
            self._warned += (status,)
            log.warning("%s: status %r is not known to this client; the wait continues", self.ref, status)
        if state.run_id is None:
            self._unknown = None
            return
        self._unknown = self._unknown or Streak()
        lasted = self._unknown.count((status, state.run_id), now)
        if self._unknown.times >= UNKNOWN_POLLS and lasted >= UNKNOWN_SECONDS:
            message = (
                f"{self.ref}: the status {status!r} is not known to this client, and has stayed with run_id "
                f"{state.run_id} for {lasted:.0f} s. The task has probably ended: fetch the result with that run_id, "
                "or upgrade camb-client."
            )
            body = without_queries(str(state.raw))[:2_000]
            self._fail(_errors.MalformedResponseError(message, ref=self.ref, body=body))

    def _observe_failure(self, error: CambError, now: float) -> None:
        self._error = error
        self._health.answered |= not isinstance(error, _errors.ApiConnectionError | _errors.MalformedResponseError)
        if isinstance(error, _errors.TaskNotFoundError):
            self._observe_missing(error, now)
        elif isinstance(error, _errors.RateLimitError):
            # The server is up: this is no outage, however long it lasts.
            self._throttled += 1
            self._plan(now, back_off(self._throttled, self._random))
        else:
            self._failures += 1
            outage = self._failures >= OUTAGE_POLLS and now - self._health.healthy_at >= OUTAGE_SECONDS
            silence = self._failures >= SILENCE_POLLS and not self._health.answered
            final = outage or silence or not _errors.is_transient(error, healthy=self._health.healthy)
            self._retry(error, now, back_off(self._failures, self._random), final=final)

    def _observe_missing(self, error: CambError, now: float) -> None:
        if self.last_state is None:
            grace = CREATED_GRACE if self.ref._created else NOT_FOUND_GRACE
            self._retry(error, now, self._paced(), final=self._age_at(now) > grace)
        else:
            self._missing = self._missing or Streak()
            lasted = self._missing.count(None, now)
            final = self._missing.times >= LOST_POLLS or lasted >= LOST_SECONDS
            self._retry(error, now, back_off(self._missing.times, self._random), final=final)

    def _retry(self, error: CambError, now: float, delay: float, *, final: bool) -> None:
        if final:
            self._fail(error)
        else:
            self._plan(now, delay)

    def _fail(self, error: CambError) -> None:
        self.done, self.failure = True, error

    def _age_at(self, now: float) -> float:
        """Since submission where that is known, else since the start of the wait."""
        return now - self._started + self._age

    def _paced(self) -> float:
        # By when the poll was due: its response took a while, and the first delay is that from 0.
        jitter = 1 - JITTER + 2 * JITTER * self._random()
        return (self.pace or self._schedule).delay(self._age_at(self.next_at)) * jitter

    def _plan(self, now: float, delay: float) -> None:
        at = max(min(now + delay, self._last_at), now + (self._hint or 0.0))
        self.next_at = math.inf if self._is_last or at >= self._deadline else at
