"""The journal: one file that has what is waited for and what is planned, whatever becomes of the process."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from .._batch.outcome import TaskOutcome
from .._batch.outcomes import AsyncOutcomes, Outcomes
from .._batch.scheduler import Batch
from .._files.options import StrPath
from .._polling.callbacks import AsyncOnUpdate, Callbacks, OnUpdate, check_callback, refuse_coroutines
from .._polling.checks import seconds
from .._polling.schedule import Schedule, ScheduleLike
from .._polling.task import TaskLike, TaskRef
from .database import JOURNAL, Database
from .waits import Waits

if TYPE_CHECKING:
    from types import TracebackType


class BaseJournal:
    """What both journals share: the file, and what is put into it."""

    def __init__(self, camb: Any, path: StrPath) -> None:
        self._camb = camb
        camb._wire.check_open()
        self._database = Database(path, JOURNAL, is_exclusive=True)
        self._waits = Waits(self._database, camb._wire.random)
        self._runner: Any = None  # Of the iteration that is under way.
        self._is_running = False

    def __repr__(self) -> str:
        """Where it is."""
        return f"{type(self).__name__}({str(self._database.path)!r})"

    def add(self, tasks: Iterable[TaskLike], *, timeout: float | None = 600.0, schedule: ScheduleLike = None) -> int:
        """Put tasks into the journal, to be waited for. A task that it knows, its outcome taken or not, stays as it is.

        Args:
            tasks: References or ``"<kind>:<task_id>"``, of mixed kinds.
            timeout: Seconds until the deadline of each, by the clock on the wall; ``None`` waits for ever.
            schedule: When to poll, as for :meth:`CambClient.wait`.

        Returns:
            How many were not known before.

        Raises:
            OSError: The file cannot be written; nothing of it was.
            RuntimeError: The journal or the client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        refs, clock = list(self._camb._refs(tasks)), self._camb._wire.clock
        new = self._waits.add(refs, seconds(timeout), Schedule.of(schedule), clock.time())
        for ref in new if self._runner else ():
            self._waits.left += 1
            self._runner.submit(ref)
        return len(new)

    def _plan_waits(self, max_concurrency: int, max_requests_per_second: float | None, on_update: object) -> Batch:
        """The batch of the waits, its arguments checked."""
        batch: Batch = self._camb._batch(None, None, max_concurrency, max_requests_per_second, on_update)
        batch.feed(self._waits.poller)
        return batch

    @contextmanager
    def _running(self) -> Iterator[None]:
        """One iteration at a time: two would hand out the same."""
        if self._is_running:
            raise RuntimeError("this journal is being iterated over already: end that first")
        self._is_running = True
        try:
            yield
        finally:
            self._is_running, self._runner = False, None
            if self._database.is_open:
                self._flush(at_once=True)

    def _flush(self, *, at_once: bool = False) -> None:
        self._waits.flush(self._camb._wire.clock.monotonic(), at_once=at_once)

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file, for its next owner. Any use after that raises ``RuntimeError``."""
        if self._runner is not None:
            self._runner.stop()
        self._database.close()


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
                    self._flush()
                    if event.ended is not None:
                        waits.end(event.ended[1])
                        yield event.ended[1]
                        waits.take(event.ended[1])


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
                    self._flush()
                    if event.ended is not None:
                        waits.end(event.ended[1])
                        yield event.ended[1]
                        waits.take(event.ended[1])

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
