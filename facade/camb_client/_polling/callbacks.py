"""How the caller's own code is run: what may go wrong in it, and what an interruption says."""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from .log import log
from .task import TaskState

# What whoever stops waiting should know: there is no endpoint to cancel a task.
STILL_RUNNING = "The task goes on at CAMB.AI: wait again with the same reference."

OnUpdate = Callable[[TaskState], object] | None
AsyncOnUpdate = Callable[[TaskState], Awaitable[object] | object] | None


@contextmanager
def annotate_interrupt(tasks: object, note: str = STILL_RUNNING) -> Iterator[None]:
    """Say on an interruption what it means for which tasks; the interruption itself goes on untouched."""
    try:
        yield
    except BaseException as interruption:  # KeyboardInterrupt, CancelledError, SystemExit
        if not isinstance(interruption, Exception | GeneratorExit):
            interruption.add_note(f"{tasks}: {note}")
        raise


@contextmanager
def run_callback(
    ref: object, failed: str = "on_update failed; the wait goes on", note: str = STILL_RUNNING
) -> Iterator[None]:
    """Call the caller's own code: it may fail in any way, but a paid task must not be lost for that."""
    with annotate_interrupt(ref, note):
        try:
            yield
        except Exception:  # noqa: BLE001 (in any way)
            log.exception("%s: %s", ref, failed)


def refuse_coroutines(name: str, callback: object) -> None:
    """TypeError for a callback that the sync client cannot await."""
    if inspect.iscoroutinefunction(callback):
        raise TypeError(f"{name} is a coroutine function: it needs the AsyncCambClient")
