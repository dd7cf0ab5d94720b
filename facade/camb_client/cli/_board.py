"""The board: what is known of each task of a command, and of its audio file; in words, and in JSON."""

import json
import logging
import time
from bisect import bisect, insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import attrs

from .. import (
    ApiConnectionError,
    CambError,
    MalformedResponseError,
    PollEvent,
    RateLimitError,
    ServerError,
    TaskError,
    TaskRef,
    TaskState,
)
from ._exits import NOT_DONE, SUCCEEDED, Exit, exit_of
from ._text import clean

Event = Literal["created", "changed", "ended"]

# An end is estimated from how long so many tasks took.
_ENOUGH = 3
# A part of a line, and how a terminal shows it (a style of rich).
Part = tuple[str, str]


@attrs.define(eq=False)
class Row:
    """What is known of one task.

    Attributes:
        ref: The task; or what stands for it in its line, where none is known.
        since: When the command took it up, by the clock that never goes back.
        until: When it was done with it.
        state: Its last state.
        polls: How many polls were made.
        next_at: When the next is due, if that is known.
        trouble: Why the last poll failed, or "".
        end: How it ended, for the command.
        error: The error it ended with.
        doing: What the command does with it, beside waiting: "creating" and so on.
        run: The run that is fetched.
        received: How many bytes of its file are here.
        total: How many it has, if that is known.
        file: Where it is, when it is complete.
    """

    ref: TaskRef | str
    since: float = attrs.field(factory=time.monotonic)
    until: float | None = None
    state: TaskState | None = None
    polls: int = 0
    next_at: float | None = None
    trouble: str = ""
    end: Exit | None = None
    error: CambError | OSError | None = None
    doing: str = ""
    run: int | None = None
    received: int = 0
    total: int | None = None
    file: str | None = None

    @property
    def elapsed(self) -> float:
        """Seconds that the command has had it."""
        return (time.monotonic() if self.until is None else self.until) - self.since

    @property
    def style(self) -> str:
        """The colour of its status."""
        if self.end is None:
            return "cyan"
        return "green" if self.end is SUCCEEDED else "yellow" if self.goes_on else "red"

    @property
    def goes_on(self) -> bool:
        """Whether there is sense in waiting for it again."""
        if isinstance(self.error, ApiConnectionError):
            return not self.error.permanent
        outage = isinstance(self.error, RateLimitError | ServerError | MalformedResponseError)
        return self.end in (None, NOT_DONE) or outage

    @property
    def run_id(self) -> int | None:
        """What fetches its result, if that is known."""
        return self.run if self.state is None or self.state.run_id is None else self.state.run_id

    def took(self, received: int, total: int | None) -> None:
        """Note how much of its file is here."""
        self.received, self.total = received, total

    def parts(self) -> list[Part]:
        """Its line: reference, status, what came of it, how long it took."""
        state = self.state
        said = [] if self.end in (None, SUCCEEDED) else [self.end.word]
        if self.run_id is not None:
            said.append(f"run_id {self.run_id}")
        elif state is not None and state.is_pending and isinstance(state.message, str):
            said.append(clean(state.message))
        if self.received:
            of = "" if self.total in {None, self.received} else f" of {self.total:,}"
            said.append(f"{self.received:,}{of} bytes")
        if self.file is not None:
            said.append(clean(self.file))
        polls = f"{self.polls} poll{'' if self.polls == 1 else 's'}"
        return [
            (clean(str(self.ref)), "bold"),
            (self.doing or (clean(state.status) if state else "not seen"), self.style),
            (", ".join(said), ""),
            (f"{self.elapsed:.1f} s", "dim"),
            (polls if isinstance(self.ref, TaskRef) else "", "dim"),
        ]

    def json(self, event: Event) -> str:
        """Its line for programs. The keys are promised, and the docs explain them."""
        said = {} if self.state is None else self.state.to_dict()
        error = self.error
        record: dict[str, Any] = {
            "event": event,
            "task": str(self.ref) if isinstance(self.ref, TaskRef) else None,
            "status": said.get("status"),
            "run_id": self.run_id,
            "exception_reason": said.get("exception_reason"),
            "message": said.get("message"),
            "exit_code": self.end and self.end.code,
            "error": error and {"type": type(error).__name__, "message": str(error)},
            "elapsed": round(self.elapsed, 3),
            "polls": self.polls,
            "file": self.file,
        }
        return json.dumps(record, allow_nan=False)


class Board:
    """The rows of a command, in the order its tasks were named.

    Attributes:
        rows: Each by its task.
        exits: How the tasks ended, and what else went wrong.
        width: Of the longest reference.
    """

    def __init__(self) -> None:
        self.rows: dict[TaskRef | str, Row] = {}
        self.exits: list[Exit] = []
        self.width = 0
        self._took: dict[str, list[float]] = {}  # By kind, how long those took that have succeeded; sorted.

    def add(self, ref: TaskRef | str) -> bool:
        """Take up a task; whether it is new."""
        if ref in self.rows:
            return False
        self.rows[ref] = Row(ref)
        self.width = max(self.width, len(str(ref)))
        return True

    def created(self, row: Row, ref: TaskRef) -> None:
        """Note which task it has become."""
        del self.rows[row.ref]
        self.rows[ref] = row
        row.ref, row.doing, self.width = ref, "", len(str(ref))

    def polled(self, event: PollEvent) -> None:
        """Note a poll, and when the next is due."""
        row = self.rows[event.ref]
        row.polls = event.attempt
        # What went wrong begins with the name of the task.
        row.trouble = "" if event.error is None else str(event.error).removeprefix(f"{row.ref}: ")
        row.next_at = None if event.next_delay is None else time.monotonic() + event.next_delay

    def changed(self, state: TaskState) -> Row:
        """Note a change."""
        row = self.rows[state.ref]
        row.state = state
        return row

    def ended(
        self, ref: TaskRef | str, state: TaskState | None, error: CambError | OSError | None, end: Exit | None = None
    ) -> Row:
        """Note how it ended for a task: with a state or an error; which exit that is follows from the error."""
        row = self.rows[ref]
        row.state = error.state if isinstance(error, TaskError) else state or row.state
        row.until, row.error, row.end = time.monotonic(), error, end or exit_of(error)
        self.exits.append(row.end)
        if isinstance(ref, TaskRef) and row.end is SUCCEEDED:
            insort(self._took.setdefault(ref.kind, []), row.elapsed)
        return row

    def estimate(self, row: Row) -> float | None:
        """Seconds until it ends, in the median of those that took longer than it has taken; ``None`` is not known."""
        took = self._took.get(row.ref.kind, []) if isinstance(row.ref, TaskRef) else []
        longer = bisect(took, row.elapsed)
        if len(took) < _ENOUGH or longer == len(took):
            return None
        return took[(longer + len(took)) // 2] - row.elapsed

    @property
    def left(self) -> list[TaskRef]:
        """The tasks that there is sense in waiting for again."""
        return [row.ref for row in self.rows.values() if isinstance(row.ref, TaskRef) and row.goes_on]


@contextmanager
def client_log(note: Callable[[str], None], *, debug: bool) -> Iterator[None]:
    """Pass on what the client logs while the context is open.

    Args:
        note: Takes a line.
        debug: Whether each poll has one.
    """
    logger, handler = logging.getLogger("camb_client"), _Handler(note)
    level, others = logger.level, logger.handlers
    logger.setLevel(logging.DEBUG if debug else logging.WARNING)
    logger.handlers = [handler]  # In place of what CAMB_LOG asks for.
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.handlers = others


class _Handler(logging.Handler):
    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__()
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on a line."""
        self._note(record.getMessage())
