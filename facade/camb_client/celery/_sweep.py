"""The sweep: one at a time in the whole cluster, it polls what is due, many at once, and writes back what came of it.

It may be killed or stopped at any point. What was claimed and not written back is due again after its lease; what is
written back too late takes no effect.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from uuid import uuid4

import attrs

from .._api import calls
from .._batch.limiter import RateLimiter
from .._batch.outcome import FailedOutcome, TaskOutcome, outcome_of
from .._client.async_client import AsyncCambClient
from .._durable.codec import dump_outcome, load_outcome
from .._durable.state import Resumed, WaitState, save
from .._durable.stores import CLAIM_SECONDS, TURN_SECONDS, Change, Entry, Exchanged, Store, Turn
from .._http.clock import Clock
from .._polling.checks import DAY
from .._polling.errors import AuthenticationError, CambError, ConfigurationError, PermissionDeniedError, is_transient
from .._polling.log import log
from .._polling.response import Poll
from ._record import Ended, Waiting

# A sweep ends after so long, so that the tasks that wait in the queue get its slot.
SWEEP_SECONDS = 30.0
# Between two calls of the store, where nothing presses.
BEAT_SECONDS = 0.2
# Between two times that polls begin, where the rate is what they wait for: so many at once cost less than one by one.
PACE_SECONDS = 0.03
# A sweep stays where more is due so soon.
LINGER_SECONDS = 1.0
# A poll has ended by then, and its claim still stands.
POLL_SECONDS = CLAIM_SECONDS / 2
# The turn is given up so long before it ends in the store: what was begun has reached the server by then.
MARGIN_SECONDS = 2.0
# After a refused key, or where there is none.
REFUSED_SECONDS = 30.0
# An outcome is sent again where nobody has taken it for so long; then for twice as long, and so on.
RESEND_SECONDS, RESEND_CAP = 20.0, 1_280.0
# A poll may come so much too soon by the clock of this worker.
EARLY_SECONDS = 1.0
# How many entries are claimed at once.
MOST = 1_000


def resend_delay(sent: int) -> float:
    """Seconds until an outcome that was sent so often is sent again, unless whoever waited for it has ended by then."""
    return min(RESEND_SECONDS * 2.0 ** min(sent - 1, 60), RESEND_CAP)


@attrs.frozen
class Delivery:
    """An outcome to send to whoever waits for it."""

    id: str
    call: str
    outcome: TaskOutcome


Deliver = Callable[[Sequence[Delivery]], None]


@attrs.frozen
class _Claim:
    """A wait that this sweep has claimed, and polls."""

    entry: Entry
    record: Waiting


class Sweeper:
    """Sweeps, one after the other.

    Args:
        store: Where the waits are.
        process: The name of this process in the store.
        rate: Requests a second; infinity is no limit.
        max_concurrency: How many polls may be in flight.
        deliver: Sends outcomes; what it cannot send, or what is lost, is sent again.
    """

    def __init__(self, store: Store, process: str, rate: float, max_concurrency: int, deliver: Deliver) -> None:
        self.store, self.process, self.rate = store, process, rate
        self.max_concurrency, self.deliver = max_concurrency, deliver

    def sweep(self) -> None:
        """Sweep, if no other sweeper has the turn."""
        owner = f"{self.process}/{uuid4().hex[:8]}"  # Threads of one process are different sweepers, too.
        if (turn := self.store.enter(owner, self.rate)) is None:
            return
        sweep = _Sweep(self, owner, turn)
        try:
            asyncio.run(sweep.run())
        except ConfigurationError as wrong:
            log.error("the sweep cannot poll, and tries again in %g s: %s", REFUSED_SECONDS, wrong)
            sweep.held = REFUSED_SECONDS
        finally:
            if not sweep.lost:
                self.store.leave(owner, sweep.held, sweep.quiet)


class _Sweep:
    """One sweep."""

    def __init__(self, sweeper: Sweeper, owner: str, turn: Turn) -> None:
        self._sweeper, self._owner, self._turn = sweeper, owner, turn
        self.lost, self.held = False, 0.0
        self._clock = Clock()
        self._last_at = self._now() - turn.silence  # When the last request was sent, as far as is known.
        # What was claimed, and when its poll must have begun. It is read then, and not all at once.
        self._ready: deque[tuple[float, Entry]] = deque()
        self._changes: list[Change] = []
        self._deliveries: dict[str, Delivery] = {}
        self._polls: set[asyncio.Task[None]] = set()
        self._refused: CambError | None = None
        self._unread: set[str] = set()
        self._healthy_at = -math.inf

    async def run(self) -> None:
        """Poll what is due, until nothing is, or the time is up."""
        async with AsyncCambClient(timeout=POLL_SECONDS, transport="aiohttp") as camb:
            self._wire = camb._wire
            self._wake, self._pressing = asyncio.Event(), asyncio.Event()
            now = self._now()
            rate = self._turn.rate
            self._limiter = RateLimiter(None if rate == math.inf else rate)
            self._ends_at, self._kept_until = now + SWEEP_SECONDS, now + TURN_SECONDS - MARGIN_SECONDS
            if rate < math.inf:
                # The sweeper before may have sent a request until then, and a second has the rate once.
                self._limiter.hold(now + max(0.0, max(1.0, 1 / rate) + 0.05 - self._turn.silence))
            driving = asyncio.create_task(self._drive())
            try:
                await self._exchange_all()
            finally:
                for task in (driving, *self._polls):
                    task.cancel()
                await asyncio.gather(driving, *self._polls, return_exceptions=True)

    def _now(self) -> float:
        return self._clock.monotonic()

    @property
    def _ending(self) -> bool:
        return self.lost or self.held > 0 or self._now() >= self._ends_at

    # Polling.

    async def _drive(self) -> None:
        """Begin polls as the rate admits them."""
        while True:
            while (claim := self._next()) is not None:
                poll = asyncio.create_task(self._poll_all(claim))
                self._polls.add(poll)
                poll.add_done_callback(self._polled)
            now = self._now()
            free = self._limiter.free_at(now) if self._ready and not self._ending else math.inf
            if free < math.inf and self._limiter.in_flight < self._sweeper.max_concurrency:
                # Those that the rate admits meanwhile begin together, which costs less; the limiter counts them all.
                await asyncio.sleep(min(max(free - now, PACE_SECONDS), BEAT_SECONDS))
            else:
                self._wake.clear()
                await self._wake.wait()

    def _polled(self, poll: asyncio.Task[None]) -> None:
        self._polls.discard(poll)
        if self._ending and not self._polls:
            self._pressing.set()

    def _next(self) -> _Claim | None:
        """The wait to poll now, if there is one; it is in flight from here."""
        while self._ready and not self._ending and self._limiter.in_flight < self._sweeper.max_concurrency:
            now = self._now()
            if now >= self._kept_until or self._limiter.free_at(now) > now:
                return None
            until, entry = self._ready.popleft()
            if now < until and (claim := self._read(entry)) is not None:
                self._limiter.begin(now)
                return claim
        return None

    def _read(self, entry: Entry) -> _Claim | None:
        """What is kept of a wait; ``None`` if it cannot be read, or is not due by our clock."""
        try:
            record = Waiting.of(entry.state)
        except ValueError as problem:
            self._leave(entry, problem)
            return None
        pause = record.state.due_at(now := self._clock.time()) - now
        if pause <= EARLY_SECONDS:
            return _Claim(entry, record)
        self._changes.append(
            Change(entry, entry.state, "", pause)
        )  # The clock that it was written by is ahead of ours.
        return None

    def _leave(self, entry: Entry, problem: Exception) -> None:
        if entry.id not in self._unread:
            self._unread.add(entry.id)
            log.error("%s: the entry cannot be read, and stays as it is: %s", entry.id, problem)

    async def _poll_all(self, claim: _Claim | None) -> None:
        while claim is not None:
            try:
                await self._poll(claim)
            except Exception:  # noqa: BLE001 (one entry of many: the others must not suffer)
                log.exception("%s: the poll failed in itself; it is due again", claim.record.state.ref)
            finally:
                self._last_at = self._now()
                self._limiter.end(self._last_at)
            claim = self._next()
        self._wake.set()

    async def _poll(self, claim: _Claim) -> None:
        wire, state = self._wire, claim.record.state
        now, shift = self._now(), self._clock.time() - self._now()
        poller = Resumed.of(state, wire.random)
        poller.start(now, now + shift)
        # A good response for any task is one for all of them.
        poller._health.healthy_at = max(poller._health.healthy_at, self._healthy_at)
        call = calls.status(state.ref, state.polls + 1)
        poll = await wire.ask(call, min(poller.limit(now), POLL_SECONDS))
        now = self._now()
        if isinstance(poll.value, AuthenticationError | PermissionDeniedError):
            self._refuse(claim, poll.value)
            return
        self._hold(poll, now)
        poller.observe(poll, now)
        if poller.last_state is poll.value:
            self._healthy_at = now
        if poller.done:
            self._end(claim, outcome_of(poller))
        else:
            self._put(claim, save(poller, shift, state.told), poller.pause(now))

    def _put(self, claim: _Claim, state: WaitState, delay: float) -> None:
        self._changes.append(Change(claim.entry, Waiting(state, claim.record.call).text(), "", delay))

    def _end(self, claim: _Claim, outcome: TaskOutcome) -> None:
        """An outcome takes the place of the state; only once that is written is it sent."""
        call = claim.record.call
        self._changes.append(Change(claim.entry, Ended(call).text(), dump_outcome(outcome), resend_delay(1)))
        self._deliveries[claim.entry.id] = Delivery(claim.entry.id, call, outcome)

    def _hold(self, poll: Poll, now: float) -> None:
        """An outage speaks for the server: no sweep begins for as long as it asks."""
        if isinstance(poll.value, CambError) and is_transient(poll.value) and poll.retry_after:
            self._limiter.hold(now + poll.retry_after)
            if poll.retry_after > LINGER_SECONDS:
                self.held = max(self.held, min(poll.retry_after, 3_600.0))

    def _refuse(self, claim: _Claim, error: CambError) -> None:
        """The key is refused, for all tasks: nothing ends for that before its deadline."""
        if self._refused is None:
            log.error("the API refuses the key of this worker; no wait ends for it, and the next poll is in %g s: %s",
                      REFUSED_SECONDS, error)  # fmt: skip
        self._refused, self.held = error, max(self.held, REFUSED_SECONDS)
        self._ready.append((0.0, claim.entry))

    # The store.

    async def _exchange_all(self) -> None:
        store, owner = self._sweeper.store, self._owner
        while True:
            changes, self._changes = self._changes, []
            began = self._now()
            found = await asyncio.to_thread(store.exchange, owner, changes, self._wanted())
            if found is None:
                log.warning("the sweep lost its turn: another one polls")
                self.lost = True
                return
            self._kept_until = began + TURN_SECONDS - MARGIN_SECONDS
            self._take_in(found)
            await self._deliver(found.written, changes)
            self._wake.set()
            if found.rate != self._turn.rate:
                self._ends_at = -math.inf  # The next sweep has it.
            if self._ending:
                if not self._polls:
                    self._put_back()
                    if not self._changes:
                        return
            elif not (self._ready or self._polls or self._changes) and found.due_in > LINGER_SECONDS:
                return
            elif not found.claimed and not self._changes:
                await self._pause(BEAT_SECONDS)
                continue
            await self._pause(0 if self._refused else BEAT_SECONDS)

    async def _pause(self, seconds: float) -> None:
        """Until the next call of the store; what is in flight at the end is waited for, and no longer."""
        self._pressing.clear()
        await self._clock.aidle(self._pressing, seconds, busy=True)

    @property
    def quiet(self) -> float:
        """For how long nothing was in flight: the sweeper that comes next needs to be silent for less."""
        return min(self._now() - self._last_at, DAY)

    def _wanted(self) -> int:
        """How many entries to claim: what can be polled before the next but one call."""
        if self._refused is not None:
            return MOST
        if self._ending:
            return 0
        rate = self._turn.rate
        return max(0, (MOST if rate == math.inf else min(MOST, math.ceil(rate * 5 * BEAT_SECONDS))) - len(self._ready))

    def _take_in(self, found: Exchanged) -> None:
        until = self._now() + CLAIM_SECONDS - POLL_SECONDS - 1.0
        for entry in found.claimed:
            if not entry.outcome:
                self._ready.append((until, entry))
                continue
            try:
                self._resend(entry)
            except (ValueError, KeyError, TypeError) as problem:
                self._leave(entry, problem)

    def _resend(self, entry: Entry) -> None:
        ended = Ended.of(entry.state)
        delivery = Delivery(entry.id, ended.call, load_outcome(entry.outcome))
        again = Ended(ended.call, ended.sent + 1)
        self._changes.append(Change(entry, again.text(), entry.outcome, resend_delay(again.sent)))
        self._deliveries[entry.id] = delivery

    async def _deliver(self, written: frozenset[str], changes: list[Change]) -> None:
        """Send the outcomes that are in the store now; one that another sweep has written is its to send."""
        found = [self._deliveries.pop(one.entry.id, None) for one in changes]
        if ready := [one for one in found if one is not None and one.id in written]:
            await asyncio.to_thread(self._sweeper.deliver, ready)

    def _put_back(self) -> None:
        """What was claimed and not polled is due at once; where the key is refused, after the pause."""
        delay = REFUSED_SECONDS if self._refused else 0.0
        now = self._clock.time()
        for _, entry in self._ready:
            claim = self._read(entry) if self._refused else None
            if self._refused is not None and claim is not None and now >= claim.record.state.deadline:
                self._end(claim, self._timed_out(claim.record.state, self._refused))
            else:
                self._changes.append(Change(entry, entry.state, "", delay))
        self._ready.clear()

    def _timed_out(self, state: WaitState, refused: CambError) -> TaskOutcome:
        now = self._clock.time()
        poller = Resumed.of(state, self._wire.random)
        poller.start(now, now)
        poller._error = refused
        return FailedOutcome(state.ref, poller.timed_out(now))
