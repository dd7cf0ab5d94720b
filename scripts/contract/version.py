"""The version step: which one the changes ask for, and what has to be written before they pass."""

import re
from pathlib import Path

from ..common.errors import PipelineError
from ..common.git import last_tag
from ..common.project import FACADE
from ..comparison.changes import Change, Verdict

_VERSION = f"{FACADE}/_version.py"
_CHANGELOG = "CHANGELOG.md"


def step(changes: list[Change]) -> str:
    """The step of the version that the changes ask for."""
    verdicts = {change.verdict for change in changes}
    if Verdict.BREAKING in verdicts:
        return "major (minor while 0.x)"
    if Verdict.DECISION in verdicts:
        return "not known before the decision: major (minor while 0.x) if it breaks, else minor"
    return "minor" if verdicts else "none"


def refusals(root: Path, changes: list[Change]) -> list[str]:
    """What has to be written before the changes pass; nothing if they may.

    Whatever changed, version and changelog have to agree: otherwise this raises `PipelineError`.
    """
    version, section = project_version(root), " ".join(_newest_section(root).split())
    grave = {line(change): change for change in changes if change.verdict is not Verdict.COMPATIBLE}
    missing = [
        f"a line in {_CHANGELOG} under {version}, if it is meant: {wanted}"
        for wanted in grave
        if " ".join(wanted.split()).removeprefix("- ") not in section
    ]
    breaks = any(change.verdict is Verdict.BREAKING for change in grave.values())
    if breaks and (tag := last_tag(root)) and not announces_a_break(tag, version):
        least = ".".join(map(str, _after(_numbers(tag))))
        missing.append(f"the version {least} in {_VERSION}: {tag} is out, and this breaks it")
    return missing


def line(change: Change) -> str:
    """How CHANGELOG.md accepts a change."""
    word = "Breaking" if change.verdict is Verdict.BREAKING else "Decided"
    return f"- {word}: {change.what} (`{change.place}`)"


def project_version(root: Path) -> str:
    """The version of the project."""
    found = re.search(r'^__version__ = "([^"]+)"', _text(root / _VERSION), re.MULTILINE)
    if not found:
        raise PipelineError(_VERSION, "says no version")
    return found[1]


def announces_a_break(release: str, version: str) -> bool:
    """Whether a version tells users of a release that something breaks: a new major, or a new minor while 0.x."""
    return _numbers(version) >= _after(_numbers(release))


def _newest_section(root: Path) -> str:
    """The newest section of the changelog, which has to be about the version of the project."""
    version = project_version(root)
    sections = re.split(r"^## ", _text(root / _CHANGELOG), flags=re.MULTILINE)[1:]
    section = sections[0] if sections else ""
    if section.split()[:1] != [version]:
        raise PipelineError(
            _CHANGELOG, f"its newest section is not about {version}, the version of {_VERSION}: make them the same"
        )
    return section


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(path.name, str(error)) from error


def _numbers(version: str) -> tuple[int, int, int]:
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        raise PipelineError(version, "is no version of the form 1.2.3")
    return int(found[1]), int(found[2]), int(found[3])


def _after(release: tuple[int, int, int]) -> tuple[int, int, int]:
    """The least version that may break a release."""
    major, minor, _ = release
    return (0, minor + 1, 0) if major == 0 else (major + 1, 0, 0)
