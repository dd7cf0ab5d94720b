"""`scripts.common.atomic`: a reader finds the old or the new, never neither, never a mixture."""

import ctypes
import os
import shutil
import signal
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.common import atomic
from scripts.common.atomic import swap_in, swap_in_all, write_file


def package(path: Path, text: str) -> Path:
    path.mkdir()
    for name in "abc":
        (path / name).write_text(text)
    return path


def content(path: Path) -> set[str]:
    return {(path / name).read_text() for name in "abc"}


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With what the system offers, and on a system that offers nothing."""
    if request.param == "two renames":
        monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    return str(request.param)


def test_swaps(tmp_path: Path, way: str) -> None:
    new, place = package(tmp_path / "new", "new"), package(tmp_path / "place", "old")
    swap_in(new, place)
    assert (content(place), content(new)) == ({"new"}, {"old"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "place"]


def test_moves_to_where_nothing_is(tmp_path: Path, way: str) -> None:
    swap_in(package(tmp_path / "new", "new"), tmp_path / "place")
    assert content(tmp_path / "place") == {"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_the_old_stays_if_there_is_no_new(tmp_path: Path, way: str) -> None:
    place = package(tmp_path / "place", "old")
    with pytest.raises(FileNotFoundError):
        swap_in(tmp_path / "new", place)
    assert content(place) == {"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def read_until(stop: threading.Event, place: Path, seen: list[object]) -> None:
    while not stop.is_set():
        try:
            folder = os.open(place, os.O_RDONLY)
            texts = set()
            for name in "abc":
                with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder)) as file:
                    texts.add(file.read())
            os.close(folder)
            seen.append(texts.pop() if len(texts) == 1 else texts)
        except OSError as error:
            seen.append(error)


def test_a_reader_never_sees_less_than_a_whole_package(tmp_path: Path) -> None:
    spare, place = package(tmp_path / "spare", "one"), package(tmp_path / "place", "two")
    swap_in(spare, place)
    if content(spare) != {"two"}:
        pytest.skip("this file system cannot exchange two directories")
    stop, seen = threading.Event(), list[object]()
    readers = [threading.Thread(target=read_until, args=(stop, place, seen)) for _ in range(2)]
    for reader in readers:
        reader.start()
    swaps = 0
    while swaps < 2000 or len(seen) < 500:
        swap_in(spare, place)
        swaps += 1
    stop.set()
    for reader in readers:
        reader.join()
    assert set(map(str, seen)) == {"one", "two"}


def test_builds_at_once_leave_one_whole_package(tmp_path: Path) -> None:
    place = tmp_path / "place"
    failures: list[OSError] = []

    def build(name: str) -> None:
        try:
            for index in range(100):
                new = package(tmp_path / f"{name}-{index}", name)
                swap_in(new, place)
                shutil.rmtree(new, ignore_errors=True)
        except OSError as error:
            failures.append(error)

    builders = [threading.Thread(target=build, args=(name,)) for name in ("one", "two", "three")]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert failures == []
    assert len(content(place)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_writes_a_file_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_file(tmp_path / "folder", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Two trees with the packages `a` and `b`, the file `c`, and a fourth thing only in the first."""
    for text in ("new", "old"):
        (tmp_path / text).mkdir()
        for name in "ab":
            package(tmp_path / text / name, text)
        (tmp_path / text / "c").write_text(text)
    package(tmp_path / "new/d", "new")
    return tmp_path / "new", tmp_path / "old"


def all_content(tree: Path) -> set[str]:
    return content(tree / "a") | content(tree / "b") | {(tree / "c").read_text()}


def test_swaps_all(trees: tuple[Path, Path], way: str) -> None:
    new, root = trees
    swap_in_all(new, root, ["a", "b", "c"])
    assert (all_content(root), all_content(new)) == ({"new"}, {"old"})
    assert sorted(path.name for path in root.iterdir()) == ["a", "b", "c"]


def test_swaps_none_if_one_cannot_be_swapped(trees: tuple[Path, Path], way: str) -> None:
    new, root = trees
    with pytest.raises(OSError, match="missing"):
        swap_in_all(new, root, ["a", "b", "c", "missing/d"])
    assert (all_content(root), all_content(new)) == ({"old"}, {"new"})
    assert sorted(path.name for path in root.iterdir()) == ["a", "b", "c"]


def test_an_interrupt_waits_until_all_are_swapped(trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    new, root = trees

    def interrupted(new: Path, place: Path) -> None:
        signal.raise_signal(signal.SIGINT)  # To this thread: another of the process would take it at once.
        swap_in(new, place)

    monkeypatch.setattr(atomic, "swap_in", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            swap_in_all(new, root, ["a", "b", "c"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert (all_content(root), all_content(new)) == ({"new"}, {"old"})
