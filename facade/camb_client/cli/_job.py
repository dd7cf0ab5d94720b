"""One paid piece of work of a command: what is known of it is shown, and said at its end whatever ends it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import attrs
import click

from .. import ApiError, AsyncCambClient, CambError, TaskRef, TaskState
from ._board import Board, Row, client_log
from ._command import PROGRAM, debugging, words
from ._display import Display
from ._exits import SUCCEEDED, USAGE, Exit, exit_of
from ._output import OutputClosedError, OutputError, is_closed
from ._text import clean

_T = TypeVar("_T")
# What an error is about, and which command lists what there is.
_LISTS = {"voice": "voices", "language": "languages"}


def pointer(kind: str, said: str) -> str:
    """The command that lists what may be said instead of what was refused; "" where none does."""
    said = said.replace(kind, "").lower()
    found = [command for name, command in _LISTS.items() if re.search(rf"(\b|_){name}(_id|s)?\b", said)]
    return f"{PROGRAM} {found[0]} lists the {found[0]}" if found else ""


@attrs.define
class Job:
    """What was asked for, and what is known of it."""

    ctx: click.Context
    kind: str
    board: Board
    display: Display
    row: Row

    def client(self) -> AsyncCambClient:
        """A client that puts its polls on the board."""
        return AsyncCambClient(event_hooks={"poll": [self.board.polled]})

    def call(self, make: Callable[..., _T], arguments: dict[str, Any]) -> _T:
        """Make a call to be sent; it checks the arguments.

        Raises:
            click.UsageError: One that the API would refuse.
        """
        try:
            return make(**arguments)
        except (TypeError, ValueError) as wrong:
            place = pointer(self.kind, str(wrong).partition(":")[0].partition(" must ")[0])
            raise click.UsageError(f"{wrong}{place and f' ({place})'}", self.ctx) from wrong

    def created(self, ref: TaskRef) -> None:
        """Say which task it has become."""
        self.board.created(self.row, ref)
        with self.printing():
            self.display.created(self.row)

    def handed_out(self, ref: TaskRef) -> None:
        """Print the reference, which is all that was asked for; so what else may do without a reader, this may not."""
        self.board.created(self.row, ref)
        with self.printing():
            if is_closed():
                raise OutputError("standard output cannot be written: it is closed")
            self.display.line([(self.row.json("created") if self.display.is_json else clean(str(ref)), "")])
            self.row.end = SUCCEEDED  # Not before: where the line is lost, the last lines say the reference.

    def changed(self, state: TaskState) -> None:
        """Show a change on the way."""
        self.board.changed(state)
        if state.is_pending:
            self.display.progress(self.row)

    def ended(self, error: CambError | OSError | None, end: Exit | None = None) -> None:
        """Say how it ended."""
        with self.printing():
            self.display.result(self.board.ended(self.row.ref, None, error, end))

    def trouble(self, problem: OSError) -> str:
        """What is wrong with a file, in words."""
        return str(problem)

    def how_to_go_on(self) -> None:
        """Say what is left to do, as command lines."""

    def perhaps_made(self) -> None:
        """Warn of paying twice, where nobody knows of the task."""
        row = self.row
        if row.run_id is None and row.doing and (row.end is None or getattr(row.error, "sent", False)):
            self.display.hint("it may have been made, and paid for: the same command again may pay for it twice")

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Print a line; where that fails, the work continues, and the exit code tells."""
        try:
            yield
        except OutputError as lost:
            self.board.exits.append(exit_of(lost))
            if not isinstance(lost, OutputClosedError):
                self.display.error(words(lost))

    @contextmanager
    def work(self) -> Iterator[None]:
        """Show it meanwhile, and how it ended; last of all, after what is said of any error, how to go on."""
        self.ctx.call_on_close(self.how_to_go_on)
        with client_log(self.display.note, debug=debugging(self.ctx)), self.display.live():
            try:
                yield
            except CambError as error:
                self.ended(error)
                self.display.error(words(error))
                refused = isinstance(error, ApiError) and error.status_code in {400, 404, 422}
                if refused and (place := pointer(self.kind, str(error))):
                    self.display.hint(place)
            except OSError as error:
                self.ended(error, USAGE)
                self.display.error(f"error: {self.trouble(error)}")
            except KeyboardInterrupt as interruption:
                # The client may know the task from a response that has just come.
                known = isinstance(self.row.ref, TaskRef)
                for note in () if known else getattr(interruption, "__notes__", ()):
                    if note.startswith(f"{self.kind}:"):
                        self.display.hint(clean(note))
                raise
            else:
                self.ended(None)
