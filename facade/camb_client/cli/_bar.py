"""A progress bar with counts, for more tasks than a table has lines."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ._board import Part

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDTH = 30
# Before so many are done, how long the rest takes is anybody's guess.
_TELLING = 3


class Bar:
    """Draws a bar, its counts, and the few lines that need attention.

    Args:
        console: Where it is drawn.
    """

    def __init__(self, console: "Console") -> None:
        from rich.spinner import Spinner

        self._spinner = Spinner("line" if console.options.ascii_only else "dots", style="cyan")
        self._since = time.monotonic()

    def __call__(
        self, done: int, total: int, finished: int, counts: Iterable[Part], attention: Iterable[list[Part]] = ()
    ) -> "RenderableType":
        """The bar as it is now.

        Args:
            done: How many are done.
            total: How many there are.
            finished: How many of those that are done were finished since the bar was made.
            counts: What else there is to count.
            attention: Lines for the few that need it.
        """
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in range(5):
            table.add_column(no_wrap=True)
        rate, left = outlook(done, total, finished, time.monotonic() - self._since)
        bar = ProgressBar(max(total, 1), done, width=_WIDTH)
        table.add_row(self._spinner, bar, f"{done} of {total} done", Text(rate, "dim"), Text(left, "dim"))
        gap = Text("  ")
        lines = [gap.join(Text(text, style) for text, style in line if text) for line in (list(counts), *attention)]
        return Group(table, *(line for line in lines if line.plain))


def outlook(done: int, total: int, finished: int, seconds: float) -> tuple[str, str]:
    """At which rate they end, and how long that will take for the rest: in words, or nothing yet."""
    if finished < _TELLING or seconds <= 0:
        return "", ""
    rate = finished / seconds
    shown = f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"
    left = (total - done) / rate
    words = f"{left:.0f} s" if left < 90 else f"{left / 60:.0f} min" if left < 5400 else f"{left / 3600:.1f} h"
    return shown, f"about {words} left" if done < total else ""
