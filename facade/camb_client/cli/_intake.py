"""Which tasks: those named on the command line, and those that come on standard input.

Rule of this file: it reads references and puts them on the board; nothing here polls a task.
"""

import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from .. import TaskRef
from ._board import Board
from ._command import STDIN, clean, parse_task
from ._exits import USAGE

if TYPE_CHECKING:
    import asyncio


async def intake(named: Iterable[TaskRef | str], board: Board, wrong: Callable[[str], None]) -> AsyncIterator[TaskRef]:
    """Every task once, those named first, then those of standard input as its lines come.

    A line that is no reference is reported and left out: the tasks of the other lines are waited for.

    Args:
        named: References, and ``-`` for standard input.
        board: Where they are put as soon as they are known.
        wrong: Takes what is wrong with a line.

    Raises:
        click.UsageError: Standard input cannot be read.
    """
    import asyncio

    refs: asyncio.Queue[TaskRef | OSError | None] = asyncio.Queue()

    def take(task: TaskRef) -> None:
        if board.add(task):
            refs.put_nowait(task)

    def take_line(line: str) -> None:
        try:
            if line:
                take(parse_task(line))
        except ValueError as problem:
            board.exits.append(USAGE)
            wrong(f"error: standard input: {clean(str(problem))}")

    # All that is known is on the board from the start, though it is handed over only as there is room for it.
    named = list(named)
    for task in named:
        if isinstance(task, TaskRef):
            take(task)
    if STDIN not in named:
        refs.put_nowait(None)
    elif sys.stdin is None:
        raise click.UsageError("standard input is closed, so it cannot be read")
    else:
        _read_lines(asyncio.get_running_loop(), take_line, refs.put_nowait)
    while (came := await refs.get()) is not None:
        if isinstance(came, OSError):
            raise click.UsageError(f"standard input cannot be read: {came}")
        yield came


def _read_lines(
    loop: "asyncio.AbstractEventLoop", take: Callable[[str], None], end: Callable[[OSError | None], None]
) -> None:
    """Read standard input in a thread that ends with the process, and hand over to the loop.

    It reads the descriptor itself: a thread that sleeps in a read of ``sys.stdin`` holds the lock of its buffer,
    and Python fails on that when it exits.
    """

    def read() -> None:
        rest = b""
        problem: OSError | None = None
        with suppress(RuntimeError):  # The loop is closed: nobody listens any more.
            try:
                while chunk := os.read(sys.stdin.fileno(), 1 << 16):
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        loop.call_soon_threadsafe(take, line.decode(errors="replace").strip())
                loop.call_soon_threadsafe(take, rest.decode(errors="replace").strip())
            except OSError as error:
                problem = error
            loop.call_soon_threadsafe(end, problem)

    threading.Thread(target=read, name="camb-stdin", daemon=True).start()
