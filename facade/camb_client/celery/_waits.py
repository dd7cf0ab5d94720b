"""The waits of an app, as the app asks for them: registered once, begun, forgotten, listed."""

import math
import time
import weakref
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from celery import Celery
from celery.backends.base import DisabledBackend
from celery.backends.rpc import RPCBackend
from celery.result import AsyncResult, GroupResult

from .._durable.state import WaitState, begin
from .._durable.stores import open_store
from .._polling.checks import DAY, integer, number, seconds
from .._polling.errors import ConfigurationError
from .._polling.log import log
from .._polling.schedule import Schedule, ScheduleLike
from .._tasks.base import BaseTasks, TaskLike
from ._record import Waiting
from ._worker import LOOP_TIMEOUT, BaseWaits

_registered: "weakref.WeakKeyDictionary[Celery, Waits]" = weakref.WeakKeyDictionary()
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
    name = app.main or "celery" if namespace is None else namespace
    rate = math.inf if max_requests_per_second is None else float(max_requests_per_second)
    waits = Waits(app, open_store(store, name), open_store(store, name, LOOP_TIMEOUT), rate, int(max_concurrency))
    _registered[app] = waits
    return waits


class Waits(BaseWaits):
    """The waits of an app: :func:`register` makes them."""

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
        if isinstance(self._app.backend, DisabledBackend | RPCBackend):
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


def _each(refs: Iterable[TaskLike]) -> Iterable[TaskLike]:
    if isinstance(refs, str | bytes) or not isinstance(refs, Iterable):
        raise TypeError(f"refs must be an iterable of references, not {type(refs).__name__}")
    return refs
