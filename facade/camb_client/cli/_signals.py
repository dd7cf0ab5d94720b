"""Signals that end the program become exceptions, so that its last lines can name the tasks that are still running.

It is imported before anybody knows whether click is installed.
"""

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class HungUp(KeyboardInterrupt):
    """SIGHUP: the terminal has gone."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: from ``kill``, ``timeout`` or the end of a service."""


_ENDS = {"SIGINT": KeyboardInterrupt, "SIGTERM": Terminated, "SIGHUP": HungUp}
# How long the program may take to end, in seconds. A signal that comes meanwhile does not cut the last lines short:
# timeout(1) sends two at once, and who presses Ctrl-C may press it twice. One that comes later ends it as it stands.
_GRACE = 2.0
# How long a write takes that nobody reads, in seconds, or longer.
_BLOCKED = 0.2


class _Signals:
    """What came, and what it does: it raises, or it cancels the event loop that runs.

    Attributes:
        number: Of the last signal.
    """

    def __init__(self) -> None:
        self._errors = {getattr(signal, name): error for name, error in _ENDS.items() if hasattr(signal, name)}
        self._cancel: Callable[[], object] | None = None
        self._ends_at: float | None = None
        self._writing_since = math.inf
        self.number: int = signal.SIGINT

    def install(self) -> None:
        """From now on they end the program so. One that is ignored (``nohup``, a background job) stays so."""
        for number in self._errors:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    def uninstall(self) -> None:
        """From now on they do nothing: the exit code is known."""
        for number in self._errors:
            if signal.getsignal(number) == self._end:
                signal.signal(number, signal.SIG_IGN)

    @property
    def error(self) -> KeyboardInterrupt:
        """What the last signal raises."""
        return self._errors[self.number]()

    @contextmanager
    def cancelling(self, cancel: Callable[[], object]) -> Iterator[None]:
        """While the context is open a signal calls this function. (To raise anywhere in a loop would break it.)"""
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the context is open something is written, which a full pipe may block."""
        if threading.current_thread() is threading.main_thread():  # Where signals are handled.
            self._writing_since = time.monotonic()
        try:
            yield
        finally:
            if threading.current_thread() is threading.main_thread():
                self._writing_since = math.inf

    @property
    def is_blocked(self) -> bool:
        """Whether nobody reads what is written."""
        return time.monotonic() - self._writing_since >= _BLOCKED

    def heard(self) -> None:
        """The program ends for one: nothing is left but the last lines."""
        self._ends_at = self._ends_at or time.monotonic() + _GRACE

    def _end(self, number: int, _: FrameType | None) -> None:
        self.number = number
        if self.is_blocked:
            raise self.error
        if self._writing_since < math.inf and hasattr(signal, "pthread_kill"):
            # Most writes end at once. If this one has not, the signal comes once more.
            again = threading.Timer(_BLOCKED, signal.pthread_kill, [threading.main_thread().ident, number])
            again.daemon = True
            again.start()
        if self._ends_at is not None:
            if time.monotonic() > self._ends_at:
                os._exit(128 + number)
        elif self._cancel is not None:
            self.heard()
            self._cancel()
        else:
            raise self.error


signals = _Signals()
