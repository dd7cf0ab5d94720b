"""What the sync client can do with tasks of any kind. ``async_tasks`` differs by ``await`` alone."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Generic

from .._api import calls
from .._api.operations import Part  # noqa: TC001 (whoever evaluates the annotations needs it)
from .._batch.outcome import TaskOutcome
from .._batch.outcomes import Outcomes
from .._http.call import Call
from .._http.sync_wire import Wire
from .._polling.callbacks import Callbacks, OnUpdate, annotate_interrupt, call, check_callback, refuse_coroutines
from .._polling.poller import Poller
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskRef, TaskState
from .base import BaseFamily, BaseTasks, Body, OnCreated, P, Result, Run, T, TaskLike
from .create import Creation


class Tasks(BaseTasks[Wire]):
    """Polling tasks, and waiting for them."""

    def status(self, task: TaskLike) -> TaskState:
        """Poll a task once.

        Args:
            task: A reference; or as text ``"<kind>:<task_id>"``, for a family the id alone.

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
            task: A reference; or as text ``"<kind>:<task_id>"``, for a family the id alone.
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
            tasks: References or ``"<kind>:<task_id>"``, of mixed kinds; for a family, the ids alone. A collection
                is checked whole at once; an iterator is read a few ahead of the polls, in ``next()`` and only
                when no outcome is there to be told, so a slow caller or iterator holds up what comes after.
            timeout: Seconds from the start until the deadline of all; 0 is exactly one poll each, ``None`` waits
                for ever. What no free slot reaches before the deadline ends with its last state.
            schedule: As for :meth:`wait`, but by default ``Schedule.LEARNED``: it begins as ``Schedule.DEFAULT``, and
                then goes by how long the tasks of the same kind took that have succeeded.
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


class TaskFamily(BaseFamily[Wire], Tasks, Generic[Body, Result]):
    """The tasks of one kind: as :class:`CambClient`, but a task is an id, or a reference of this kind.

    ``camb.family(kinds.TRANSLATE)`` is typed: ``create`` takes a ``models.TranslateBody``, ``result`` gives a
    ``models.TranslateResult``. ``camb.family("translate")`` does the same untyped. What the API description has no
    operation for is a ``ValueError`` that says so, before any request.
    """

    def create(self, body: "Body") -> TaskRef:
        """Create a task (``POST /<kind>``). It is sent once, whatever comes of it.

        Args:
            body: A ``models.<Kind>Body``, or a mapping of the same fields. What is left out of it is not sent. A field
                that is a file takes a path (``os.PathLike``), a binary handle, or a ``models.File``; it is read while
                it is sent. Bounds are the API's to check.

        Returns:
            Its reference, with the time of its submission.

        Raises:
            InvalidRequestError: The API does not accept the body: ``.detail`` says which fields.
            CreateOutcomeUnknownError: Whether it was created is unknown.
            ApiError: The API refused it (a 4xx): nothing was created.
            ApiConnectionError: There was no connection to send it on: nothing was created.
            OSError: A file cannot be read: nothing was created.
            TypeError: The body of another family, or a field that cannot be sent; nothing was sent.
            ValueError: The API description has no create for this kind, or the mapping lacks a field; nothing was sent.
        """
        return self._create(self._body_call(body))

    def create_and_wait(
        self, body: "Body", *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: OnUpdate = None,
        on_created: OnCreated = None,
    ) -> CompletedTask:  # fmt: skip
        """Create a task, and wait until it has succeeded.

        Args:
            body: As for :meth:`create`.
            timeout: As for :meth:`wait`; the create is not counted.
            schedule: As for :meth:`wait`.
            on_update: As for :meth:`wait`.
            on_created: Called with the reference, before the wait begins: keep it there, and nothing that is paid for
                is lost, whatever ends the wait.

        Raises:
            CambError: As :meth:`create` and :meth:`wait`; from the wait on, ``.ref`` is what was paid for.
        """
        return self._create_and_wait(partial(self._body_call, body), timeout, schedule, on_update, on_created)

    def result(self, run_id: Run) -> "Result":
        """The result of a run; where that is a file, what has its address.

        Args:
            run_id: A :class:`CompletedTask` of this family, or its outcome, or its ``run_id``.

        Raises:
            ApiConnectionError: No response.
            ApiError: An HTTP status that is no success; a 400 is no such run, or one of another family.
            MalformedResponseError: A 200 that is not what the API description says: a field is missing, or of
                another type.
            TypeError: ``run_id`` is neither an integer nor a run.
            ValueError: A run that did not succeed, or is of another family; or the API description has no result.
        """
        found: Result = self._wire.ask(self._result_call(run_id)).unwrap()
        return found

    def results(self, run_ids: Iterable[Run]) -> "dict[int, Result]":
        """The results of many runs, by run id: two to five with each request, where the API can do that.

        Args:
            run_ids: Each as for :meth:`result`.

        Raises:
            CambError: As :meth:`result`: where one has no result, nothing is returned.
            TypeError: One that is neither an integer nor a run.
            ValueError: As :meth:`result`.
        """
        every, bulks = self._bulks(run_ids, calls.results)
        found: dict[int, Any] = {}
        for bulk in bulks:
            found |= self._wire.ask(bulk).unwrap()
        return {one: found[one] if one in found else self.result(one) for one in every}

    def part(self, part: "Part[P, T]", run_id: Run, *args: "P.args", **params: "P.kwargs") -> "T":
        """What a run has beside its result: the transcript of a dub in one language, say.

        Args:
            part: Which part, such as ``kinds.DUB_TRANSCRIPT``.
            run_id: As for :meth:`result`.
            args: What the part needs besides, in the order of its path.
            params: The same, by name: ``language="de-de"``.

        Raises:
            CambError: As :meth:`result`.
            TypeError: A part of another family, or arguments that the part does not have.
            ValueError: As :meth:`result`.
        """
        found: T = self._wire.ask(self._part_call(part, run_id, *args, **params)).unwrap()
        return found

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
