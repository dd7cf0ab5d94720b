"""``status``: one poll each task."""

import click

from .. import (
    AsyncCambClient,
    AuthenticationError,
    CambError,
    CompletedTask,
    PermissionDeniedError,
    Schedule,
    TaskRef,
    TaskState,
)
from .._polling.errors import task_error
from ._board import Board, Polls, Row
from ._command import Command, debugging, output_options, tasks_argument, words
from ._display import Display
from ._exits import NOT_DONE, Exit, most_serious
from ._intake import intake


@click.command(cls=Command)
@tasks_argument
@output_options
@click.pass_context
def status(ctx: click.Context, tasks: tuple[TaskRef | str, ...], *, as_json: bool, quiet: bool) -> Exit:
    """Poll the tasks once.

    `-` reads more references from standard input, one a line, as they come.
    """
    import asyncio

    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    async def poll(camb: AsyncCambClient, ref: TaskRef) -> Row:
        try:
            return _seen(board, await camb.status(ref))
        except (AuthenticationError, PermissionDeniedError):
            raise  # The key is the same for every task.
        except CambError as error:
            return board.ended(ref, None, error)

    async def work() -> None:
        async with AsyncCambClient() as camb:
            async for ref in intake(tasks, board, display.error):
                row = await poll(camb, ref)
                display.result(row)
                if row.error is not None:
                    display.error(words(row.error))

    with Polls(board, Schedule.DEFAULT, display.note, debug=debugging(ctx)):
        asyncio.run(work())
    return most_serious(board.exits)


def _seen(board: Board, state: TaskState) -> Row:
    if state.is_pending:
        return board.ended(state.ref, state, None, NOT_DONE)
    return board.ended(state.ref, state, None if isinstance(state, CompletedTask) else task_error(state))
