"""Waiting: when to poll a task, and what one more poll means for the wait.

Rule of this file: pure decisions, written once. A driver asks :meth:`Poller.pause` how long to sleep and
:meth:`Poller.limit` how long the poll may take, polls, and hands what came of it to :meth:`Poller.observe`. No
clock, no sleep, no httpx: the driver says what time it is. All times are seconds.
"""

import math
from collections.abc import Callable

import attrs

from . import errors as _errors
from .callbacks import STILL_RUNNING
from .errors import CambError
from .log import log
from .response import Poll
from .schedule import SHORTEST_LIMIT, Schedule, back_off
from .task import CompletedTask, TaskRef, TaskState

# A task is seldom done sooner after its submission; to poll then is a request for nothing.
FIRST_POLL_AFTER = 2.0
# The last poll is this long before the deadline (a quarter of a short wait), so that its answer is in time.
LAST_POLL_BEFORE = 2.0
# A 404 sooner than this may be a task that cannot be seen yet: Camb-ai/n8n-nodes-cambai takes it so.
NOT_FOUND_GRACE = 10.0
# A task that a create call of ours returned is there for certain, so it gets longer to appear.
CREATED_GRACE = 30.0
# An outage ends a wait when so many polls in a row have failed and so long no answer was healthy.
OUTAGE_POLLS, OUTAGE_SECONDS = 8, 120.0
# Where nothing ever answered, the address is more likely wrong than the API down.
SILENCE_POLLS = 3
# A healthy answer may ask for patience, but not for all of ours.
PENDING_HINT_CAP = 60.0
# SUCCESS came without a run_id: poll again after these.
RUN_ID_DELAYS = (0.5, 1.0, 2.0)
JITTER = 0.1


@attrs.define(eq=False)
class Health:
    """What the answers to one wait have earned; the waits of a batch share theirs.

    Attributes:
        healthy_at: When the last healthy answer came, at first when the waiting began.
        answered: Whether the API has ever answered: with a state, or with an HTTP error.
    """

    healthy_at: float
    answered: bool = False


class Poller:
    """One wait for one task.

    Args:
        ref: The task.
        timeout: Seconds until the deadline; infinity is none.
        schedule: When to poll.
        random: Numbers from 0 to 1 for the jitter.

    Attributes:
        done: Whether the task has ended.
        last_state: The state at the last poll that was answered.
        next_at: When to poll next; infinity when no poll is left before the deadline.
        looked_at: When the last poll ended, at first when the wait began.
        polls: How many polls were made.
    """

    # Ten thousand of them wait at once.
    __slots__ = (
        "_age",
        "_deadline",
        "_end",
        "_error",
        "_failures",
        "_health",
        "_hint",
        "_is_last",
        "_last_at",
        "_random",
        "_schedule",
        "_since",
        "_started",
        "_timeout",
        "_told",
        "_warned",
        "_without_run_id",
        "done",
        "last_state",
        "next_at",
        "polled_at",
        "polls",
        "ref",
    )  # fmt: skip

    def __init__(self, ref: TaskRef, timeout: float, schedule: Schedule, random: Callable[[], float]) -> None:
        self.ref, self._timeout, self._schedule, self._random = ref, timeout, schedule, random
        self.done = self._is_last = False
        self.polls = self._failures = self._without_run_id = 0
        self.last_state: TaskState | None = None
        self._told: tuple[object, object] | None = None
        self._error: CambError | None = None
        self._hint: float | None = None
        self._warned: tuple[str, ...] = ()

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
        self._health.answered |= self.ref._created  # A create call of ours was answered.
        self._deadline = self._since + self._timeout
        self._last_at = self._deadline - min(LAST_POLL_BEFORE, self._timeout / 4)
        early = 0.0 if submitted is None else max(0.0, FIRST_POLL_AFTER - self._age)
        self.next_at = min(now + early, self._last_at)

    def _elapsed(self, now: float) -> float:
        """Since submission where that is known, else since the start of the wait."""
        return now - self._started + self._age

    def pause(self, now: float) -> float:
        """How long to sleep before the next poll.

        Raises:
            WaitTimeoutError: No poll is left before the deadline.
        """
        if self.next_at == math.inf:
            raise self.timed_out(now)
        return max(0.0, self.next_at - now)

    def limit(self, now: float) -> float:
        """How long the poll that begins now may take; the client's own timeout may be shorter."""
        self._is_last = now >= self._last_at
        return max(self._deadline - now, SHORTEST_LIMIT)

    def observe(self, poll: Poll, now: float) -> TaskState | None:
        """Take in what came of a poll: a state that the caller should be told of, or ``None``.

        Raises:
            CambError: The poll failed in a way that ends the wait.
        """
        self.polls, self.polled_at = self.polls + 1, now
        self._hint = poll.retry_after
        if isinstance(poll.value, CambError):
            self._observe_failure(poll.value, now)
            return None
        self._failures, self._error = 0, None
        self._health.healthy_at, self._health.answered = now, True
        self.last_state = poll.value
        return self._observe_state(poll.value, now)

    def _observe_state(self, state: TaskState, now: float) -> TaskState | None:
        self._hint = None if self._hint is None else min(self._hint, PENDING_HINT_CAP)
        if state.is_success and state.run_id is None and self._without_run_id < len(RUN_ID_DELAYS):
            self._plan(now, RUN_ID_DELAYS[self._without_run_id])
            self._without_run_id += 1
            if self.next_at < math.inf:
                return None
        if state.is_terminal:
            self.done, self._end = True, state
            return state
        if not state.status.is_known and state.status[:64] not in self._warned:
            self._warned += (state.status[:64],)
            log.warning("%s: status %r is not known to this client; it waits on", self.ref, state.status[:64])
        self._plan(now, self._paced())
        if self._told == (state.status, state.message):
            return None
        self._told = (state.status, state.message)
        return state

    def _observe_failure(self, error: CambError, now: float) -> None:
        self._error = error
        self._health.answered |= not isinstance(error, _errors.ApiConnectionError | _errors.MalformedResponseError)
        grace = CREATED_GRACE if self.ref._created else NOT_FOUND_GRACE
        if isinstance(error, _errors.TaskNotFoundError) and self._elapsed(now) <= grace:
            self._plan(now, self._paced())
            return
        self._failures += 1
        outage = self._failures >= OUTAGE_POLLS and now - self._health.healthy_at >= OUTAGE_SECONDS
        silence = self._failures >= SILENCE_POLLS and not self._health.answered
        if not _errors.is_transient(error) or outage or silence:
            raise error
        self._plan(now, back_off(self._failures, self._random))

    def result(self) -> CompletedTask:
        """The terminal state of a wait that is done.

        Raises:
            TaskError: The task did not complete.
        """
        if isinstance(self._end, CompletedTask):
            return self._end
        raise _errors.task_error(self._end)

    def _paced(self) -> float:
        # By when the poll was due: its answer took a while, and the first delay is that from 0.
        return self._schedule.delay(self._elapsed(self.next_at)) * (1 - JITTER + 2 * JITTER * self._random())

    def _plan(self, now: float, delay: float) -> None:
        at = max(min(now + delay, self._last_at), now + (self._hint or 0.0))
        self.next_at = math.inf if self._is_last or at >= self._deadline else at

    def timed_out(self, now: float, hint: float | None = None) -> _errors.WaitTimeoutError:
        """The error for a deadline that has passed, or that no poll can come before.

        Args:
            now: The time.
            hint: For how many seconds the server asks to be left alone, where it did not say so of this task.
        """
        self._hint = self._hint or hint
        seen = f"it was {self.last_state.status[:64]!r}" if self.last_state else "it was never seen"
        failed = f" The last poll failed: {str(self._error).rstrip('.')}." if self._error else ""
        asked = f" The server asks to wait {self._hint:g} s more." if self._hint else ""
        elapsed = now - self._since
        message = (
            f"{self.ref}: not done after {elapsed:.1f} s and {self.polls} polls; {seen}.{failed}{asked} {STILL_RUNNING}"
        )
        facts = {"elapsed": elapsed, "polls": self.polls, "retry_after": self._hint}
        error = _errors.WaitTimeoutError(message, ref=self.ref, last_state=self.last_state, **facts)
        error.__cause__ = self._error
        return error
