"""The runner of an async batch: asyncio tasks that poll when it is time."""

import asyncio
import contextvars
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from .._api import calls
from .._http.async_wire import AsyncWire
from .._polling.poller import Poller
from .._polling.task import TaskRef
from .scheduler import READ_AHEAD, Batch, Event


class AsyncRunner:
    """Runs an async batch: one asyncio task says which is next, one reads references, a few others poll."""

    def __init__(self, wire: AsyncWire, batch: Batch, refs: AsyncIterator[TaskRef]) -> None:
        self.batch, self._wire, self._refs = batch, wire, refs
        self._context = contextvars.copy_context()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: Any = None
        self._awaited = 0

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._loop is None and not self.batch.over:
            self._loop = asyncio.get_running_loop()
            self._slot, self._room, self._told = asyncio.Event(), asyncio.Event(), asyncio.Event()
            self.batch.start(self._wire.clock.monotonic())
            self._spawn(self._drive)
            self._spawn(self._read)

    def _spawn(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Poller) -> None:
        task = self._loop.create_task(self._failing(work, *arguments), context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _failing(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Poller) -> None:
        """Hand to the caller whatever goes wrong in a task, a closed client for one."""
        try:
            await work(*arguments)
        except BaseException as error:
            self.batch.fail(error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._notify()

    def _notify(self) -> None:
        for event, cause in ((self._slot, "idle_slots"), (self._room, "room"), (self._told, "events")):
            if self.batch.over or getattr(self.batch, cause):
                event.set()

    async def _drive(self) -> None:
        clock, batch = self._wire.clock, self.batch
        while not batch.over:
            while (poller := batch.take(clock.monotonic())) is not None:
                self._spawn(self._poll_all, poller)
            self._notify()
            self._slot.clear()
            await clock.aidle(self._slot, batch.pause(clock.monotonic()), busy=not self._awaited)

    async def _poll_all(self, poller: Poller | None) -> None:
        clock, batch = self._wire.clock, self.batch
        while poller is not None:
            call = calls.status(poller.ref, poller.polls + 1)
            poll = await self._wire.ask(call, poller.limit(clock.monotonic()))
            batch.observe(poller, poll, clock.monotonic())
            poller = batch.take(clock.monotonic())
            self._notify()

    async def _read(self) -> None:
        clock, batch = self._wire.clock, self.batch
        while not batch.over:
            if batch.room:
                try:
                    ref = await self._next_ref(batch.reading_limit(clock.monotonic()))
                except Exception as error:  # noqa: BLE001 (whatever it raises is raised to whoever gave it)
                    batch.stop_reading(error)
                    return
                batch.add(ref, clock.monotonic(), clock.time())
                self._notify()
                if not batch.count % READ_AHEAD:
                    await asyncio.sleep(0)  # However many it gives at once, say of one task.
            else:
                self._room.clear()
                await self._room.wait()

    async def _next_ref(self, seconds: float) -> TaskRef | None:
        try:
            async with asyncio.timeout(None if seconds == math.inf else seconds) as limit:
                return await anext(self._refs, None)
        except TimeoutError:
            if limit.expired():
                return None
            raise

    async def next_event(self, seconds: float = math.inf) -> Event | None:
        """The next thing to tell; ``None`` when there is no more, and nothing to tell when that time has passed."""
        self.start()
        while not (self.batch.events or self.batch.over):
            self._awaited += 1
            self._told.clear()
            self._slot.set()
            try:
                await self._wire.clock.aidle(self._told, seconds, busy=False)
            finally:
                self._awaited -= 1
            if seconds < math.inf and not (self.batch.events or self.batch.over):
                return Event()
        return self.batch.next_event()

    def submit(self, ref: TaskRef) -> None:
        """Take in a reference; for a batch that is fed."""
        self.batch.add(ref, self._wire.clock.monotonic(), self._wire.clock.time())
        self._notify()
        self._slot.set()

    def post(self, event: Event) -> None:
        """Have an event told."""
        self.batch.events.append(event)
        self._notify()

    def stop(self) -> None:
        """End all polls, from any thread."""
        self.batch.stop()
        if self._tasks and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._tasks])

    async def join(self) -> None:
        """Wait until what was stopped has ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)
