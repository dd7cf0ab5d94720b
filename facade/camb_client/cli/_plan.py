"""``plan``: when the presets would poll a task of a given duration, and how late they would see it end."""

import math
import shutil
from collections.abc import Sequence

import click

from .. import Schedule
from ._command import PRESETS, SCHEDULE, Command, Parsed
from ._exits import SUCCEEDED, Exit
from ._output import say

# In characters: the names, and the widest drawing with them; and how many times are listed before the last.
_NAMES, _WIDEST, _LISTED = 13, 120, 9
# How many polls a plan may have.
_MOST = 100_000


def _duration(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 86_400:
        raise ValueError(f"{text!r} is not a number of seconds from 0 to 86400")
    return seconds


@click.command(cls=Command)
@click.option(
    "--duration",
    type=Parsed("seconds", _duration),
    default="90",
    show_default=True,
    metavar="SECONDS",
    help="The duration of the task, up to a day.",
)
@click.option("--schedule", type=SCHEDULE, metavar="SECONDS", help="A fixed interval to compare with them.")
@click.pass_context
def plan(ctx: click.Context, /, *, duration: float, schedule: Schedule | None) -> Exit:
    """Show when each preset polls.

    `late by` is the time from the end of the task to the first poll that sees it, `at most` the delay before that
    poll. Nothing is sent. A wait varies each delay by up to 10 %, which is left out here.
    """
    schedules = dict(PRESETS)
    if schedule is not None and schedule not in schedules.values():
        schedules[f"every {schedule.maximum:g} s"] = schedule
        if duration / schedule.maximum > _MOST:
            raise click.UsageError(f"that makes more than {_MOST:,} polls: give a longer --schedule", ctx)
    plans = {name: _polls(schedule, duration) for name, schedule in schedules.items()}
    say(f"A task that takes {duration:g} s, and polls it\n")
    _print_table(plans, duration)
    _print_drawing(plans, duration)
    for name, polls in plans.items():
        say(f"{name:<{_NAMES}}at {_listed(polls)} s")
    if max(polls[-1] for polls in plans.values()) > 598:
        say("\nA wait ends after 600 s, its last poll 2 s before; --timeout gives it longer.")
    return SUCCEEDED


def _print_table(plans: dict[str, list[float]], duration: float) -> None:
    say(f"{'':<{_NAMES}}{'polls':>6}{'seen at':>11}{'late by':>10}{'at most':>10}")
    for name, polls in plans.items():
        late, pause = polls[-1] - duration, polls[-1] - polls[-2] if len(polls) > 1 else 0.0
        say(f"{name:<{_NAMES}}{len(polls):>6}{polls[-1]:>9.1f} s{late:>8.1f} s{pause:>8.1f} s")


def _print_drawing(plans: dict[str, list[float]], duration: float) -> None:
    end = max(polls[-1] for polls in plans.values())
    width = max(10, min(_WIDEST, shutil.get_terminal_size().columns) - _NAMES - 1)

    def cell(at: float) -> int:
        return round(at / end * (width - 1)) if end else 0

    say(f"\n{'':<{_NAMES}}{'it ends v':>{cell(duration) + 1}}")
    for name, polls in plans.items():
        marks = {cell(at) for at in polls}
        say(f"{name:<{_NAMES}}{''.join('|' if place in marks else '.' for place in range(max(marks) + 1))}")
    say("")


def _polls(schedule: Schedule, duration: float) -> list[float]:
    """Every poll from the first, at once, to the one that sees the end."""
    polls = [0.0, *schedule.preview(duration + max(schedule.first, schedule.maximum))]
    return polls[: next(index for index, at in enumerate(polls) if at >= duration) + 1]


def _listed(polls: Sequence[float]) -> str:
    shown = [f"{at:.1f}".removesuffix(".0") for at in polls]
    return ", ".join(shown if len(shown) <= _LISTED + 1 else [*shown[:_LISTED], "...", shown[-1]])
