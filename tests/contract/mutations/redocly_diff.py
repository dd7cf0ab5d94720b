"""A witness: `redocly diff`, pinned in `redocly/` and installed into `.cache/redocly` on first use.

What Redocly rates as major has to be known to our comparison: as breaking, as a decision, or by one of the reasons
listed here.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from scripts.common.documents import Document
from scripts.common.errors import PipelineError
from scripts.common.project import ROOT
from scripts.comparison.changes import Change, Verdict
from scripts.comparison.words import SUPPLEMENT

FOLDER = Path(__file__).parent / "redocly"
FILES = ("package.json", "package-lock.json")
VERSION = str(json.loads((FOLDER / FILES[0]).read_text(encoding="utf-8"))["dependencies"]["@redocly/cli"])
_SECONDS = 120.0  # for the download; a diff takes half a second

# What Redocly rates as major and our comparison as compatible: by Redocly's rule, a pattern
# for the words of ours, and the reason.
REASONS = {
    "enum-values-added": ("gets the value", "the facade reads enums openly, and the statuses by their table"),
    "operation-id-changed": ("`operationId` of", "on a page an id is but a name, and the overlay may hold the old one"),
    "schema-combinator-changed": ("no list of alternatives now", "an anyOf of one is that one in other words"),
    "schema-type-changed": ("list of alternatives", "an anyOf of types is a list of types in other words"),
    "security-requirement-changed": (
        "requires .*, was|`security` of the document",
        "an operation is compared by what its schemes ask for in the end",
    ),
    "security-scheme-changed": ("requires .*, was", "a scheme may get another name; what it asks for is compared"),
    "server-removed": ("spelled differently", "the client takes a slash off the end of an address"),
}


class UnavailableError(Exception):
    """Redocly cannot be run on this machine."""


class Major(NamedTuple):
    """A change that Redocly rates as major."""

    rule: str
    place: str
    message: str


def majors(base: Document, new: Document, cache: Path = ROOT / ".cache") -> list[Major]:
    """What is major between two documents.

    Raises:
        UnavailableError: There is no Node here, or the package cannot be installed.
        PipelineError: Redocly ran, and failed.
    """
    program = _installed(cache)
    with tempfile.TemporaryDirectory(prefix="camb-redocly-") as name:
        for file, document in (("base.json", base), ("new.json", new)):
            (Path(name) / file).write_text(json.dumps(document), encoding="utf-8")
        command = [*program, "diff", "base.json", "new.json", "--format=json", "--fail-on=none"]
        try:
            # In a folder of its own, so that it finds no settings.
            run = subprocess.run(
                command, cwd=name, env=_environment(), capture_output=True, text=True, check=False, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired as error:
            raise PipelineError("redocly diff", f"was not done after {_SECONDS:g} seconds") from error
    if run.returncode:
        raise PipelineError("redocly diff", f"failed with exit code {run.returncode}: {run.stderr}")
    return _read(run.stdout)


def unexplained(found: list[Major], changes: list[Change]) -> list[Major]:
    """Those that our comparison neither shares nor has a reason for."""
    return [
        major for major in found if not any(_shares(change, major) or _explains(change, major) for change in changes)
    ]


def _shares(change: Change, major: Major) -> bool:
    return (change.verdict is not Verdict.COMPATIBLE or SUPPLEMENT in change.advice) and _meets(change, major)


def _explains(change: Change, major: Major) -> bool:
    pattern = REASONS[major.rule][0] if major.rule in REASONS else None
    name = f"{major.place.rpartition('/')[2]} "  # of what is gone, where ours stands at what has come instead
    return (
        pattern is not None
        and re.search(pattern, change.what) is not None
        and (_meets(change, major) or name in f"{change.what} ")
    )


def _meets(change: Change, major: Major) -> bool:
    """Whether both are about the same thing: one stands at the other's place, or within it."""
    # That a field is required Redocly notes in the list of them, and we at the field; "/" is the whole document.
    one, other = f"{change.place.removesuffix('/')}/", f"{major.place.removesuffix('/required')}/"
    return one.startswith(other) or other.startswith(one)


def _installed(cache: Path) -> list[str]:
    """The command; installed first, if what the lock file names is not there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise UnavailableError("there is no Node here")
    digest = hashlib.sha256(b"".join((FOLDER / name).read_bytes() for name in FILES)).hexdigest()
    place = cache / "redocly" / digest[:12]
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        # Beside, and then renamed: whoever finds the place finds all of it.
        with tempfile.TemporaryDirectory(prefix=".new-", dir=place.parent) as name:
            folder = Path(name) / "redocly"
            folder.mkdir()
            for file in FILES:
                shutil.copy(FOLDER / file, folder)
            _install(npm, folder)
            # Unless somebody else was quicker.
            with contextlib.suppress(OSError):
                folder.rename(place)
    return [node, str(place / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js")]


def _install(npm: str, folder: Path) -> None:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"npm ci was not done after {_SECONDS:g} seconds") from error
    if done.returncode:
        raise UnavailableError(f"npm ci failed: {' '.join(done.stderr.split())[-300:]}")


def _environment() -> dict[str, str]:
    """That of the caller, without what Redocly would tell or ask the world."""
    return {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


def _read(output: str) -> list[Major]:
    try:
        report: Any = json.loads(output)
        rated = [verdict for change in report["changes"] for verdict in change["verdicts"]]
        found = [
            Major(one["ruleId"], one["location"]["pointer"].removeprefix("#"), one["message"])
            for one in rated
            if one["impact"] == "major"
        ]
        # It counts too: should it write what it finds in another way one day, none would be found, and all would pass.
        is_known = report["reportVersion"] == "1" and bool(report["summary"]["major"]) == bool(found)
    except (ValueError, KeyError, TypeError) as error:
        raise PipelineError("redocly diff", f"its report cannot be read: {error!r}") from error
    if not is_known:
        raise PipelineError("redocly diff", "its report is not of the form that is read here")
    return found
