"""``status``: one poll of each task."""

import click

from .. import AsyncCambClient, AuthenticationError, CambError, PermissionDeniedError, TaskError, TaskRef
from ._board import Board, Row, client_log
from ._command import Command, debugging, output_options, tasks_argument, words
from ._display import Display
from ._exits import NOT_DONE, Exit, most_serious
from ._intake import intake
from ._loop import run


@click.command(cls=Command)
@tasks_argument()
@output_options
@click.pass_context
def status(ctx: click.Context, tasks: tuple[TaskRef | str, ...], *, as_json: bool, quiet: bool) -> Exit:
    """Poll the tasks once.

    `-` reads more references from standard input, one a line, as they come.
    """
    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    async def work() -> None:
        async with AsyncCambClient() as camb:
            async for ref in intake(tasks, board, display.error):
                row = await _poll(camb, ref, board)
                display.result(row)
                if row.error is not None:
                    display.error(words(row.error))

    with client_log(display.note, debug=debugging(ctx)):
        run(work())
    return most_serious(board.exits)


async def _poll(camb: AsyncCambClient, ref: TaskRef, board: Board) -> Row:
    board.rows[ref].polls += 1
    try:
        state = await camb.status(ref)
    except (AuthenticationError, PermissionDeniedError):
        raise  # The key is the same for every task.
    except CambError as error:
        return board.ended(ref, None, error)
    if state.is_pending:
        return board.ended(ref, state, None, NOT_DONE)
    try:
        return board.ended(ref, state.raise_for_status(), None)
    except TaskError as error:
        return board.ended(ref, state, error)
