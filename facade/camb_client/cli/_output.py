"""Standard output and standard error, written so that a stream that fails costs nobody a task.

Standard error takes notes, errors and hints: what it cannot take is dropped, and the work goes on. Standard output
takes results: where it cannot take one, an error says so. A stream that is closed from the start takes everything
but what a task was paid for: its reference, where nothing else is asked for, and audio.
"""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from .. import StopWaiting
from ._signals import signals


class OutputError(StopWaiting):
    """Standard output cannot be written: there is no space, for one."""


class OutputClosedError(OutputError):
    """The other end of standard output is closed, as by ``head -1``."""


@contextmanager
def guarded_streams() -> Iterator[None]:
    """Put a :class:`Stream` in place of standard output and standard error while the context is open.

    A descriptor that is closed is taken by /dev/null: the next file or connection would be what print writes to, and
    what a C library warns into. One that does not block, as some parents leave it, would lose lines.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        with suppress(OSError, AttributeError):  # Windows before Python 3.12 has no such call.
            os.set_blocking(number, True)
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):  # What an id or a message may have, not every terminal can show.
            stream.reconfigure(errors="backslashreplace")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # Old versions of click write to None otherwise.
        sys.stdout = cast("TextIO", Stream(before[0] or nowhere, was_closed=before[0] is None))
        sys.stderr = cast("TextIO", Stream(before[1] or nowhere, forgiving=True))
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


def is_closed() -> bool:
    """Whether standard output was closed from the start, so that it takes everything and nobody gets it."""
    return bool(getattr(sys.stdout, "was_closed", False))


def say(text: str, *, err: bool = False) -> None:
    """Write a line.

    Raises:
        OutputError: Standard output cannot be written.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is not None:
        stream.write(f"{text}\n")
        stream.flush()


def write(piece: bytes) -> None:
    """Write bytes to standard output, which is open.

    Raises:
        OutputError: It cannot be written.
    """
    stream = Stream(sys.stdout.buffer)
    stream.write(piece)
    stream.flush()


class Stream:
    """A standard stream that fails as this program wants it to; else it is as the stream itself.

    Args:
        stream: The stream.
        forgiving: Whether what it cannot take is dropped.
        was_closed: Whether it stands for one that was closed from the start.
    """

    def __init__(self, stream: Any, *, forgiving: bool = False, was_closed: bool = False) -> None:
        self._stream, self._forgiving, self.was_closed = stream, forgiving, was_closed

    def write(self, piece: Any) -> int:
        """Write a text, or bytes."""
        if isinstance(piece, str) and not piece:  # So click asks what it takes: a failure would be swallowed.
            return 0
        self._do(self._stream.write, piece)
        return len(piece)

    def flush(self) -> None:
        """Send what was written."""
        self._do(self._stream.flush)

    def _do(self, work: Callable[..., object], *pieces: Any) -> None:
        with signals.writing():
            try:
                work(*pieces)
            except KeyboardInterrupt:
                if signals.is_blocked:
                    self._abandon()
                raise
            except OSError as problem:
                self._abandon()
                if not self._forgiving:
                    raise _lost(problem) from problem

    def _abandon(self) -> None:
        """Let /dev/null take what is left: Python flushes it once more when it exits."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _lost(problem: OSError) -> OutputError:
    # Windows says EINVAL where the reader has gone.
    gone = isinstance(problem, BrokenPipeError) or (os.name == "nt" and problem.errno == errno.EINVAL)
    kind = OutputClosedError if gone else OutputError
    return kind(f"standard output cannot be written: {problem.strerror or problem}")
