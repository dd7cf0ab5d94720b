"""The program: its commands, its help, its version."""

import click

from .. import SPEC_DIGEST, __version__
from ._audio import sound, speak
from ._batch import batch
from ._command import PROGRAM, report
from ._create import create
from ._doctor import doctor
from ._download import download
from ._exits import EXITS
from ._fake import fake
from ._lists import kinds_command, languages, voices
from ._output import OutputError, guarded_streams, say
from ._plan import plan
from ._result import result
from ._status import status
from ._text import clean
from ._wait import wait, watch

# In the order of `--help`.
COMMANDS = (
    speak, sound, batch, download, create, wait, status, watch, result, kinds_command, voices, languages, plan, fake,
    doctor,
)  # fmt: skip


class _Program(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The name alone asks for the help."""
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
    """Make speech, sound and music with CAMB.AI, and wait for its background tasks.

    A task is written as KIND:ID, such as tts:c8b8e3cd-ad17. The API key is read from CAMB_API_KEY, the address of the
    API from CAMB_BASE_URL, if that is set. Results go to standard output, everything else to standard error.
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
    with guarded_streams():
        try:
            return int(program.main(arguments, prog_name=PROGRAM, standalone_mode=False))
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else PROGRAM
            say(f"error: {clean(error.format_message())}\nTry '{where} --help'.", err=True)
            return error.exit_code
        except (click.Abort, OutputError) as error:  # Before a command has begun, or in the help.
            return report(error.__cause__ if isinstance(error, click.Abort) else error).code
