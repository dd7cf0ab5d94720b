"""What comes on standard input: a text, or lines as they come. Its encoding is told by its first bytes.

UTF-8 is expected. Windows editors and PowerShell put a byte order mark in front, and write UTF-16 too.
"""

import codecs
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

# Stands for standard input, where something is read.
STDIN = "-"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # Before UTF-16's, with which it begins.
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What is left of bytes that are not of the encoding; and of UTF-16 that is read as UTF-8.
_LOST, _NUL = "\N{REPLACEMENT CHARACTER}", "\0"


def read_bytes() -> bytes:
    """All of it, as it is.

    Raises:
        ValueError: It cannot be read.
    """
    try:
        with open(_descriptor(), "rb", closefd=False) as file:
            return file.read()
    except OSError as problem:
        raise ValueError(_unreadable(problem)) from problem


def read_text() -> str:
    """All of it, without the blanks around it.

    Raises:
        ValueError: It cannot be read, or is no text.
    """
    descriptor = _descriptor()
    try:
        return checked("".join(_texts(descriptor)).strip())
    except OSError as problem:
        raise ValueError(_unreadable(problem)) from problem


def read_lines(take: Callable[[str], object], end: Callable[[str], object]) -> None:
    """Hand over each line as it comes, from a thread that ends with the process.

    It reads the descriptor itself: a thread that sleeps in a read of ``sys.stdin`` holds the lock of its buffer,
    and Python fails on that when it exits.

    Args:
        take: Takes a line, without the blanks around it.
        end: Is called once there are no more, with what went wrong, or "".

    Raises:
        ValueError: It is closed.
    """
    descriptor = _descriptor()

    def read() -> None:
        rest, problem = "", ""
        with suppress(RuntimeError):  # The loop is closed: nobody listens any more.
            try:
                for text in _texts(descriptor):
                    *lines, rest = (rest + text).split("\n")
                    for line in lines:
                        take(_bare(line))
                take(_bare(rest))
            except OSError as error:
                problem = _unreadable(error)
            end(problem)

    threading.Thread(target=read, name="camb-stdin", daemon=True).start()


def encoding_of(begin: bytes) -> str:
    """The encoding of what begins so, its mark included; four bytes tell."""
    return next((name for mark, name in _MARKS if begin.startswith(mark)), "utf-8")


def checked(text: str) -> str:
    """The text itself, if nothing of it was lost on the way.

    Raises:
        ValueError: Something was.
    """
    if _LOST in text or _NUL in text:
        raise ValueError("standard input is not UTF-8, nor UTF-16 with a byte order mark: save it as UTF-8")
    return text


def _bare(line: str) -> str:
    # Each of several files may begin with a mark.
    return line.strip().removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _descriptor() -> int:
    if sys.stdin is None:
        raise ValueError("standard input is closed, so it cannot be read")
    return sys.stdin.fileno()


def _unreadable(problem: OSError) -> str:
    return f"standard input cannot be read: {problem.strerror or problem}"


def _texts(descriptor: int) -> Iterator[str]:
    """What comes, decoded."""
    begin = b""
    while len(begin) < 4 and any(mark.startswith(begin) for mark, _ in _MARKS):
        if not (chunk := os.read(descriptor, 1 << 16)):
            break
        begin += chunk
    decoder = codecs.getincrementaldecoder(encoding_of(begin))("replace")
    yield decoder.decode(begin)
    while chunk := os.read(descriptor, 1 << 16):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)
