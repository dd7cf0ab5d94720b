"""The program as a person meets it: against the local server on a real port.

Most tests call the program in this process, which is quick; what only a process or a terminal can show (signals,
closed pipes, the screen) gets one of its own.
"""

import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple, TextIO
from unittest import mock

import pytest

from camb_client.cli._app import run
from camb_client.testing import FakeCamb

KEY = "key-0123456789abcdef"
ROOT = pathlib.Path(__file__).parents[3]


def documented(header: str) -> list[tuple[str, str]]:
    """The rows of the one table of the docs with this header."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    _, found, after = text.partition(f"| {header} |\n| --- | --- |\n")
    assert found, header
    return re.findall(
        r"^\| (\S+) \| (.*) \|$", re.split(r"^[^|]|^$", after, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE
    )


# The keys of an object of ``--json``, in order.
KEYS = [key.strip("`") for key, _ in documented("key | value")]


# The program in a process of its own, which polls a new task at once.
PROGRAM = """\
import sys
import camb_client._polling.poller
camb_client._polling.poller.FIRST_POLL_AFTER = 0.0
from camb_client.__main__ import main
sys.exit(main())
"""
COMMAND = [sys.executable, "-W", "error", "-c", PROGRAM]


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Cli:
    """The program, its settings those of a server."""

    def __init__(self, fake: FakeCamb, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.fake, self.url = fake, url
        self._capsys = capsys

    def __call__(self, *arguments: str, stdout: TextIO | None = None) -> Done:
        """Run it here, with another standard output if there is one."""
        with mock.patch.object(sys, "stdout", stdout or sys.stdout):
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
def quick(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Cli:
    """Tasks are polled as soon as they are there, and files end up in a folder of the test."""
    monkeypatch.setattr("camb_client._polling.poller.FIRST_POLL_AFTER", 0.0)
    monkeypatch.chdir(tmp_path)
    return cli


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where to write what comes on standard input."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield writing
