"""A clock for tests: time passes only when somebody sleeps."""

import asyncio
import heapq
import itertools
import math
import threading
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from .._client.async_client import AsyncCambClient
from .._client.sync_client import CambClient
from .._http.clock import Clock

_Client = TypeVar("_Client", CambClient, AsyncCambClient)
# When each wakes, in which order they came, and what wakes it; a heap.
_Sleepers = list[tuple[float, int, "asyncio.Future[None]"]]
# How often the event loop goes round before time moves on: a poll in process takes about five rounds, and whoever
# polls now may want to sleep for less than those who sleep already.
_ROUNDS = 20


class VirtualClock(Clock):
    """A clock on which a sleep takes no time.

    The tasks of an event loop sleep side by side, as on a real clock: whoever wakes first goes first, and ten
    waits of a minute take a minute together. Between threads there is no such order: there, sleeps add up.

    Args:
        time: The time of day at the start, in seconds since 1970 UTC.

    Attributes:
        sleeps: Every sleep of more than 0 s so far, in seconds.
    """

    def __init__(self, time: float = 1_800_000_000.0) -> None:
        self.sleeps: list[float] = []
        self._start = time
        self._now = 0.0
        self._lock = threading.Lock()
        self._order = itertools.count()
        # By event loop: one that has ended must not keep those of the next from waking.
        self._sleepers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Sleepers] = WeakKeyDictionary()

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._now

    def time(self) -> float:
        """The time of day, in seconds since 1970 UTC."""
        return self._start + self._now

    def advance(self, seconds: float) -> None:
        """Let time pass without a sleep, as work does."""
        with self._lock:
            self._now += seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass, and note it."""
        if seconds > 0:
            self.sleeps.append(seconds)
            self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Let time pass, note it, and let other tasks run."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self.sleeps.append(seconds)
        await self._alarm(seconds)

    def _alarm(self, seconds: float) -> "asyncio.Future[None]":
        loop = asyncio.get_running_loop()
        sleepers = self._sleepers.setdefault(loop, [])
        if not sleepers:
            loop.call_soon(self._go_round, loop, sleepers, _ROUNDS)
        awake = loop.create_future()
        heapq.heappush(sleepers, (self._now + seconds, next(self._order), awake))
        return awake

    def _go_round(self, loop: asyncio.AbstractEventLoop, sleepers: _Sleepers, rounds: int) -> None:
        """Once the others have had their rounds, wake whoever wakes first; so on, while anybody sleeps."""
        while sleepers and sleepers[0][2].done():  # It was cancelled.
            heapq.heappop(sleepers)
        if rounds == 0 and sleepers:
            at, _, awake = heapq.heappop(sleepers)
            self._now = max(self._now, at)
            awake.set_result(None)
        if sleepers:
            loop.call_soon(self._go_round, loop, sleepers, rounds - 1 if rounds else _ROUNDS)

    def idle(self, turn: threading.Condition, seconds: float, *, busy: bool) -> None:
        """Let time pass if nothing else goes on and somebody waits for it; else wait until that changes."""
        if busy or seconds == math.inf:
            turn.wait()
        else:
            self.sleep(seconds)

    async def aidle(self, event: asyncio.Event, seconds: float, *, busy: bool) -> None:
        """Wait for the event, and let time pass if somebody waits for it."""
        if busy or seconds == math.inf:
            await event.wait()
            return
        alarm = self._alarm(seconds)
        alarm.add_done_callback(ring := lambda _: event.set())
        try:
            await event.wait()
        finally:
            alarm.remove_done_callback(ring)
            alarm.cancel()


def use_clock(client: _Client, clock: Clock, *, random: Callable[[], float] = lambda: 0.5) -> _Client:
    """Make a client wait by another clock, without jitter unless told otherwise.

    Args:
        client: A ``CambClient`` or ``AsyncCambClient``.
        clock: The clock.
        random: Numbers from 0 to 1 for the jitter; 0.5 stands for none.

    Returns:
        The same client.
    """
    client._wire.clock = clock
    client._wire.random = random
    return client
