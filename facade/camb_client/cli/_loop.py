"""The event loop of a command: ``asyncio.run`` that ends when it is told to.

``asyncio.run`` waits for its threads at the end: minutes, for a name that does not resolve.
"""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from ._signals import signals

if TYPE_CHECKING:
    import asyncio

_T = TypeVar("_T")
# How long what was cancelled may take to give its connections and files back, in seconds.
_CLEANING_UP = 1.0


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end, in an event loop of its own.

    Raises:
        KeyboardInterrupt: A signal came, and the coroutine was cancelled.
    """
    import asyncio

    loop = asyncio.new_event_loop()
    task = loop.create_task(work)
    try:
        with signals.cancelling(lambda: loop.call_soon_threadsafe(task.cancel)):
            return loop.run_until_complete(task)
    except asyncio.CancelledError as cancelled:
        interruption = signals.error
        for note in getattr(cancelled, "__notes__", ()):
            interruption.add_note(note)
        raise interruption from None
    finally:
        loop.set_exception_handler(lambda *_: None)  # What ended it is raised; the rest was told to end.
        try:
            loop.run_until_complete(_clean_up(loop))
        finally:
            loop.close()


async def _clean_up(loop: "asyncio.AbstractEventLoop") -> None:
    import asyncio

    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_CLEANING_UP)
    await asyncio.wait({loop.create_task(loop.shutdown_asyncgens())}, timeout=_CLEANING_UP)
