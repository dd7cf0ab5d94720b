"""A clock for tests: time passes only when somebody sleeps."""

import asyncio
import math
import threading
from collections.abc import Callable
from typing import TypeVar

from .._async import AsyncCambClient
from .._clock import Clock
from .._sync import CambClient

_Client = TypeVar("_Client", CambClient, AsyncCambClient)


class VirtualClock(Clock):
    """A clock on which a sleep takes no time.

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
        self.sleep(seconds)
        await asyncio.sleep(0)

    def idle(self, turn: threading.Condition, seconds: float, *, busy: bool) -> None:
        """Let time pass if nothing else goes on and somebody waits for it; else wait until that changes."""
        if busy or seconds == math.inf:
            turn.wait()
        else:
            self.sleep(seconds)

    async def aidle(self, event: asyncio.Event, seconds: float, *, busy: bool) -> None:
        """As :meth:`idle`."""
        if busy or seconds == math.inf:
            await event.wait()
        else:
            await self.asleep(seconds)


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
