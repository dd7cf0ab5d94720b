"""The waits of an app: what its web handlers ask of them, and what its workers do with them."""

import math
import os
import time
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar
from uuid import uuid4

import attrs
from celery import Celery, signals, states
from celery.backends.base import DisabledBackend
from celery.exceptions import Ignore, Reject
from celery.result import AsyncResult, GroupResult
from kombu.utils import json as kombu_json

from .._batch.outcome import TaskOutcome
from .._durable.codec import load_outcome
from .._durable.state import WaitState, begin
from .._durable.stores import Change, Store, open_store
from .._polling.checks import DAY, integer, number, seconds
from .._polling.errors import ConfigurationError
from .._polling.log import log
from .._polling.schedule import Schedule, ScheduleLike
from .._polling.task import TaskLike
from .._tasks.base import BaseTasks
from ._record import Ended, Waiting, options, tasks_named
from ._sweep import Delivery, Sweeper, resend_delay
from ._tasks import WAIT, add_to

QUEUE = "camb"
# While store or broker cannot be reached, a worker asks for no sweep for so long.
QUIET_SECONDS = 5.0
# How long a task tries to reach the store before its message goes back to the queue.
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
# Where Celery cannot store a good outcome, or send what comes after it, it is sent so often, in 40 minutes.
_TRIES = 7

_registered: "weakref.WeakKeyDictionary[Celery, Waits]" = weakref.WeakKeyDictionary()
_T = TypeVar("_T")
_tasks: BaseTasks[Any] = BaseTasks()


def register(
    app: Celery,
    *,
    store: str,
    max_requests_per_second: float | None = None,
    max_concurrency: int = 128,
    namespace: str | None = None,
) -> "Waits":
    """Let an app wait for CAMB.AI's tasks. Call it where the app is made, for workers and web handlers alike.

    Nothing is sent yet. The API key and the base URL are those of the worker's environment (``CAMB_API_KEY``,
    ``CAMB_BASE_URL``); neither is ever in a message or in the store.

    Args:
        app: The app.
        store: Where open waits stand: ``redis://…``, ``rediss://…`` (a cluster too), or ``sqlite:///<path>`` for the
            processes of one machine. A Redis must have ``maxmemory-policy noeviction``.
        max_requests_per_second: How many polls may reach the server in any second, from all workers together; workers
            that differ use the lowest. ``None`` is no limit.
        max_concurrency: How many polls may be in flight, from 1 to 10,000. A slow API needs more for the same rate.
        namespace: Whose waits these are, where several apps share a store; by default the name of the app.

    Raises:
        ConfigurationError: No such store; or the app has its waits already.
        TypeError: An argument of another type.
        ValueError: An argument that cannot be.
    """
    if not isinstance(app, Celery):
        raise TypeError(f"app must be a celery.Celery, not {type(app).__name__}")
    if max_requests_per_second is not None:
        number("max_requests_per_second", max_requests_per_second, least=1 / DAY, most=1e6, what="number or None")
    number("max_concurrency", integer("max_concurrency", max_concurrency), least=1, most=10_000)
    if app in _registered:
        raise ConfigurationError("this app has its waits already: call register() once, and share what it returns")
    opened = open_store(store, app.main or "celery" if namespace is None else namespace)
    waits = Waits(app, opened, math.inf if max_requests_per_second is None else float(max_requests_per_second),
                  int(max_concurrency))  # fmt: skip
    _registered[app] = waits
    return waits


class Waits:
    """The waits of an app: :func:`register` makes them."""

    def __init__(self, app: Celery, store: Store, rate: float, max_concurrency: int) -> None:
        self._app, self._store, self._rate, self._max_concurrency = app, store, rate, max_concurrency
        self._sweepers: dict[int, Sweeper] = {}
        self._quiet_until = -math.inf
        self._warned = False
        self._wait_task, self._sweep_task = add_to(app, self)
        signals.celeryd_init.connect(self._prepare, weak=False)
        signals.task_revoked.connect(self._revoked, weak=False)

    @property
    def wait(self) -> Any:
        """The Celery task that waits, as ``wait.s(ref, timeout=600.0, schedule=None)``.

        Its result is the outcome's plain JSON. A task that ends badly, or not in time, makes it fail with the typed
        error. The reference is ``"<kind>:<task_id>"``, a :class:`TaskRef`, or what ``TaskRef.to_dict()`` gives.
        """
        return self._wait_task

    @property
    def sweep(self) -> Any:
        """The Celery task that polls what is due. Workers ask for it by themselves; a beat may too."""
        return self._sweep_task

    def begin(
        self, refs: Iterable[TaskLike], *, timeout: float | None = 600.0, schedule: ScheduleLike = None
    ) -> GroupResult:
        """Wait for many tasks, without a Celery task for each: straight into the store, from a web handler say.

        It needs neither a worker nor the API key. Outcomes come to the app's result backend: SUCCESS with the
        outcome's plain JSON, or FAILURE with the typed error.

        Args:
            refs: References or ``"<kind>:<task_id>"``, of mixed kinds.
            timeout: Seconds from now until the deadline of each; ``None`` waits for ever.
            schedule: When to poll, as for :meth:`camb_client.CambClient.wait`.

        Returns:
            One result for each reference, in their order; ``save()`` it to find it again with ``restore(id)``.

        Raises:
            ConfigurationError: The app has no result backend that keeps results; or the store cannot keep waits.
            TypeError: An argument of another type.
            ValueError: A reference, timeout or schedule that cannot be.
        """
        backend = self._app.backend
        if isinstance(backend, DisabledBackend) or str(self._app.conf.result_backend).startswith("rpc"):
            raise ConfigurationError(
                "begin() needs a result backend that keeps results: set result_backend of the app, to redis:// say"
            )
        tasks = [_tasks._ref(ref) for ref in _each(refs)]
        now, limit, pace = time.time(), seconds(timeout), Schedule.of(schedule)
        found = [(str(uuid4()), begin(ref, limit, pace, now)) for ref in tasks]
        self._check()
        try:
            self._store.add([(one, Waiting(state, "").text(), state.next_at - now) for one, state in found])
        except BaseException:
            with suppress(*self._store.outages):  # Nobody would have the results of those that were added.
                self._store.close([one for one, _ in found], 0.0)
            raise
        return self._app.GroupResult(str(uuid4()), [self._app.AsyncResult(one) for one, _ in found])

    def forget(self, id: "str | AsyncResult[Any]") -> bool:  # noqa: A002 (Celery's word)
        """End a wait without an outcome: nothing is resumed, and its result stays as it is.

        The task still runs at CAMB.AI: there is no endpoint to cancel one.

        Args:
            id: The id of the Celery task that waits, or of a result of :meth:`begin`.

        Returns:
            Whether there was such a wait.
        """
        return self._store.close([str(id)], self._keep) > 0

    def pending(self) -> dict[str, WaitState]:
        """The waits that have not ended, by id. One that cannot be read here is logged and left out."""
        found = {}
        for wait_id, text in self._store.states():
            if text.startswith("["):  # It has ended; its outcome is on its way.
                continue
            try:
                found[wait_id] = Waiting.of(text).state
            except ValueError as problem:
                log.error("%s: the entry cannot be read, and stays as it is: %s", wait_id, problem)
        return found

    # Of the worker.

    @cached_property
    def _keep(self) -> float:
        """For how long the id of a closed wait is refused: a message of it may be delivered again until then."""
        transport = self._app.conf.broker_transport_options or {}
        return 2 * float(transport.get("visibility_timeout") or 3_600) + 3_600

    @cached_property
    def _queue(self) -> Any:
        """The queue, as the user has defined it or else as Celery would; it is not added to those that are consumed."""
        queues = self._app.amqp.queues
        return queues[QUEUE] if QUEUE in queues else queues.new_missing(QUEUE)

    def _prepare(self, instance: Any = None, **_: Any) -> None:
        """Before a worker starts: let ``-Q celery,camb`` work where unknown queues are refused, and load once, before
        it forks, what a sweep needs.
        """
        if getattr(instance, "app", None) is not self._app:
            return
        if not self._app.amqp.queues.create_missing:
            self._app.amqp.queues.add(self._queue)
        for name in ("aiohttp_wire", "async_network"):
            import_module(f"camb_client._http.{name}")

    def _check(self) -> None:
        """Check the store once in each process."""
        if self._checked_in != os.getpid():
            self._store.check()
            self._checked_in = os.getpid()

    _checked_in = 0

    def _reach(self, call: Callable[[], _T]) -> _T:
        """Reach the store, however shortly it is away.

        Raises:
            Reject: It stays away; the message goes back to the queue.
        """
        for pause in _PAUSES:
            try:
                self._check()
                return call()
            except self._store.outages as problem:
                log.warning("the store cannot be reached: %s", problem)
                time.sleep(pause)
        raise Reject("the store cannot be reached", requeue=True)

    def _register(self, task: Any, state: WaitState) -> None:
        """Keep a wait and the call that waits, under the id of that call."""
        kept = options(task.request)
        if kept.get("queue") == QUEUE:
            del kept["queue"]
        self._check_tasks(kept)
        delay = state.next_at - time.time()
        entry = (task.request.id, Waiting(state, kombu_json.dumps(kept)).text(), delay)
        self._reach(lambda: self._store.add([entry]))

    def _check_tasks(self, kept: dict[str, Any]) -> None:
        if unknown := sorted(set(tasks_named(kept)) - self._app.tasks.keys()):
            raise ConfigurationError(
                f"{unknown[0]!r} is no task of this app, so it cannot come after a wait: import it"
            )

    def _take(self, task: Any) -> Any:
        """The outcome that a call is resumed with.

        Raises:
            Ignore: It is not there any more, or another delivery has it.
            CambError: The task at CAMB.AI ended badly, or the wait for it.
        """
        wait_id = task.request.id
        entry = self._reach(lambda: self._store.get(wait_id))
        if entry is None or not entry.outcome:
            raise Ignore
        try:
            ended, outcome = Ended.of(entry.state), load_outcome(entry.outcome)
        except (ValueError, KeyError, TypeError) as problem:
            log.error("%s: the entry cannot be read, and stays as it is: %s", wait_id, problem)
            raise Ignore from None
        if ended.taken and entry.due_in > 0:
            raise Ignore
        if ended.sent > 1 and self._has_ended(wait_id, ended, outcome):
            self._close(wait_id)
            raise Ignore
        taken = attrs.evolve(ended, taken=True).text()
        if not self._reach(lambda: self._store.write([Change(entry, taken, "", resend_delay(ended.sent))])):
            raise Ignore
        return outcome.result()

    def _has_ended(self, wait_id: str, ended: Ended, outcome: TaskOutcome) -> bool:
        """Whether the call has ended before: it was resumed, and killed before its entry was closed."""
        if isinstance(self._app.backend, DisabledBackend):
            return False
        state = self._app.AsyncResult(wait_id).state
        if state == states.FAILURE and outcome.error is None:
            # Its result could not be stored, or what comes after it not be sent: broker or backend were away.
            return ended.sent > _TRIES
        return state in states.READY_STATES

    def _close(self, wait_id: str) -> None:
        try:
            self._reach(lambda: self._store.close([wait_id], self._keep))
        except Reject:
            log.error("%s: the entry cannot be closed; the outcome may be sent once more", wait_id)

    def _revoked(self, sender: Any = None, request: Any = None, **_: Any) -> None:
        """A call that was revoked, or has expired, is not resumed any more."""
        if getattr(sender, "name", None) == WAIT and sender.app is self._app:
            self._close(request.id)

    def _sweep(self, hostname: str) -> None:
        """Sweep, and ask for the next sweep where more is due."""
        pid = os.getpid()
        if pid not in self._sweepers:
            self._sweepers = {
                pid: Sweeper(self._store, f"{hostname}/{pid}", self._rate, self._max_concurrency, self._deliver)
            }
        try:
            self._check()
            self._sweepers[pid].sweep()
            if self._store.tick(self._rate):
                self.sweep.apply_async()
        except self._store.outages as problem:
            log.warning("the store cannot be reached: %s", problem)

    def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Send outcomes; what fails is sent again."""
        closed = []
        for one in deliveries:
            try:
                if one.call:
                    self._resume(one)
                else:
                    self._store_result(one)
                    closed.append(one.id)
            except ValueError as problem:
                log.error("%s: the entry cannot be read, and stays as it is: %s", one.id, problem)
            except Exception as problem:  # noqa: BLE001 (of whatever broker or backend; all of it is sent again)
                log.warning("outcomes cannot be sent, and are sent again: %s", problem)
                break
        if closed:
            self._store.close(closed, self._keep)

    def _resume(self, one: Delivery) -> None:
        kept = kombu_json.loads(one.call)
        self._check_tasks(kept)
        self.wait.apply_async(
            (str(one.outcome.ref),), {"outcome": one.outcome.to_dict()}, task_id=one.id, add_to_parent=False, **kept
        )

    def _store_result(self, one: Delivery) -> None:
        if one.outcome.error is None:
            self._app.backend.store_result(one.id, one.outcome.to_dict(), states.SUCCESS)
        else:
            self._app.backend.mark_as_failure(one.id, one.outcome.error)

    def _tick(self) -> None:
        """Ask for a sweep if one is due. It runs in the loop of the worker, so it must not raise, and not wait long."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            if self._store.tick(self._rate):
                self.sweep.apply_async(retry=False)
        except Exception as problem:  # noqa: BLE001 (of store or broker; a second later it may be there)
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("no sweep can be asked for: %s", problem)

    def _may_tick(self) -> bool:
        """Whether this worker takes part."""
        if QUEUE in self._app.amqp.queues.consume_from:
            return True
        if not self._warned:
            self._warned = True
            log.warning("this worker does not consume the queue %r, so it polls nothing: start it with -Q celery,%s",
                        QUEUE, QUEUE)  # fmt: skip
        return False


def _each(refs: Iterable[TaskLike]) -> Iterable[TaskLike]:
    if isinstance(refs, str | bytes) or not isinstance(refs, Iterable):
        raise TypeError(f"refs must be an iterable of references, not {type(refs).__name__}")
    return refs
