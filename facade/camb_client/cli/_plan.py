"""``plan``: when the presets would poll a task of a given duration, and how late they would see it end.

Rule of this file: numbers from ``Schedule.preview``, and a drawing of them in plain ASCII. Nothing is sent.
"""

import shutil
from collections.abc import Sequence

import click

from .. import Schedule
from ._command import PRESETS, SCHEDULE, Command
from ._exits import SUCCEEDED, Exit

# In characters: the names, and the widest drawing with them; and how many times are listed before the last.
_NAMES, _WIDEST, _LISTED = 13, 120, 9


@click.command(cls=Command)
@click.option(
    "--duration",
    type=click.FloatRange(0, 86_400),
    default=90,
    show_default=True,
    metavar="SECONDS",
    help="How long the task takes.",
)
@click.option("--schedule", type=SCHEDULE, metavar="SECONDS", help="One more to compare: a fixed interval.")
def plan(duration: float, schedule: Schedule | None) -> Exit:
    """Show when each preset would poll.

    Late is how long after the end of the task the first poll is that sees it; at most, the pause before that poll.
    Nothing is sent. A wait varies each pause by up to 10 %, which is left out here.
    """
    plans = {name: _polls(preset, duration) for name, preset in PRESETS.items()}
    if schedule is not None:
        plans[f"every {schedule.maximum:g} s"] = _polls(schedule, duration)
    click.echo(f"A task that takes {duration:g} s, and polls it\n")
    click.echo(f"{'':<{_NAMES}}{'polls':>6}{'seen at':>11}{'late by':>10}{'at most':>10}")
    for name, polls in plans.items():
        late, pause = polls[-1] - duration, polls[-1] - polls[-2] if len(polls) > 1 else 0.0
        click.echo(f"{name:<{_NAMES}}{len(polls):>6}{polls[-1]:>9.1f} s{late:>8.1f} s{pause:>8.1f} s")
    end = max(polls[-1] for polls in plans.values())
    width = max(10, min(_WIDEST, shutil.get_terminal_size().columns) - _NAMES - 1)

    def cell(at: float) -> int:
        return round(at / end * (width - 1)) if end else 0

    click.echo(f"\n{'':<{_NAMES}}{'it ends v':>{cell(duration) + 1}}")
    for name, polls in plans.items():
        marks = {cell(at) for at in polls}
        click.echo(f"{name:<{_NAMES}}{''.join('|' if place in marks else '.' for place in range(max(marks) + 1))}")
    click.echo()
    for name, polls in plans.items():
        click.echo(f"{name:<{_NAMES}}at {_listed(polls)} s")
    if end > 598:
        click.echo("\nA wait ends after 600 s, its last poll 2 s before; --timeout gives it longer.")
    return SUCCEEDED


def _polls(schedule: Schedule, duration: float) -> list[float]:
    """Every poll from the first, at once, to the one that sees the end."""
    polls = [0.0, *schedule.preview(duration + max(schedule.first, schedule.maximum))]
    return polls[: next(index for index, at in enumerate(polls) if at >= duration) + 1]


def _listed(polls: Sequence[float]) -> str:
    shown = [f"{at:.1f}".removesuffix(".0") for at in polls]
    return ", ".join(shown if len(shown) <= _LISTED + 1 else [*shown[:_LISTED], "...", shown[-1]])
