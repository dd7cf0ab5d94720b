"""What ``as_completed`` returns: the outcomes of a batch as they come.

Rule of this file: a handle on the work, which stands in ``_batch.thread_runner``. It tells the caller, in the
caller's own thread or task, and when the caller drops it, the work ends. The two differ by ``await`` alone.
"""

import inspect
import os
import sys
from collections.abc import AsyncIterator, Iterator
from operator import itemgetter
from typing import TYPE_CHECKING, Self

from .._polling.callbacks import AsyncOnUpdate, OnUpdate, annotate_interrupt, run_callback
from .._polling.task import TaskOutcome, TaskState

if TYPE_CHECKING:
    from .async_runner import AsyncRunner
    from .thread_runner import ThreadRunner


class Outcomes(Iterator[TaskOutcome]):
    """Outcomes as they come: an iterator, and a context manager that stops all work when it is left.

    Work begins with the first ``next()``, or on entering. Read to its end it needs no ``with``. Once it is left,
    nothing more comes.
    """

    def __init__(self, work: "ThreadRunner", on_update: OnUpdate) -> None:
        self._work, self._on_update, self._pid = work, on_update, os.getpid()

    @property
    def _is_orphaned(self) -> bool:
        """Whether the threads have ended as they stood, perhaps with the turn in hand: at exit, in a forked child."""
        return sys.is_finalizing() or os.getpid() != self._pid

    def __enter__(self) -> Self:
        """Begin."""
        self._work.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait for the polls in flight."""
        self.close()

    def close(self) -> None:
        """Stop, and wait for the polls in flight, as leaving the ``with`` does."""
        if not self._is_orphaned:
            self._work.stop()
            self._work.join()

    def __del__(self) -> None:
        """Stop what nobody can ask for its outcomes any more."""
        if not self._is_orphaned:
            self._work.stop()

    def __next__(self) -> TaskOutcome:
        """The next outcome.

        Raises:
            AuthenticationError: The key was refused, for all tasks; ``.outcomes`` has what came until then.
            PermissionDeniedError: As above.
            RuntimeError: The client is closed; or this is a forked child of the process that asked for them.
        """
        if (numbered := self.numbered()) is None:
            raise StopIteration
        return numbered[1]

    def in_order(self) -> list[TaskOutcome]:
        """The outcomes that are left, in the order of their references, once all have come."""
        return [outcome for _, outcome in sorted(iter(self.numbered, None), key=itemgetter(0))]

    def numbered(self) -> tuple[int, TaskOutcome] | None:
        """The next outcome, with the place of its reference in the input; ``None`` at the end."""
        if self._is_orphaned:
            raise RuntimeError("these outcomes belong to another process: ask for them in this one")
        with annotate_interrupt(self._work.batch):
            while not isinstance(news := self._work.next_news(), tuple):
                if not isinstance(news, TaskState):
                    self.close()
                    if news is None:
                        return None
                    raise news
                with run_callback(news.ref):
                    if self._on_update is not None:
                        self._on_update(news)
        return news


class AsyncOutcomes(AsyncIterator[TaskOutcome]):
    """As :class:`Outcomes`; leaving the ``async with`` ends the polls in flight at once."""

    def __init__(self, work: "AsyncRunner", on_update: AsyncOnUpdate) -> None:
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
        with annotate_interrupt(self._work.batch):
            while not isinstance(news := await self._work.next_news(), tuple):
                if not isinstance(news, TaskState):
                    await self.aclose()
                    if news is None:
                        return None
                    raise news
                with run_callback(news.ref):
                    if self._on_update is not None and inspect.isawaitable(told := self._on_update(news)):
                        await told
        return news
