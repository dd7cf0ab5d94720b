"""Compare the facade with the last release: `python -m scripts.contract.api_check`; 1 if what users have would break.

A break passes only when the version announces it (a new major, or a new minor while it is 0.x), and even then it is
shown. When there is nothing to compare with, that is said.
"""

import io
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import griffe

from ..common.errors import PipelineError
from ..common.git import git, last_tag
from ..common.project import FACADE, ROOT
from .version import announces_a_break, project_version


def breaks(root: Path, tag: str) -> tuple[list[str], bool]:
    """What users of the release would lose, a line each, and whether the version says so."""
    with tempfile.TemporaryDirectory() as folder:
        released = Path(folder)
        # Not griffe's own `load_git`: it makes a branch and a worktree, and leaves them when interrupted.
        with tarfile.open(fileobj=io.BytesIO(git(root, "archive", tag, FACADE))) as archive:
            archive.extractall(released, filter="data")
        old, new = _load(released), _load(root)
        lines = sorted(set(_told(griffe.find_breaking_changes(old, new))))
        return lines, announces_a_break(project_version(released), project_version(root))


def _told(found: Iterator[griffe.Breakage]) -> Iterator[str]:
    for breakage in found:
        facts = {"was": breakage.old_value, "is": breakage.new_value}
        given = ", ".join(f"{word} {_short(value)}" for word, value in facts.items() if value is not None)
        yield f"{breakage.obj.path}: {breakage.kind.value}{given and f' ({given})'}"


def _short(value: object) -> str:
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else str(value)


def _load(root: Path) -> griffe.Object | griffe.Alias:
    folder = root / FACADE
    return griffe.load(folder.name, search_paths=[folder.parent], resolve_aliases=True, resolve_external=False)


def main(root: Path = ROOT) -> int:
    """Compare, and say what came of it."""
    try:
        tag = last_tag(root)
        reason = "there is no tag v… yet, so nobody has anything that could break"
    except PipelineError as error:
        tag, reason = None, str(error)
    if tag is None:
        print(f"the exported names are NOT compared with a release: {reason}")
        return 0
    try:
        lines, announced = breaks(root, tag)
    except PipelineError as error:
        print(f"error: not compared with {tag}: {error}", file=sys.stderr)
        return 2
    for line in lines:
        print(line, file=sys.stderr)
    if lines and not announced:
        print(f"this breaks users of {tag}: undo it, or raise the version (major; minor while 0.x)", file=sys.stderr)
        return 1
    said = f"{len(lines)} break users, as the new version says" if lines else "nothing breaks users"
    print(f"the exported names, compared with {tag}: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
