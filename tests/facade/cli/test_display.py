"""What is shown on a terminal while two threads write on it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyte
import pytest
from rich.text import Text

from camb_client.cli._board import Board
from camb_client.cli._display import Display


def test_a_line_that_is_printed_while_the_table_is_drawn_leaves_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, drawn, render = 3, threading.Event(), Text.__rich_console__

    def picture() -> str:
        drawn.set()
        return "\n".join(["a row"] * rows)

    def slow(text: Text, *options: Any) -> Iterator[Any]:
        """Draw a line; the table is drawn besides meanwhile, if that is possible, and is lower by then."""
        nonlocal rows
        if text.plain.startswith("line"):
            rows -= 1
            drawn.clear()
            drawn.wait(0.5)
        yield from render(text, *options)

    monkeypatch.setattr(Text, "__rich_console__", slow)
    master, slave = os.openpty()
    with Path(os.ttyname(slave)).open("w", encoding="utf-8") as terminal:
        os.close(slave)
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        display = Display(Board())
        with display.live(lambda _: picture):
            display.hint("line 1")
            display.hint("line 2")
            screen, expected = pyte.Screen(80, 24), ["line 1", "line 2", "a row", ""]
            stream, frames = pyte.ByteStream(screen), 0
            while (shown := [line.rstrip() for line in screen.display][:4]) != expected and frames < 20:
                stream.feed(os.read(master, 1 << 16))
                frames += 1
    os.close(master)
    assert shown == expected
