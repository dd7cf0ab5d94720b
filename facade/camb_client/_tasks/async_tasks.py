"""What the async client (asyncio) can do with tasks of any kind. ``sync_tasks`` has the full docstrings."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable
from contextlib import aclosing
from functools import partial
from typing import Any, Generic, TypeVar

from .._api import calls
from .._api.operations import Part  # noqa: TC001 (whoever evaluates the annotations needs it)
from .._batch.outcome import TaskOutcome
from .._batch.outcomes import AsyncOutcomes
from .._http.async_wire import AsyncWire
from .._http.call import Call
from .._polling.callbacks import AsyncOnUpdate, Callbacks, acall, annotate_interrupt, check_callback
from .._polling.poller import Poller
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskRef, TaskState
from .base import AsyncOnCreated, BaseFamily, BaseTasks, Body, P, Result, Run, T, TaskLike
from .create import Creation

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

        ``on_update`` may be a coroutine function; it is then awaited before the wait continues.
        """
        poller, callbacks = self._plan(task, timeout, schedule, on_update), Callbacks(on_update)
        async with aclosing(self._follow(poller)) as states:
            async for state in states:
                for callback in callbacks.changed(state):
                    await acall(*callback)
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
    ) -> AsyncOutcomes:
        """Wait for many tasks at once: their outcomes as they come; see :meth:`CambClient.as_completed`.

        ``tasks`` may be an async iterable too; an iterator is read a few ahead of the polls, in a task of its own.
        An async one that has nothing to give at the deadline is cancelled, and the batch ends without the rest.
        """
        from .._batch.async_runner import AsyncRunner

        batch = self._batch(timeout, schedule, max_concurrency, max_requests_per_second, on_update)
        return AsyncOutcomes(
            AsyncRunner(self._wire, batch, self._async_refs(tasks)), Callbacks(on_update, self._on_poll)
        )

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
        clock, callbacks = self._wire.clock, Callbacks(on_poll=self._on_poll)
        poller.start(clock.monotonic(), clock.time())
        with annotate_interrupt(poller.ref):
            while not poller.done:
                await clock.asleep(poller.pause(clock.monotonic()))
                request = calls.status(poller.ref, poller.polls + 1)
                poller.observe(await self._wire.ask(request, poller.limit(clock.monotonic())), clock.monotonic())
                for callback in callbacks.polled(poller.event(clock.monotonic(), poller.next_at)):
                    await acall(*callback)
                if poller.change is not None:
                    yield poller.change
        if poller.failure is not None:
            raise poller.failure


class AsyncTaskFamily(BaseFamily[AsyncWire], AsyncTasks, Generic[Body, Result]):
    """The tasks of one kind: as :class:`TaskFamily`; what it returns is to be awaited."""

    def create(self, body: "Body") -> Coroutine[Any, Any, TaskRef]:
        """Create a task; see :meth:`TaskFamily.create`. The body is checked before there is anything to await.

        A thread reads the files, so a slow disk does not hold up the event loop.
        """
        return self._create(self._body_call(body))

    def create_and_wait(
        self, body: "Body", *, timeout: float | None = 600.0, schedule: ScheduleLike = None,
        on_update: AsyncOnUpdate = None, on_created: AsyncOnCreated = None,
    ) -> Coroutine[Any, Any, CompletedTask]:  # fmt: skip
        """Create a task, and wait until it has succeeded; see :meth:`TaskFamily.create_and_wait`.

        ``on_update`` and ``on_created`` may be coroutine functions; they are then awaited.
        """
        return self._create_and_wait(partial(self._body_call, body), timeout, schedule, on_update, on_created)

    async def result(self, run_id: Run) -> "Result":
        """The result of a run; see :meth:`TaskFamily.result`."""
        found: Result = (await self._wire.ask(self._result_call(run_id))).unwrap()
        return found

    async def results(self, run_ids: Iterable[Run]) -> "dict[int, Result]":
        """The results of many runs, by run id; see :meth:`TaskFamily.results`."""
        every, bulks = self._bulks(run_ids, calls.results)
        found: dict[int, Any] = {}
        for bulk in bulks:
            found |= (await self._wire.ask(bulk)).unwrap()
        return {one: found[one] if one in found else await self.result(one) for one in every}

    async def part(self, part: "Part[P, T]", run_id: Run, *args: "P.args", **params: "P.kwargs") -> "T":
        """What a run has beside its result; see :meth:`TaskFamily.part`."""
        found: T = (await self._wire.ask(self._part_call(part, run_id, *args, **params))).unwrap()
        return found

    async def _create(self, request: Call[TaskRef]) -> TaskRef:
        creation = Creation(request)
        with annotate_interrupt(creation, creation.note):
            return creation.ref(await self._wire.ask(request))

    async def _create_and_wait(
        self,
        create: Callable[[], Call[TaskRef]],
        timeout: float | None,
        schedule: ScheduleLike,
        on_update: AsyncOnUpdate,
        on_created: AsyncOnCreated,
    ) -> CompletedTask:
        check_callback("on_created", on_created)
        self._planner(timeout, schedule, on_update)
        creation = Creation(create())
        with annotate_interrupt(creation, creation.note):
            ref = await self._create(creation.call)
            if on_created is not None:
                await acall(on_created, ref, "on_created")
            return await self.wait(ref, timeout=timeout, schedule=schedule, on_update=on_update)
