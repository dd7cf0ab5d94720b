"""How a client is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import EllipsisType
from typing import Any, Generic, Literal, Self

import httpx

import camb_client  # noqa: TC001 (annotations name what it imports lazily)

from .._http import credentials
from .._polling.callbacks import PollEvent
from .._polling.checks import DAY, number, seconds
from .._polling.schedule import Schedule, ScheduleLike
from .._tasks.base import AnyWire, BaseTasks, TaskLike
from .log import log_as_environment_says

EventHooks = Mapping[Literal["poll"], Sequence[Callable[[PollEvent], object]]]


def _phases(timeout: float | httpx.Timeout | None) -> httpx.Timeout:
    """What a request may take, phase by phase."""
    if not isinstance(timeout, httpx.Timeout | None):
        timeout = number("timeout", timeout, least=0.001, most=DAY, what="number of seconds or an httpx.Timeout")
    return httpx.Timeout(timeout)


def poll_hooks(event_hooks: Mapping[Any, Any] | None) -> tuple[Callable[[PollEvent], object], ...]:
    """The hooks for polls.

    Raises:
        TypeError: No mapping of names to lists of functions.
        ValueError: An event of another name.
    """
    if event_hooks is None:
        return ()
    if not isinstance(event_hooks, Mapping):
        raise TypeError(f"event_hooks must be a mapping such as {{'poll': [hook]}}, not {type(event_hooks).__name__}")
    if unknown := [name for name in event_hooks if name != "poll"]:
        raise ValueError(f"event_hooks knows the event 'poll', not {', '.join(map(repr, unknown))}")
    given = event_hooks.get("poll", ())
    hooks = tuple(given) if isinstance(given, Iterable) else (None,)
    if not all(map(callable, hooks)):
        raise TypeError("event_hooks['poll'] must be a list of functions that take a PollEvent")
    return hooks


class BaseClient(BaseTasks[AnyWire], Generic[AnyWire]):
    """How a client is made."""

    _wire_class: type[AnyWire]
    _transport_class: type

    def _set_up(
        self,
        api_key: str | None,
        base_url: str | None,
        timeout: float | httpx.Timeout | None,
        headers: Mapping[str, str] | None,
        event_hooks: EventHooks | None,
        transport: object,
        allow_insecure_http: bool,
    ) -> None:
        """Check the arguments, and open the wire."""
        try:
            if not isinstance(api_key, str | None) or not isinstance(base_url, str | None):
                raise TypeError("api_key and base_url must be str, or None")
            key = credentials.api_key(api_key)
        finally:
            del api_key  # So that no traceback that shows local variables shows it.
        log_as_environment_says()
        self._on_poll = self._hooks(event_hooks)
        wire_class = self._choose_wire(transport)
        phases, own = _phases(timeout), credentials.check_headers(headers)
        url = credentials.base_url(base_url, allow_insecure_http=allow_insecure_http)
        self._wire = wire_class(url, key, phases, None if isinstance(transport, str) else transport, own)

    def with_options(
        self, *, timeout: float | httpx.Timeout | EllipsisType | None = ..., headers: Mapping[str, str] | None = None
    ) -> Self:
        """A copy of the client over the same connections, with these options for its calls.

        To close the copy does nothing; to close the original closes both.

        Args:
            timeout: As for the client; by default its own.
            headers: They merge over those of the client.

        Raises:
            ConfigurationError: As the client itself, for headers.
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: A timeout that cannot be.
        """
        self._wire.check_open()
        phases = None if isinstance(timeout, EllipsisType) else _phases(timeout)
        twin = object.__new__(type(self))  # Copies are refused, as they would share connections unawares.
        vars(twin).update(vars(self), _wire=self._wire.with_options(phases, credentials.check_headers(headers)))
        return twin

    def _hooks(self, event_hooks: EventHooks | None) -> tuple[Callable[[PollEvent], object], ...]:
        """The hooks for polls, checked."""
        return poll_hooks(event_hooks)

    def _choose_wire(self, transport: object) -> type[AnyWire]:
        """The wire for a transport: one that was passed in, or none."""
        if transport is not None and not isinstance(transport, self._transport_class):
            raise TypeError(f"transport must be an httpx.{self._transport_class.__name__}, not {transport!r}")
        return self._wire_class

    def __repr__(self) -> str:
        """Never the key. A client that could not be made has no wire, and its repr must not fail."""
        return f"{type(self).__name__}(base_url={getattr(self, '_wire', None) and self._wire.base_url!r})"

    def begin(
        self, task: TaskLike, *, timeout: float | None = 600.0, schedule: ScheduleLike = None
    ) -> "camb_client.WaitState":
        """Begin a wait that outlives this process: a value, to be kept wherever you like. Nothing is sent.

        Hand it to :meth:`step` when its next poll is due, in any process. Between two steps it is all there is.

        Args:
            task: A reference, or ``"<kind>:<task_id>"``.
            timeout: Seconds until the deadline, by the clock on the wall; ``None`` waits for ever. A step after the
                deadline still polls once.
            schedule: When to poll; a number is that interval in seconds. By default ``Schedule.DEFAULT``.

        Raises:
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        from .._durable.state import begin

        self._wire.check_open()
        return begin(self._ref(task), seconds(timeout), Schedule.of(schedule), self._wire.clock.time())
