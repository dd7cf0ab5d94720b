"""The sync client.

Rule of this file: drivers only, each a few lines; what they decide stands in ``_wait`` and ``_answer``. Its
twin ``_async`` differs by ``await`` alone.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Self

import httpx

from ._client import BaseClient, BaseFamily, BaseTasks, noting, telling
from ._http import Wire
from ._schedule import ScheduleLike
from ._task import CompletedTask, TaskLike, TaskState
from ._wait import Wait

OnUpdate = Callable[[TaskState], object] | None


class Tasks(BaseTasks[Wire]):
    """Looking at tasks, and waiting for them."""

    def status(self, task: TaskLike) -> TaskState:
        """Look at a task once.

        Args:
            task: A reference, or ``"<kind>:<task_id>"``; for a family, the id will do.

        Raises:
            ApiConnectionError: No answer.
            ApiError: An HTTP answer other than 200.
            MalformedResponseError: A 200 that is not the contract.
            RuntimeError: The client is closed.
            TypeError: ``task`` is of another type.
            ValueError: ``task`` is no reference, or of an unknown kind.
        """
        return self._wire.look(self._ref(task)).state()

    def wait(
        self,
        task: TaskLike,
        *,
        timeout: float | None = 600.0,
        schedule: ScheduleLike = None,
        on_update: OnUpdate = None,
    ) -> CompletedTask:
        """Wait until a task has succeeded.

        It looks at once, then as the schedule says, and rides out short outages.

        Args:
            task: A reference, or ``"<kind>:<task_id>"``; for a family, the id will do.
            timeout: Seconds until the deadline; 0 is exactly one look, ``None`` waits for ever.
            schedule: When to look; a number is that interval in seconds. By default ``Schedule.DEFAULT``.
            on_update: Called with the state on each change of status or message, in this thread, before the
                wait returns or raises. An ``Exception`` in it is logged, and the wait goes on.

        Raises:
            TaskError: The task ended, but not well.
            WaitTimeoutError: The deadline has passed; the task goes on.
            ApiConnectionError: No answer, for longer than a wait puts up with.
            ApiError: An HTTP answer that a wait cannot ride out, or no longer.
            MalformedResponseError: Answers that are not the contract, for longer than a wait puts up with.
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        if inspect.iscoroutinefunction(on_update):
            raise TypeError("on_update is a coroutine function: it needs the AsyncCambClient")
        wait = self._plan(task, timeout, schedule, on_update)
        for state in self._follow(wait):
            with telling(wait.ref):
                if on_update is not None:
                    on_update(state)
        return wait.result()

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

    def _follow(self, wait: Wait) -> Iterator[TaskState]:
        clock = self._wire.clock
        wait.start(clock.monotonic(), clock.time())
        with noting(wait.ref):
            while not wait.done:
                clock.sleep(wait.pause(clock.monotonic()))
                look = self._wire.look(wait.ref, wait.limit(clock.monotonic()))
                state = wait.observe(look, clock.monotonic())
                if state is not None:
                    yield state


class TaskFamily(BaseFamily[Wire], Tasks):
    """The tasks of one kind: as :class:`CambClient`, but a task is an id, or a reference of this kind."""


class CambClient(BaseClient[Wire, httpx.BaseTransport, TaskFamily], Tasks):
    """A client of CAMB.AI's task API. Use it as a context manager, or call :meth:`close`.

    It is safe to share between threads. In a forked process it opens connections of its own (a
    ``transport`` that was passed in is used as it is).

    Args:
        api_key: The API key; by default that of the environment variable ``CAMB_API_KEY``.
        base_url: Where the API is; by default ``CAMB_BASE_URL``, else ``https://client.camb.ai/apis``.
        timeout: Seconds that one request may take, or an ``httpx.Timeout`` (its longest phase then bounds the
            request as a whole); ``None`` is a day for each phase.
        transport: Any ``httpx.BaseTransport``; it stays the caller's to close. Without one, proxies and
            CA bundles are taken from the usual environment variables.
        allow_insecure_http: Allow plain http to another machine, which shows the API key to the network.

    Raises:
        ConfigurationError: No API key, or one that cannot stand in a header; an unsafe base URL, or none.
        TypeError: An argument of another type.
        ValueError: A timeout of less than a millisecond, or of more than a day.
    """

    _wire_class = Wire
    _family_class = TaskFamily
    _transport_class = httpx.BaseTransport

    def __enter__(self) -> Self:
        """The client itself.

        Raises:
            RuntimeError: It is closed.
        """
        self._wire.check_open()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connections. Any use after that raises ``RuntimeError``; closing again does nothing."""
        self._wire.close()
