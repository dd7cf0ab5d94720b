"""``wait`` and ``watch``: the same work, shown at the end or at each change."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import click

from .. import AsyncCambClient, Schedule, TaskOutcome, TaskRef, TaskState
from ._board import Board, client_log
from ._command import (
    AUDIO,
    PROGRAM,
    Command,
    again,
    debugging,
    output_options,
    rate_option,
    tasks_argument,
    waiting_options,
    words,
)
from ._display import Display
from ._downloads import Downloads, as_folder
from ._exits import Exit, most_serious
from ._intake import intake
from ._loop import run

# What another run of ``batch`` goes on with.
_UNDONE = {"planned", "created", "succeeded"}


@click.command(cls=Command)
@tasks_argument(is_required=False)
@waiting_options
@click.option("-o", "--output", metavar="DIR", help="Download what succeeds into this folder.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist there.")
@click.option("--journal", metavar="FILE", help="Keep the tasks in this file, and go on with those that are in it.")
@rate_option("max_requests_per_second", "No more polls a second.")
@output_options
@click.pass_context
def wait(ctx: click.Context, /, *, as_json: bool, quiet: bool, **options: Any) -> Exit:
    """Wait until the tasks have ended.

    `-` reads more references from standard input, one a line, as they come.
    """
    if not (options["tasks"] or options["journal"]):
        raise click.UsageError("Missing argument 'KIND:ID...', or a --journal", ctx)
    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    def changed(state: TaskState) -> None:
        row = board.changed(state)
        if state.is_pending:  # What ended has an outcome, which says more.
            display.progress(row)

    return _follow(ctx, board, display, changed, **options)


@click.command(cls=Command)
@tasks_argument()
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


async def _kept(
    camb: AsyncCambClient,
    path: str,
    board: Board,
    refs: AsyncIterator[TaskRef],
    pace: dict[str, Any],
    timeout: float,
    schedule: Schedule | None,
    note: Callable[[str], None],
) -> AsyncGenerator[TaskOutcome]:
    """The outcomes of a journal, these tasks put into it first."""
    try:
        opened = camb.journal(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as problem:
        said = f"--journal: {path!r} cannot be opened: {problem.strerror or problem}; name a file in a folder of yours"
        raise click.UsageError(said) from problem
    with opened as journal:
        journal.add([ref async for ref in refs], timeout=timeout, schedule=schedule)
        for ref in journal.pending():
            board.add(ref)
        for taken in set(board.rows) - set(journal.pending()):
            del board.rows[taken]
            note(f"{taken}: an earlier run has told its outcome; {PROGRAM} status shows it again")
        if not board.rows:
            note("nothing in the journal is left to wait for")
        if any(item.state in _UNDONE for item in journal.items()):
            note(f"the journal has lines that are not done: {PROGRAM} batch goes on with those")
        async with aclosing(journal.as_completed(**pace)) as outcomes:  # type: ignore[type-var]
            async for outcome in outcomes:
                yield outcome


def _follow(
    ctx: click.Context,
    board: Board,
    display: Display,
    changed: Callable[[TaskState], None],
    *,
    tasks: tuple[TaskRef | str, ...],
    timeout: float,
    schedule: Schedule | None,
    output: str | None = None,
    overwrite: bool = False,
    journal: str | None = None,
    max_requests_per_second: float | None = None,
) -> Exit:
    """Wait for the tasks, show what comes of each, and download what succeeds where that is asked for."""
    pace = {"max_requests_per_second": max_requests_per_second, "on_update": changed}
    folder = None if output is None else as_folder(ctx, output)

    def outcomes(camb: AsyncCambClient, refs: AsyncIterator[TaskRef]) -> AsyncIterator[TaskOutcome]:
        if journal is None:
            return camb.as_completed(refs, timeout=timeout, schedule=schedule, **pace)  # type: ignore[arg-type]
        return _kept(camb, journal, board, refs, pace, timeout, schedule, display.note)

    async def work() -> None:
        async with AsyncCambClient(event_hooks={"poll": [board.polled]}) as camb:
            downloads = folder and Downloads(camb, board, display, folder, overwrite=overwrite, timeout=timeout)
            found = outcomes(camb, intake(tasks, board, display.error))
            async with aclosing(found):  # type: ignore[type-var]
                async for outcome in found:
                    row = board.ended(outcome.ref, outcome.state, outcome.error)
                    if downloads and outcome.error is None and outcome.ref.kind in AUDIO:
                        board.exits.pop()  # It ends with its file.
                        downloads.begin(row, outcome.ref.kind, outcome.state.run_id)
                        continue
                    display.result(row)
                    if outcome.error is not None:
                        display.error(words(outcome.error))
            if downloads:
                await downloads.end()

    def how_to_go_on() -> None:
        if board.left:
            display.hint(f"to go on waiting: {again(ctx, board.left)}")

    ctx.call_on_close(how_to_go_on)  # However it ends, and after what is said of the error.
    with client_log(display.note, debug=debugging(ctx)), display.live():
        run(work())
    return most_serious(board.exits)
