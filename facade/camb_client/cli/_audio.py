"""``speak`` and ``sound``: from a text to the audio file."""

from typing import Any

import click

from ._audio_job import AudioJob, file_options, make, write_stream
from ._command import SOUND, SPEECH, Command, grouped, output_options, schedule_option
from ._exits import Exit
from ._stdin import STDIN, read_text

_FILED = grouped(
    click.option("--project-name", metavar="TEXT", help="The project to file the task under."),
    click.option("--project-description", metavar="TEXT", help="The description of that project."),
    click.option("--folder-id", type=int, metavar="NUMBER", help="The folder of that project."),
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
@file_options
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
    job = AudioJob.of(ctx, SPEECH, options)
    arguments = {"text": _text(ctx, text), "language": language, **options}
    if stream:
        return write_stream(job, arguments)
    if language.isascii() and language.isdecimal():
        arguments["language"] = int(language)
    return make(job, arguments)


@click.command(cls=Command)
@click.argument("prompt")
@click.option("--duration", type=float, metavar="SECONDS", help="The length of the sound.")
@click.option("--music", is_flag=True, help="Make music instead of a sound.")
@_FILED
@file_options
@schedule_option
@_NO_WAIT
@output_options
@click.pass_context
def sound(ctx: click.Context, /, *, prompt: str, music: bool, **options: Any) -> Exit:
    """Make a sound or music and download it.

    `-` reads the prompt from standard input. Everything else is as for speak.
    """
    job = AudioJob.of(ctx, SOUND, options)
    return make(job, {"prompt": _text(ctx, prompt), "audio_type": "music" if music else None, **options})


def _text(ctx: click.Context, given: str) -> str:
    """A text, or what stands on standard input."""
    try:
        return read_text() if given == STDIN else given
    except ValueError as problem:
        raise click.UsageError(str(problem), ctx) from problem
