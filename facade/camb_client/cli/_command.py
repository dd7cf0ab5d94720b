"""How every command ends: errors said in a line, each with its exit code; and what commands share of arguments.

Rule of this file: the only place that turns an exception into words and an exit code. A command returns an
:class:`Exit` or raises.
"""

import math
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from .. import ApiConnectionError, Schedule, TaskRef
from .._api.operations import KINDS, check_kind
from ._exits import CLOSED, INTERRUPTED, UNEXPECTED, exit_of

PROGRAM = "camb-client"
# Stands for standard input, where something is read, and for standard output, where a file is written.
STDIN = STDOUT = "-"
# What a command keeps for later, in the context's own dictionary.
_ARGUMENTS, _DEBUG = "camb_client.arguments", "camb_client.debug"
_F = TypeVar("_F", bound=Callable[..., Any])


class Command(click.Command):
    """A command that ends well whatever happens in it; every one takes ``--debug``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(["--debug"], is_flag=True, help="Show each poll, and the traceback of an error.")
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments as they were given, for :func:`again`."""
        ctx.meta[_ARGUMENTS] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, and exit with its code."""
        ctx.meta[_DEBUG] = ctx.params.pop("debug")
        try:
            end = super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except BaseException as error:  # noqa: BLE001 (whatever happens; what is not expected is said to be so)
            end = exit_of(error)
            if end is CLOSED:
                _silence()
            else:
                if debugging(ctx):
                    traceback.print_exc()
                click.echo(words(error), err=True)
        ctx.exit(end.code)


def debugging(ctx: click.Context) -> bool:
    """Whether ``--debug`` was given."""
    return bool(ctx.meta[_DEBUG])


def words(error: BaseException) -> str:
    """An error in a line or two: what went wrong, and what to do next."""
    end = exit_of(error)
    if end is INTERRUPTED:
        return "interrupted; what was submitted goes on at CAMB.AI"
    if end is UNEXPECTED:
        return f"error: unexpected {type(error).__name__}: {clean(str(error))}\nThis is a bug; --debug shows where."
    doctor = f" ({PROGRAM} doctor explains it)" if isinstance(error, ApiConnectionError) else ""
    return f"error: {clean(str(error))}{doctor}"


def _silence() -> None:
    """Nobody reads any more: what is still to be flushed at the end must find an open file."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def clean(text: str) -> str:
    """A text in one line that does nothing to a terminal: servers can send escape sequences too."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(text.split()))


def again(ctx: click.Context, tasks: Iterable[TaskRef]) -> str:
    """The command line that does the same for these tasks."""
    given = {STDIN, *map(str, ctx.params["tasks"])}
    kept = [argument for argument in ctx.meta[_ARGUMENTS] if argument not in given]
    return shlex.join([PROGRAM, str(ctx.info_name), *kept, *map(str, tasks)])


class Parsed(click.ParamType):  # type: ignore[type-arg]  # It takes none before click 8.4.
    """The type of an argument, from the function that reads its text.

    Args:
        name: What it is called.
        parse: Reads it; a ``ValueError`` says what is wrong with it.
        known: What a shell completes it with.
    """

    def __init__(self, name: str, parse: Callable[[str], Any], known: Iterable[str] = ()) -> None:
        self.name, self._parse, self._known = name, parse, known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What the text stands for."""
        try:
            return self._parse(value) if isinstance(value, str) else value
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """What it may become."""
        return [CompletionItem(name) for name in self._known if name.startswith(incomplete)]


def parse_task(text: str) -> TaskRef:
    """A reference of a kind that there is.

    Raises:
        ValueError: It is none.
    """
    ref = TaskRef.parse(text)
    check_kind(ref.kind)
    return ref


PRESETS = {"default": Schedule.DEFAULT, "interactive": Schedule.INTERACTIVE, "background": Schedule.BACKGROUND}


def _schedule(text: str) -> Schedule:
    if text in PRESETS:
        return PRESETS[text]
    try:
        return Schedule.fixed(float(text))
    except ValueError:
        raise ValueError(f"{text!r} is none of {', '.join(PRESETS)}, nor a number of seconds") from None


def _seconds(text: str) -> float:
    with suppress(ValueError):
        seconds = math.inf if text == "none" else float(text)
        if seconds >= 0:
            return seconds
    raise ValueError(f"{text!r} is not a number of seconds, nor 'none'")


SCHEDULE = Parsed("schedule", _schedule, PRESETS)


def tasks_argument(command: _F) -> _F:
    """The tasks that a command is about."""
    task = Parsed("task", lambda text: text if text == STDIN else parse_task(text), [f"{kind}:" for kind in KINDS])
    return click.argument("tasks", type=task, nargs=-1, required=True, metavar="KIND:ID...")(command)


def waiting_options(command: _F) -> _F:
    """How to wait."""
    return timeout_option("Our deadline, for all tasks together; `none` waits for ever.")(schedule_option(command))


def timeout_option(said: str) -> Callable[[_F], _F]:
    """How long to wait; what that bounds is said in the help."""
    return click.option(
        "--timeout",
        type=Parsed("seconds", _seconds, ["none"]),
        default="600",
        show_default=True,
        metavar="SECONDS",
        help=said,
    )


def schedule_option(command: _F) -> _F:
    """When to poll."""
    return click.option(
        "--schedule",
        type=SCHEDULE,
        default="default",
        show_default=True,
        metavar=f"{'|'.join(PRESETS)}|SECONDS",
        help="When to poll.",
    )(command)


def output_options(command: _F) -> _F:
    """How to say it."""
    as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with the keys of README.")
    quiet = click.option("-q", "--quiet", is_flag=True, help="Nothing but errors.")
    return as_json(quiet(command))
