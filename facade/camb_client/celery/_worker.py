"""What workers do with the waits of an app: keep them, sweep, and resume the calls that wait."""

import math
import os
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar

import attrs
from celery import Celery, signals, states
from celery.backends.base import DisabledBackend
from celery.exceptions import Ignore, Reject
from kombu.utils import json as kombu_json

from .._batch.outcome import TaskOutcome
from .._durable.codec import load_outcome
from .._durable.state import WaitState
from .._durable.stores import Change, Store
from .._polling.errors import ConfigurationError
from .._polling.log import log
from ._record import Ended, Waiting, options, tasks_named
from ._sweep import Delivery, Sweeper, resend_delay
from ._tasks import WAIT, add_to

QUEUE = "camb"
# While store or broker cannot be reached, a worker asks for no sweep for so long.
QUIET_SECONDS = 5.0
# What runs in the loop of a worker waits for the store no longer, as the loop hands out all tasks, not ours alone; then
# it is quiet for so many times as long.
LOOP_TIMEOUT, QUIET_TIMES = 1.0, 10.0
# How long a task tries to reach the store before its message goes back to the queue.
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
# Where Celery cannot store a good outcome, or send what comes after it, it is sent so often, in 40 minutes.
_TRIES = 7

_T = TypeVar("_T")


class BaseWaits:
    """The waits of an app, as its workers have them."""

    def __init__(self, app: Celery, store: Store, loop_store: Store, rate: float, max_concurrency: int) -> None:
        # The second is the same store, with the short timeout of what runs in the loop of a worker.
        self._app, self._store, self._loop_store = app, store, loop_store
        self._rate, self._max_concurrency = rate, max_concurrency
        self._sweepers: dict[int, Sweeper] = {}
        self._quiet_until = -math.inf
        self._warned = False
        self._wait_task, self._sweep_task = add_to(app, self)
        # Without a name of its own, versions before 5.7 take it for that of another app, and leave it out.
        uid = f"camb_client {id(self)}"
        signals.celeryd_init.connect(self._prepare, weak=False, dispatch_uid=uid)
        signals.task_revoked.connect(self._revoked, weak=False, dispatch_uid=uid)

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
        if ended.sent > 1 and (state := self._ended_as(wait_id, ended, outcome)):
            try:
                self._tell_chord(task.request, state, outcome)
            except Exception as problem:  # noqa: BLE001 (of whatever backend; it comes again)
                log.warning("%s: its chord cannot be told, and is told again: %s", wait_id, problem)
            else:
                self._close(wait_id)
            raise Ignore
        taken = attrs.evolve(ended, taken=True).text()
        if not self._reach(lambda: self._store.write([Change(entry, taken, "", resend_delay(ended.sent))])):
            raise Ignore
        return outcome.result()

    def _ended_as(self, wait_id: str, ended: Ended, outcome: TaskOutcome) -> str:
        """The state of a call that has ended before, or "": it was resumed, and killed before its entry was closed."""
        if isinstance(self._app.backend, DisabledBackend):
            return ""
        state = str(self._app.AsyncResult(wait_id).state)
        # Its result could not be stored, or what comes after it not be sent: broker or backend were away.
        was_away = state == states.FAILURE and outcome.error is None and ended.sent <= _TRIES
        return state if state in states.READY_STATES and not was_away else ""

    def _tell_chord(self, request: Any, state: str, outcome: TaskOutcome) -> None:
        """Tell a chord once more of a call that has ended, lest it wait for ever.

        The call may have been killed after its result was stored, and before its chord knew. Redis counts each call
        once; others would count it twice.
        """
        from celery.backends.redis import RedisBackend  # Who has no Redis need not load it.

        backend = self._app.backend
        if not (request.chord and isinstance(backend, RedisBackend)):
            return
        if state == (states.FAILURE if outcome.error else states.SUCCESS):
            backend.on_chord_part_return(request, state, outcome.error or outcome.to_dict())

    def _close(self, wait_id: str) -> None:
        try:
            self._reach(lambda: self._store.close([wait_id], self._keep))
        except Reject:
            log.error("%s: the entry cannot be closed; the outcome may be sent once more", wait_id)

    def _revoked(self, sender: Any = None, request: Any = None, **_: Any) -> None:
        """A call that was revoked, or has expired, is not resumed any more. As for the tick: it must not wait long."""
        if getattr(sender, "name", None) == WAIT and sender.app is self._app:
            try:
                self._loop_store.close([request.id], self._keep)
            except self._store.outages as problem:
                log.warning("the store cannot be reached; the revoked wait stays in it: %s", problem)

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
                self._sweep_task.apply_async()
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
        self._wait_task.apply_async(
            (str(one.outcome.ref),), {"outcome": one.outcome.to_dict()}, task_id=one.id, add_to_parent=False, **kept
        )

    def _store_result(self, one: Delivery) -> None:
        if one.outcome.error is None:
            self._app.backend.store_result(one.id, one.outcome.to_dict(), states.SUCCESS)
        else:
            self._app.backend.mark_as_failure(one.id, one.outcome.error)

    def _tick(self) -> None:
        """Ask for a sweep if one is due. It runs in the loop of the worker, so it must not raise, and not wait long."""
        if (began := time.monotonic()) < self._quiet_until:
            return
        try:
            if self._loop_store.tick(self._rate):
                self._sweep_task.apply_async(retry=False)
        except Exception as problem:  # noqa: BLE001 (of store or broker; a second later it may be there)
            now = time.monotonic()
            self._quiet_until = now + max(QUIET_SECONDS, QUIET_TIMES * (now - began))
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
