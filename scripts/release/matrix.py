"""`make test-pythons` and `make test-lowest`: the suite of the facade in other environments.

An environment is made anew from the wheel's own metadata, so that what is tested is what a user would get.
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
SUITE = ("pytest", "pytest-asyncio", "pytest-xdist", "pyyaml", "jsonschema", "trustme", "pyte")
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


def suite_passes(python: str, pinned: list[str]) -> bool:
    """Make an environment with this Python and these dependencies, and run the suite of the facade there."""
    place = ROOT / ".cache" / "environments" / f"{Path(python).name}{'-lowest' if pinned else ''}"
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([python, "-m", "venv", place], check=True)
    inside = str(place / "bin" / "python")
    pip = [inside, "-m", "pip", "--disable-pip-version-check"]
    # The lowest run-time dependencies are not those of constraints.txt.
    constraints = [] if pinned else ["--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, "install", "--quiet", *constraints, *SUITE, *(pinned or dependencies())], check=True)
    frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout.split()
    print(f"== {python}: {', '.join(line for line in frozen if line.startswith(SHOWN))}", flush=True)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'facade'}{os.pathsep}{ROOT / 'generated'}"}
    command = [
        inside,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "auto",
        "--dist",
        "worksteal",
        "tests/facade",
    ]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> int:
    """Run the suite as asked; 1 if it fails anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lowest", action="store_true", help="this Python, with the oldest dependencies admitted")
    if parser.parse_args().lowest:
        return int(not suite_passes(sys.executable, lowest()))
    there = [python for python in PYTHONS if works(python)]
    missing = [python for python in PYTHONS if python not in there]
    print(f"here: {', '.join(there) or 'none'}; not here, so not run: {', '.join(missing) or 'none'}")
    passed = [suite_passes(python, []) for python in there]
    return int(not passed or not all(passed))


if __name__ == "__main__":
    sys.exit(main())
