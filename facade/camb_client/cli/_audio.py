"""``speak``, ``sound`` and ``download``: from a text, or from a run, to the audio file.

Rule of this file: what is paid for is not lost. Whether the file can be written is found out before anything is
sent; a reference is said as soon as it is known; and however it ends, last of all comes what goes on with it.
"""

import shlex
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click
from click.core import ParameterSource

from .. import AsyncCambClient, CambClient, CambError, Schedule, TaskError, TaskRef, TaskState
from .._api.operations import SOUND, SPEECH
from .._files.target import Target
from ._board import Board, Polls, Row
from ._command import (
    PROGRAM,
    STDIN,
    STDOUT,
    Command,
    Parsed,
    debugging,
    output_options,
    parse_task,
    schedule_option,
    timeout_option,
    words,
)
from ._display import Display
from ._exits import USAGE, Exit, most_serious

if TYPE_CHECKING:
    from .. import AsyncTextToSound, AsyncTextToSpeech

    Family = AsyncTextToSpeech | AsyncTextToSound

_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")
# What a stream has not, being no task.
_TASKS_ONLY = ("gender", "age", "project_name", "project_description", "folder_id", "timeout", "schedule")


def _run(text: str) -> TaskRef:
    """A run is named as a task is, by its kind and its number."""
    ref = parse_task(text)
    if ref.kind not in {SPEECH, SOUND} or not (ref.task_id.isascii() and ref.task_id.isdecimal()):
        raise ValueError(f"{text!r} is not a run with an audio file: it should look like '{SPEECH}:11768', its run_id")
    return ref


def _options(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    def decorate(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_FILED = _options(
    click.option("--project-name", metavar="TEXT", help="What the task is filed under."),
    click.option("--project-description", metavar="TEXT", help="Of that project."),
    click.option("--folder-id", type=int, metavar="NUMBER", help="The folder that the project is put into."),
)
_FILE = _options(
    click.option(
        "-o",
        "--output",
        default=".",
        metavar="FILE",
        help="The file; a folder, for a name by kind and run; or `-`, standard output.  [default: this folder]",
    ),
    click.option("--overwrite", is_flag=True, help="Replace a file of that name."),
    timeout_option("Our deadline, for the wait and again for the download; `none` is for ever."),
)


@click.command(cls=Command)
@click.argument("text")
@click.option("--voice", "voice_id", type=int, required=True, metavar="NUMBER", help="The voice, from /list-voices.")
@click.option("--language", required=True, metavar="LOCALE", help="Of the text, such as en-us; or its number.")
@click.option("--gender", type=int, metavar="0|1|2|9", help="Of the voice: unknown, male, female, not applicable.")
@click.option("--age", type=int, metavar="YEARS", help="Of the voice.")
@_FILED
@_FILE
@schedule_option
@click.option("--stream", is_flag=True, help="Write it as it is made: no task, and so no wait.")
@output_options
@click.pass_context
def speak(ctx: click.Context, /, *, text: str, language: str, stream: bool, **options: Any) -> Exit:
    """Have a text said, and fetch the audio file.

    `-` reads the text from standard input. The task is created once, and its reference said at once: if the wait is
    cut short, the last lines say what goes on with it.
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
@click.option("--duration", type=float, metavar="SECONDS", help="How long it is.")
@click.option("--music", is_flag=True, help="Music, and not a sound.")
@_FILED
@_FILE
@schedule_option
@output_options
@click.pass_context
def sound(ctx: click.Context, /, *, prompt: str, music: bool, **options: Any) -> Exit:
    """Have a sound or music made, and fetch the audio file.

    `-` reads the prompt from standard input. All else is as for speak.
    """
    job = _Job.of(ctx, SOUND, options)
    return _make(job, {"prompt": _text(ctx, prompt), "audio_type": "music" if music else None, **options})


@click.command(cls=Command)
@click.argument("run", type=Parsed("run", _run, [f"{SPEECH}:", f"{SOUND}:"]), metavar="KIND:RUN_ID")
@_FILE
@output_options
@click.pass_context
def download(ctx: click.Context, /, *, run: TaskRef, **options: Any) -> Exit:
    """Fetch the audio file of a run, by the run_id that a wait shows."""
    job = _Job.of(ctx, run.kind, options, f"{run.kind} run {run.task_id}")

    async def known(_: "Family") -> int:
        return int(run.task_id)

    return _fetch(job, AsyncCambClient(), known)


def _text(ctx: click.Context, given: str) -> str:
    """A text, or what stands on standard input."""
    if given != STDIN:
        return given
    if sys.stdin is None:
        raise click.UsageError("standard input is closed, so it cannot be read", ctx)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").strip()
    except (OSError, UnicodeError) as problem:
        raise click.UsageError(f"standard input cannot be read: {problem}", ctx) from problem


@attrs.define
class _Job:
    """One audio file: what was asked for, and what is known of it."""

    ctx: click.Context
    kind: str
    output: str
    overwrite: bool
    timeout: float
    schedule: Schedule
    board: Board
    display: Display
    row: Row

    @classmethod
    def of(cls, ctx: click.Context, kind: str, options: dict[str, Any], name: str = "") -> "_Job":
        """Take from the options what is not for the API, and see whether the file can be written."""
        output, as_json = options.pop("output"), options.pop("as_json")
        if output == STDOUT and as_json:
            raise click.UsageError("--json and the file cannot both have standard output: name a file", ctx)
        if output == STDOUT and (sys.stdout is None or sys.stdout.isatty()):
            raise click.UsageError("standard output is a terminal or closed: pipe it, or name a file", ctx)
        overwrite, board = options.pop("overwrite"), Board()
        board.add(name := name or kind)
        display = Display(board, as_json=as_json, quiet=options.pop("quiet"), taken=output == STDOUT)
        schedule = options.pop("schedule", Schedule.DEFAULT)
        job = cls(ctx, kind, output, overwrite, options.pop("timeout"), schedule, board, display, board.rows[name])
        try:
            if output != STDOUT:
                with Target(output, overwrite=overwrite):
                    pass
        except OSError as problem:
            raise click.UsageError(job.unwritten(problem), ctx) from problem
        return job

    def unwritten(self, problem: OSError) -> str:
        """Why there is no file, in words."""
        if isinstance(problem, FileExistsError):
            return f"{self.output!r}: there is a file of that name already; --overwrite replaces it"
        return f"{self.output!r} cannot be written: {problem.strerror or problem}"

    def call(self, make: Callable[..., _T], arguments: dict[str, Any]) -> _T:
        """Make a call to be sent; it checks the arguments.

        Raises:
            click.UsageError: One that the API would refuse.
        """
        try:
            return make(**arguments)
        except ValueError as wrong:
            raise click.UsageError(str(wrong), self.ctx) from wrong

    @contextmanager
    def work(self) -> Iterator[None]:
        """Show it meanwhile, and how it ended; last of all, after what is said of any error, how to go on."""
        self.ctx.call_on_close(self.how_to_go_on)
        with Polls(self.board, self.schedule, self.display.note, debug=debugging(self.ctx)), self.display.live():
            try:
                yield
            except CambError as error:
                self.display.result(self.board.ended(self.row.ref, None, error))
                self.display.error(words(error))
            except BrokenPipeError:
                raise
            except OSError as error:
                self.display.result(self.board.ended(self.row.ref, None, error, USAGE))
                self.display.error(f"error: {self.unwritten(error)}")
            else:
                self.display.result(self.board.ended(self.row.ref, None, None))

    def how_to_go_on(self) -> None:
        """Say what is left to do, as command lines."""
        row, hint = self.row, self.display.hint
        task = row.ref if isinstance(row.ref, TaskRef) else None
        fetch = [*(["--overwrite"] if self.overwrite else []), "-o", self.output]
        if row.file is not None or isinstance(row.error, TaskError):
            return
        if row.run_id is not None and (task or row.goes_on):
            hint(f"to go on: {shlex.join([PROGRAM, 'download', f'{self.kind}:{row.run_id}', *fetch])}")
        elif task is not None:
            hint(f"to go on: {shlex.join([PROGRAM, 'wait', str(task)])}")
            hint(f"and then: {shlex.join([PROGRAM, 'download', f'{self.kind}:RUN_ID', *fetch])}")
        elif row.run_id is None and row.doing and (row.end is None or getattr(row.error, "sent", False)):
            hint("it may have been made, and paid for: the same command again may pay for it twice")


def _make(job: _Job, arguments: dict[str, Any]) -> Exit:
    """Create a task, wait for it, and fetch its file."""

    def changed(state: TaskState) -> None:
        job.board.changed(state)
        if state.is_pending:
            job.display.progress(job.row)

    async def made(family: "Family") -> int:
        creating = job.call(family.create, arguments)
        job.row.doing = "creating"
        ref = await creating
        job.board.created(job.row, ref)
        job.display.note(f"created {ref}")
        done = await family.wait(ref, timeout=job.timeout, schedule=job.schedule, on_update=changed)
        return done.run_id

    return _fetch(job, AsyncCambClient(), made)


def _fetch(job: _Job, camb: AsyncCambClient, run: Callable[["Family"], Awaitable[int]]) -> Exit:
    """Fetch the file of the run that is waited for."""
    import asyncio

    row = job.row

    async def work(place: str) -> Path:
        async with camb:
            family: Family = camb.tts if job.kind == SPEECH else camb.text_to_sound
            row.run = await run(family)
            row.doing = "downloading"
            job.display.progress(row)
            return await family.download(
                row.run, place, on_progress=row.took, overwrite=job.overwrite, timeout=job.timeout
            )

    with job.work():
        if job.output == STDOUT:
            with tempfile.TemporaryDirectory(prefix="camb-") as folder:
                path = asyncio.run(work(folder))
                with path.open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            row.file = "standard output"
        else:
            row.file = str(asyncio.run(work(job.output)))
        row.doing = "downloaded"
    return most_serious(job.board.exits)


def _stream(job: _Job, arguments: dict[str, Any]) -> Exit:
    """Write speech as it is made."""
    for name in _TASKS_ONLY:
        if job.ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--stream makes no task, so it has no --{name.replace('_', '-')}", job.ctx)
    if job.output != STDOUT and Path(job.output).is_dir():
        raise click.UsageError("--stream makes no run to name a file by: name it, or `-`", job.ctx)
    row = job.row
    spoken = {name: arguments[name] for name in ("text", "voice_id", "language")}
    place = nullcontext() if job.output == STDOUT else Target(job.output, overwrite=job.overwrite)
    with CambClient() as camb, job.work():
        stream = job.call(camb.tts.stream, spoken)
        row.doing = "streaming"
        with place as file, stream as audio:
            for piece in audio:
                if file is None:
                    sys.stdout.buffer.write(piece)
                    sys.stdout.buffer.flush()
                else:
                    file.write(piece)
                row.took(row.received + len(piece), None)
            row.file = "standard output" if file is None else str(file.keep(""))
        row.doing = "streamed"
    return most_serious(job.board.exits)
