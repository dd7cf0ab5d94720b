"""The journals of both clients, which wait and run; they differ by ``await`` alone."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Self

from .._batch.outcome import TaskOutcome
from .._batch.outcomes import AsyncOutcomes, Outcomes
from .._polling.callbacks import AsyncOnUpdate, Callbacks, OnUpdate, check_callback, refuse_coroutines
from .._polling.schedule import ScheduleLike
from .._polling.task import TaskRef
from .base import BaseJournal
from .items import BulkItem
from .work import Work

if TYPE_CHECKING:
    from types import TracebackType

    from .run import AsyncRun, Run

OnItem = Callable[[BulkItem], object] | None
AsyncOnItem = Callable[[BulkItem], Awaitable[object] | object] | None


class Journal(BaseJournal):
    """Waits and planned work in one file, which survives whatever ends the process: see :meth:`CambClient.journal`.

    Iterating over it gives the outcomes of its waits as they come, as :meth:`as_completed` does.
    """

    def __iter__(self) -> Iterator[TaskOutcome]:
        """The outcomes, as :meth:`as_completed` gives them."""
        return self.as_completed()

    def as_completed(
        self, *, max_concurrency: int = 8, max_requests_per_second: float | None = None, on_update: OnUpdate = None
    ) -> Iterator[TaskOutcome]:
        """Wait for all tasks of the journal: their outcomes as they come, until none is left.

        An outcome counts as taken when the next one is asked for. One that was handed out but not taken, as the
        process died, is handed out again: each comes at least once. Where a wait ended but the task did not (at its
        deadline, in an outage), the next iteration waits for it again, with a deadline of its own.

        Args:
            max_concurrency: As for :meth:`CambClient.as_completed`.
            max_requests_per_second: As for :meth:`CambClient.as_completed`.
            on_update: As for :meth:`CambClient.as_completed`.

        Raises:
            AuthenticationError: The key was refused. All that was not taken stays in the journal.
            PermissionDeniedError: As above.
            OSError: The file cannot be written.
            RuntimeError: The journal or the client is closed, or the journal is being iterated over already.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        from .._batch.thread_runner import ThreadRunner

        refuse_coroutines("on_update", on_update)
        batch = self._plan_waits(max_concurrency, max_requests_per_second, on_update)
        runner = ThreadRunner(self._camb._wire, batch, [])
        return self._follow(runner, Outcomes(runner, Callbacks(on_update, self._camb._on_poll)))

    def _follow(self, runner: Any, outcomes: Outcomes) -> Iterator[TaskOutcome]:
        waits = self._waits
        with self._running():
            for outcome in waits.untaken():
                yield outcome
                waits.take(outcome)
            with outcomes:
                for ref in waits.take_up(self._camb._wire.clock.time()):
                    runner.submit(ref)
                self._runner = runner
                while waits.left and (event := outcomes._next_event()) is not None:
                    if event.ended is not None:
                        waits.end(event.ended[1])
                        yield event.ended[1]
                        waits.take(event.ended[1])

    def run(
        self,
        *,
        creates_per_second: float | None = None,
        max_requests_per_second: float | None = None,
        downloads: int = 4,
        timeout: float | None = None,
        schedule: ScheduleLike = None,
        on_update: OnItem = None,
    ) -> Iterator[BulkItem]:
        """Create, wait for and download what is planned: each item as this run is through with it.

        It continues where any run before it ended. Nothing is created twice: what was on its way when a process died,
        or whose response was lost, is ``unknown``, and only :meth:`retry` sends it again. At most four creates are in
        flight; a 429 slows them down; too few credits, a refused key or an outage end them, and what was created is
        waited for and downloaded all the same. An interruption (Ctrl-C) begins nothing new, and waits up to 10 s for
        the creates that are on their way.

        Args:
            creates_per_second: How many creates may begin in any second; ``None`` is no limit.
            max_requests_per_second: As for :meth:`as_completed`, for the polls.
            downloads: How many downloads may be in flight.
            timeout: Seconds that each wait may take in this run; ``None`` waits for ever.
            schedule: When to poll, as for :meth:`CambClient.as_completed`; what is learned stays in the journal.
            on_update: Called with each item whenever its state has been written, on ``created`` before its first
                poll. An ``Exception`` in it is logged; :class:`StopWaiting` ends the run.

        Raises:
            AuthenticationError: The key was refused. What was created stays so, and the next run continues with it.
            PermissionDeniedError: As above.
            OSError: The journal cannot be written. What has been created meanwhile stands on standard error.
            RuntimeError: The journal or the client is closed, or the journal is being iterated over already.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be; or two items have one file. Nothing was sent.
        """
        from .._batch.thread_runner import ThreadRunner
        from .run import Run

        refuse_coroutines("on_update", on_update)
        work, batch = self._plan_run(
            creates_per_second, max_requests_per_second, downloads, timeout, schedule, on_update
        )
        runner = ThreadRunner(self._camb._wire, batch, [])
        outcomes = Outcomes(runner, Callbacks(on_poll=self._camb._on_poll))
        return self._run(work, Run(self._camb, work, runner, outcomes, on_update))

    def _run(self, work: Work, run: "Run") -> Iterator[BulkItem]:
        with self._working(work):
            yield from run.items()


class AsyncJournal(BaseJournal):
    """As :class:`Journal`; what it iterates over is to be awaited."""

    def __aiter__(self) -> AsyncIterator[TaskOutcome]:
        """The outcomes, as :meth:`as_completed` gives them."""
        return self.as_completed()

    def as_completed(
        self, *, max_concurrency: int = 8, max_requests_per_second: float | None = None, on_update: AsyncOnUpdate = None
    ) -> AsyncIterator[TaskOutcome]:
        """Wait for all tasks of the journal; see :meth:`Journal.as_completed`."""
        from .._batch.async_runner import AsyncRunner

        check_callback("on_update", on_update)
        batch = self._plan_waits(max_concurrency, max_requests_per_second, on_update)
        runner = AsyncRunner(self._camb._wire, batch, _nothing())
        return self._follow(runner, AsyncOutcomes(runner, Callbacks(on_update, self._camb._on_poll)))

    async def _follow(self, runner: Any, outcomes: AsyncOutcomes) -> AsyncIterator[TaskOutcome]:
        waits = self._waits
        with self._running():
            for outcome in waits.untaken():
                yield outcome
                waits.take(outcome)
            async with outcomes:
                for ref in waits.take_up(self._camb._wire.clock.time()):
                    runner.submit(ref)
                self._runner = runner
                while waits.left and (event := await outcomes._next_event()) is not None:
                    if event.ended is not None:
                        waits.end(event.ended[1])
                        yield event.ended[1]
                        waits.take(event.ended[1])

    def run(
        self,
        *,
        creates_per_second: float | None = None,
        max_requests_per_second: float | None = None,
        downloads: int = 4,
        timeout: float | None = None,
        schedule: ScheduleLike = None,
        on_update: AsyncOnItem = None,
    ) -> AsyncIterator[BulkItem]:
        """Create, wait for and download what is planned; see :meth:`Journal.run`.

        ``on_update`` may be a coroutine function; it is then awaited.
        """
        from .._batch.async_runner import AsyncRunner
        from .run import AsyncRun

        work, batch = self._plan_run(
            creates_per_second, max_requests_per_second, downloads, timeout, schedule, on_update
        )
        runner = AsyncRunner(self._camb._wire, batch, _nothing())
        outcomes = AsyncOutcomes(runner, Callbacks(on_poll=self._camb._on_poll))
        return self._run(work, AsyncRun(self._camb, work, runner, outcomes, on_update))

    async def _run(self, work: Work, run: "AsyncRun") -> AsyncGenerator[BulkItem]:
        with self._working(work):
            async with aclosing(run.items()) as items:
                async for item in items:
                    yield item

    async def __aenter__(self) -> Self:
        """The journal itself."""
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        """Close it."""
        self.close()


async def _nothing() -> AsyncIterator[TaskRef]:
    """No references."""
    return
    yield
