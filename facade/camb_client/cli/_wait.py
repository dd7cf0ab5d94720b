"""``wait`` and ``watch``: the same work, shown at the end or at each change."""

from typing import Any

import click

from .. import AsyncCambClient, Schedule, TaskRef, TaskState
from ._board import Board, Polls
from ._command import Command, again, debugging, output_options, tasks_argument, waiting_options, words
from ._display import Display
from ._exits import Exit, most_serious
from ._intake import intake


@click.command(cls=Command)
@tasks_argument
@waiting_options
@output_options
@click.pass_context
def wait(ctx: click.Context, /, **options: Any) -> Exit:
    """Wait until the tasks have ended.

    `-` reads more references from standard input, one a line, as they come.
    """
    return _follow(ctx, each_change=False, **options)


@click.command(cls=Command)
@tasks_argument
@waiting_options
@output_options
@click.pass_context
def watch(ctx: click.Context, /, **options: Any) -> Exit:
    """Wait as well, and print each change as it is seen.

    `-` reads more references from standard input, one a line, as they come.
    """
    return _follow(ctx, each_change=True, **options)


def _follow(
    ctx: click.Context,
    *,
    tasks: tuple[TaskRef | str, ...],
    timeout: float,
    schedule: Schedule,
    as_json: bool,
    quiet: bool,
    each_change: bool,
) -> Exit:
    import asyncio

    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    # Last of all, however it ends: after what is said of the error.
    @ctx.call_on_close
    def how_to_go_on() -> None:
        if board.left:
            display.hint(f"to go on waiting: {again(ctx, board.left)}")

    async def work() -> None:
        this = asyncio.current_task()
        broken: list[OSError] = []

        def changed(state: TaskState) -> None:
            row = board.changed(state)
            if state.is_terminal:
                return  # Its outcome comes, and says more.
            try:
                (display.result if each_change else display.progress)(row)
            except OSError as error:  # Nobody reads any more: the client would log that, and wait on.
                broken.append(error)
                if this is not None:
                    this.cancel()

        refs = intake(tasks, board, display.error)
        try:
            async with (
                AsyncCambClient() as camb,
                camb.as_completed(refs, timeout=timeout, schedule=schedule, on_update=changed) as outcomes,
            ):
                async for outcome in outcomes:
                    display.result(board.ended(outcome.ref, outcome.state, outcome.error))
                    if outcome.error is not None:
                        display.error(words(outcome.error))
        except asyncio.CancelledError:
            if broken:
                raise broken[0] from None
            raise

    with Polls(board, schedule, display.note, debug=debugging(ctx)), display.live():
        asyncio.run(work())
    return most_serious(board.exits)
