"""What the sync and the async client have in common: what a task argument means, and what is checked at once."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, SupportsIndex, TypeVar

from .._api import calls, operations
from .._api.operations import Part
from .._batch.outcome import FailedOutcome, SucceededOutcome
from .._http.call import Call
from .._polling.callbacks import PollEvent, check_callback
from .._polling.checks import DAY, integer, number, seconds
from .._polling.poller import Poller
from .._polling.schedule import LearnedSchedule, Schedule, ScheduleLike
from .._polling.task import CompletedTask, TaskRef

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    from .._batch.learned import Paces
    from .._batch.scheduler import Batch
    from .._http.async_wire import AsyncWire
    from .._http.sync_wire import Wire

    # A family that is named by a string, or by nothing, is of any types.
    Body = TypeVarWithDefault("Body", default=Any)
    Result = TypeVarWithDefault("Result", default=Any)
else:
    Body, Result = TypeVar("Body"), TypeVar("Result")

AnyWire = TypeVar("AnyWire", "Wire", "AsyncWire")
P = ParamSpec("P")
T = TypeVar("T")
# What names a run: its run_id, or the task or the outcome that has it.
Run = SupportsIndex | CompletedTask | SucceededOutcome | FailedOutcome


class HasRef(Protocol):
    """Whatever belongs to a task: a :class:`TaskState`, a :class:`TaskOutcome`, an error."""

    @property
    def ref(self) -> TaskRef | None:
        """The task."""


TaskLike = TaskRef | str | HasRef
OnCreated = Callable[[TaskRef], object] | None
AsyncOnCreated = Callable[[TaskRef], Awaitable[object] | object] | None


class BaseTasks(Generic[AnyWire]):
    """The tasks that a client or a family can poll, over a wire."""

    _wire: AnyWire

    # The hooks for polls.
    _on_poll: tuple[Callable[[PollEvent], object], ...] = ()
    _task_forms = "a TaskRef, 'kind:id', or something with a .ref, such as a CompletedTask"

    def _ref(self, task: TaskLike) -> TaskRef:
        """The reference of a task of any kind."""
        ref: object = self._parse(task) if isinstance(task, str) else task
        if not isinstance(ref, TaskRef):
            ref = getattr(task, "ref", None)
        if not isinstance(ref, TaskRef):
            raise TypeError(f"a task must be {self._task_forms}, not {type(task).__name__}")
        return self._check(ref)

    def _parse(self, text: str) -> TaskRef:
        """The reference that a text is."""
        return TaskRef.parse(text)

    def _check(self, ref: TaskRef) -> TaskRef:
        """The reference itself, if the client knows its kind."""
        operations.check_kind(ref.kind)
        return ref

    def _plan(self, task: TaskLike, timeout: float | None, schedule: ScheduleLike, on_update: object = None) -> Poller:
        """A wait that has not begun, its arguments checked."""
        return self._planner(timeout, schedule, on_update)(self._ref(task))

    def _planner(
        self, timeout: float | None, schedule: ScheduleLike, on_update: object, paces: "Paces | None" = None
    ) -> Callable[[TaskRef], Poller]:
        """What makes waits, its arguments checked."""
        self._wire.check_open()
        check_callback("on_update", on_update)
        limit, base, random = seconds(timeout), Schedule.of(schedule), self._wire.random
        return lambda ref: Poller(ref, limit, base, random, paces.of(ref) if paces else None)

    def _batch(
        self,
        timeout: float | None,
        schedule: ScheduleLike,
        max_concurrency: int,
        max_requests_per_second: float | None,
        on_update: object,
        paces: "Paces | None" = None,
    ) -> "Batch":
        """A batch that has not begun, its arguments checked; ``paces`` are what earlier ones have learned."""
        at_once = integer("max_concurrency", max_concurrency)
        number("max_concurrency", at_once, least=1, most=10_000)
        if max_requests_per_second is not None:
            number("max_requests_per_second", max_requests_per_second, least=1 / DAY, most=1e6, what="number or None")
        from .._batch.learned import Paces, schedule_of
        from .._batch.scheduler import Batch

        base = schedule_of(schedule)
        paces = paces or Paces(base) if isinstance(base, LearnedSchedule) else None
        planner = self._planner(timeout, base, on_update, paces)
        return Batch(planner, seconds(timeout), at_once, max_requests_per_second, tells_polls=bool(self._on_poll))

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


class BaseFamily(BaseTasks[AnyWire]):
    """The tasks of one kind."""

    _task_forms = "an id, a TaskRef, or something with a .ref, such as a CompletedTask"

    def __init__(self, wire: AnyWire, kind: str, on_poll: tuple[Callable[[PollEvent], object], ...] = ()) -> None:
        self._wire, self._on_poll = wire, on_poll
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

    def _parse(self, text: str) -> TaskRef:
        """The reference of a task of this kind, from its id."""
        return self.ref(text)

    def _check(self, ref: TaskRef) -> TaskRef:
        """The reference itself, if it is of this kind."""
        if ref.kind != self.kind:
            raise ValueError(f"{ref} is not a task of kind {self.kind!r}: use the family of its kind, or the client")
        return ref

    def _run_id(self, run: object) -> int:
        """The run_id of a run of this family."""
        if isinstance(run, FailedOutcome):
            raise ValueError(f"{run.ref} did not succeed, so it has no result")  # noqa: TRY004 (of the right type)
        done = run.state if isinstance(run, SucceededOutcome) else run
        if isinstance(done, CompletedTask):
            self._ref(done.ref)
            return done.run_id
        return integer("run_id", done)

    def _body_call(self, body: object) -> Call[TaskRef]:
        """What creates a task of a body."""
        self._wire.check_open()
        return calls.create(self.kind, body)

    def _result_call(self, run: object) -> Call[Any]:
        """What asks for the result of a run."""
        return calls.result(self.kind, self._run_id(run))

    def _bulks(
        self, runs: Iterable[object], bulk: Callable[[str, Sequence[int]], Call[dict[int, T]]]
    ) -> tuple[list[int], list[Call[dict[int, T]]]]:
        """The run ids, each once, and the bulk calls for them: none for one alone, or where the API has none."""
        if isinstance(runs, str | bytes) or not isinstance(runs, Iterable):
            raise TypeError(f"run_ids must be an iterable of runs, not {type(runs).__name__}")
        every = list(dict.fromkeys(map(self._run_id, runs)))
        parts = calls.bulks(every) if "results" in operations.operations(self.kind) else []
        return every, [bulk(self.kind, part) for part in parts if len(part) > 1]

    def _part_call(self, part: Part[..., Any], run: object, /, *args: Any, **params: Any) -> Call[Any]:
        """What asks for a part of a run."""
        if not isinstance(part, Part) or part.kind != self.kind:
            raise TypeError(f"part must be a Part of {self.kind!r}, such as camb_client.kinds has, not {part!r:.80}")
        return calls.part(part, self._run_id(run), *args, **params)
