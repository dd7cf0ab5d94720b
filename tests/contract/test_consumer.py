"""A project of other people type-checks against the client, with mypy --strict and with pyright in strict mode.

The checkers see the client as an installed package, without this project's settings; and what
is marked as wrong must be refused, line by line, or the rest would prove nothing.


Pyright is taken with its own Node (``pyright[nodejs]``), so nothing is fetched when it runs.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import camb_client
import camb_client.celery
import camb_client.testing
import camb_client.testing.pytest_plugin
from scripts.common.project import ROOT

CONSUMER = ROOT / "tests" / "contract" / "consumer"
WRONG = "misuses.py"
Found = set[tuple[str, int]]


def mypy(folder: Path) -> tuple[Found, str]:
    """Where mypy --strict finds an error, and all that it said."""
    cache = ROOT / ".cache" / "mypy-consumer"
    options = ["--strict", "--config-file=", f"--cache-dir={cache}", "--no-error-summary", "--show-absolute-path"]
    command = [sys.executable, "-m", "mypy", *options, "."]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    lines = re.findall(r"^(.+?):(\d+): error:", done.stdout, flags=re.MULTILINE)
    return {(Path(file).name, int(line)) for file, line in lines}, done.stdout


def pyright(folder: Path) -> tuple[Found, str]:
    """Where pyright in strict mode finds an error, and all that it said."""
    settings = {"include": [str(folder)], "typeCheckingMode": "strict"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    # As JSON, because only then it does not ask whether there is a newer one.
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    said = json.loads(done.stdout)["generalDiagnostics"]
    errors = [it for it in said if it["severity"] == "error"]
    return {(Path(it["file"]).name, it["range"]["start"]["line"] + 1) for it in errors}, done.stdout


def _environment() -> dict[str, str]:
    """Without what would lend the checkers this project's own view of the client."""
    return {name: value for name, value in os.environ.items() if name not in {"MYPYPATH", "PYTHONPATH"}}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_right_uses_pass_and_wrong_ones_are_refused(
    checker: Callable[[Path], tuple[Found, str]], tmp_path: Path
) -> None:
    folder = tmp_path / "consumer"
    shutil.copytree(CONSUMER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    found, said = checker(folder)
    lines = (CONSUMER / WRONG).read_text(encoding="utf-8").splitlines()
    marked = {(WRONG, number) for number, line in enumerate(lines, 1) if "  # wrong: " in line}
    assert len(marked) > 20
    assert not found - marked, f"refused, though it is right: {sorted(found - marked)}\n{said}"
    assert not marked - found, f"let through, though it is wrong: {sorted(marked - found)}"


def test_every_public_name_is_used() -> None:
    testing = camb_client.testing
    for package, file in (
        (camb_client, "uses.py"),
        (camb_client.celery, "on_celery.py"),
        (testing, "tests_with.py"),
        (testing.pytest_plugin, "tests_with.py"),
    ):
        tree = ast.parse((CONSUMER / file).read_text(encoding="utf-8"))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert set(package.__all__) <= used
