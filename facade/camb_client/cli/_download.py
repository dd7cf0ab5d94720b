"""``download``: from runs, or tasks that have succeeded, to their audio files."""

import re
from typing import Any

import click

from .. import AsyncCambClient, CambError, CompletedTask, TaskRef, WaitTimeoutError
from ._audio_job import AudioJob, fetch, file_options
from ._board import Board, Row, client_log
from ._command import (
    AUDIO,
    PROGRAM,
    SOUND,
    SPEECH,
    Command,
    Parsed,
    arguments_of,
    debugging,
    output_options,
    parse_task,
    words,
)
from ._display import Display
from ._downloads import Downloads, as_folder
from ._exits import Exit, most_serious
from ._loop import run
from ._text import command_line


def _run(text: str) -> TaskRef:
    """A run is named as a task is, by its kind and its number; or by its task."""
    ref = parse_task(text)
    if ref.kind not in AUDIO or re.fullmatch("[0-9]{19,}", ref.task_id):
        raise ValueError(f"{text[:80]!r} is not a run with an audio file: write it as '{SPEECH}:11768', its run_id")
    return ref


def _is_run_id(ref: TaskRef) -> bool:
    return re.fullmatch("[0-9]{1,18}", ref.task_id) is not None


async def _find_run(camb: AsyncCambClient, ref: TaskRef) -> int:
    """The run of a task that has succeeded."""
    if _is_run_id(ref):
        return int(ref.task_id)
    state = (await camb.status(ref)).raise_for_status()
    if not isinstance(state, CompletedTask):
        raise WaitTimeoutError(f"{ref} has not ended: wait for it first", ref=ref, last_state=state)
    return state.run_id


@click.command(cls=Command)
@click.argument(
    "runs",
    type=Parsed("run", _run, [f"{SPEECH}:", f"{SOUND}:"]),
    nargs=-1,
    required=True,
    metavar="KIND:RUN_ID|KIND:ID...",
)
@file_options
@output_options
@click.pass_context
def download(ctx: click.Context, /, *, runs: tuple[TaskRef, ...], **options: Any) -> Exit:
    """Download audio files, by the run_id that wait prints, or by the task.

    An id of digits alone is a run_id. Several files go into a folder.
    """
    if len(runs) > 1:
        return _fetch_many(ctx, list(dict.fromkeys(runs)), **options)
    job = AudioJob.of(ctx, runs[0].kind, options, _name_of(runs[0]))
    camb = job.client()
    return fetch(job, camb, lambda _: _find_run(camb, runs[0]))


def _name_of(ref: TaskRef) -> str:
    return f"{ref.kind} run {ref.task_id}" if _is_run_id(ref) else str(ref)


def _fetch_many(
    ctx: click.Context, runs: list[TaskRef], *, output: str, overwrite: bool, timeout: float, as_json: bool, quiet: bool
) -> Exit:
    """Download several files, a few at a time."""
    board = Board()
    rows: dict[TaskRef, Row] = {}
    for ref in runs:
        board.add(name := _name_of(ref) if _is_run_id(ref) else ref)
        rows[ref] = board.rows[name]
    display, folder = Display(board, as_json=as_json, quiet=quiet), as_folder(ctx, output)

    async def work() -> None:
        import asyncio

        async with AsyncCambClient() as camb:
            downloads = Downloads(camb, board, display, folder, overwrite=overwrite, timeout=timeout)

            async def one(ref: TaskRef) -> None:
                try:
                    found = await _find_run(camb, ref)
                except CambError as error:
                    display.result(board.ended(rows[ref].ref, None, error))
                    display.error(words(error))
                else:
                    await downloads.fetch(rows[ref], ref.kind, found)

            await asyncio.gather(*map(one, runs))

    def how_to_go_on() -> None:
        left = [str(ref) for ref, row in rows.items() if row.file is None and (row.end is None or row.goes_on)]
        if left:
            kept = [word for word in arguments_of(ctx) if word not in set(map(str, runs))]
            display.hint(f"to go on: {command_line([PROGRAM, 'download', *kept, *left])}")

    ctx.call_on_close(how_to_go_on)
    with client_log(display.note, debug=debugging(ctx)), display.live():
        run(work())
    return most_serious(board.exits)
