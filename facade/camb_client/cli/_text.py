"""Texts for a terminal: what a server, a file name or a task id holds must do nothing to it."""

import os
import shlex
from collections.abc import Iterable

_ODD = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """A text in one line, without control characters, escape sequences and what turns the direction of writing."""
    return _printable(" ".join(text.split()))


def clean_lines(text: str) -> str:
    """The same of a text of several lines, which keeps them and their indentation."""
    return "\n".join(_printable(line.expandtabs()) for line in text.rstrip("\n").split("\n"))


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else _ODD for char in line)


def command_line(words: Iterable[str]) -> str:
    """Words as a command line to copy into a shell: ``shlex.join``, with ``$'…'`` for what cannot be printed."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if char.isprintable():
        return char
    if ord(char) < 0x80 or "\udc80" <= char <= "\udcff":  # The latter: a byte of a file name that is no UTF-8.
        return "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))
    return f"\\U{ord(char):08x}"
