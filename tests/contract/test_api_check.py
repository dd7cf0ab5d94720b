"""The comparison with the last release, in a scratch repository."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.project import FACADE, ROOT
from scripts.contract.api_check import main

Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Git in a repository of the facade alone, without anybody's settings."""
    shutil.copytree(ROOT / FACADE, tmp_path / FACADE, ignore=shutil.ignore_patterns("__pycache__"))
    return repository(tmp_path)


@pytest.fixture
def small_git(tmp_path: Path) -> Git:
    """The same with two names in place of all, where what is compared is not the question."""
    package = tmp_path / FACADE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("class ServerError(Exception): ...\n\n\nclass CambError(Exception): ...\n")
    shutil.copy(ROOT / FACADE / "_version.py", package)
    return repository(tmp_path)


def repository(tmp_path: Path) -> Git:
    def run(*arguments: str) -> None:
        settings = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "tag.gpgsign=false"]
        environment = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(tmp_path)}
        subprocess.run(["git", *settings, *arguments], cwd=tmp_path, env=environment, check=True, capture_output=True)

    run("init", "--initial-branch=main")
    run("add", ".")
    run("commit", "--message=a release", "--no-gpg-sign")
    return run


@pytest.fixture(autouse=True)
def _no_git_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / FACADE / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# What is done to which file, and what is said of it; "" where it breaks nobody. No two change one line.
CHANGES = {
    "a name removed": ("__init__.py", "    ServerError,\n", "", "ServerError: Public object was removed"),
    "an argument removed": (
        "_tasks/sync_tasks.py",
        "        on_update: OnUpdate = None,\n",
        "",
        r"Parameter was removed \(was on_update\)",
    ),
    "an argument required": (
        "_tasks/async_tasks.py",
        "timeout: float | None = 600.0,\n",
        "timeout: float | None,\n",
        "required",
    ),
    "a default changed": (
        "_tasks/sync_tasks.py",
        "timeout: float | None = 600.0,\n",
        "timeout: float | None = 60.0,\n",
        "default",
    ),
    "a base removed": ("_polling/errors.py", "RateLimitError(ApiError)", "RateLimitError(Exception)", "RateLimitError"),
    "an attribute renamed": ("_polling/errors.py", "request_id: str | None", "request: str | None", "request_id"),
    "a status removed": ("_polling/status.py", '    TIMEOUT = "TIMEOUT"\n', "", "TIMEOUT"),
    "a reply removed": ("testing/__init__.py", "    STALL,\n", "", "STALL"),
    "an argument added": (
        "_tasks/sync_tasks.py",
        "on_update: OnUpdate = None,\n",
        "on_update: OnUpdate = None, a: int = 0,\n",
        "",
    ),
    "something private removed": ("_polling/schedule.py", "_SHORTEST = ", "_LEAST = ", ""),
    "a private function changed": (
        "_http/credentials.py",
        "def api_key(value: str | None)",
        "def api_key(text: str | None)",
        "",
    ),
}


def test_changes_that_break_users_are_named(git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them at once, each at a name of its own: reading two packages takes a second."""
    git("tag", "v0.1.0")
    for file, old, new, said in CHANGES.values():
        if said:
            change(tmp_path, file, old, new)
    assert main(tmp_path) == 1
    err = capsys.readouterr().err
    print(err)
    for name, (_, _, _, said) in CHANGES.items():
        assert re.search(rf"^camb_client.*{said}", err, flags=re.MULTILINE), name
    assert "this breaks users of v0.1.0: undo it, or raise the version" in err


def test_changes_that_break_nobody_are_not(git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("tag", "v0.1.0")
    for file, old, new, said in CHANGES.values():
        if not said:
            change(tmp_path, file, old, new)
    assert main(tmp_path) == 0
    assert capsys.readouterr() == ("the exported names, compared with v0.1.0: nothing breaks users\n", "")


@pytest.mark.parametrize(
    ("old", "new", "enough"),
    [("0.1.0", "0.2.0", True), ("0.1.0", "0.1.1", False), ("1.1.0", "1.2.0", False), ("1.1.0", "2.0.0", True)],
)
def test_a_break_that_the_version_says(
    small_git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, enough: bool
) -> None:
    version = (tmp_path / FACADE / "_version.py").read_text(encoding="utf-8")
    current = re.findall(r'"(.*)"', version)[-1]
    change(tmp_path, "_version.py", f'"{current}"', f'"{old}"')
    small_git("commit", "--all", "--message=the version", "--no-gpg-sign", "--allow-empty")
    small_git("tag", f"v{old}")
    change(tmp_path, "_version.py", f'"{old}"', f'"{new}"')
    change(tmp_path, "__init__.py", "class ServerError(Exception): ...\n", "")
    assert main(tmp_path) == (not enough)
    assert "camb_client.ServerError" in capsys.readouterr().err


def test_where_there_is_nothing_to_compare_with_it_says_so(
    small_git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(tmp_path) == 0
    assert "NOT compared with a release: there is no tag" in capsys.readouterr().out
    small_git("tag", "v0.1.0")
    small_git("commit", "--allow-empty", "--message=later", "--no-gpg-sign")
    small_git("clone", "--depth=1", "--no-tags", tmp_path.as_uri(), "shallow")
    assert main(tmp_path / "shallow") == 0
    assert "a shallow clone may lack tags" in capsys.readouterr().out
    shutil.rmtree(tmp_path / ".git")
    assert main(tmp_path) == 0
    assert "no git checkout" in capsys.readouterr().out


def test_it_leaves_the_repository_as_it_was(small_git: Git, tmp_path: Path) -> None:
    small_git("tag", "v0.1.0")
    before = sorted(path for path in (tmp_path / ".git").rglob("*"))
    main(tmp_path)
    assert sorted(path for path in (tmp_path / ".git").rglob("*")) == before
