"""A terminal to run the program in: a pseudo-terminal, and the screen a person would see."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pyte

# How long anything may take before a test gives up, in seconds.
PATIENCE = 20.0

# Makes the terminal its own, so that Ctrl-C reaches it; a shell may have had the signal ignored.
_BEGIN = """\
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Terminal:
    """A program on a pseudo-terminal, and what is on its screen."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, columns: int, lines: int) -> None:
        self.process = process
        self.output = b""
        self._master = master
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def screen(self) -> str:
        """What is on the screen, without the blanks at the ends."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def unwrapped(self) -> str:
        """What is on the screen as one text: what goes over the end of a line, as a path may make it, is whole."""
        return "".join(self._screen.display)

    @property
    def cursor_is_hidden(self) -> bool:
        return bool(self._screen.cursor.hidden)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, shown: Callable[[str], object], what: str = "what was expected") -> str:
        """Read on until the screen is as it should be."""
        deadline = time.monotonic() + PATIENCE
        while not shown(self.screen):
            if time.monotonic() > deadline or not self._read():
                raise AssertionError(f"never saw {what}; the screen is\n{self.screen}")
        return self.screen

    def end(self) -> int:
        """Read on until the program has ended; its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        """Take in what comes; whether more may."""
        if not select.select([self._master], [], [], PATIENCE)[0]:
            raise AssertionError(f"nothing came; the screen is\n{self.screen}")
        try:
            came = os.read(self._master, 1 << 16)
        except OSError:  # How Linux says that the other end is closed.
            came = b""
        self.output += came
        self._stream.feed(came)
        return bool(came)


@contextmanager
def terminal(
    *arguments: str, env: Mapping[str, str], columns: int = 100, lines: int = 24, stdout: int | None = None
) -> Iterator[Terminal]:
    """Run ``python -m camb_client`` on a new terminal; with ``stdout``, its standard output goes there."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BEGIN, "-m", "camb_client", *arguments],
        stdin=slave,
        stdout=slave if stdout is None else stdout,
        stderr=slave,
        env={"TERM": "xterm-256color", **env},
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master, columns, lines)
    finally:
        process.kill()
        process.wait()
        os.close(master)
