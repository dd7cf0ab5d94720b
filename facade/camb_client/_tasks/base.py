"""What the sync and the async client have in common: settings, what a task argument means, what a poll says.

Rule of this file: nothing here waits, sends or sleeps. ``_tasks.sync_tasks`` and ``_tasks.async_tasks`` hold the
drivers, which differ by ``await`` alone.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._api import operations as operations
from .._http.async_wire import AsyncWire
from .._http.sync_wire import Wire
from .._polling.checks import DAY, number, seconds
from .._polling.poller import Poller
from .._polling.schedule import Schedule, ScheduleLike
from .._polling.task import TaskLike, TaskRef

if TYPE_CHECKING:
    from .._batch.scheduler import Batch

_Wire = TypeVar("_Wire", Wire, AsyncWire)
_Family = TypeVar("_Family")
_Transport = TypeVar("_Transport")


class BaseTasks(Generic[_Wire]):
    """The tasks that a client or a family can poll, over a wire."""

    _wire: _Wire

    def _ref(self, task: TaskLike) -> TaskRef:
        """The reference of a task of any kind."""
        ref = task if isinstance(task, TaskRef) else TaskRef.parse(task)
        operations.check_kind(ref.kind)
        return ref

    def _plan(self, task: TaskLike, timeout: float | None, schedule: ScheduleLike, on_update: object = None) -> Poller:
        """A wait that has not begun, its arguments checked."""
        return self._planner(timeout, schedule, on_update)(self._ref(task))

    def _planner(self, timeout: float | None, schedule: ScheduleLike, on_update: object) -> Callable[[TaskRef], Poller]:
        """What makes waits, its arguments checked."""
        self._wire.check_open()
        if on_update is not None and not callable(on_update):
            raise TypeError(f"on_update must be callable, not {type(on_update).__name__}")
        limit, pace, random = seconds(timeout), Schedule.of(schedule), self._wire.random
        return lambda ref: Poller(ref, limit, pace, random)

    def _batch(
        self,
        timeout: float | None,
        schedule: ScheduleLike,
        max_concurrency: int,
        max_requests_per_second: float | None,
        on_update: object,
    ) -> "Batch":
        """A batch that has not begun, its arguments checked."""
        if isinstance(max_concurrency, bool) or not isinstance(max_concurrency, int):
            raise TypeError(f"max_concurrency must be an int, not {type(max_concurrency).__name__}")
        number("max_concurrency", max_concurrency, least=1, most=10_000)
        if max_requests_per_second is not None:
            number("max_requests_per_second", max_requests_per_second, least=1 / DAY, most=1e6, what="number or None")
        from .._batch.scheduler import Batch

        planner = self._planner(timeout, schedule, on_update)
        return Batch(planner, seconds(timeout), max_concurrency, max_requests_per_second)

    def _refs(self, tasks: Iterable[TaskLike]) -> Iterable[TaskRef]:
        """The references of many tasks: those of a collection checked at once, as a list; others as they are read."""
        if isinstance(tasks, str | bytes | bytearray) or not isinstance(tasks, Iterable):
            raise TypeError(f"tasks must be an iterable of references, not {type(tasks).__name__}")
        return [self._ref(task) for task in tasks] if isinstance(tasks, Collection) else map(self._ref, tasks)

    def __reduce__(self) -> Any:
        """Refuse pickle and copy: neither connections nor the key should travel.

        Raises:
            TypeError: Always.
        """
        raise TypeError(f"a {type(self).__name__} cannot be pickled or copied: make one where it is needed")


class BaseFamily(BaseTasks[_Wire]):
    """The tasks of one kind."""

    def __init__(self, wire: _Wire, kind: str) -> None:
        self._wire = wire
        self.kind = operations.check_kind(kind)

    def __repr__(self) -> str:
        """The kind, and where."""
        return f"{type(self).__name__}({self.kind!r}, base_url={self._wire.base_url!r})"

    def ref(self, task_id: str) -> TaskRef:
        """The reference of a task of this kind.

        Raises:
            TypeError: Not a string.
            ValueError: Cannot be an id.
        """
        return TaskRef(self.kind, task_id)

    def _ref(self, task: TaskLike) -> TaskRef:
        """The reference of a task of this kind, from its id too."""
        ref = task if isinstance(task, TaskRef) else self.ref(task)
        if ref.kind != self.kind:
            raise ValueError(f"{ref} is not a task of kind {self.kind!r}")
        return ref
