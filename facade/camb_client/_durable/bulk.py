"""Bulk: when another create may begin, and what the end of a create or of a wait means for its item.

Pure decisions; the runs of a journal drive them. All times are seconds.
"""

import math
from collections.abc import Callable

import attrs

from .._batch.limiter import RateLimiter
from .._batch.outcome import TaskOutcome
from .._polling.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    CambError,
    CreateOutcomeUnknownError,
    PaymentRequiredError,
    PermissionDeniedError,
    TaskError,
    TaskResultMissingError,
    is_transient,
)
from .._polling.poller import OUTAGE_POLLS, OUTAGE_SECONDS, SILENCE_POLLS
from .._polling.schedule import back_off
from .items import ItemState

# How many creates may be in flight.
AT_ONCE = 4
# So many creates in a row whose outcome is unknown are an outage.
_LOST = 3
# How much time lies between two creates after a 429: twice as much after each, less again with each success.
_GAP_FIRST, _GAP_MOST, _GAP_LESS = 0.5, 30.0, 0.8

KeyRefused = AuthenticationError | PermissionDeniedError


@attrs.define(eq=False)
class Creating:
    """The creates of one run.

    Args:
        rate: How many may begin in any second; ``None`` is no limit.
        random: Numbers from 0 to 1 for the jitter.

    Attributes:
        stopped: Why no more are sent, or ``None``.
    """

    rate: float | None
    _random: Callable[[], float]
    stopped: BaseException | None = None
    _limiter: RateLimiter = attrs.field(init=False)
    _next_at: float = -math.inf
    _gap: float = 0.0
    _throttled: int = 0
    _failures: int = 0
    _failing_since: float = 0.0
    _has_answered: bool = False

    def __attrs_post_init__(self) -> None:
        """Make the limiter."""
        self._limiter = RateLimiter(self.rate)

    @property
    def in_flight(self) -> int:
        """How many are on their way."""
        return self._limiter.in_flight

    def free_at(self, now: float) -> float:
        """When the next may begin; infinity when only the end of another can tell, or none may."""
        # After a failure one at a time: what is down makes one item unknown, and not four.
        if self.stopped is not None or self.in_flight >= (1 if self._failures >= _LOST else AT_ONCE):
            return math.inf
        return max(self._limiter.free_at(now), self._next_at)

    def begin(self, now: float) -> None:
        """A create begins."""
        self._limiter.begin(now)
        self._next_at = max(self._next_at, now + self._gap)

    def cancel(self, now: float) -> None:
        """It does not begin after all."""
        self._limiter.end(now)

    def end(self, error: BaseException | None, now: float) -> ItemState:
        """A create ends: what its item is then. One that is planned again is sent again, in this run or the next."""
        self._limiter.end(now)
        if error is None:
            self._failures, self._throttled, self._has_answered = 0, 0, True
            self._gap = self._gap * _GAP_LESS if self._gap > _GAP_FIRST / 4 else 0.0
            return ItemState.CREATED
        self._has_answered |= isinstance(error, ApiError) or isinstance(error.__cause__, ApiError)
        if isinstance(error, CreateOutcomeUnknownError):
            self._fail(error, now)
            return ItemState.UNKNOWN
        if isinstance(error, KeyRefused | PaymentRequiredError):
            self.stopped = self.stopped or error
        elif isinstance(error, ApiConnectionError):  # It was never sent.
            self._fail(error, now)
        elif isinstance(error, ApiError) and is_transient(error):
            self._slow_down(error, now)
        else:
            return ItemState.REFUSED
        return ItemState.PLANNED

    def _fail(self, error: CambError, now: float) -> None:
        if isinstance(error, ApiConnectionError) and now < self._next_at:
            return  # It was under way when the one before it failed, for the same reason.
        self._failing_since = self._failing_since if self._failures else now
        self._failures += 1
        if self._failures >= _LOST or isinstance(error, ApiConnectionError):
            hint = getattr(error.__cause__, "retry_after", None) or 0.0
            count = max(1, self._failures - _LOST + 1)
            self._next_at = now + max(back_off(count, self._random), hint)
        outage = self._failures >= OUTAGE_POLLS and now - self._failing_since >= OUTAGE_SECONDS
        silence = self._failures >= SILENCE_POLLS and not self._has_answered and isinstance(error, ApiConnectionError)
        if outage or silence or getattr(error, "permanent", False):
            self.stopped = self.stopped or error

    def _slow_down(self, error: ApiError, now: float) -> None:
        self._throttled += 1
        self._gap = min(max(2 * self._gap, _GAP_FIRST), _GAP_MOST)
        self._next_at = now + max(back_off(self._throttled, self._random), error.retry_after or 0.0)

    def stop(self, why: BaseException) -> None:
        """Send no more."""
        self.stopped = self.stopped or why


def after_wait(outcome: TaskOutcome) -> ItemState:
    """What an item is after the wait for its task: it failed only where the API said so."""
    if outcome.error is None:
        return ItemState.SUCCEEDED
    has_failed = isinstance(outcome.error, TaskError) and not isinstance(outcome.error, TaskResultMissingError)
    return ItemState.FAILED if has_failed else ItemState.CREATED
