"""What Celery sees of the waits: the task that waits, the task that sweeps, and the tick that asks for a sweep."""

import time
from typing import TYPE_CHECKING, Any

import attrs
from celery import Celery, Task, bootsteps
from celery.exceptions import Ignore

from .._api.operations import check_kind
from .._client.sync_client import CambClient
from .._durable.state import begin
from .._polling.checks import seconds
from .._polling.errors import CambError
from .._polling.log import log
from .._polling.schedule import Schedule
from .._polling.task import TaskRef
from .._tasks.base import BaseTasks

if TYPE_CHECKING:
    from ._worker import BaseWaits

    _Task = Task[Any, Any]
else:
    _Task = Task

WAIT, SWEEP = "camb.wait", "camb.sweep"
TICK_SECONDS = 1.0
_tasks: BaseTasks[Any] = BaseTasks()


def add_to(app: Celery, waits: "BaseWaits") -> tuple[Any, Any]:
    """Add both tasks and the tick to an app; the tasks."""
    task: Any = app.task
    wait = task(
        _wait, bind=True, name=WAIT, base=_of(_WaitTask, waits), shared=False, acks_late=True,
        reject_on_worker_lost=True, track_started=False,  # A message after the end must not change the state.
    )  # fmt: skip
    sweep = task(
        _sweep, bind=True, name=SWEEP, base=_of(_OwnTask, waits), shared=False, acks_late=False, ignore_result=True,
        track_started=False, time_limit=180, soft_time_limit=120,
    )  # fmt: skip
    app.steps["consumer"].add(_of(_Tick, waits))
    return wait, sweep


def _of(base: Any, waits: "BaseWaits") -> Any:
    """A class of Celery's that knows its waits."""
    return type(base.__name__, (base,), {"waits": waits, "__module__": __name__})


class _OwnTask(_Task):
    """A task of ours: it goes to our queue."""

    waits: "BaseWaits"
    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, **given: Any) -> Any:  # type: ignore[override]
        given.setdefault("queue", self.waits._queue)
        return super().apply_async(args, kwargs, **given)


def _plain(value: Any) -> Any:
    """An argument of ``wait`` as it can stand in a message."""
    if isinstance(value, Schedule):
        return attrs.asdict(value)
    ref = value if isinstance(value, TaskRef) else getattr(value, "ref", None)
    return ref.to_dict() if isinstance(ref, TaskRef) else value


class _WaitTask(_OwnTask):
    """The task that waits."""

    abstract = True

    def signature(self, args: Any = None, *more: Any, **given: Any) -> Any:
        kwargs = given.pop("kwargs", None) or (more[0] if more else None)
        return super().signature(
            args and tuple(map(_plain, args)),
            *((kwargs and {name: _plain(value) for name, value in kwargs.items()},) if kwargs else ()),
            *more[1:],
            **given,
        )

    def apply_async(self, args: Any = None, kwargs: Any = None, **given: Any) -> Any:  # type: ignore[override]
        plain = kwargs and {name: _plain(value) for name, value in kwargs.items()}
        return super().apply_async(args and tuple(map(_plain, args)), plain, **given)

    def on_success(self, _: Any, task_id: str, *__: Any) -> None:
        """The call has ended: so has its wait."""
        self._ended(task_id)

    def on_failure(self, error: BaseException, task_id: str, *_: Any) -> None:
        """As above, where the outcome is why; where it is broker or backend, a good outcome is sent again."""
        if isinstance(error, CambError):
            self._ended(task_id)

    def _ended(self, task_id: str) -> None:
        if not (self.request.called_directly or self.request.is_eager):
            self.waits._close(task_id)


def _schedule(value: Any) -> Schedule:
    return Schedule(**value) if isinstance(value, dict) else Schedule.of(value)


def _ref(value: Any) -> TaskRef:
    ref = TaskRef.from_dict(value) if isinstance(value, dict) else _tasks._ref(value)
    check_kind(ref.kind)
    return ref


def _wait(self: Any, ref: Any, *, timeout: float | None = 600.0, schedule: Any = None, outcome: Any = None) -> Any:
    """Wait for a task: keep the wait in the store and go; be called again with its outcome.

    Where no worker runs it (called directly, or eagerly in tests) it waits here.
    """
    waits: BaseWaits = self.waits
    if outcome is not None:
        done = waits._take(self)
        return {**done.to_dict(), "error": None}
    limit, pace, task = seconds(timeout), _schedule(schedule), _ref(ref)
    if self.request.called_directly or self.request.is_eager:
        with CambClient() as camb:
            return {**camb.wait(task, timeout=timeout, schedule=pace).to_dict(), "error": None}
    waits._register(self, begin(task, limit, pace, time.time()))
    raise Ignore


def _sweep(self: Any) -> None:
    """Poll what is due."""
    self.waits._sweep(self.request.hostname or "")


class _Tick(bootsteps.StartStopStep):
    """The tick of a worker: once a second it asks for a sweep, where one is due.

    It is a step of the consumer, as that clears its timers whenever the broker was lost.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)
    waits: "BaseWaits"

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        """Begin, unless this worker does not take part."""
        if not self.waits._may_tick():
            return
        try:
            self.waits._check()
        except self.waits._store.outages as problem:
            log.warning("the store cannot be reached: %s", problem)
        self._timer = consumer.timer.call_repeatedly(TICK_SECONDS, self.waits._tick)

    def stop(self, _: Any) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
