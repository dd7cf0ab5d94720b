"""The Makefile hands over what is said as it is said, whatever make or a shell would make of it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.common.project import ROOT

SAID = [
    "$(shell touch made)https://x.example/a$b.md",
    "`touch made`$(touch made).md",
    "a'b\"c; touch made #d.md",
    "https://x.example/a?b=c&d=%20e",
    "$(error no)$$x",
    "--help",
    "~/a b*.md",
]


@pytest.fixture
def make(tmp_path: Path) -> Path:
    """The Makefile with a Python that says what it is given."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for file in ("pyproject.toml", "constraints.txt"):
        (tmp_path / file).touch()
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    python.chmod(0o755)
    for stamp in (".demo", ".ready"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


@pytest.mark.parametrize("said", SAID)
def test_a_page_is_taken_literally(make: Path, said: str) -> None:
    for command, environment in (
        (["make", "-s", "import-page", f"PAGE={said}"], {}),
        (["make", "-s", "import-page"], {"PAGE": said}),
    ):
        run = subprocess.run(
            command, cwd=make, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert run.stdout.splitlines() == ["-m", "scripts.pipeline.import_page", "--", said], run.stderr
        assert not (make / "made").exists()


@pytest.mark.parametrize("said", SAID)
def test_a_base_is_taken_literally(make: Path, said: str) -> None:
    run = subprocess.run(
        ["make", "-s", "breaking", f"BASE={said}"], cwd=make, capture_output=True, text=True, check=False
    )
    assert run.stdout.splitlines() == ["-m", "scripts.contract.gate", f"--base={said}"], run.stderr
    assert not (make / "made").exists()
