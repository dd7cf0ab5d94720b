"""Which tasks: those named on the command line, and those that come on standard input."""

from collections.abc import AsyncIterator, Callable, Iterable

import click

from .. import TaskRef
from ._board import Board
from ._command import parse_task
from ._exits import USAGE
from ._stdin import STDIN, checked, read_lines
from ._text import clean


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

    loop = asyncio.get_running_loop()
    came: asyncio.Queue[TaskRef | str] = asyncio.Queue()  # What is no reference is why there are no more.

    def take(task: TaskRef) -> None:
        if board.add(task):
            came.put_nowait(task)

    def take_line(line: str) -> None:
        try:
            if line:
                take(parse_task(checked(line)))
        except ValueError as problem:
            board.exits.append(USAGE)
            wrong(f"error: standard input: {clean(str(problem))}")

    # All that is known is on the board from the start, though it is handed over only as there is room for it.
    named = list(named)
    for task in named:
        if isinstance(task, TaskRef):
            take(task)
    if STDIN in named:
        try:
            read_lines(
                lambda line: loop.call_soon_threadsafe(take_line, line),
                lambda problem: loop.call_soon_threadsafe(came.put_nowait, problem),
            )
        except ValueError as closed:
            raise click.UsageError(str(closed)) from closed
    else:
        came.put_nowait("")
    while isinstance(task := await came.get(), TaskRef):
        yield task
    if task:
        raise click.UsageError(task)
