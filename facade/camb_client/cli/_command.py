"""How every command ends: errors in words, each with its exit code; and what commands share of arguments.

A command returns an :class:`Exit` or raises. Only :class:`Command` turns an exception into words and an exit code.
"""

import math
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from .. import ApiConnectionError, CambError, Schedule, TaskRef, kinds
from ._exits import UNEXPECTED, Exit, exit_of
from ._output import OutputClosedError, say
from ._signals import signals
from ._stdin import STDIN
from ._text import clean, clean_lines, command_line

PROGRAM = "camb-client"
# The kinds whose results are audio files, and whose create takes arguments of its own; that of any other takes a body.
SPEECH, SOUND = AUDIO = ("tts", "text-to-sound")
# Stands for standard output, where a file is written.
STDOUT = "-"
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
            end = report(error, debug=debugging(ctx))
        ctx.exit(end.code)


def debugging(ctx: click.Context) -> bool:
    """Whether ``--debug`` was given."""
    return bool(ctx.meta[_DEBUG])


def report(error: BaseException | None, *, debug: bool = False) -> Exit:
    """Say what ended the program, and know how it ends."""
    signals.heard()
    if debug:
        say(clean_lines("".join(traceback.format_exception(error))), err=True)
    if error is not None and not isinstance(error, OutputClosedError):  # Which is how a pipeline ends.
        say(words(error), err=True)
    return exit_of(error)


def words(error: BaseException) -> str:
    """An error in a line or two: what went wrong, and what to do next."""
    if isinstance(error, KeyboardInterrupt):
        return f"{exit_of(error).word}; submitted tasks are still running at CAMB.AI"
    if isinstance(error, OSError | MemoryError) and not isinstance(error, CambError):
        return f"error: the operating system refused: {clean(str(error)) or 'out of memory'}"
    if exit_of(error) is UNEXPECTED:
        return f"error: unexpected {type(error).__name__}: {clean(str(error))}\nThis is a bug; --debug shows where."
    doctor = f" ({PROGRAM} doctor explains it)" if isinstance(error, ApiConnectionError) else ""
    return f"error: {clean_lines(str(error))}{doctor}"


def arguments_of(ctx: click.Context, without: Iterable[str] = ()) -> list[str]:
    """The arguments as they were given, without these options and their values."""
    kept: list[str] = []
    given = iter(ctx.meta[_ARGUMENTS])
    for argument in given:
        if argument in without:
            next(given, None)
        elif not argument.startswith(tuple(f"{name}=" for name in without)):
            kept.append(argument)
    return kept


def again(ctx: click.Context, tasks: Iterable[TaskRef]) -> str:
    """The command line that does the same for these tasks."""
    given = {STDIN, *map(str, ctx.params["tasks"])}
    kept = [argument for argument in arguments_of(ctx) if argument not in given]
    return command_line([PROGRAM, str(ctx.info_name), *kept, *map(str, tasks)])


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
    if text in kinds.ALL:
        raise ValueError(f"{text!r} is a kind: write which one you mean, as '{text}:ID'")
    ref = TaskRef.parse(text)
    kinds.check(ref.kind)
    return ref


PRESETS = {
    "default": Schedule.DEFAULT,
    "interactive": Schedule.INTERACTIVE,
    "background": Schedule.BACKGROUND,
    "learned": Schedule.LEARNED,
}


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


def _rate(text: str) -> float:
    with suppress(ValueError):
        rate = float(text)
        if 1 / 86_400 <= rate <= 1e6:  # As the client takes it.
            return rate
    raise ValueError(f"{text!r} is not a number from 0.0000116 (one a day) to 1000000")


SCHEDULE = Parsed("schedule", _schedule, PRESETS)


def grouped(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """Several options as one."""

    def decorate(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def tasks_argument(*, is_required: bool = True) -> Callable[[_F], _F]:
    """The tasks that a command is about."""
    task = Parsed("task", lambda text: text if text == STDIN else parse_task(text), [f"{kind}:" for kind in kinds.ALL])
    return click.argument("tasks", type=task, nargs=-1, required=is_required, metavar="KIND:ID...")


def rate_option(name: str, said: str) -> Callable[[_F], _F]:
    """How many a second."""
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag, name, type=Parsed("rate", _rate), metavar="N", help=said)


def waiting_options(command: _F) -> _F:
    """How to wait."""
    return timeout_option("The deadline for all tasks together; `none` waits for ever.")(schedule_option(command))


def timeout_option(said: str, default: str = "600") -> Callable[[_F], _F]:
    """How long to wait; what that bounds is said in the help."""
    return click.option(
        "--timeout",
        type=Parsed("seconds", _seconds, ["none"]),
        default=default,
        show_default=True,
        metavar="SECONDS",
        help=said,
    )


def schedule_option(command: _F) -> _F:
    """When to poll."""
    return click.option(
        "--schedule",
        type=SCHEDULE,
        metavar=f"{'|'.join(PRESETS)}|SECONDS",
        help="When to poll; by default as `learned` where there are many tasks.",
    )(command)


def output_options(command: _F) -> _F:
    """How to say it."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
    quiet = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
    return as_json(quiet(command))
