"""What the sync client can do with tasks of any kind. ``async_tasks`` differs by ``await`` alone."""

from collections.abc import Callable, Iterable, Iterator

from .._api import calls
from .._batch.outcome import TaskOutcome
from .._batch.outcomes import Outcomes
from .._http.call import Call
from .._http.sync_wire import Wire
from .._polling.callbacks import (
    Callbacks,
    OnCreated,
    OnUpdate,
    annotate_interrupt,
    call,
    check_callback,
    refuse_coroutines,
)
from .._polling.poller import Poller
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskLike, TaskRef, TaskState
from .base import BaseFamily, BaseTasks
from .create import Creation


class Tasks(BaseTasks[Wire]):
    """Polling tasks, and waiting for them."""

    def status(self, task: TaskLike) -> TaskState:
        """Poll a task once.

        Args:
            task: A reference, or ``"<kind>:<task_id>"``; for a family, the id will do.

        Raises:
            ApiConnectionError: No response.
            ApiError: An HTTP status that is no success.
            MalformedResponseError: A response that does not fit the API's contract.
            RuntimeError: The client is closed.
            TypeError: ``task`` is of another type.
            ValueError: ``task`` is no reference, or of an unknown kind.
        """
        return self._wire.ask(calls.status(self._ref(task))).unwrap()

    def wait(
        self,
        task: TaskLike,
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        on_update: OnUpdate = None,
    ) -> CompletedTask:
        """Wait until a task has succeeded.

        It polls at once, then as the schedule says, and tolerates short outages.

        Args:
            task: A reference, or ``"<kind>:<task_id>"``; for a family, the id will do.
            timeout: Seconds until the deadline; 0 is exactly one poll, ``None`` waits for ever.
            schedule: When to poll; a number is that interval in seconds. By default ``Schedule.DEFAULT``.
            on_update: Called with the state on each change of status or message, in this thread, before the
                wait returns or raises. An ``Exception`` in it is logged, and the wait continues; to end the wait from
                there, raise :class:`StopWaiting`, which comes out unchanged.

        Raises:
            TaskError: The task failed.
            WaitTimeoutError: The deadline has passed; the task is still running.
            ApiConnectionError: No response, for longer than a wait tolerates.
            ApiError: An HTTP status that a wait does not tolerate, or no longer.
            MalformedResponseError: Responses that do not fit the contract, for longer than a wait tolerates.
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        refuse_coroutines("on_update", on_update)
        poller, callbacks = self._plan(task, timeout, schedule, on_update), Callbacks(on_update)
        for state in self._follow(poller):
            for callback in callbacks.changed(state):
                call(*callback)
        return poller.result()

    def watch(
        self, task: TaskLike, *, timeout: float | None = 600.0, schedule: ScheduleLike = None
    ) -> Iterator[TaskState]:
        """Each change of a task's status or message as it is seen; the last state is the terminal one.

        Waiting begins with the first ``next()``. Nothing is held between items.

        Args:
            task: As for :meth:`wait`.
            timeout: As for :meth:`wait`.
            schedule: As for :meth:`wait`.

        Raises:
            CambError: As :meth:`wait`, but for ``TaskError``: a task that ends badly is just its last state.
        """
        return self._follow(self._plan(task, timeout, schedule))

    def as_completed(
        self,
        tasks: Iterable[TaskLike],
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        max_concurrency: int = 8,
        max_requests_per_second: float | None = None,
        on_update: OnUpdate = None,
    ) -> Outcomes:
        """Wait for many tasks at once: their outcomes as they come.

        The tasks share one deadline and one budget of requests. The least recently polled comes first, and each has
        the schedule of its own age. One task's failure ends nobody else's wait. A good response for any task resets
        the outage timer of the whole batch, and ``Retry-After`` on a failure delays all of them. A task given again
        before its outcome was taken is polled once, and reported for each; nothing is kept of one that was taken.

        Args:
            tasks: References or ``"<kind>:<task_id>"``, of mixed kinds; for a family, ids will do. A collection
                is checked whole at once; an iterator is read a few ahead of the polls, in ``next()`` and only
                when no outcome is there to be told, so a slow caller or iterator holds up what comes after.
            timeout: Seconds from the start until the deadline of all; 0 is exactly one poll each, ``None`` waits
                for ever. What no free slot reaches before the deadline ends with its last state.
            schedule: As for :meth:`wait`.
            max_concurrency: How many polls may be in flight, from 1 to 10,000.
            max_requests_per_second: How many polls may reach the server in any second, the first ones included;
                a fraction above 1 is left out. ``None`` is no limit but ``max_concurrency``.
            on_update: As for :meth:`wait`, for each of the tasks; called in ``next()``.

        Raises:
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        from .._batch.thread_runner import ThreadRunner

        refuse_coroutines("on_update", on_update)
        batch = self._batch(timeout, schedule, max_concurrency, max_requests_per_second, on_update)
        return Outcomes(ThreadRunner(self._wire, batch, self._refs(tasks)), Callbacks(on_update, self._on_poll))

    def wait_all(
        self,
        tasks: Iterable[TaskLike],
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        max_concurrency: int = 8,
        max_requests_per_second: float | None = None,
        on_update: OnUpdate = None,
    ) -> list[TaskOutcome]:
        """Wait for many tasks at once; their outcomes in the order of ``tasks``, once all have ended.

        Args:
            tasks: As for :meth:`as_completed`.
            timeout: As for :meth:`as_completed`.
            schedule: As for :meth:`as_completed`.
            max_concurrency: As for :meth:`as_completed`.
            max_requests_per_second: As for :meth:`as_completed`.
            on_update: As for :meth:`as_completed`.

        Raises:
            AuthenticationError: The key was refused, for all tasks; ``.outcomes`` has what came until then.
            PermissionDeniedError: As above.
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        with self.as_completed(
            tasks,
            timeout=timeout,
            schedule=schedule,
            max_concurrency=max_concurrency,
            max_requests_per_second=max_requests_per_second,
            on_update=on_update,
        ) as outcomes:
            return outcomes.in_order()

    def _follow(self, poller: Poller) -> Iterator[TaskState]:
        clock, callbacks = self._wire.clock, Callbacks(on_poll=self._on_poll)
        poller.start(clock.monotonic(), clock.time())
        with annotate_interrupt(poller.ref):
            while not poller.done:
                clock.sleep(poller.pause(clock.monotonic()))
                request = calls.status(poller.ref, poller.polls + 1)
                poller.observe(self._wire.ask(request, poller.limit(clock.monotonic())), clock.monotonic())
                for callback in callbacks.polled(poller.event(clock.monotonic(), poller.next_at)):
                    call(*callback)
                if poller.change is not None:
                    yield poller.change
        if poller.failure is not None:
            raise poller.failure


class TaskFamily(BaseFamily[Wire], Tasks):
    """The tasks of one kind: as :class:`CambClient`, but a task is an id, or a reference of this kind."""

    def _create(self, request: Call[TaskRef]) -> TaskRef:
        """Send a create call, once."""
        creation = Creation(request)
        with annotate_interrupt(creation, creation.note):
            return creation.ref(self._wire.ask(request))

    def _create_and_wait(
        self,
        create: Callable[[], Call[TaskRef]],
        timeout: float | None,
        schedule: ScheduleLike,
        on_update: OnUpdate,
        on_created: OnCreated,
    ) -> CompletedTask:
        """Check the arguments of the wait, create, tell, and wait: in this order, as a create is paid for."""
        refuse_coroutines("on_update", on_update)
        refuse_coroutines("on_created", on_created)
        check_callback("on_created", on_created)
        self._planner(timeout, schedule, on_update)
        creation = Creation(create())
        with annotate_interrupt(creation, creation.note):
            ref = self._create(creation.call)
            if on_created is not None:
                call(on_created, ref, "on_created")
            return self.wait(ref, timeout=timeout, schedule=schedule, on_update=on_update)
