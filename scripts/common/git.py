"""What git knows of the project."""

import os
import re
import subprocess
from pathlib import Path

from .errors import PipelineError

_RELEASE = re.compile(r"v\d+\.\d+\.\d+")


class NoCheckoutError(PipelineError):
    """There is no git here, or the project is in none."""


def git(root: Path, *arguments: str) -> bytes:
    """What git prints.

    Raises:
        NoCheckoutError: There is nothing to ask.
        PipelineError: Git refuses.
    """
    command = ["git", "-C", str(root), *arguments]
    try:
        run = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError as error:
        raise NoCheckoutError("git", "is not installed") from error
    if run.returncode:
        reason = run.stderr.decode(errors="replace")
        if "not a git repository" in reason:
            raise NoCheckoutError("git", f"{root} is no git checkout")
        raise PipelineError("git", reason or f"{' '.join(arguments)} failed")
    return run.stdout


def last_tag(root: Path) -> str | None:
    """The last release before this commit; nothing if there was none yet.

    Raises:
        PipelineError: That cannot be told here.
    """
    if git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise PipelineError(
            "git", "a shallow clone may lack tags: git fetch --tags --unshallow (in CI: fetch-depth: 0)"
        )
    tags = git(root, "tag", "--list", "--merged", "HEAD", "--sort=-version:refname").decode().split()
    return next(filter(_RELEASE.fullmatch, tags), None)
