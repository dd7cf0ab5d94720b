"""The program: its commands, its help, its version."""

from importlib import import_module

import click

from .. import SPEC_DIGEST, __version__
from ._command import PROGRAM, report
from ._exits import EXITS
from ._output import OutputError, guarded_streams, say
from ._text import clean

# Module and name of each command, in the order of `--help`.
COMMANDS = {
    "speak": ("_audio", "speak"),
    "sound": ("_audio", "sound"),
    "batch": ("_batch", "batch"),
    "download": ("_download", "download"),
    "create": ("_create", "create"),
    "wait": ("_wait", "wait"),
    "status": ("_status", "status"),
    "watch": ("_wait", "watch"),
    "result": ("_result", "result"),
    "kinds": ("_lists", "kinds_command"),
    "voices": ("_lists", "voices"),
    "languages": ("_lists", "languages"),
    "plan": ("_plan", "plan"),
    "fake": ("_fake", "fake"),
    "doctor": ("_doctor", "doctor"),
}


class _Program(click.Group):
    """A command is imported when it is named: all of them together take half of the time to start."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The name alone asks for the help."""
        return super().parse_args(ctx, args or ["--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """As they stand above, and not by the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f".{module}", __package__), name)
        return command


_ROWS = "\n".join(f"  {row.code:>3}  {row.meaning}" for row in EXITS)


@click.group(
    cls=_Program,
    commands={name: click.Command(name) for name in COMMANDS},  # Click proposes these for a typo.
    epilog=f"\b\nExit codes; of several that apply, the first:\n{_ROWS}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name=PROGRAM, message=f"%(prog)s %(version)s (spec {SPEC_DIGEST[:12]})")
def program() -> None:
    """Make speech, sound and music with CAMB.AI, and wait for its background tasks.

    A task is written as KIND:ID, such as tts:c8b8e3cd-ad17. The API key is read from CAMB_API_KEY, the address of the
    API from CAMB_BASE_URL, if that is set. Results go to standard output, everything else to standard error.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: By default those of the process.

    Returns:
        The exit code.
    """
    with guarded_streams():
        try:
            return int(program.main(arguments, prog_name=PROGRAM, standalone_mode=False))
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else PROGRAM
            say(f"error: {clean(error.format_message())}\nTry '{where} --help'.", err=True)
            return error.exit_code
        except (click.Abort, OutputError) as error:  # Before a command has begun, or in the help.
            return report(error.__cause__ if isinstance(error, click.Abort) else error).code
