"""The program: its commands, its help, its version."""

import io
import sys

import click

from .. import SPEC_DIGEST, __version__
from ._audio import download, sound, speak
from ._command import PROGRAM, clean
from ._doctor import doctor
from ._exits import EXITS, INTERRUPTED
from ._fake import fake
from ._plan import plan
from ._status import status
from ._wait import wait, watch

# In the order of `--help`.
COMMANDS = (speak, sound, download, wait, status, watch, plan, fake, doctor)


class _Program(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The name alone asks what there is."""
        return super().parse_args(ctx, args or ["--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """As they were added, and not by the alphabet."""
        return list(self.commands)


_ROWS = "\n".join(f"  {row.code:>3}  {row.meaning}" for row in EXITS)


@click.group(
    cls=_Program,
    epilog=f"\b\nExit codes; of several that apply, the first:\n{_ROWS}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name=PROGRAM, message=f"%(prog)s %(version)s (spec {SPEC_DIGEST[:12]})")
def program() -> None:
    """Have CAMB.AI make speech, sound and music, and wait for its background audio tasks.

    A task is named KIND:ID, as in tts:c8b8e3cd-ad17. The key is taken from CAMB_API_KEY, the address from
    CAMB_BASE_URL where that is set. Results go to standard output, all else to standard error.
    """


for command in COMMANDS:
    program.add_command(command)


def run(arguments: list[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: By default those of the process.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # What an id or a message may have, not every terminal can show.
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(program.main(arguments, prog_name=PROGRAM, standalone_mode=False))
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else PROGRAM
        click.echo(f"error: {clean(error.format_message())}\nFor what there is: {where} --help", err=True)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED.code
