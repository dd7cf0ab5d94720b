"""The program as a person meets it: against the local server on a real port.

Rule of this folder: most tests call the program in this process, which is quick; what only a process or a
terminal can show (signals, closed pipes, the screen) gets one of its own.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from camb_client.cli._app import run
from camb_client.testing import FakeCamb

KEY = "key-0123456789abcdef"


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Cli:
    """The program, its settings those of a server."""

    def __init__(self, fake: FakeCamb, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.fake, self.url = fake, url
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Done:
        """Run it here."""
        code = run([*arguments])
        return Done(code, *self._capsys.readouterr())

    @property
    def env(self) -> dict[str, str]:
        """The environment for a process of its own."""
        odd = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONUNBUFFERED"}
        here = {name: value for name, value in os.environ.items() if name not in odd}
        return {**here, "CAMB_API_KEY": KEY, "CAMB_BASE_URL": self.url, "PYTHONUTF8": "1"}

    def start(self, *arguments: str, **options: int) -> subprocess.Popen[str]:
        """Run it in a process, its streams pipes unless told otherwise."""
        pipe = subprocess.PIPE
        streams = {"stdin": pipe, "stdout": pipe, "stderr": pipe, **options}
        command = [sys.executable, "-W", "error", "-m", "camb_client", *arguments]
        return subprocess.Popen(command, env=self.env, text=True, **streams)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    fake = FakeCamb(KEY)
    with fake.serve() as url:
        monkeypatch.setenv("CAMB_API_KEY", KEY)
        monkeypatch.setenv("CAMB_BASE_URL", url)
        yield Cli(fake, url, capsys)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where to write what comes on standard input."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield writing
