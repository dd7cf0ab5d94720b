"""`make test-pythons` and `make test-lowest`: the suite of the facade in other environments.

An environment has what the package's own metadata asks for, so that what is tested is what a user would get.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from ..common.project import ROOT

PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
# What the suite of the facade itself needs.
SUITE = ("pytest", "pytest-asyncio", "pytest-xdist", "pyyaml", "hypothesis", "jsonschema", "trustme", "pyte")
SPREAD = ("-n", "auto", "--dist", "worksteal")
# The versions that a reader of the log wants to know.
SHOWN = ("httpx=", "attrs=", "aiohttp=", "click=", "rich=")


def dependencies() -> list[str]:
    """What pyproject.toml asks for at run time, with every extra: the suite needs all of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]


def lowest() -> list[str]:
    """The same, pinned to the lower bounds."""
    return [dependency.partition(",")[0].replace(">=", "==") for dependency in dependencies()]


def works(python: str) -> bool:
    """Whether there is such an interpreter here that starts."""
    found = shutil.which(python)
    return found is not None and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0


class Environment:
    """An environment with one Python and the dependencies of the client, outside of the one for development."""

    def __init__(self, python: str, pinned: list[str]) -> None:
        """With the versions of constraints.txt, or with `pinned` ones."""
        name = f"{Path(python).name}{'-lowest' if pinned else ''}"
        self.made_by, self._place = python, ROOT / ".cache" / "environments" / name
        self._wanted = [*SUITE, *(pinned or dependencies())]
        # The lowest run-time dependencies are not those of constraints.txt.
        self._constraints = [] if pinned else ["--constraint", str(ROOT / "constraints.txt")]
        self._python = str(self._place / "bin" / "python")
        self._pip = [sys.executable, "-m", "pip", "--python", self._python, "-qq"]

    def _make(self) -> None:
        """Make it anew, unless it is as it would become: its stamp says what it was made of."""
        pins = (ROOT / "constraints.txt").read_text(encoding="utf-8") if self._constraints else ""
        stamp, recipe = self._place / "stamp", "\n".join([sys.version, self.made_by, *self._wanted, pins])
        if stamp.exists() and stamp.read_text(encoding="utf-8") == recipe:
            return
        shutil.rmtree(self._place, ignore_errors=True)
        subprocess.run([self.made_by, "-m", "venv", "--without-pip", self._place], check=True)
        subprocess.run([*self._pip, "install", "--no-compile", *self._constraints, *self._wanted], check=True)
        stamp.write_text(recipe, encoding="utf-8")

    def suite_passes(self) -> bool:
        """Run the suite of the facade there."""
        self._make()
        frozen = subprocess.run([*self._pip, "freeze"], check=True, capture_output=True, text=True).stdout.split()
        print(f"== {self.made_by}: {', '.join(line for line in frozen if line.startswith(SHOWN))}", flush=True)
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'facade'}{os.pathsep}{ROOT / 'generated'}"}
        command = [self._python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SPREAD, "tests/facade"]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> int:
    """Run the suite as asked; 1 if it fails anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lowest", action="store_true", help="this Python, with the oldest dependencies admitted")
    options = parser.parse_args()
    there = [sys.executable] if options.lowest else [python for python in PYTHONS if works(python)]
    if not options.lowest:
        missing = [python for python in PYTHONS if python not in there]
        print(f"here: {', '.join(there) or 'none'}; not here, so not run: {', '.join(missing) or 'none'}")
    passed = [Environment(python, lowest() if options.lowest else []).suite_passes() for python in there]
    return int(not passed or not all(passed))


if __name__ == "__main__":
    sys.exit(main())
