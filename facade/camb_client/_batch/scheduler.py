"""Batches: which of many tasks to poll now, how long to pause, and what is there to tell.

A :class:`Poller` decides for each task. A driver adds references while there is :attr:`Batch.room`, polls what
:meth:`Batch.take` gives, hands what came of it to :meth:`Batch.observe`, and passes on what
:meth:`Batch.next_event` gives. All times are seconds.
"""

import copy
import math
from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush

import attrs

from .._polling.callbacks import Callback, Callbacks
from .._polling.errors import AuthenticationError, CambError, PermissionDeniedError, is_transient
from .._polling.poller import FIRST_POLL_AFTER, Health, Poller
from .._polling.response import Poll
from .._polling.schedule import SHORTEST_LIMIT
from .._polling.task import TaskRef
from .limiter import RateLimiter
from .outcome import FailedOutcome, TaskOutcome, outcome_of

# References that are read before their first poll, so that a free slot finds one: a million are not read at once.
READ_AHEAD = 64
# The same where first polls are far off, as learned.
READ_FAR_AHEAD = 4096


@attrs.frozen(kw_only=True)
class Event:
    """Something that a batch has to tell its caller.

    Attributes:
        ended: The place of a reference in the input and its outcome, where a wait has ended.
        error: What ends the batch, where this does: nothing comes after it.
        callbacks: Which of the caller's callbacks it is for.
    """

    ended: tuple[int, TaskOutcome] | None = None
    error: BaseException | None = None
    callbacks: Callable[[Callbacks], list[Callback]] = lambda _: []


class Batch:
    """Many waits under one deadline and one budget.

    Args:
        poller: Makes the wait for a reference.
        timeout: Seconds until the deadline of all; 0 is exactly one poll each.
        max_concurrency: How many polls may be in flight.
        rate: How many may reach the server in any second; ``None`` is no limit.
        tells_polls: Whether each poll is an event.

    Attributes:
        count: How many references were read.
        events: What there is to tell, in order.
        gathers: Whether outcomes are taken all together, at the end; by default one by one, and then forgotten.
        input_error: What the caller's iterable of tasks raised, if it did.
        over: Whether nothing more will come.
    """

    def __init__(
        self,
        poller: Callable[[TaskRef], Poller],
        timeout: float,
        max_concurrency: int,
        rate: float | None,
        *,
        tells_polls: bool = False,
    ) -> None:
        self._make, self._timeout, self.max_concurrency = poller, timeout, max_concurrency
        self._tells_polls, self._is_fed = tells_polls, False
        self._limiter = RateLimiter(rate)
        self.events: deque[Event] = deque()
        self.input_error: Exception | None = None
        self.over = self.gathers = self._read = False
        self._fresh: deque[Poller] = deque()  # Never polled.
        self._due: list[tuple[float, int, Poller]] = []  # By their last poll: the least recent first.
        self._scheduled: list[tuple[float, int, Poller]] = []  # By their next poll.
        self._fresh_turn = True
        self._places: dict[TaskRef, int] = {}
        self._repeated: dict[TaskRef, list[int]] = {}  # Where a task is given again; most are given once.
        self._outcomes: dict[TaskRef, TaskOutcome] = {}  # Not taken yet.
        self.count = self._ticket = self._ahead = 0
        self._read_ahead = READ_AHEAD
        self._lost: CambError | None = None  # Why there is no use in any poll.

    def start(self, now: float) -> None:
        """Begin: the deadline counts from here."""
        self._started, self._health = now, Health(now)
        self._deadline = now + self._timeout

    def feed(self, poller: Callable[[TaskRef], Poller]) -> None:
        """From now on references come by :meth:`add` alone, at any time; this makes their waits.

        None is read then, and the batch is over when it is stopped.
        """
        self._make, self._is_fed = poller, True

    @property
    def room(self) -> bool:
        """Whether another reference should be read."""
        return not self._read and not self.over and self._ahead < self._read_ahead and not self._is_fed

    @property
    def idle_slots(self) -> bool:
        """Whether another poll could be in flight."""
        return self.in_flight < self.max_concurrency

    @property
    def in_flight(self) -> int:
        """How many polls are in flight."""
        return self._limiter.in_flight

    def reading_limit(self, now: float) -> float:
        """For how long another reference is worth waiting for."""
        return max(self._expires_at - now, SHORTEST_LIMIT)

    @property
    def pending(self) -> list[TaskRef]:
        """The tasks that have not ended."""
        return list(self._places)  # In one step: threads change it.

    def __str__(self) -> str:
        """The tasks that have not ended; three of many."""
        refs = self.pending
        named = ", ".join(map(str, refs[:3]))
        return f"{named} and {len(refs) - 3} more" if len(refs) > 3 else named

    def add(self, ref: TaskRef | None, now: float, time_of_day: float) -> None:
        """Take in the next reference, or ``None``: no more come.

        A task whose outcome has not been taken is not polled for it again.
        """
        if ref is None:
            self._read = True
            self._finish()
            return
        place, self.count = self.count, self.count + 1
        if (outcome := self._outcomes.get(ref)) is not None:
            self._tell(place, outcome)
        elif ref in self._places:
            self._repeated.setdefault(ref, []).append(place)
        else:
            self._places[ref] = place
            poller = self._make(ref)
            # With a timeout of 0 each has its own deadline, and with it its poll.
            poller.start(now, time_of_day, since=self._started if self._timeout else now, health=self._health)
            if self._lost:
                self._give_up(poller, self._lost)
                return
            self._ahead += 1
            self._read_ahead = READ_AHEAD if poller.next_at <= now + FIRST_POLL_AFTER else READ_FAR_AHEAD
            if poller.next_at > now:
                self._put(self._scheduled, poller.next_at, poller)
            else:
                self._fresh.append(poller)

    def take(self, now: float) -> Poller | None:
        """The wait whose task is to be polled now, if one is; it is in flight until it is observed."""
        self._expire(now)
        while self._scheduled and self._scheduled[0][0] <= now:
            poller = heappop(self._scheduled)[2]
            self._put(self._due, poller.polled_at, poller)
        if not self.idle_slots or self.over or self._limiter.free_at(now) > now:
            return None
        # New ones and due ones take turns: with either first always, the other would starve.
        fresh = self._fresh and (self._fresh_turn or not self._due)
        if not fresh and not self._due:
            return None
        self._fresh_turn = not fresh
        poller = self._fresh.popleft() if fresh else heappop(self._due)[2]
        self._ahead -= not poller.polls
        self._limiter.begin(now)
        return poller

    def pause(self, now: float) -> float:
        """How long until there may be something to take; infinity when only a response or a reference can tell."""
        if not self.idle_slots:
            return math.inf
        next_at = now if self._fresh or self._due else self._scheduled[0][0] if self._scheduled else math.inf
        if next_at == math.inf:
            return math.inf
        return max(0.0, min(max(next_at, self._limiter.free_at(now)), self._expires_at) - now)

    def observe(self, poller: Poller, poll: Poll, now: float) -> None:
        """Take in what came of a poll."""
        self._limiter.end(now)
        if self.over:
            return
        if isinstance(poll.value, CambError) and is_transient(poll.value) and poll.retry_after:
            # A good response asks for its own task, as does what ends it; an outage speaks for the server.
            self._limiter.hold(now + poll.retry_after)
        changes = poller.pace.changes if poller.pace else 0
        poller.observe(poll, now)
        if poller.pace and poller.pace.changes != changes:
            self._hasten(now)
        if self._tells_polls:
            poll_event = poller.event(now, max(poller.next_at, self._earliest(now)))
            self.events.append(Event(callbacks=lambda given: given.polled(poll_event)))
        if (change := poller.change) is not None:
            self.events.append(Event(callbacks=lambda given: given.changed(change)))
        if poller.done:
            self._conclude(poller)
        else:
            self._put(self._scheduled, poller.next_at, poller)

    def _hasten(self, now: float) -> None:
        """Plan anew what was planned by durations that have changed since."""
        for _, _, poller in self._scheduled:
            poller.hasten(now)
        self._scheduled = [(poller.next_at, ticket, poller) for _, ticket, poller in self._scheduled]
        heapify(self._scheduled)

    def _earliest(self, now: float) -> float:
        """When the rate admits another poll, as far as that is known."""
        at = self._limiter.free_at(now)
        return now if at == math.inf else at

    def _conclude(self, poller: Poller) -> None:
        failure = poller.failure
        if isinstance(failure, AuthenticationError | PermissionDeniedError):
            # The key is the same for every task.
            self.fail(failure)
            return
        self._end(poller.ref, outcome_of(poller))
        if failure is not None and not self._health.answered and is_transient(failure):
            # Nothing has ever responded: the address is wrong for every task. (What is not transient may be the
            # task's own, an id too long for a URL.)
            self._lost = failure
            for other in self._idle():
                self._give_up(other, failure)

    def next_event(self) -> Event | None:
        """Take the next thing to tell; ``None`` when there is nothing. Of an outcome that is taken nothing is kept."""
        event = self.events.popleft() if self.events else None
        if event is not None and event.ended is not None and not self.gathers:
            outcome = event.ended[1]
            if self._outcomes.get(outcome.ref) is outcome:
                del self._outcomes[outcome.ref]
        return event

    def stop_reading(self, error: Exception) -> None:
        """Take in that the caller's iterable has raised: no reference comes after it, and the error comes last."""
        self.input_error, self._read = error, True
        self.events.append(Event())  # Nothing to tell, but whoever wants all outcomes or none need not wait.
        self._finish()

    def fail(self, error: BaseException) -> None:
        """End the batch with an error, after what there is to tell."""
        if not self.over:
            self.events.append(Event(error=error))
            self.over = True

    def stop(self) -> None:
        """End the batch, with nothing more to tell."""
        self.events.clear()
        self.over = True

    @property
    def _expires_at(self) -> float:
        # With a timeout of 0 each task still has its one poll, unless the server asks to be left alone.
        return self._deadline if self._timeout else math.inf

    def _expire(self, now: float) -> None:
        """End what no poll can reach any more: the deadline has passed, or will before the server may be asked."""
        held = self._limiter.held(now)
        if now >= self._expires_at or (held and now + held >= self._deadline):
            for poller in self._idle():
                self._end(poller.ref, FailedOutcome(poller.ref, poller.timed_out(now, held or None)))

    def _idle(self) -> list[Poller]:
        """The waits that are not in flight; they are taken out."""
        idle = [*self._fresh, *(poller for queue in (self._due, self._scheduled) for _, _, poller in sorted(queue))]
        for queue in (self._fresh, self._due, self._scheduled):
            queue.clear()
        self._ahead = 0
        return idle

    def _put(self, queue: list[tuple[float, int, Poller]], order: float, poller: Poller) -> None:
        self._ticket += 1  # So that equals keep their order, and waits are never compared.
        heappush(queue, (order, self._ticket, poller))

    def _give_up(self, poller: Poller, error: CambError) -> None:
        own = copy.copy(error)
        own.ref, own.args, own.__cause__ = (
            poller.ref,
            (f"{poller.ref}: abandoned: the API never responded: {error}",),
            error,
        )
        self._end(poller.ref, FailedOutcome(poller.ref, own))

    def _end(self, ref: TaskRef, outcome: TaskOutcome) -> None:
        self._outcomes[ref] = outcome
        for place in (self._places.pop(ref), *self._repeated.pop(ref, ())):
            self._tell(place, outcome)

    def _tell(self, place: int, outcome: TaskOutcome) -> None:
        self.events.append(Event(ended=(place, outcome)))
        self._finish()

    def _finish(self) -> None:
        if self._read and not self._places and not self.over:
            if self.input_error is not None:
                self.events.append(Event(error=self.input_error))
            self.over = True
