"""What ``as_completed`` returns: the outcomes of a batch as they come, and the work behind them.

Rule of this file: drivers only; what they decide stands in ``_batch``. Sync and async differ by what they are
made of: threads that take turns at one condition, or asyncio tasks and events. The work goes on while the caller
is busy with an outcome; what is the caller's own (``on_update``, and in sync the references) runs in ``next``.
"""

import contextvars
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

from ._batch import Batch, News
from ._client import noting, telling
from ._http import AsyncWire, Wire
from ._task import TaskOutcome, TaskRef, TaskState
from ._wait import Wait

if TYPE_CHECKING:
    import asyncio

OnUpdate = Callable[[TaskState], object] | None
AsyncOnUpdate = Callable[[TaskState], Awaitable[object] | object] | None


class ThreadWork:
    """The work of a sync batch: one thread says who is next, a few others look."""

    def __init__(self, wire: Wire, batch: Batch, refs: Iterator[TaskRef]) -> None:
        self.batch, self._wire, self._refs = batch, wire, refs
        self._context = contextvars.copy_context()
        self._turn = threading.Condition()
        self._chief: threading.Thread | None = None
        self._awaited = 0

    def start(self) -> None:
        """Begin, if it has not begun."""
        with self._turn:
            if self._chief is None and not self.batch.over:
                from concurrent.futures import ThreadPoolExecutor

                self.batch.start(self._wire.clock.monotonic())
                self._looking = ThreadPoolExecutor(self.batch.max_concurrency, "camb-look")
                self._chief = threading.Thread(target=self._drive, name="camb-batch", daemon=True)
                self._chief.start()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Hand to the caller whatever goes wrong in a thread, a closed client for one."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 (there is nobody else to tell)
            with self._turn:
                self.batch.fail(error)
                self._turn.notify_all()

    def _drive(self) -> None:
        clock, batch = self._wire.clock, self.batch
        with self._failing(), self._turn:
            while not batch.over:
                while (wait := batch.take(clock.monotonic())) is not None:
                    self._looking.submit(self._context.copy().run, self._work, wait)
                self._turn.notify_all()
                clock.idle(self._turn, batch.pause(clock.monotonic()), busy=batch.busy or not self._awaited)
        self._looking.shutdown(wait=False)

    def _work(self, wait: Wait | None) -> None:
        clock, batch = self._wire.clock, self.batch
        with self._failing():
            while wait is not None:
                look = self._wire.look(wait.ref, wait.limit(clock.monotonic()))
                with self._turn:
                    batch.observe(wait, look, clock.monotonic())
                    wait = batch.take(clock.monotonic())
                    self._turn.notify_all()

    def next_news(self) -> News | None:
        """The next thing to tell; ``None`` when there is no more."""
        self.start()
        while True:
            with self._turn:
                self._awaited += 1
                self._turn.notify_all()
                self._turn.wait_for(lambda: self.batch.news or self.batch.room or self.batch.over)
                self._awaited -= 1
                if self.batch.news or self.batch.over:
                    return self.batch.news.popleft() if self.batch.news else None
            ref = next(self._refs, None)
            with self._turn:
                self.batch.add(ref, self._wire.clock.monotonic(), self._wire.clock.time())

    def stop(self) -> None:
        """Begin no more looks."""
        with self._turn:
            self.batch.stop()
            self._turn.notify_all()

    def join(self) -> None:
        """Wait for the looks in flight."""
        if self._chief is not None:
            self._chief.join()
            self._looking.shutdown()


class Outcomes(Iterator[TaskOutcome]):
    """Outcomes as they come: an iterator, and a context manager that stops all work when it is left.

    Work begins with the first ``next()``, or on entering. Read to its end it needs no ``with``. Once it is left,
    nothing more comes.
    """

    def __init__(self, work: ThreadWork, on_update: OnUpdate) -> None:
        self._work, self._on_update = work, on_update

    def __enter__(self) -> Self:
        """Begin."""
        self._work.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait for the looks in flight."""
        self.close()

    def close(self) -> None:
        """Stop, and wait for the looks in flight, as leaving the ``with`` does."""
        self._work.stop()
        self._work.join()

    def __del__(self) -> None:
        """Stop what nobody can ask for its outcomes any more."""
        self._work.stop()

    def __next__(self) -> TaskOutcome:
        """The next outcome.

        Raises:
            AuthenticationError: The key was refused, for all tasks; ``.outcomes`` has what came until then.
            PermissionDeniedError: As above.
            RuntimeError: The client is closed.
        """
        if (numbered := self.numbered()) is None:
            raise StopIteration
        return numbered[1]

    def in_order(self) -> list[TaskOutcome]:
        """The outcomes that are left, in the order of their references, once all have come."""
        return [outcome for _, outcome in sorted(iter(self.numbered, None), key=itemgetter(0))]

    def numbered(self) -> tuple[int, TaskOutcome] | None:
        """The next outcome, with the place of its reference in the input; ``None`` at the end."""
        with noting(self._work.batch):
            while not isinstance(news := self._work.next_news(), tuple):
                if not isinstance(news, TaskState):
                    self.close()
                    if news is None:
                        return None
                    raise news
                with telling(news.ref):
                    if self._on_update is not None:
                        self._on_update(news)
        return news


class TaskWork:
    """The work of an async batch: one task says who is next, one reads references, a few others look."""

    def __init__(self, wire: AsyncWire, batch: Batch, refs: AsyncIterator[TaskRef]) -> None:
        self.batch, self._wire, self._refs = batch, wire, refs
        self._context = contextvars.copy_context()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: Any = None
        self._awaited = 0

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._loop is None and not self.batch.over:
            import asyncio

            self._loop = asyncio.get_running_loop()
            self._slot, self._room, self._news = asyncio.Event(), asyncio.Event(), asyncio.Event()
            self.batch.start(self._wire.clock.monotonic())
            self._spawn(self._drive())
            self._spawn(self._read())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._failing(work), context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _failing(self, work: Coroutine[Any, Any, None]) -> None:
        """Hand to the caller whatever goes wrong in a task, a closed client for one."""
        try:
            await work
        except BaseException as error:
            self.batch.fail(error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._notify()

    def _notify(self) -> None:
        for event, cause in ((self._slot, "idle_slots"), (self._room, "room"), (self._news, "news")):
            if self.batch.over or getattr(self.batch, cause):
                event.set()

    async def _drive(self) -> None:
        clock, batch = self._wire.clock, self.batch
        while not batch.over:
            while (wait := batch.take(clock.monotonic())) is not None:
                self._spawn(self._work(wait))
            self._notify()
            self._slot.clear()
            await clock.aidle(self._slot, batch.pause(clock.monotonic()), busy=batch.busy or not self._awaited)

    async def _work(self, wait: Wait | None) -> None:
        clock, batch = self._wire.clock, self.batch
        while wait is not None:
            look = await self._wire.look(wait.ref, wait.limit(clock.monotonic()))
            batch.observe(wait, look, clock.monotonic())
            wait = batch.take(clock.monotonic())
            self._notify()

    async def _read(self) -> None:
        clock, batch = self._wire.clock, self.batch
        while not batch.over:
            if batch.room:
                batch.add(await anext(self._refs, None), clock.monotonic(), clock.time())
                self._notify()
            else:
                self._room.clear()
                await self._room.wait()

    async def next_news(self) -> News | None:
        """The next thing to tell; ``None`` when there is no more."""
        self.start()
        while not (self.batch.news or self.batch.over):
            self._awaited += 1
            self._news.clear()
            self._slot.set()
            try:
                await self._news.wait()
            finally:
                self._awaited -= 1
        return self.batch.news.popleft() if self.batch.news else None

    def stop(self) -> None:
        """End all looks, from any thread."""
        self.batch.stop()
        if self._tasks and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._tasks])

    async def join(self) -> None:
        """Wait until what was stopped has ended."""
        import asyncio

        while self._tasks:
            await asyncio.wait(self._tasks)


class AsyncOutcomes(AsyncIterator[TaskOutcome]):
    """As :class:`Outcomes`; leaving the ``async with`` ends the looks in flight at once."""

    def __init__(self, work: TaskWork, on_update: AsyncOnUpdate) -> None:
        self._work, self._on_update = work, on_update

    async def __aenter__(self) -> Self:
        """Begin."""
        self._work.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop at once."""
        await self.aclose()

    async def aclose(self) -> None:
        """Stop at once, as leaving the ``async with`` does."""
        self._work.stop()
        await self._work.join()

    def __del__(self) -> None:
        """Stop what nobody can ask for its outcomes any more."""
        self._work.stop()

    async def __anext__(self) -> TaskOutcome:
        """The next outcome; raises as :meth:`Outcomes.__next__`."""
        if (numbered := await self.numbered()) is None:
            raise StopAsyncIteration
        return numbered[1]

    async def in_order(self) -> list[TaskOutcome]:
        """As :meth:`Outcomes.in_order`."""
        found: list[tuple[int, TaskOutcome]] = []
        while (numbered := await self.numbered()) is not None:
            found.append(numbered)
        return [outcome for _, outcome in sorted(found, key=itemgetter(0))]

    async def numbered(self) -> tuple[int, TaskOutcome] | None:
        """As :meth:`Outcomes.numbered`."""
        with noting(self._work.batch):
            while not isinstance(news := await self._work.next_news(), tuple):
                if not isinstance(news, TaskState):
                    await self.aclose()
                    if news is None:
                        return None
                    raise news
                with telling(news.ref):
                    if self._on_update is not None and inspect.isawaitable(told := self._on_update(news)):
                        await told
        return news
