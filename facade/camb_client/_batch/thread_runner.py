"""The runner of a sync batch: threads that poll when it is time, and take turns at one condition.

They continue while the caller is busy with an outcome. The caller's own code (callbacks, an iterator of references)
runs in the caller's thread, when it asks for the next event.
"""

import contextvars
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

from .._api import calls
from .._http.sync_wire import Wire
from .._polling.log import log
from .._polling.task import TaskRef
from .scheduler import Batch, Event

if TYPE_CHECKING:
    from .._polling.poller import Poller


class ThreadRunner:
    """Runs a sync batch: one thread says which task is next, a few others poll.

    All are daemons, so that polls in the background never block the exit of the interpreter.
    """

    def __init__(self, wire: Wire, batch: Batch, refs: Iterable[TaskRef]) -> None:
        self.batch, self._wire, self._refs = batch, wire, iter(refs)
        self._at_hand = isinstance(refs, list)  # To read them takes none of the caller's code.
        self._context = contextvars.copy_context()
        self._turn = threading.Condition()
        self._next: SimpleQueue[Poller | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._awaited = 0

    def start(self) -> None:
        """Begin, if it has not begun."""
        with self._turn:
            if not self._threads and not self.batch.over:
                self.batch.start(self._wire.clock.monotonic())
                self._spawn(self._drive, "camb-batch")

    def _spawn(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

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
                if (poller := batch.take(clock.monotonic())) is not None:
                    self._next.put(poller)
                    if batch.in_flight >= len(self._threads):  # One of which is this.
                        self._spawn_poller()
                elif self._at_hand and batch.room:
                    batch.add(next(self._refs, None), clock.monotonic(), clock.time())
                else:
                    self._turn.notify_all()
                    clock.idle(
                        self._turn, batch.pause(clock.monotonic()), busy=batch.in_flight > 0 or not self._awaited
                    )
            self._turn.notify_all()
        for _ in self._threads:
            self._next.put(None)

    def _spawn_poller(self) -> None:
        """One thread more to poll; where there can be no more, the batch continues with those it has."""
        try:
            self._spawn(self._poll_all, "camb-poll")
        except RuntimeError as error:
            pollers = len(self._threads) - 1
            self.batch.max_concurrency = max(1, pollers)
            log.warning("%s: %s; the batch continues with %d at a time", self.batch, error, self.batch.max_concurrency)
            if not pollers:  # Then this thread polls, too.
                self._turn.release()
                try:
                    while not self._next.empty() and self._poll_next():
                        pass
                finally:
                    self._turn.acquire()

    def _poll_all(self) -> None:
        with self._failing():
            while self._poll_next():
                pass

    def _poll_next(self) -> bool:
        """Poll the task that is next, once there is one; false when there are no more."""
        clock, batch = self._wire.clock, self.batch
        if (poller := self._next.get()) is None or batch.over:
            return False
        call = calls.status(poller.ref, poller.polls + 1)
        poll = self._context.copy().run(self._wire.ask, call, poller.limit(clock.monotonic()))
        with self._turn:
            batch.observe(poller, poll, clock.monotonic())
            if (poller := batch.take(clock.monotonic())) is not None:
                self._next.put(poller)
            self._turn.notify_all()
        return True

    def next_event(self, seconds: float = math.inf) -> Event | None:
        """The next thing to tell; ``None`` when there is no more, and nothing to tell when that time has passed."""
        self.start()
        while True:
            with self._turn:
                self._awaited += 1
                self._turn.notify_all()
                try:
                    if seconds == math.inf:
                        self._turn.wait_for(self._is_called)
                    elif not self._is_called():
                        self._wire.clock.idle(self._turn, seconds, busy=self.batch.in_flight > 0)
                finally:
                    self._awaited -= 1
                if seconds < math.inf and not self._is_called():
                    return Event()
                if self.batch.events or self.batch.over:
                    return self.batch.next_event()
            self._read()

    def _is_called(self) -> bool:
        """Whether the caller has something to do."""
        return bool(self.batch.events) or self._wanting or self.batch.over

    def submit(self, ref: TaskRef) -> None:
        """Take in a reference, from any thread; for a batch that is fed."""
        with self._turn:
            self.batch.add(ref, self._wire.clock.monotonic(), self._wire.clock.time())
            self._turn.notify_all()

    def post(self, event: Event) -> None:
        """Have an event told, from any thread."""
        with self._turn:
            self.batch.events.append(event)
            self._turn.notify_all()

    def _read(self) -> None:
        """Read the next reference, in the caller's thread, as its code is the caller's."""
        try:
            ref = next(self._refs, None)
        except Exception as error:  # noqa: BLE001 (whatever it raises is raised to whoever gave it)
            with self._turn:
                self.batch.stop_reading(error)
                return
        with self._turn:
            self.batch.add(ref, self._wire.clock.monotonic(), self._wire.clock.time())

    @property
    def _wanting(self) -> bool:
        return self.batch.room and not self._at_hand

    def stop(self) -> None:
        """Begin no more polls."""
        with self._turn:
            self.batch.stop()
            self._turn.notify_all()

    def join(self) -> None:
        """Wait for the polls in flight."""
        for thread in self._threads:  # The first makes the others.
            thread.join()
