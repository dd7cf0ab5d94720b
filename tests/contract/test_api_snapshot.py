"""The exported names and signatures are those of ``public_api.txt``: nothing comes, goes or changes unseen."""

import difflib
import shutil
from pathlib import Path

import pytest

from scripts.contract.api_snapshot import PACKAGES, ROOT, SNAPSHOT, snapshot

RENEW = (
    "if it is meant: make api-snapshot, read `git diff tests/contract/public_api.txt`, and add a line to CHANGELOG.md"
)


def changes(root: Path) -> list[str]:
    """What differs from the committed snapshot, a line each, with what it belongs to."""
    old, new = (ROOT / SNAPSHOT).read_text(encoding="utf-8"), snapshot(root)
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "promised", "now", lineterm="", n=2)
    return list(lines)


def test_the_public_names_are_the_promised_ones() -> None:
    found = changes(ROOT)
    if found:
        pytest.fail("\n".join(["what users import has changed:", *found, RENEW]), pytrace=False)


# What is done to which file, and a line of what has to show; no two change one line.
CHANGES = [
    ("__init__.py", '    "ServerError",\n', "", "-    class ServerError(ApiError)"),
    ("_tasks/sync_tasks.py", "timeout: float | None = 600.0,", "timeout: float | None = 60.0,", "float | None = 60.0"),
    (
        "_client/sync_client.py",
        "def family(self, kind: Operations[Any, Any] | str)",
        "def family(self, name: Operations[Any, Any] | str)",
        "+        def family(name: ",
    ),
    ("_polling/errors.py", "(ApiError, PaymentRequiredError)", "(ApiError)", "+    class ApiPaymentRequiredError(Api"),
    ("_polling/task.py", "submitted_at: datetime | None", "submitted: datetime | None", "+        submitted: datetime"),
    ("_polling/status.py", '    FAILED = "FAILED"\n', "", "-        FAILED = 'FAILED'"),
    ("_polling/schedule.py", "first: float = 2.0, minimum", "first: float = 1.0, minimum", "first: float = 1.0"),
    ("testing/_replies.py", "delay: float = 0.0", "delay: float = 1.0", "+        delay: float = 1.0"),
]


def test_changes_show(tmp_path: Path) -> None:
    """All of them at once: reading both packages takes a second."""
    for folder in ("facade", "generated"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file, old, new, _ in CHANGES:
        path = tmp_path / "facade" / "camb_client" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    shown = "\n".join(changes(tmp_path))
    for *_, expected in CHANGES:
        assert expected in shown


def test_it_is_the_same_from_any_place_and_covers_both_packages(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "facade", tmp_path / "facade")
    shutil.copytree(ROOT / "generated", tmp_path / "generated")
    text = snapshot(tmp_path)
    assert text == snapshot(ROOT)
    assert set(PACKAGES) <= set(text.splitlines())
    assert str(ROOT) not in text
