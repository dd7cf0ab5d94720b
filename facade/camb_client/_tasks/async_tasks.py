"""The async client (asyncio).

Rule of this file: drivers only, each a few lines; what they decide stands in ``_polling.poller`` and
``_polling.response``. Its twin ``_tasks.sync_tasks`` differs by ``await`` alone, and has the full docstrings.
"""

import inspect
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Coroutine, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from .._api import calls
from .._http.async_wire import AsyncWire
from .._polling.callbacks import AsyncOnUpdate, annotate_interrupt, run_callback
from .._polling.poller import Poller
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskLike, TaskOutcome, TaskRef, TaskState
from .base import BaseFamily, BaseTasks

if TYPE_CHECKING:
    from .._batch.outcomes import AsyncOutcomes

_T = TypeVar("_T")
_Awaitable = Coroutine[Any, Any, _T]


class AsyncTasks(BaseTasks[AsyncWire]):
    """Polling tasks, and waiting for them."""

    async def status(self, task: TaskLike) -> TaskState:
        """Poll a task once; see :meth:`CambClient.status`."""
        return (await self._wire.ask(calls.status(self._ref(task)))).unwrap()

    async def wait(
        self,
        task: TaskLike,
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        on_update: AsyncOnUpdate = None,
    ) -> CompletedTask:
        """Wait until a task has succeeded; see :meth:`CambClient.wait`.

        ``on_update`` may be a coroutine function; it is then awaited before the wait goes on.
        """
        poller = self._plan(task, timeout, schedule, on_update)
        async with aclosing(self._follow(poller)) as states:
            async for state in states:
                with run_callback(poller.ref):
                    if on_update is not None and inspect.isawaitable(told := on_update(state)):
                        await told
        return poller.result()

    def watch(
        self, task: TaskLike, *, timeout: float | None = 600.0, schedule: ScheduleLike = None
    ) -> AsyncIterator[TaskState]:
        """Each change of a task's status or message as it is seen; see :meth:`CambClient.watch`."""
        return self._follow(self._plan(task, timeout, schedule))

    def as_completed(
        self,
        tasks: Iterable[TaskLike] | AsyncIterable[TaskLike],
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        max_concurrency: int = 8,
        max_requests_per_second: float | None = None,
        on_update: AsyncOnUpdate = None,
    ) -> "AsyncOutcomes":
        """Wait for many tasks at once: their outcomes as they come; see :meth:`CambClient.as_completed`.

        ``tasks`` may be an async iterable too; an iterator is read a few ahead of the polls, in a task of its own.
        An async one that has nothing to give at the deadline is cancelled, and the batch ends without the rest.
        """
        from .._batch.async_runner import AsyncRunner
        from .._batch.outcomes import AsyncOutcomes

        batch = self._batch(timeout, schedule, max_concurrency, max_requests_per_second, on_update)
        return AsyncOutcomes(AsyncRunner(self._wire, batch, self._async_refs(tasks)), on_update)

    async def wait_all(
        self,
        tasks: Iterable[TaskLike] | AsyncIterable[TaskLike],
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        max_concurrency: int = 8,
        max_requests_per_second: float | None = None,
        on_update: AsyncOnUpdate = None,
    ) -> list[TaskOutcome]:
        """Wait for many tasks at once, for their outcomes in order; see :meth:`CambClient.wait_all`."""
        async with self.as_completed(
            tasks,
            timeout=timeout,
            schedule=schedule,
            max_concurrency=max_concurrency,
            max_requests_per_second=max_requests_per_second,
            on_update=on_update,
        ) as outcomes:
            return await outcomes.in_order()

    def _async_refs(self, tasks: Iterable[TaskLike] | AsyncIterable[TaskLike]) -> AsyncIterator[TaskRef]:
        if isinstance(tasks, AsyncIterable):
            return (self._ref(task) async for task in tasks)
        refs = self._refs(tasks)

        async def each() -> AsyncIterator[TaskRef]:
            for ref in refs:
                yield ref

        return each()

    async def _follow(self, poller: Poller) -> AsyncGenerator[TaskState]:
        clock = self._wire.clock
        poller.start(clock.monotonic(), clock.time())
        with annotate_interrupt(poller.ref):
            while not poller.done:
                await clock.asleep(poller.pause(clock.monotonic()))
                result = await self._wire.ask(calls.status(poller.ref), poller.limit(clock.monotonic()))
                state = poller.observe(result, clock.monotonic())
                if state is not None:
                    yield state


class AsyncTaskFamily(BaseFamily[AsyncWire], AsyncTasks):
    """The tasks of one kind: as :class:`AsyncCambClient`, but a task is an id, or a reference of this kind."""
