"""How the items of a batch stand, in words: counts, exit codes, and at the end what failed and how to go on."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable

import click

from .. import BulkItem, ItemState
from ._command import PROGRAM, arguments_of
from ._display import Display
from ._exits import NOT_DONE, SUCCEEDED, Exit, exit_of
from ._text import clean, command_line

# The states in which an item ends badly.
BAD = {ItemState.FAILED, ItemState.REFUSED, ItemState.UNKNOWN}
# What differs between errors that are alike: "not done after 2.3 s and 4 polls".
_NUMBERS = re.compile(r"[\d.]+ (?=s\b|polls?\b)|(?<=poll)s\b")
# How many reasons, and keys of one reason, are shown.
_REASONS_SHOWN, _KEYS_SHOWN = 20, 5


def is_through(item: BulkItem) -> bool:
    """Whether nothing is left to do for an item, unless it is asked for."""
    return item.state in {ItemState.DOWNLOADED, *BAD} or (item.state is ItemState.SUCCEEDED and item.to is None)


def exit_code(item: BulkItem) -> Exit:
    """The exit code of an item."""
    if item.error is not None:
        return exit_of(item.error)
    return SUCCEEDED if is_through(item) else NOT_DONE


def counted(counts: Counter[ItemState]) -> list[tuple[ItemState, str]]:
    """How many items are in each state, in the order of the states."""
    return [(state, f"{counts[state]} {state}") for state in ItemState if counts[state]]


def _reason(item: BulkItem) -> str:
    """Why an item is not done, without what differs from item to item."""
    said = str(item.error).removeprefix(f"{item.key}: ")
    if item.ref is not None:
        said = said.removeprefix(f"{item.ref.kind} run {item.run_id}: ")
        said = said.replace(f"{item.ref}: ", "").replace(str(item.ref), "it")
    return said.replace('retry("unknown")', "--retry unknown")


def sum_up(
    ctx: click.Context, display: Display, items: list[BulkItem], name: Callable[[str], str], *, makes_audio: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Say what is not done and why, and the commands that go on.

    Args:
        ctx: That of the command.
        display: Where it is said.
        items: The items of its lines.
        name: What messages call the item of a key.
        makes_audio: Whether each becomes a file.
        quiet: Whether counts and reasons are left out.
    """
    bad: dict[tuple[ItemState, str], list[BulkItem]] = defaultdict(list)
    for item in items:
        if item.error is not None:
            alike = _NUMBERS.sub("", _reason(item))
            bad[item.state, alike].append(item)
    counts = Counter(item.state for item in items)
    if not quiet:
        word = "downloaded" if makes_audio else "done"
        done = sum(is_through(item) and item.state not in BAD for item in items)
        good = {ItemState.DOWNLOADED} if makes_audio else {ItemState.DOWNLOADED, ItemState.SUCCEEDED}
        rest = [said for state, said in counted(counts) if state not in good]
        display.hint(f"{done} of {len(items)} {word}{'; ' if rest else ''}{', '.join(rest)}")
        for (ended, _), found in list(bad.items())[:_REASONS_SHOWN]:
            named = ", ".join(name(item.key) for item in found[:_KEYS_SHOWN])
            more = f" and {len(found) - _KEYS_SHOWN} more" if len(found) > _KEYS_SHOWN else ""
            display.hint(f"{len(found)} {ended}: {named}{more}: {clean(_reason(found[0]))}")
        if len(bad) > _REASONS_SHOWN:
            display.hint(f"and {len(bad) - _REASONS_SHOWN} more reasons")
    if counts[ItemState.CREATING]:
        display.hint("creating: no response came in time; the next run calls them unknown")
    if not all(map(is_through, items)):
        display.hint(f"to go on: {_again(ctx)}")
    safe = [state for state in (ItemState.FAILED, ItemState.REFUSED) if counts[state]]
    if safe:
        display.hint(f"to try those again: {_again(ctx, *safe)}")
    if counts[ItemState.UNKNOWN]:
        display.hint(f"to create the unknown again, and perhaps pay for them twice: {_again(ctx, 'unknown')}")


def _again(ctx: click.Context, *states: str) -> str:
    """The command, once more, with these states to try again."""
    given = arguments_of(ctx, without=("--retry", "--redo"))
    return command_line([PROGRAM, "batch", *given, *(word for state in states for word in ("--retry", state))])
