"""How the caller's own code is run: what may go wrong in it, and what an interruption says."""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from .errors import CambError
from .log import log
from .task import TaskRef, TaskState

# What whoever stops waiting should know: there is no endpoint to cancel a task.
STILL_RUNNING = "The task is still running at CAMB.AI: wait again with the same reference."


class StopWaiting(Exception):  # noqa: N818 (what it asks for, as StopIteration)
    """Raised by a callback or a hook of yours, it ends the whole wait, batch or download, and comes out unchanged.

    Any other ``Exception`` of a callback is logged, and the wait continues.
    """


@attrs.frozen
class PollEvent:
    """One poll of a wait, a watch or a batch, as a hook is told of it.

    Attributes:
        ref: The task.
        attempt: Which poll of this wait it was, from 1.
        state: What the API said, or ``None`` where the poll failed.
        error: Why the poll failed, or ``None``.
        request_id: What the server calls the request (its header ``x-request-id``), or ``None``.
        elapsed: Seconds since the wait or the batch began.
        next_delay: Seconds until the next poll of this task, with back-off, ``Retry-After``, schedule and rate limit
            in it; in a batch it may come later, as other tasks may be polled first. ``None`` at the end of the wait.
    """

    ref: TaskRef
    attempt: int
    state: TaskState | None
    error: CambError | None
    request_id: str | None
    elapsed: float
    next_delay: float | None


OnUpdate = Callable[[TaskState], object] | None
AsyncOnUpdate = Callable[[TaskState], Awaitable[object] | object] | None
Callback = tuple[Callable[[Any], object], Any, str]


@contextmanager
def annotate_interrupt(tasks: object, note: str | Callable[[], str] = STILL_RUNNING) -> Iterator[None]:
    """Say on an interruption what it means for which tasks, as known then; the interruption itself is not changed."""
    try:
        yield
    except BaseException as interruption:  # KeyboardInterrupt, CancelledError, SystemExit
        said, before = f"{tasks}: {note() if callable(note) else note}", getattr(interruption, "__notes__", ())
        if not isinstance(interruption, Exception | GeneratorExit) and said not in before:
            interruption.add_note(said)
        raise


@contextmanager
def run_callback(ref: object, failed: str, note: str = STILL_RUNNING) -> Iterator[None]:
    """Call the caller's own code: it may fail in any way, but a paid task must not be lost for that.

    Args:
        ref: The task, or whatever an interruption should name.
        failed: What the log says where the callback fails.
        note: What an interruption means for that task.
    """
    with annotate_interrupt(ref, note):
        try:
            yield
        except StopWaiting:
            raise
        except Exception:  # noqa: BLE001 (in any way)
            log.exception("%s: %s", ref, failed)


def call(callback: Callable[[Any], object], argument: Any, name: str) -> None:
    """Call the caller's code with something that is, or belongs to, a task."""
    with run_callback(getattr(argument, "ref", argument), f"{name} failed; the wait continues"):
        callback(argument)


async def acall(callback: Callable[[Any], object], argument: Any, name: str) -> None:
    """As :func:`call`; what it returns is awaited, if it can be."""
    with run_callback(getattr(argument, "ref", argument), f"{name} failed; the wait continues"):
        if inspect.isawaitable(returned := callback(argument)):
            await returned


@attrs.frozen
class Callbacks:
    """The caller's code that a wait or a batch runs: what :func:`call` takes, in order."""

    on_update: Callable[[TaskState], object] | None = None
    on_poll: tuple[Callable[[PollEvent], object], ...] = ()

    def polled(self, event: PollEvent) -> list[Callback]:
        """For a poll."""
        return [(hook, event, "a poll hook") for hook in self.on_poll]

    def changed(self, state: TaskState) -> list[Callback]:
        """For a change of a task's status or message."""
        return [] if self.on_update is None else [(self.on_update, state, "on_update")]


def check_callback(name: str, callback: object) -> None:
    """TypeError for a callback that is neither ``None`` nor to be called."""
    if callback is not None and not callable(callback):
        raise TypeError(f"{name} must be callable, not {type(callback).__name__}")


def refuse_coroutines(name: str, callback: object) -> None:
    """TypeError for a callback that the sync client cannot await."""
    if any(map(inspect.iscoroutinefunction, (callback, type(callback).__call__ if callable(callback) else None))):
        raise TypeError(f"{name} is a coroutine function: use a plain function, or the AsyncCambClient")
