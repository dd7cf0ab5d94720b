"""Work that would hold up the event loop, in a thread."""

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


async def in_thread(work: Callable[[], _T]) -> _T:
    """Do it in a thread. A cancellation takes effect after it: nothing touches a file that was given back."""
    import asyncio

    done = asyncio.get_running_loop().run_in_executor(None, work)
    cancelled = None
    while not done.done():
        try:
            await asyncio.wait([done])
        except asyncio.CancelledError as interruption:
            cancelled = interruption
    if cancelled is not None:
        done.exception()  # Nobody else asks for it.
        raise cancelled
    return done.result()
