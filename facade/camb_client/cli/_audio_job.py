"""One audio file of a command: from a create, a run or a stream to the file.

What is paid for is not lost. Whether the file can be written is known before anything is sent; a reference is said as
soon as it is known; output that cannot be written does not end the work; and the last lines say how to go on.
"""

import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click
from click.core import ParameterSource

from .. import AsyncCambClient, CambClient, CambError, Schedule, TaskError, TaskRef
from .._files.target import Target
from ._board import Board
from ._command import PROGRAM, SPEECH, STDOUT, grouped, timeout_option
from ._display import Display
from ._exits import SUCCEEDED, Exit, most_serious
from ._job import Job
from ._loop import run
from ._output import is_closed, write
from ._text import clean, command_line

if TYPE_CHECKING:
    from .. import AsyncTextToSound, AsyncTextToSpeech

    Family = AsyncTextToSpeech | AsyncTextToSound

# What a stream has not, being no task.
_TASKS_ONLY = ("gender", "age", "project_name", "project_description", "folder_id", "timeout", "schedule", "no_wait")


file_options = grouped(
    click.option(
        "-o",
        "--output",
        default=".",
        metavar="FILE",
        help="The file to write; a folder, to name the file by kind and run; or `-` for standard output."
        "  [default: this folder]",
    ),
    click.option("--overwrite", is_flag=True, help="Replace a file that exists."),
    timeout_option("The deadline for the wait, and again for the download; `none` waits for ever."),
)


@attrs.define
class AudioJob(Job):
    """One audio file: what was asked for, and what is known of it."""

    output: str
    overwrite: bool
    waits: bool
    timeout: float
    schedule: Schedule | None

    @classmethod
    def of(cls, ctx: click.Context, kind: str, options: dict[str, Any], name: str = "") -> "AudioJob":
        """Take from the options what is not for the API, and see whether the file can be written."""
        output, as_json, waits = options.pop("output"), options.pop("as_json"), not options.pop("no_wait", False)
        if not waits and ctx.get_parameter_source("output") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--no-wait downloads nothing, so it has no --output", ctx)
        if output == STDOUT and as_json:
            raise click.UsageError("--json and the file cannot both have standard output: name a file", ctx)
        if output == STDOUT and (is_closed() or sys.stdout.isatty()):
            raise click.UsageError("standard output is a terminal or closed: pipe it, or name a file", ctx)
        overwrite, board = options.pop("overwrite"), Board()
        board.add(name := name or kind)
        taken = output == STDOUT or not (waits or as_json)
        display = Display(board, as_json=as_json, quiet=options.pop("quiet"), taken=taken)
        timeout, schedule = options.pop("timeout"), options.pop("schedule", None)
        job = cls(ctx, kind, board, display, board.rows[name], output, overwrite, waits, timeout, schedule)
        try:
            if output != STDOUT and waits:
                with Target(output, overwrite=overwrite):
                    pass
        except OSError as problem:
            raise click.UsageError(job.trouble(problem), ctx) from problem
        return job

    def ended(self, error: CambError | OSError | None, end: Exit | None = None) -> None:
        """Say how it ended, if that has not been said."""
        if self.waits or error is not None:
            super().ended(error, end)

    def trouble(self, problem: OSError) -> str:
        """Why there is no file, in words."""
        if isinstance(problem, FileExistsError):
            file = f"the file in {self.output!r}" if _is_folder(self.output) else repr(self.output)
            return f"{file} exists already; --overwrite replaces it"
        return f"{self.output!r} cannot be written: {problem.strerror or problem}"

    def how_to_go_on(self) -> None:
        """Say what is left to do, as command lines."""
        row, hint = self.row, self.display.hint
        task = row.ref if isinstance(row.ref, TaskRef) else None
        fetch = [*(["--overwrite"] if self.overwrite else []), "-o", self.output]
        if row.file is not None or isinstance(row.error, TaskError) or (row.end is SUCCEEDED and not self.waits):
            return
        if row.run_id is not None and (task or row.goes_on):
            if task is not None:
                hint(f"the task: {clean(str(task))}")
            hint(f"to go on: {command_line([PROGRAM, 'download', f'{self.kind}:{row.run_id}', *fetch])}")
        elif task is not None:
            hint(f"to go on: {command_line([PROGRAM, 'wait', str(task)])}")
            hint(f"and then: {command_line([PROGRAM, 'download', f'{self.kind}:RUN_ID', *fetch])}")
        else:
            self.perhaps_made()


def _is_folder(output: str) -> bool:
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def make(job: AudioJob, arguments: dict[str, Any]) -> Exit:
    """Create a task, wait for it, and download its file."""
    if not job.waits:
        return _hand_out(job, arguments)

    async def made(family: "Family") -> int:
        creating = job.call(family.create, arguments)
        job.row.doing = "creating"
        ref = await creating
        job.created(ref)
        done = await family.wait(ref, timeout=job.timeout, schedule=job.schedule, on_update=job.changed)
        return done.run_id

    return fetch(job, job.client(), made)


def _hand_out(job: AudioJob, arguments: dict[str, Any]) -> Exit:
    """Create a task, and print its reference."""

    async def work() -> None:
        async with job.client() as camb:
            family: Family = camb.tts if job.kind == SPEECH else camb.text_to_sound
            creating = job.call(family.create, arguments)
            job.row.doing = "creating"
            job.handed_out(await creating)

    with job.work():
        run(work())
    return most_serious(job.board.exits)


def fetch(job: AudioJob, camb: AsyncCambClient, find_run: Callable[["Family"], Awaitable[int]]) -> Exit:
    """Download the file of the run that is waited for."""
    row = job.row

    async def work(place: str) -> Path:
        async with camb:
            family: Family = camb.tts if job.kind == SPEECH else camb.text_to_sound
            row.run = await find_run(family)
            row.doing = "downloading"
            job.display.progress(row)
            return await family.download(
                row.run, place, on_progress=row.took, overwrite=job.overwrite, timeout=job.timeout
            )

    with job.work():
        if job.output == STDOUT:
            with tempfile.TemporaryDirectory(prefix="camb-") as folder:
                path = run(work(folder))
                with path.open("rb") as file:
                    while piece := file.read(1 << 16):
                        write(piece)
            row.file = "standard output"
        else:
            row.file = str(run(work(job.output)))
        row.doing = "downloaded"
    return most_serious(job.board.exits)


def write_stream(job: AudioJob, arguments: dict[str, Any]) -> Exit:
    """Write speech as it is made."""
    for name in _TASKS_ONLY:
        if job.ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--stream makes no task, so it has no --{name.replace('_', '-')}", job.ctx)
    if job.output != STDOUT and _is_folder(job.output):
        raise click.UsageError("--stream makes no run to name a file by: name it, or `-`", job.ctx)
    row = job.row
    spoken = {name: arguments[name] for name in ("text", "voice_id", "language")}
    place = nullcontext() if job.output == STDOUT else Target(job.output, overwrite=job.overwrite)
    with CambClient() as camb, job.work():
        stream = job.call(camb.tts.stream, spoken)
        row.doing = "streaming"
        with place as file, stream as audio:
            for piece in audio:
                (write if file is None else file.write)(piece)
                row.took(row.received + len(piece), None)
            row.file = "standard output" if file is None else str(file.keep(""))
        row.doing = "streamed"
    return most_serious(job.board.exits)
