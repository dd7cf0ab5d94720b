"""``wait`` and ``watch``: the same work, shown at the end or at each change."""

from collections.abc import Callable
from typing import Any

import click

from .. import AsyncCambClient, Schedule, TaskRef, TaskState
from ._board import Board, client_log
from ._command import Command, again, debugging, output_options, tasks_argument, waiting_options, words
from ._display import Display
from ._exits import Exit, most_serious
from ._intake import intake
from ._loop import run


@click.command(cls=Command)
@tasks_argument
@waiting_options
@output_options
@click.pass_context
def wait(ctx: click.Context, /, *, as_json: bool, quiet: bool, **options: Any) -> Exit:
    """Wait until the tasks have ended.

    `-` reads more references from standard input, one a line, as they come.
    """
    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    def changed(state: TaskState) -> None:
        row = board.changed(state)
        if state.is_pending:  # What ended has an outcome, which says more.
            display.progress(row)

    return _follow(ctx, board, display, changed, **options)


@click.command(cls=Command)
@tasks_argument
@waiting_options
@output_options
@click.pass_context
def watch(ctx: click.Context, /, *, as_json: bool, quiet: bool, **options: Any) -> Exit:
    """Like wait, but print every change.

    `-` reads more references from standard input, one a line, as they come.
    """
    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    def changed(state: TaskState) -> None:
        row = board.changed(state)
        if state.is_pending:
            display.result(row, "changed")

    return _follow(ctx, board, display, changed, **options)


def _follow(
    ctx: click.Context,
    board: Board,
    display: Display,
    changed: Callable[[TaskState], None],
    *,
    tasks: tuple[TaskRef | str, ...],
    timeout: float,
    schedule: Schedule,
) -> Exit:
    """Wait for the tasks, and show what comes of each."""

    async def work() -> None:
        async with (
            AsyncCambClient(event_hooks={"poll": [board.polled]}) as camb,
            camb.as_completed(
                intake(tasks, board, display.error), timeout=timeout, schedule=schedule, on_update=changed
            ) as outcomes,
        ):
            async for outcome in outcomes:
                display.result(board.ended(outcome.ref, outcome.state, outcome.error))
                if outcome.error is not None:
                    display.error(words(outcome.error))

    def how_to_go_on() -> None:
        if board.left:
            display.hint(f"to go on waiting: {again(ctx, board.left)}")

    ctx.call_on_close(how_to_go_on)  # However it ends, and after what is said of the error.
    with client_log(display.note, debug=debugging(ctx)), display.live():
        run(work())
    return most_serious(board.exits)
