"""What is shown: results on standard output, what goes on meanwhile on standard error.

A stream that is a terminal gets colours (unless ``NO_COLOR`` is set), and standard error then has a live table under
the lines; a pipe gets plain lines. rich is loaded for terminals only.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TextIO

from ._bar import Bar
from ._board import Board, Event, Part, Row
from ._exits import SUCCEEDED, Exit
from ._output import say
from ._text import clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

# How often the live table is drawn anew, a second.
_FRAMES = 8
# More tasks than this have a bar in place of a table, with so many lines for those in trouble.
_MANY, _TROUBLED = 100, 5


def _terminal(stream: TextIO | None) -> "Console | None":
    """A console for a stream that is a terminal on which a cursor can move."""
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)


class Display:
    """Where lines go.

    Args:
        board: What they are about.
        as_json: Results as JSON.
        quiet: Nothing but errors.
        taken: Whether standard output is taken by something else, so that results go to standard error too.
    """

    def __init__(self, board: Board, *, as_json: bool = False, quiet: bool = False, taken: bool = False) -> None:
        self._board, self._json, self._quiet, self._taken = board, as_json, quiet, taken
        self._out, self._err = _terminal(sys.stdout), _terminal(sys.stderr)
        self._drawing: AbstractContextManager[object] = nullcontext()

    @property
    def is_json(self) -> bool:
        """Whether results are JSON."""
        return self._json

    def result(self, row: Row, event: Event = "ended") -> None:
        """What came of a task.

        Raises:
            OutputError: Standard output cannot be written.
        """
        if self._json and not self._quiet:
            self._print([(row.json(event), "")], err=self._taken)
        elif not self._quiet:
            self._print(self._columns(row) if self._out else row.parts(), err=self._taken)

    def created(self, row: Row) -> None:
        """A task has been made, and is paid for.

        Raises:
            OutputError: Standard output cannot be written.
        """
        self.note(f"created {row.ref}")
        if self._json:
            self.result(row, "created")

    def progress(self, row: Row) -> None:
        """A change on the way; a terminal has the live table for it."""
        if not (self._json or self._quiet or self._err):
            self._print(row.parts(), err=True)

    def line(self, parts: list[Part]) -> None:
        """A line of results that is about no task of the board.

        Raises:
            OutputError: Standard output cannot be written.
        """
        self._print(parts)

    def error(self, text: str) -> None:
        """What went wrong, and what to do."""
        self._print([(text, "red")], err=True)

    def note(self, text: str) -> None:
        """What else is worth knowing."""
        if not self._quiet:
            self._print([("note:", "bold yellow"), (clean(text), "")], err=True, gap=" ")

    def check(self, name: str, said: str, end: Exit | None) -> None:
        """What a check has found: it is well, it is not, or (``None``) it is worth knowing."""
        word, style = ("note", "yellow") if end is None else ("ok", "green") if end is SUCCEEDED else ("bad", "red")
        self._print([(f"{word:<4}", style), (f"{name:<8}", "bold"), (clean(said), "")])

    def hint(self, text: str) -> None:
        """What to do next."""
        self._print([(text, "")], err=True)

    def _columns(self, row: Row) -> list[Part]:
        """Its line, in columns with those of the others: for eyes, and so for terminals only."""
        (ref, bold), (status, style), *rest = row.parts()
        return [(ref.ljust(self._board.width), bold), (status.ljust(len("PENDING")), style), *rest]

    def _print(self, parts: list[Part], *, err: bool = False, gap: str = "  ") -> None:
        console = self._err if err else self._out
        if console is None:
            say(gap.join(text for text, _ in parts if text), err=err)
            return
        from rich.text import Text

        # Not wrapped: a terminal does that by itself, and what is copied from it stays whole.
        with self._drawing:
            console.print(Text(gap).join(Text(text, style) for text, style in parts if text), soft_wrap=True)

    @contextmanager
    def live(self, picture: "Callable[[Console], Callable[[], RenderableType]] | None" = None) -> Iterator[None]:
        """Show the board, or another picture, under the lines while the context is open, on a terminal."""
        if self._err is None or self._quiet:
            yield
            return
        from rich.live import Live

        live = Live(
            console=self._err,
            get_renderable=picture(self._err) if picture else _Picture(self._board, self._err),
            refresh_per_second=_FRAMES,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with live:
            out, self._out = self._out, self._out and self._err  # On one terminal all lines go above the table.
            # rich finds out how far the cursor must go up before it draws; so nothing else may draw in between.
            self._drawing = live._lock
            try:
                yield
            finally:
                self._out, self._drawing = out, nullcontext()


class _Picture:
    """The live table: a row for each task that is waited for, as many as fit."""

    def __init__(self, board: Board, console: "Console") -> None:
        from rich.spinner import Spinner

        self._board, self._console, self._bar = board, console, Bar(console)
        self._spinner = Spinner("line" if console.options.ascii_only else "dots", style="cyan")

    def __call__(self) -> "RenderableType":
        """The table as it is now; a bar where it would be of hundreds."""
        from rich.table import Table
        from rich.text import Text

        rows = list(self._board.rows.values())
        waiting = [row for row in rows if row.end is None]
        if len(rows) > _MANY:
            return self._summary(rows, waiting)
        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in range(4):
            table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis")
        fit = max(1, self._console.height - 3)
        for row in waiting[:fit]:
            table.add_row(
                self._spinner,
                *(Text(text, style) for text, style in row.parts()),
                Text(_outlook(row, self._board.estimate(row)), "dim"),
            )
        if len(rows) > 1:
            more = f", {len(waiting) - fit} not shown" if len(waiting) > fit else ""
            table.add_row("", Text(f"{len(rows) - len(waiting)} of {len(rows)} done{more}", "dim"))
        return table

    def _summary(self, rows: list[Row], waiting: list[Row]) -> "RenderableType":
        """A bar with counts by status, and the few whose last poll failed."""
        counts = Counter(
            (row.parts()[1] if row.end in (None, SUCCEEDED) else (row.end.word, row.style)) for row in rows
        )
        parts = [(f"{count} {status}", style) for (status, style), count in counts.most_common()]
        troubled = [[*row.parts()[:2], (_outlook(row, None), "dim")] for row in waiting if row.trouble]
        done = len(rows) - len(waiting)
        return self._bar(done, len(rows), done, parts, troubled[:_TROUBLED])


def _outlook(row: Row, estimate: float | None) -> str:
    """What comes next for a task that is waited for."""
    if row.doing:
        return ""
    if not row.polls:
        return "waiting"
    seconds = 0.0 if row.next_at is None else row.next_at - time.monotonic()
    next_poll = f"next in {seconds:.0f} s" if seconds >= 0.5 else "polling"
    end = "" if estimate is None else f", estimated end in {estimate:.0f} s"
    return f"{next_poll}{end}; {clean(row.trouble).rstrip('.')}" if row.trouble else f"{next_poll}{end}"
