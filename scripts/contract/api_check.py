"""Compare the facade with the last release: `python -m scripts.contract.api_check`; 1 if what users have would break.

Rule of this file: a break is let through only when the version says so (a new major, or a new minor while it is
0.x), and even then it is shown. When there is nothing to compare with, that is said, never passed over.
"""

import io
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[2]
PACKAGE = "facade/camb_client"


def last_tag(root: Path) -> tuple[str, str]:
    """The last release before this commit, or "" and why there is none."""
    if not (shallow := _git(root, "rev-parse", "--is-shallow-repository").decode().strip()):
        return "", "this is no git checkout"
    if tag := _git(root, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*").decode().strip():
        return tag, ""
    if shallow == "true":
        return "", "this clone is shallow and has no tags; `git fetch --tags --unshallow` gets them"
    return "", "there is no tag v… yet, so nobody has anything that could break"


def breaks(root: Path, tag: str) -> tuple[list[str], bool]:
    """What users of the release would lose, a line each, and whether the version says so."""
    with tempfile.TemporaryDirectory() as folder:
        released = Path(folder)
        # Not griffe's own `load_git`: it makes a branch and a worktree, and leaves them when interrupted.
        with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", tag, PACKAGE))) as archive:
            archive.extractall(released, filter="data")
        old, new = _load(released), _load(root)
        lines = sorted(set(_told(griffe.find_breaking_changes(old, new))))
        return lines, _is_step(_version(released), _version(root))


def _told(found: Iterator[griffe.Breakage]) -> Iterator[str]:
    for breakage in found:
        facts = {"was": breakage.old_value, "is": breakage.new_value}
        given = ", ".join(f"{word} {_short(value)}" for word, value in facts.items() if value is not None)
        yield f"{breakage.obj.path}: {breakage.kind.value}{given and f' ({given})'}"


def _short(value: object) -> str:
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else str(value)


def _load(root: Path) -> griffe.Object | griffe.Alias:
    folder = root / PACKAGE
    return griffe.load(folder.name, search_paths=[folder.parent], resolve_aliases=True, resolve_external=False)


def _version(root: Path) -> tuple[int, ...]:
    text = (root / PACKAGE / "_version.py").read_text(encoding="utf-8")
    numbers = re.search(r'"(\d+)\.(\d+)\.', text)
    if numbers is None:
        raise SystemExit(f"{PACKAGE}/_version.py: no version is to be found in it")
    return tuple(map(int, numbers.groups()))


def _is_step(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether users are told that something breaks: a new major, or a new minor while it is 0.x."""
    return new[0] > old[0] or (new[0] == old[0] == 0 and new[1] > old[1])


def _git(root: Path, *arguments: str) -> bytes:
    """What git says; nothing where it says no."""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False).stdout
    except FileNotFoundError:
        return b""


def main(root: Path = ROOT) -> int:
    """Compare, and say what came of it."""
    tag, reason = last_tag(root)
    if not tag:
        print(f"the exported names are NOT compared with a release: {reason}")
        return 0
    lines, announced = breaks(root, tag)
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
