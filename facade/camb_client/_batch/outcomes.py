"""What ``as_completed`` returns: the outcomes of a batch as they come.

It tells the caller what the runner has to tell, in the caller's own thread or task; when the caller drops it, the
runner stops. The two classes differ by ``await`` alone.
"""

import math
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Self

from .._polling.callbacks import STILL_RUNNING, Callbacks, StopWaiting, acall, annotate_interrupt, call
from .._polling.errors import AuthenticationError, PermissionDeniedError
from .outcome import TaskOutcome

if TYPE_CHECKING:
    from types import TracebackType

    from .async_runner import AsyncRunner
    from .scheduler import Batch, Event
    from .thread_runner import ThreadRunner

_Numbered = tuple[int, TaskOutcome]


def _sorted(found: list[_Numbered]) -> list[TaskOutcome]:
    return [outcome for _, outcome in sorted(found, key=itemgetter(0))]


@contextmanager
def _gathering(batch: "Batch") -> Iterator[list[_Numbered]]:
    """A list for all outcomes of a batch: none of them is taken before it is left, nor lost when the key is refused."""
    batch.gathers, found = True, list[_Numbered]()
    try:
        yield found
    except (AuthenticationError, PermissionDeniedError) as error:
        if error is not batch.input_error:
            error.outcomes = tuple(outcome for _, outcome in found)
        raise


def _raise_input_error(batch: "Batch", found: list[_Numbered]) -> None:
    """Raise what the caller's iterable of tasks has raised, if it has; no reference is lost with it."""
    if (error := batch.input_error) is None:
        return
    if batch.pending:
        error.add_note(f"without an outcome: {', '.join(map(str, batch.pending))}. {STILL_RUNNING}")
    if found:
        ended = (f"{outcome.ref} ({outcome.error or f'run_id {outcome.result().run_id}'})" for _, outcome in found)
        error.add_note(f"ended before that: {', '.join(ended)}")
    raise error


class Outcomes(Iterator[TaskOutcome]):
    """Outcomes as they come: an iterator, and a context manager that stops all polls when it is left.

    Polling begins with the first ``next()``, or on entering. Read to its end it needs no ``with``. Once it is left,
    nothing more comes. Nothing is kept of a task whose outcome was given.
    """

    _pid = 0  # An interruption may come before it is made.

    def __init__(self, runner: "ThreadRunner", callbacks: Callbacks) -> None:
        self._runner, self._callbacks, self._pid = runner, callbacks, os.getpid()

    @property
    def _is_orphaned(self) -> bool:
        """Whether the threads may have died with the condition held: at exit, or in a forked child."""
        return sys.is_finalizing() or os.getpid() != self._pid

    def __enter__(self) -> Self:
        """Begin."""
        self._runner.start()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: "TracebackType | None") -> None:
        """Stop, and wait for the polls in flight; but at once where an interruption (Ctrl-C) is the reason."""
        if isinstance(error, Exception | GeneratorExit | None):
            self.close()
        else:
            self._stop()

    def close(self) -> None:
        """Stop, and wait for the polls in flight, as leaving the ``with`` does."""
        if not self._is_orphaned:
            self._runner.stop()
            self._runner.join()

    def _stop(self) -> None:
        if not self._is_orphaned:
            self._runner.stop()

    def __del__(self) -> None:
        """Stop what nobody can ask for its outcomes any more."""
        self._stop()

    def __next__(self) -> TaskOutcome:
        """The next outcome.

        Raises:
            AuthenticationError: The key was refused, for all tasks. Each outcome until then has been given.
            PermissionDeniedError: As above.
            StopWaiting: A callback or a hook of yours has raised it.
            RuntimeError: The client is closed; or this is a forked child of the process that asked for them.
            Exception: What the iterable of tasks has raised, after the outcomes of what it gave before.
        """
        while (event := self._next_event()) is not None:
            if event.ended is not None:
                return event.ended[1]
        raise StopIteration

    def in_order(self) -> list[TaskOutcome]:
        """The outcomes that are left, in the order of their references, once all have come.

        Raises:
            AuthenticationError: The key was refused, for all tasks; ``.outcomes`` has those until then.
            PermissionDeniedError: As above.
            Exception: As ``next()``.
        """
        with _gathering(self._runner.batch) as found:
            while (event := self._next_event()) is not None:
                if event.ended is not None:
                    found.append(event.ended)
                _raise_input_error(self._runner.batch, found)
        return _sorted(found)

    def _next_event(self, seconds: float = math.inf) -> "Event | None":
        """The next event, once the caller's callbacks have been told of it; ``None`` at the end."""
        if self._is_orphaned:
            raise RuntimeError("these outcomes belong to another process: ask for them in this one")
        with annotate_interrupt(self._runner.batch):
            event = self._runner.next_event(seconds)
            try:
                for callback in event.callbacks(self._callbacks) if event else ():
                    call(*callback)
            except StopWaiting:
                self._stop()
                raise
        if event is None or event.error is not None:
            self.close()
        if event is not None and event.error is not None:
            raise event.error
        return event


class AsyncOutcomes(AsyncIterator[TaskOutcome]):
    """As :class:`Outcomes`; leaving the ``async with`` ends the polls in flight at once."""

    def __init__(self, runner: "AsyncRunner", callbacks: Callbacks) -> None:
        self._runner, self._callbacks = runner, callbacks

    async def __aenter__(self) -> Self:
        """Begin."""
        self._runner.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop at once."""
        await self.aclose()

    async def aclose(self) -> None:
        """Stop at once, as leaving the ``async with`` does."""
        self._runner.stop()
        await self._runner.join()

    def __del__(self) -> None:
        """Stop what nobody can ask for its outcomes any more."""
        self._runner.stop()

    async def __anext__(self) -> TaskOutcome:
        """The next outcome; raises as :meth:`Outcomes.__next__`."""
        while (event := await self._next_event()) is not None:
            if event.ended is not None:
                return event.ended[1]
        raise StopAsyncIteration

    async def in_order(self) -> list[TaskOutcome]:
        """As :meth:`Outcomes.in_order`."""
        with _gathering(self._runner.batch) as found:
            while (event := await self._next_event()) is not None:
                if event.ended is not None:
                    found.append(event.ended)
                _raise_input_error(self._runner.batch, found)
        return _sorted(found)

    async def _next_event(self, seconds: float = math.inf) -> "Event | None":
        """As :meth:`Outcomes._next_event`."""
        with annotate_interrupt(self._runner.batch):
            event = await self._runner.next_event(seconds)
            try:
                for callback in event.callbacks(self._callbacks) if event else ():
                    await acall(*callback)
            except StopWaiting:
                self._runner.stop()
                raise
        if event is None or event.error is not None:
            await self.aclose()
        if event is not None and event.error is not None:
            raise event.error
        return event
