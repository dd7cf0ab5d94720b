"""``plan``: when the presets would poll a task of a given duration, how late they would see it end, and what a batch
would learn from given durations.
"""

import math
import shutil
import statistics
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

import click

from .. import Schedule, TaskRef
from ._command import PRESETS, SCHEDULE, Command, Parsed
from ._exits import SUCCEEDED, Exit
from ._output import say

# In characters: the names, and the widest drawing with them; and how many times are listed before the last.
_NAMES, _WIDEST, _LISTED = 13, 120, 9
# How many polls a plan may have.
_MOST = 100_000
# How many tasks are waited for at once, and at most in all, to see what a batch learns.
_AT_ONCE, _LAST = 8, 200


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
@click.option(
    "--durations",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help=f"Show what a batch learns from these durations, in seconds, one a line (the last {_LAST}; - reads stdin).",
)
@click.pass_context
def plan(ctx: click.Context, /, *, duration: float, schedule: Schedule | None, durations: TextIO | None) -> Exit:
    """Show when each preset polls.

    `late by` is the time from the end of the task to the first poll that sees it, `at most` the delay before that
    poll. Nothing is sent. A wait varies each delay by up to 10 %, which is left out here.
    """
    schedules = {name: preset for name, preset in PRESETS.items() if preset != Schedule.LEARNED}
    if schedule is not None and schedule not in schedules.values():
        schedules[f"every {schedule.maximum:g} s"] = schedule
        if duration / schedule.maximum > _MOST:
            raise click.UsageError(f"that makes more than {_MOST:,} polls: give a longer --schedule", ctx)
    if durations is not None:
        return _print_learned(_read(durations, ctx), schedules)
    plans = {name: _polls(schedule, duration) for name, schedule in schedules.items()}
    say(f"Polls of a task that takes {duration:g} s\n")
    _print_table(plans, duration)
    _print_drawing(plans, duration)
    for name, polls in plans.items():
        say(f"{name:<{_NAMES}}at {_listed(polls)} s")
    if max(polls[-1] for polls in plans.values()) > 598:
        say("\nA wait ends after 600 s, its last poll 2 s before; --timeout gives it longer.")
    return SUCCEEDED


def _read(durations: TextIO, ctx: click.Context) -> list[float]:
    try:
        found = [_duration(line.strip()) for line in durations if line.strip()]
    except (ValueError, UnicodeDecodeError) as wrong:
        raise click.UsageError(f"--durations {durations.name}: {wrong}", ctx) from None
    if not found:
        raise click.UsageError(f"--durations {durations.name}: there are none in it", ctx)
    return found[-_LAST:]


class _Seen(NamedTuple):
    """What waiting for many tasks came to: the polls of each, as ages, and how late each was seen to end."""

    polls: list[list[float]]
    late: list[float]


def _print_learned(durations: list[float], schedules: dict[str, Schedule]) -> Exit:
    """Wait for tasks that take so long, on a virtual clock: what is shown is what the client does."""
    import asyncio

    shown = f"{len(durations)} tasks, {_AT_ONCE} at a time; they take {min(durations):g} to {max(durations):g} s"
    say(f"{shown}, {statistics.median(durations):g} s in the median\n")
    say(f"{'':<{_NAMES}}{'polls a task':>13}{'late by':>10}{'at most':>10}")
    for name, schedule in {"learned": Schedule.LEARNED, **schedules}.items():
        seen = asyncio.run(_wait(durations, schedule))
        polls, late = statistics.fmean(map(len, seen.polls)), statistics.fmean(seen.late)
        say(f"{name:<{_NAMES}}{polls:>13.1f}{late:>8.1f} s{max(seen.late):>8.1f} s")
        if schedule == Schedule.LEARNED:
            last = seen.polls[-1]
    say(f"\nlearned polls the last task, which takes {durations[-1]:g} s, at {_listed(last)} s")
    return SUCCEEDED


async def _wait(durations: list[float], schedule: Schedule) -> _Seen:
    import asyncio

    from ..testing import FakeCamb, VirtualClock

    clock = VirtualClock()
    fake, free, begun = FakeCamb(clock=clock), asyncio.Semaphore(_AT_ONCE), dict[TaskRef, float]()
    late = dict[TaskRef, float]()

    async def tasks() -> AsyncIterator[TaskRef]:
        for number, seconds in enumerate(durations):
            await free.acquire()
            ref = TaskRef("tts", f"{number}", submitted_at=datetime.fromtimestamp(clock.time(), UTC))
            begun[ref] = clock.monotonic()
            yield fake.add(ref, {0: "PENDING", seconds: "SUCCESS"} if seconds else ["SUCCESS"])

    async with fake.async_client() as camb:
        async for outcome in camb.as_completed(tasks(), timeout=None, schedule=schedule):
            ref = outcome.ref
            late[ref] = clock.monotonic() - begun[ref] - durations[int(ref.task_id)]
            free.release()
    polls: dict[TaskRef, list[float]] = {ref: [] for ref in begun}
    for request in fake.requests:
        if request.ref is not None:
            polls[request.ref].append(request.at - begun[request.ref])
    return _Seen(list(polls.values()), list(late.values()))


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
