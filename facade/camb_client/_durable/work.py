"""The work of one run: what is to be done next, and what has come of it. The drivers in ``run`` do it."""

import sys
import threading
from collections import deque
from typing import TYPE_CHECKING

import attrs

from .._batch.outcome import TaskOutcome
from .._batch.scheduler import Event
from .._polling.callbacks import StopWaiting
from .._polling.errors import CambError, ConfigurationError, DownloadError, PaymentRequiredError
from .._polling.log import log
from .._polling.schedule import Schedule
from .._polling.task import TaskRef
from .bulk import Creating, KeyRefused, after_wait
from .codec import dump
from .durations import Durations, size_of
from .items import BulkItem, Items, ItemState, ItemTarget, Row
from .state import Resumed, begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .._http.async_wire import AsyncWire
    from .._http.sync_wire import Wire

# How many planned items are read at a time.
_CHUNK = 64


@attrs.frozen
class Job:
    """A create, or a download."""

    row: Row
    is_create: bool


@attrs.frozen
class Done(Event):
    """A job has ended: how its item stands (``None``: it was planned anew meanwhile), or what broke the run."""

    job: Job
    item: BulkItem | None = None
    fault: BaseException | None = None


class Work:
    """The work of one run.

    Args:
        items: The items.
        durations: How long tasks took before.
        wire: The wire of the client.
        creating: Its creates.
        downloads: How many downloads may be in flight.
        timeout: Seconds that each wait may take.
        schedule: When to poll.

    Attributes:
        is_stopped: Whether nothing new may begin.
        fault: What broke it, or ``None``.
    """

    def __init__(
        self,
        items: Items,
        durations: Durations,
        wire: "Wire | AsyncWire",
        creating: Creating,
        downloads: int,
        timeout: float,
        schedule: Schedule,
    ) -> None:
        self.creating = creating
        self._items, self._durations, self._clock, self._random = items, durations, wire.clock, wire.random
        self._downloads, self._timeout, self._schedule = downloads, timeout, schedule
        self._turn = threading.Lock()
        self._planned: deque[int] = deque()
        self._is_planned = True  # Whether there may be more than those.
        self._succeeded: deque[int] = deque()
        self._busy: set[int] = set()
        self._downloading = 0
        self._waiting: dict[TaskRef, list[int]] = {}
        self._sizes: dict[TaskRef, str] = {}
        self.is_stopped = False
        self.fault: BaseException | None = None

    def start(self) -> None:
        """See what there is to do, before anything is sent."""
        self._items.settle()
        self._items.prepare()
        self._succeeded.extend(row.number for row in self._items.rows("state = 'succeeded' AND dest IS NOT NULL"))

    def waiting(self) -> "Iterator[TaskRef]":
        """The tasks that an earlier run has left."""
        for row in self._items.rows("state = 'created' ORDER BY number"):
            assert row.item.ref is not None  # noqa: S101 (it has been created)
            self._wait_for(row.item.ref, row)
            yield row.item.ref

    def _wait_for(self, ref: TaskRef, row: Row) -> None:
        self._waiting.setdefault(ref, []).append(row.number)
        self._sizes[ref] = size_of(row.body)

    def plan_again(self) -> None:
        """More may have been planned."""
        self._is_planned = True

    def poller(self, ref: TaskRef) -> Resumed:
        """The wait for a task, for a batch."""
        state = begin(ref, self._timeout, self._schedule, self._clock.time())
        return Resumed.of(state, self._random, self._durations.paces, self._sizes[ref])

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do in this run."""
        return not (self._busy or self._waiting or self._succeeded or self._next_planned()) or self.fault is not None

    def _next_planned(self) -> int | None:
        if self.creating.stopped is not None:
            return None
        if not self._planned and self._is_planned:
            query = "state = 'planned' ORDER BY number LIMIT ?"
            found = [row.number for row in self._items.rows(query, _CHUNK + len(self._busy))]
            self._planned.extend(number for number in found if number not in self._busy)
            self._is_planned = bool(self._planned)
        return self._planned[0] if self._planned else None

    def pause(self, now: float) -> float:
        """How long until something may begin; infinity where only an event can tell."""
        return max(0.0, self.creating.free_at(now) - now) if self._next_planned() is not None else float("inf")

    def next_job(self, now: float) -> Job | None:
        """What may begin now, if anything may."""
        if self.is_stopped:
            return None
        while self._succeeded and self._downloading < self._downloads:
            (row,) = self._items.rows("number = ?", number := self._succeeded.popleft()) or (None,)
            # It may have been planned anew since.
            if row is not None and row.item.state is ItemState.SUCCEEDED and number not in self._busy:
                self._downloading += 1
                self._busy.add(number)
                return Job(row, is_create=False)
        with self._turn:
            while self._next_planned() is not None and self.creating.free_at(now) <= now:
                (row,) = self._items.rows("number = ?", number := self._planned.popleft()) or (None,)
                if row is not None and row.item.state is ItemState.PLANNED:  # It may have been taken out since.
                    self.creating.begin(now)
                    self._busy.add(number)
                    return Job(row, is_create=True)
        return None

    # In whichever thread does the job.

    def begin(self, job: Job) -> Row:
        """Write down that a create begins; what is to be created. Where that is impossible, it does not begin."""
        try:
            self._items.mark(job.row.number, ItemState.CREATING)
        except BaseException:
            with self._turn:
                self.creating.cancel(self._clock.monotonic())
            raise
        return self._items.rows("number = ?", job.row.number)[0]  # It may have taken other arguments until then.

    def created(self, job: Job, came: "TaskRef | Exception") -> Done:
        """Take in the end of a create, and write it down at once."""
        row, ref = job.row, came if isinstance(came, TaskRef) else None
        error = None if isinstance(came, TaskRef) else came
        if isinstance(error, ValueError | TypeError) and not isinstance(error, CambError):
            error = ConfigurationError(f"{row.key}: {error}")
        if error is not None and not isinstance(error, CambError):
            raise error
        with self._turn:
            state = self.creating.end(error, self._clock.monotonic())
        try:
            values = {} if ref is None else {"ref": dump(ref.to_dict())}
            return Done(job, self._items.mark(row.number, state, error, **values))
        except BaseException as unwritten:
            self.creating.stop(unwritten)
            if ref is not None:  # It is paid for: nothing else knows it now.
                print(f"{row.key}: created {ref}, but that cannot be written down: keep it", file=sys.stderr)  # noqa: T201
            raise

    def target(self, job: Job) -> ItemTarget:
        """Where a download goes."""
        return ItemTarget(job.row, self._items.part(job.row))

    def downloaded(self, job: Job, came: "Path | Exception") -> Done:
        """Take in the end of a download."""
        row = job.row
        if not isinstance(came, Exception):
            old = row.item.path
            item = self._items.mark_task(row.number, row.item.ref, ItemState.DOWNLOADED, path=str(came))
            if item is not None and old is not None and old != came:  # Of another format than the one before.
                old.unlink(missing_ok=True)
            return Done(job, item)
        if isinstance(came, OSError):
            said = f"{row.key}: {str(row.dest)!r} cannot be written: {came.strerror or came}"
            error: CambError = DownloadError(said, ref=row.item.ref)
            error.__cause__ = came
        elif isinstance(came, CambError):
            error = came
        else:
            raise came
        return Done(job, self._items.mark_task(row.number, row.item.ref, ItemState.SUCCEEDED, error))

    def stop(self, creates: int, grace: float) -> None:
        """Begin nothing new, and say what is waited for: so many creates, for so many seconds."""
        self.is_stopped = True
        if creates:
            log.warning("waiting up to %g s for the creates that are on their way: %d", grace, creates)

    def check_stopped(self, *_: object) -> None:
        """End a download when the run ends."""
        if self.is_stopped:
            raise StopWaiting("the run has ended")

    # In the caller's own thread.

    def take(self, event: Event) -> "tuple[BulkItem, bool] | None":
        """Take in an event: the item that it is about, if it is, and whether this run is through with that."""
        if event.ended is not None:
            return self._waited(event.ended[1])
        return self._ended(event.job, event) if isinstance(event, Done) else None

    def _ended(self, job: Job, event: Done) -> "tuple[BulkItem, bool] | None":
        self._busy.discard(job.row.number)
        self._downloading -= not job.is_create
        if event.fault is not None:
            self.fault = self.fault or event.fault
            return None
        if (item := event.item) is None:
            self._is_planned = True
            return None
        if item.state is ItemState.CREATED:
            assert item.ref is not None  # noqa: S101 (it has been created)
            self._wait_for(item.ref, job.row)
            return item, False
        if item.state is ItemState.PLANNED:
            self._is_planned = True
            return item, self.creating.stopped is not None
        return item, True

    def _waited(self, outcome: TaskOutcome) -> "tuple[BulkItem, bool] | None":
        numbers, state = self._waiting[outcome.ref], after_wait(outcome)
        number, size = numbers.pop(0), self._sizes[outcome.ref]
        if not numbers:
            del self._waiting[outcome.ref], self._sizes[outcome.ref]
        run_id = None if outcome.error is not None else outcome.state.run_id
        with self._durations.saved_with(outcome.ref, size):
            item = self._items.mark_task(number, outcome.ref, state, outcome.error, run_id=run_id)
        if isinstance(outcome.error, PaymentRequiredError):
            self.creating.stop(outcome.error)
        if item is None:
            return None
        if state is ItemState.SUCCEEDED and self._items.rows("number = ?", number)[0].dest is not None:
            self._succeeded.append(number)
            return item, False
        return item, True

    def end(self) -> None:
        """Raise what broke the run, or refused the key; say why items are left."""
        why = self.fault or self.creating.stopped
        if self.fault is not None or isinstance(why, KeyRefused):
            raise why  # type: ignore[misc]
        left = len(self._items.keys(ItemState.PLANNED))
        if why is not None and left:
            log.warning("creating has stopped; still planned: %d. Why: %s", left, why)
