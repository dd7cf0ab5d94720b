"""Time, as the drivers see it. Tests of code that waits put another clock here: ``camb_client.testing.use_clock``.

asyncio is imported where it is used: it is a tenth of what an import of httpx takes, and sync programs do without it.
"""

import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    import threading


class Clock:
    """The clock of the machine; all in seconds."""

    # Kept here, as freezegun puts another function in the place of every module's: a wait would never end.
    _monotonic = staticmethod(time.monotonic)

    def monotonic(self) -> float:
        """A time that never goes back, for measuring."""
        return self._monotonic()

    def time(self) -> float:
        """The time of day, as seconds since 1970 UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Let that time pass."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Let that time pass for this task only."""
        import asyncio

        await asyncio.sleep(seconds)

    def idle(self, turn: "threading.Condition", seconds: float, *, busy: bool) -> None:  # noqa: ARG002
        """Wait until somebody notifies, at most that long.

        Args:
            turn: A condition that is held.
            seconds: How long at most; may be infinity.
            busy: Whether something happens meanwhile, or nobody waits for it. This clock passes all the same.
        """
        turn.wait(None if seconds == math.inf else seconds)

    async def aidle(self, event: "asyncio.Event", seconds: float, *, busy: bool) -> None:  # noqa: ARG002
        """Wait for an event, as :meth:`idle`."""
        import asyncio

        with suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                await event.wait()
