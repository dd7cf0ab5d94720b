"""``speak``, ``sound`` and ``download``: from a text, or from a run, to the audio file.

What is paid for is not lost. Whether the file can be written is known before anything is sent; a reference is said as
soon as it is known; output that cannot be written does not end the work; and the last lines say how to go on.
"""

import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click
from click.core import ParameterSource

from .. import AsyncCambClient, CambClient, CambError, CompletedTask, Schedule, TaskError, TaskRef, WaitTimeoutError
from .._files.target import Target
from ._board import Board, Row, client_log
from ._command import (
    PROGRAM,
    STDOUT,
    Command,
    Parsed,
    arguments_of,
    debugging,
    output_options,
    parse_task,
    schedule_option,
    timeout_option,
    words,
)
from ._display import Display
from ._downloads import Downloads, as_folder
from ._exits import SUCCEEDED, Exit, most_serious
from ._job import Job
from ._loop import run
from ._output import say, write
from ._stdin import STDIN, read_text
from ._text import clean, command_line

if TYPE_CHECKING:
    from .. import AsyncTextToSound, AsyncTextToSpeech

    Family = AsyncTextToSpeech | AsyncTextToSound

SPEECH, SOUND = "tts", "text-to-sound"
_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")
# What a stream has not, being no task.
_TASKS_ONLY = ("gender", "age", "project_name", "project_description", "folder_id", "timeout", "schedule", "no_wait")


def _run(text: str) -> TaskRef:
    """A run is named as a task is, by its kind and its number; or by its task."""
    ref = parse_task(text)
    if ref.kind not in {SPEECH, SOUND} or re.fullmatch("[0-9]{19,}", ref.task_id):
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


def _options(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    def decorate(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_FILED = _options(
    click.option("--project-name", metavar="TEXT", help="The project to file the task under."),
    click.option("--project-description", metavar="TEXT", help="The description of that project."),
    click.option("--folder-id", type=int, metavar="NUMBER", help="The folder of that project."),
)
_FILE = _options(
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
_NO_WAIT = click.option("--no-wait", is_flag=True, help="Print the reference of the task alone, and wait for nothing.")


@click.command(cls=Command)
@click.argument("text")
@click.option("--voice", "voice_id", type=int, required=True, metavar="NUMBER", help="The number of the voice.")
@click.option(
    "--language",
    required=True,
    metavar="LOCALE",
    help="The language of the text: a locale such as en-us, or its number.",
)
@click.option(
    "--gender",
    type=int,
    metavar="0|1|2|9",
    help="The gender of the voice: 0 unknown, 1 male, 2 female, 9 not applicable.",
)
@click.option("--age", type=int, metavar="YEARS", help="The age of the voice.")
@_FILED
@_FILE
@schedule_option
@_NO_WAIT
@click.option("--stream", is_flag=True, help="Write the audio as it is made, without a task.")
@output_options
@click.pass_context
def speak(ctx: click.Context, /, *, text: str, language: str, stream: bool, **options: Any) -> Exit:
    """Convert text to speech and download it.

    `-` reads the text from standard input. The task is created once, and its reference printed at once. If the wait
    is cut short, the last lines say how to go on with the task.
    """
    job = _Job.of(ctx, SPEECH, options)
    arguments = {"text": _text(ctx, text), "language": language, **options}
    if stream:
        return _stream(job, arguments)
    if language.isascii() and language.isdecimal():
        arguments["language"] = int(language)
    return _make(job, arguments)


@click.command(cls=Command)
@click.argument("prompt")
@click.option("--duration", type=float, metavar="SECONDS", help="The length of the sound.")
@click.option("--music", is_flag=True, help="Make music instead of a sound.")
@_FILED
@_FILE
@schedule_option
@_NO_WAIT
@output_options
@click.pass_context
def sound(ctx: click.Context, /, *, prompt: str, music: bool, **options: Any) -> Exit:
    """Make a sound or music and download it.

    `-` reads the prompt from standard input. Everything else is as for speak.
    """
    job = _Job.of(ctx, SOUND, options)
    return _make(job, {"prompt": _text(ctx, prompt), "audio_type": "music" if music else None, **options})


@click.command(cls=Command)
@click.argument(
    "runs",
    type=Parsed("run", _run, [f"{SPEECH}:", f"{SOUND}:"]),
    nargs=-1,
    required=True,
    metavar="KIND:RUN_ID|KIND:ID...",
)
@_FILE
@output_options
@click.pass_context
def download(ctx: click.Context, /, *, runs: tuple[TaskRef, ...], **options: Any) -> Exit:
    """Download audio files, by the run_id that wait prints, or by the task.

    An id of digits alone is a run_id. Several files go into a folder.
    """
    if len(runs) > 1:
        return _fetch_many(ctx, list(dict.fromkeys(runs)), **options)
    job = _Job.of(ctx, runs[0].kind, options, _name_of(runs[0]))
    camb = job.client()
    return _fetch(job, camb, lambda _: _find_run(camb, runs[0]))


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


def _text(ctx: click.Context, given: str) -> str:
    """A text, or what stands on standard input."""
    try:
        return read_text() if given == STDIN else given
    except ValueError as problem:
        raise click.UsageError(str(problem), ctx) from problem


@attrs.define
class _Job(Job):
    """One audio file: what was asked for, and what is known of it."""

    output: str
    overwrite: bool
    waits: bool
    timeout: float
    schedule: Schedule | None

    @classmethod
    def of(cls, ctx: click.Context, kind: str, options: dict[str, Any], name: str = "") -> "_Job":
        """Take from the options what is not for the API, and see whether the file can be written."""
        output, as_json, waits = options.pop("output"), options.pop("as_json"), not options.pop("no_wait", False)
        if not waits and ctx.get_parameter_source("output") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--no-wait downloads nothing, so it has no --output", ctx)
        if output == STDOUT and as_json:
            raise click.UsageError("--json and the file cannot both have standard output: name a file", ctx)
        if output == STDOUT and (sys.stdout is None or sys.stdout.isatty()):
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

    def handed_out(self, ref: TaskRef) -> None:
        """Print the reference, which is all that was asked for."""
        self.board.created(self.row, ref)
        self.row.end = SUCCEEDED
        with self.printing():
            if self.display.is_json:
                self.display.result(self.row, "created")
            else:
                say(str(ref))

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


def _make(job: _Job, arguments: dict[str, Any]) -> Exit:
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

    return _fetch(job, job.client(), made)


def _hand_out(job: _Job, arguments: dict[str, Any]) -> Exit:
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


def _fetch(job: _Job, camb: AsyncCambClient, find_run: Callable[["Family"], Awaitable[int]]) -> Exit:
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


def _stream(job: _Job, arguments: dict[str, Any]) -> Exit:
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
