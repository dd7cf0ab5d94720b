"""Where a download goes: names, folders, links, modes, what is no regular file, and open file objects."""

import asyncio
import builtins
import codecs
import errno
import gc
import gzip
import io
import logging
import os
import pathlib
import shutil
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import camb_client
from camb_client import CambError, DownloadError
from camb_client._files.target import Target
from camb_client.testing import FakeCamb, cut, error
from tests.facade.conftest import Both, Client
from tests.facade.files.conftest import AUDIO, FILE, download, left


def into(camb: Client, file: Any, **more: Any) -> None:
    """Download into an open file."""
    assert camb.call(lambda real: real.tts.download(7, file, **more)) is None


# --- names ---


def test_what_is_there_is_kept_unless_told(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb, path = both.of(fake), tmp_path / "a.flac"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        download(camb, path)
    assert not fake.requests
    assert path.read_bytes() == b"mine"
    assert download(camb, path, overwrite=True).read_bytes() == AUDIO
    assert left(tmp_path) == ["a.flac"]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_comes_meanwhile_is_kept_too(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    """The other comes at the last moment, when all checks are done."""
    path, link = tmp_path / "a.flac", os.link

    def race(*names: Any, **more: Any) -> None:
        path.write_bytes(b"theirs")
        if not has_links:
            raise PermissionError(errno.EPERM, "no links here")
        link(*names, **more)

    monkeypatch.setattr(os, "link", race)
    with pytest.raises(FileExistsError):
        download(both.of(fake), path)
    assert path.read_bytes() == b"theirs"
    assert left(tmp_path) == ["a.flac"]


def no_links(*_: object, **__: object) -> None:
    raise PermissionError(errno.EPERM, "no links here")


def test_a_file_system_without_links_has_the_file_as_well(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    assert download(both.of(fake), tmp_path / "a.flac").read_bytes() == AUDIO
    assert left(tmp_path) == ["a.flac"]


def test_an_interruption_there_leaves_no_empty_file(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(pathlib.Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        download(both.of(fake), tmp_path / "a.flac")
    assert not left(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"dest": "no/such/folder/a.flac"}, FileNotFoundError),
        ({"dest": "x" * 300 + ".flac"}, OSError),
        ({"dest": "a\0b"}, ValueError),
        ({"dest": 7}, TypeError),
        ({"dest": b"a.flac"}, TypeError),
        ({"dest": None}, TypeError),
        ({"run_id": "7"}, TypeError),
        ({"run_id": True}, TypeError),
        ({"run_id": 7.0}, TypeError),
        ({"run_id": None}, TypeError),
        ({"timeout": -1}, ValueError),
        ({"on_progress": 7}, TypeError),
    ],
    ids=lambda it: str(it)[:40],
)
def test_what_cannot_be_is_refused_at_once(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, arguments: dict[str, Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        download(both.of(fake), **{"dest": tmp_path / "a", **arguments})
    assert not fake.requests
    assert not left(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named_before_any_request(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path
) -> None:
    tmp_path.chmod(0o500)
    try:
        for dest in (tmp_path / "a.flac", tmp_path, f"{tmp_path}/new/"):
            with pytest.raises(PermissionError) as caught:
                download(both.of(fake), dest)
            assert caught.value.filename == str(pathlib.Path(dest))
    finally:
        tmp_path.chmod(0o700)
    assert not fake.requests
    assert not left(tmp_path)


def test_a_disk_that_is_full_is_no_matter_of_the_network(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Target, "write", full)
    with pytest.raises(OSError, match="No space left") as caught:
        download(both.of(fake), f"{tmp_path}/new/")
    assert not isinstance(caught.value, CambError)
    assert len(fake.requests) == 2
    assert not left(tmp_path)


@pytest.mark.parametrize("name", ["a.mp3", "a.MP3", "a.flac", "a.bin", "a"])
def test_a_suffix_that_is_not_the_audios_is_said(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "camb_client")
    assert download(both.of(fake), tmp_path / name).name == name
    said = [record.getMessage() for record in caplog.records if record.name.startswith("camb_client")]
    assert said == ([f"tts run 7: the file is called {name}, but what came is .flac: rename it, or convert it"]
                    if name.lower() == "a.mp3" else [])  # fmt: skip


# --- folders ---


@pytest.mark.parametrize("name", ["new/", "new/deep/", "new//", "new/."])
def test_a_name_with_a_final_slash_is_a_folder_that_is_made(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, name: str
) -> None:
    path = download(both.of(fake), f"{tmp_path}/{name}")
    assert path == tmp_path / name / "tts-7.flac"
    assert path.read_bytes() == AUDIO
    assert left(path.parent) == ["tts-7.flac"]
    assert download(both.of(fake), f"{tmp_path}/{name}", overwrite=True) == path


def test_a_folder_that_stays_empty_is_removed_again(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    fake.script(FILE, error(400))
    with pytest.raises(DownloadError):
        download(both.of(fake), f"{tmp_path}/new/deep/")
    assert not left(tmp_path)
    (tmp_path / "mine").mkdir()
    fake.script(FILE, error(400))
    with pytest.raises(DownloadError):
        download(both.of(fake), f"{tmp_path}/mine/")
    assert left(tmp_path) == ["mine"]


def test_a_file_is_no_folder(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    for dest in (f"{tmp_path}/a/", f"{tmp_path}/a/b/", f"{tmp_path}/a/b.flac"):
        with pytest.raises(NotADirectoryError):
            download(both.of(fake), dest, overwrite=True)
    assert not fake.requests
    assert (tmp_path / "a").read_bytes() == b"mine"


# --- links, modes, what is no regular file ---


def test_a_symbolic_link_is_followed(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb, link, there = both.of(fake), tmp_path / "latest.flac", tmp_path / "store" / "a.flac"
    there.parent.mkdir()
    link.symlink_to(there)
    assert download(camb, link) == link  # It leads to no file yet.
    assert there.read_bytes() == AUDIO
    there.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        download(camb, link)
    assert there.read_bytes() == b"mine"
    download(camb, link, overwrite=True)
    assert there.read_bytes() == AUDIO
    assert link.readlink() == there
    assert left(there.parent) == ["a.flac"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o666])
def test_a_file_that_is_replaced_keeps_its_mode(both: Both, fake: FakeCamb, tmp_path: pathlib.Path, mode: int) -> None:
    path, seen = tmp_path / "tts-7.flac", []
    path.touch()
    path.chmod(mode)

    def see(*_: object) -> None:
        (part,) = tmp_path.glob(".camb-*.part")
        seen.append(stat.S_IMODE(part.stat().st_mode))

    for dest in (path, tmp_path):
        download(both.of(fake), dest, overwrite=True, on_progress=see)
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert set(seen) == {0o600}


@pytest.fixture(params=["pipe", "socket", "device", "link"])
def special(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """What is no regular file, and no folder."""
    path = tmp_path / "tts-7.flac"
    if request.param == "pipe":
        os.mkfifo(path)
        yield path
    elif request.param == "socket":
        with socket.socket(socket.AF_UNIX) as listener, pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)  # The name of a socket must be short.
            listener.bind(path.name)
            yield path
    else:
        # A terminal of its own: in its folder no file can be made, so not even a mistake replaces a device.
        master, terminal = os.openpty()
        device = pathlib.Path(os.ttyname(terminal))
        if request.param == "link":
            path.symlink_to(device)
        yield device if request.param == "device" else path
        os.close(master)
        os.close(terminal)


def test_what_is_no_regular_file_is_refused_and_left(
    both: Both, fake: FakeCamb, special: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    before = os.lstat(special)
    for overwrite in (True, False):
        with pytest.raises(OSError, match="not a regular file"):
            download(both.of(fake), special, overwrite=overwrite)
    assert not fake.requests
    if special.parent == tmp_path:  # A folder has one under the name that a file would get.
        with pytest.raises(OSError, match="not a regular file"):
            download(both.of(fake), tmp_path, overwrite=True)
        assert left(tmp_path) == [special.name]
    after = os.lstat(special)
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


# --- open files ---


def test_an_open_file_has_the_bytes_and_stays_open(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb, memory = both.of(fake), io.BytesIO(b"before")
    memory.seek(0, io.SEEK_END)
    into(camb, memory)
    assert memory.getvalue() == b"before" + AUDIO
    for buffering in (-1, 0):
        with (tmp_path / "a.flac").open("wb", buffering=buffering) as file:
            into(camb, file)
            assert (tmp_path / "a.flac").read_bytes() == AUDIO  # Nothing is left in its buffer.
    with tempfile.SpooledTemporaryFile(max_size=100) as spooled:
        into(camb, spooled)
        spooled.seek(0)
        assert spooled.read() == AUDIO
    with gzip.open(tmp_path / "a.gz", "wb") as packed:
        into(camb, packed)
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == AUDIO


class Small(io.RawIOBase):
    """Takes seven bytes at a time, as an unbuffered file may; then, where it blocks, none."""

    def __init__(self, *, blocks: bool = False) -> None:
        self.taken, self.blocks = bytearray(), blocks

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int | None:
        if self.blocks:
            return None
        self.taken += bytes(piece)[:7]
        return len(bytes(piece)[:7])


def test_a_file_that_takes_little_at_a_time_has_it_all(both: Both, fake: FakeCamb) -> None:
    small = Small()
    into(both.of(fake), small)
    assert small.taken == AUDIO
    with pytest.raises(BlockingIOError):
        into(both.of(fake), Small(blocks=True))


class Sink:
    """No more than a ``write`` that returns nothing."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> None:
        self.pieces.append(piece)


def test_anything_with_a_write_will_do(both: Both, fake: FakeCamb) -> None:
    sink = Sink()
    into(both.of(fake), sink)
    assert b"".join(sink.pieces) == AUDIO


def test_an_open_file_is_written_on_after_a_break(both: Both, fake: FakeCamb) -> None:
    fake.script(FILE, cut(100), cut(20_000), cut(10_000))
    memory = io.BytesIO()
    into(both.of(fake), memory)
    assert memory.getvalue() == AUDIO
    ranges = [it.headers.get("range") for it in fake.requests if "/files" in it.path]
    assert ranges == [None, "bytes=100-", "bytes=20100-", "bytes=30100-"]


def test_an_open_file_never_has_bytes_twice(both: Both, fake: FakeCamb) -> None:
    """Where the server gives no rest of the file: what was written cannot be dropped."""
    from tests.facade.files.test_download import both_of, without

    no_etag = without("etag")
    fake.script(FILE, both_of(no_etag, cut(300)), both_of(no_etag, cut(20_000)))
    memory = io.BytesIO()
    with pytest.raises(DownloadError, match=r"after 20000 bytes, .* cannot be rewound"):
        into(both.of(fake), memory)
    # Of the first try nothing had been written: what a file is shows only after 512 bytes.
    assert memory.getvalue() == (b"" if both.is_async else AUDIO[:20_000])


def test_what_is_refused_is_not_written(both: Both, fake: FakeCamb) -> None:
    from camb_client.testing import Reply

    fake.script(FILE, Reply(200, b'{"error": "not ready"}', {"content-type": "audio/flac"}))
    memory = io.BytesIO()
    with pytest.raises(DownloadError, match="expected audio, got text"):
        into(both.of(fake), memory)
    assert memory.getvalue() == b""


class Later:
    async def write(self, _: bytes) -> None: ...


def test_what_is_not_open_for_bytes_is_refused_at_once(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb, path = both.of(fake), tmp_path / "a"
    path.touch()
    # As codecs.open() makes it, which Python 3.14 warns of.
    coded = codecs.StreamReaderWriter(io.BytesIO(), codecs.getreader("utf-8"), codecs.getwriter("utf-8"))
    coded.encoding = "utf-8"
    with path.open("w") as text, path.open("rb") as read:
        for wrong in (text, coded, io.StringIO(), Later()):
            with pytest.raises(TypeError, match="dest is"):
                into(camb, wrong)
        with pytest.raises(ValueError, match="not open for writing"):
            into(camb, read)
    (closed := io.BytesIO()).close()
    with pytest.raises(ValueError, match="closed file"):
        into(camb, closed)
    assert not fake.requests


# --- interruptions ---


def test_an_interruption_at_any_line_leaves_nothing(
    fake: FakeCamb, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at every third line of ours that a download runs; what is kept by then is whole."""
    camb, ours = fake.client(), str(pathlib.Path(camb_client.__file__).parent)
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    left_to_run = 0

    def step(_: Any, event: str, __: Any) -> Any:
        nonlocal left_to_run
        if event == "line":
            left_to_run -= 1
            if left_to_run == 0:
                raise KeyboardInterrupt
        return step

    def enter(frame: Any, *_: object) -> Any:
        name = frame.f_code.co_filename
        return step if name.startswith(ours) and "testing" not in name else None

    line, done = 1, False

    def download() -> None:
        nonlocal done
        sys.settrace(enter)
        try:
            camb.tts.download(7, f"{tmp_path}/new/", overwrite=True)
            done = left_to_run > 0
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)

    while not done:
        left_to_run = line
        # An exception raised where another is handled can stay the one that is handled, in that thread for ever.
        one = threading.Thread(target=download)
        one.start()
        one.join()
        if next(tmp_path.rglob(".camb-*"), None):
            gc.collect()  # A traceback may hold it still.
        assert left(tmp_path) == (["new"] if (tmp_path / "new" / "tts-7.flac").exists() else [])
        if left(tmp_path):
            assert left(tmp_path / "new") == ["tts-7.flac"]
            assert (tmp_path / "new" / "tts-7.flac").read_bytes() == AUDIO
            shutil.rmtree(tmp_path / "new")
        line += 3
    camb.close()
    assert line > 300
    assert not unraisable


# --- a slow disk ---


def test_a_slow_disk_does_not_hold_up_the_event_loop(
    fake: FakeCamb, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, gaps, opened = Both("async"), [0.0], io.open

    class Slow(io.FileIO):
        def write(self, piece: Any) -> int:
            time.sleep(0.2)
            return super().write(piece)

    def slow(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        return Slow(file, mode.replace("b", "")) if "x" in mode else opened(file, mode, *rest, **more)

    async def beat() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()

    async def go() -> pathlib.Path:
        beating = asyncio.create_task(beat())
        path = await both.of(fake).real.tts.download(7, tmp_path / "a.flac")
        beating.cancel()
        assert isinstance(path, pathlib.Path)
        return path

    for module in (io, builtins):
        monkeypatch.setattr(module, "open", slow)
    path = both.run(go())
    monkeypatch.undo()
    both.end()
    assert path.read_bytes() == AUDIO
    assert max(gaps) < 0.19  # On the loop each write would take 0.2 s.


def test_a_cancelled_download_writes_no_more(fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    """The write that a thread has begun ends before the cancellation comes out."""
    both, sink = Both("async"), Sink()

    def write(piece: bytes) -> None:
        time.sleep(0.1)
        Sink.write(sink, piece)

    sink.write = write  # type: ignore[method-assign]

    async def go() -> int:
        task = asyncio.create_task(both.of(fake).real.tts.download(7, sink))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(sink.pieces)

    came = both.run(go())
    time.sleep(0.2)
    assert len(sink.pieces) == came == 1
    both.end()
