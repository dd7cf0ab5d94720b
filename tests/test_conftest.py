"""What ``conftest.py`` promises to every test: long ones on demand, Ctrl-C in the background too, httpx2 if asked."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = """\
import signal
import sys

import httpx
import pytest

@pytest.mark.whole
def test_long():
    print("long")

def test_sweep(steps, whole):
    print("steps", *steps(range(30)), whole)

def test_signals():
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)

def test_httpx():
    print(httpx.Client.__module__.partition(".")[0])
"""


def ran(folder: Path, *options: str, ignored: bool = False, **environment: str) -> str:
    """What the tests above print."""
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    alone = ["-c", os.devnull, "--rootdir", str(folder)]
    done = subprocess.run(
        [*command, *alone, *options, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        # As a shell starts what it puts in the background.
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignored else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("whole", [False, True])
def test_long_ones_run_whole_when_asked(tmp_path: Path, whole: bool) -> None:
    out = ran(tmp_path, *(["--whole"] if whole else []))
    assert ("long" in out, f"steps 0 10 20 {whole}" in out) == (whole, not whole)
    assert (" 1 2 3 " in out) == whole


def test_ctrl_c_reaches_what_a_test_starts_in_the_background_too(tmp_path: Path) -> None:
    out = ran(tmp_path, ignored=True, CAMB_HTTPX="")
    assert "True\n" in out
    assert "httpx\n" in out


def test_httpx2_takes_the_place_of_httpx(tmp_path: Path) -> None:
    pytest.importorskip("httpx2")
    assert "httpx2\n" in ran(tmp_path, CAMB_HTTPX="httpx2")
