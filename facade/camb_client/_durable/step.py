"""One poll and one decision for a wait that is a value; sync and async differ by ``await`` alone."""

import hashlib
import json
from typing import TYPE_CHECKING

import attrs

from .._api import calls
from .._batch.outcome import TaskOutcome, outcome_of
from .._polling.callbacks import Callback, Callbacks, acall, annotate_interrupt, call
from .._polling.errors import AuthenticationError, PermissionDeniedError
from .._polling.response import Poll
from .._polling.task import TaskState
from .state import Resumed, WaitState, save

if TYPE_CHECKING:
    from .._http.async_wire import AsyncWire
    from .._http.sync_wire import Wire

# Whoever sleeps until a poll is due and wakes so much too soon (in seconds) has come in time.
_EARLY = 0.001


@attrs.frozen(kw_only=True)
class Step:
    """What one step of a wait came to: its outcome, or its next state.

    Attributes:
        outcome: How the wait ended; ``None`` while it continues.
        state: How it stands, while it continues: keep this in place of the state that was given.
        delay: Seconds until the next step is due, while the wait continues.
        changed: The state of the task, where its status or message has changed since the step before.
    """

    outcome: TaskOutcome | None = None
    state: WaitState | None = None
    delay: float | None = None
    changed: TaskState | None = None


class _Stepping:
    """One step, as far as it has come. Its clock is that of the wall, as in the state."""

    def __init__(self, wire: "Wire | AsyncWire", state: WaitState, callbacks: Callbacks) -> None:
        wire.check_open()
        if not isinstance(state, WaitState):
            raise TypeError(f"state must be a WaitState, not {type(state).__name__}: see begin() and from_json()")
        self._clock, self._state, self._callbacks = wire.clock, state, callbacks
        now = self._clock.time()
        self._poller = Resumed.of(state, wire.random)
        self._poller.start(now, now)
        self.is_early = self._poller.pause(now) > _EARLY
        self.call, self.limit = calls.status(state.ref, state.polls + 1), self._poller.limit(now)

    def observe(self, poll: Poll) -> list[Callback]:
        """Take in what came of the poll; what to call for it."""
        self._poller.observe(poll, self._clock.time())
        return self._callbacks.polled(self._poller.event(self._clock.time(), self._poller.next_at))

    def result(self) -> Step:
        """What the step came to."""
        poller = self._poller
        if isinstance(poller.failure, AuthenticationError | PermissionDeniedError):
            raise poller.failure  # Of the key, and not of the task: the state that was given stays good.
        told = self._state.told if poller.change is None else _digest(poller.change)
        changed = poller.change if told != self._state.told else None
        if poller.done:
            return Step(outcome=outcome_of(poller), changed=changed)
        state = self._state if self.is_early else save(poller, 0.0, told)
        return Step(state=state, delay=poller.pause(self._clock.time()), changed=changed)


def _digest(state: TaskState) -> str:
    """A digest of what a change is a change of: neither may stand in a state, as the API may quote the user."""
    said = json.dumps([state.status, state.message], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def step(wire: "Wire", state: WaitState, callbacks: Callbacks) -> Step:
    """Poll once, if that is due."""
    stepping = _Stepping(wire, state, callbacks)
    if not stepping.is_early:
        with annotate_interrupt(state.ref):
            for callback in stepping.observe(wire.ask(stepping.call, stepping.limit)):
                call(*callback)
    return stepping.result()


async def step_async(wire: "AsyncWire", state: WaitState, callbacks: Callbacks) -> Step:
    """As :func:`step`."""
    stepping = _Stepping(wire, state, callbacks)
    if not stepping.is_early:
        with annotate_interrupt(state.ref):
            for callback in stepping.observe(await wire.ask(stepping.call, stepping.limit)):
                await acall(*callback)
    return stepping.result()
