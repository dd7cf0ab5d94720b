"""Bodies with files, over real HTTP: what goes out, how long it may take, and whose fault it is when it does not."""

import asyncio
import email
import email.policy
import gzip
import io
import mmap
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from camb_client import (
    ApiConnectionError,
    AsyncCambClient,
    CreateOutcomeUnknownError,
    InvalidRequestError,
    RateLimitError,
    TaskRef,
    kinds,
    models,
)
from tests.facade.conftest import KEY, Both, raw_server


class Received:
    """One request: its headers, and its form by name."""

    def __init__(self, headers: Any, body: bytes) -> None:
        self.headers, self.body = headers, body
        head = f"content-type: {headers['content-type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        self.parts = list(message.iter_parts())  # type: ignore[attr-defined]
        self.form: dict[str, list[bytes]] = {}
        for part in self.parts:
            name = part.get_param("name", header="content-disposition")
            self.form.setdefault(name, []).append(part.get_payload(decode=True))

    def file_name(self, name: str) -> str:
        found = [it for it in self.parts if it.get_param("name", header="content-disposition") == name]
        return str(found[0].get_filename())


@contextmanager
def server(answer: Callable[[], tuple[int, bytes]] = lambda: (200, b'{"task_id": "t-1"}')) -> Iterator[tuple[str, Any]]:
    received: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            received.append(Received(self.headers, self._body()))
            status, body = answer()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _body(self) -> bytes:
            if "content-length" in self.headers:
                return self.rfile.read(int(self.headers["content-length"]))
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}", received
        finally:
            http.shutdown()
            thread.join()


def transcribe(both: Both, url: str, media_file: Any, **fields: Any) -> TaskRef:
    client = both.client(base_url=url, timeout=fields.pop("timeout", 5.0))
    body = models.TranscribeBody(language="en-us", media_file=media_file, **fields)
    ref: TaskRef = client.call(lambda camb: camb.family(kinds.TRANSCRIBE).create(body))
    return ref


SOUND = bytes(range(256)) * 2000


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / 'größe "1".mp3'
    path.write_bytes(SOUND)
    return path


def test_a_path_goes_out_as_a_form(both: Both, clip: Path) -> None:
    limits = models.SegmentLimits(max_characters_in_segment=40)
    with server() as (url, received):
        ref = transcribe(both, url, clip, run_audio_cleaning=False, project_name=None, formatting_options=limits)
    assert str(ref) == "transcribe:t-1"
    (request,) = received
    assert request.form == {
        "language": [b"1"],
        "media_file": [SOUND],
        "run_audio_cleaning": [b"false"],
        "formatting_options": [b'{"max_characters_in_segment": 40}'],
    }
    assert request.headers["content-length"] == str(len(request.body))
    assert b'filename="gr\xc3\xb6\xc3\x9fe %221%22.mp3"' in request.body
    assert b"Content-Type: audio/mpeg" in request.body


@pytest.mark.parametrize("sized", [True, False])
def test_a_handle_goes_out_from_where_it_is(both: Both, clip: Path, sized: bool) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise OSError("a pipe")

    with server() as (url, received), clip.open("rb") as handle:
        handle.seek(1000)
        transcribe(both, url, handle if sized else Pipe(SOUND[1000:]))
        assert not handle.closed
    (request,) = received
    assert request.form["media_file"] == [SOUND[1000:]]
    assert ("content-length" in request.headers, "transfer-encoding" in request.headers) == (sized, not sized)


def test_a_handle_is_put_back_so_that_it_can_be_sent_again(both: Both, clip: Path) -> None:
    """Nothing is created by a 429, so whoever made the body sends it again."""
    answers = [(200, b'{"task_id": "t-1"}'), (429, b"{}")]
    with server(lambda: answers.pop()) as (url, received), clip.open("rb") as handle:
        handle.seek(1000)
        with pytest.raises(RateLimitError):
            transcribe(both, url, handle)
        transcribe(both, url, handle)
    assert [it.form["media_file"] for it in received] == [[SOUND[1000:]]] * 2


def test_a_handle_that_ends_where_it_is_has_nothing_to_send(both: Both) -> None:
    written = io.BytesIO()
    written.write(SOUND)
    with server() as (url, received):
        with pytest.raises(ValueError, match=r"'file' has nothing left to send: .* seek\(0\)"):
            transcribe(both, url, written)
        assert received == []
        transcribe(both, url, io.BytesIO())  # An empty file is one.
    assert received[0].form["media_file"] == [b""]


def test_what_can_be_read_but_has_no_end_to_seek_is_sent_again_too(both: Both, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "clip.gz", "wb") as packed:
        packed.write(SOUND)
    with server() as (url, received), gzip.open(tmp_path / "clip.gz", "rb") as handle:
        for _ in range(2):
            transcribe(both, url, handle)
    with mmap.mmap(-1, len(SOUND)) as memory:
        memory[:] = SOUND
        with server() as (url, again):
            transcribe(both, url, memory)
    assert [it.form["media_file"] for it in (*received, *again)] == [[SOUND]] * 3


def test_a_file_is_called_as_its_owner_says(both: Both) -> None:
    with server() as (url, received):
        for _ in "ab":
            transcribe(both, url, models.File(io.BytesIO(SOUND), file_name="a.wav", mime_type="audio/x-wav"))
    assert [request.file_name("media_file") for request in received] == ["a.wav", "a.wav"]
    assert b"Content-Type: audio/x-wav" in received[0].body
    assert received[0].headers["content-type"] != received[1].headers["content-type"], "a boundary for each request"


def test_a_file_without_a_name_of_its_own_has_that_of_its_path(both: Both, clip: Path) -> None:
    with server() as (url, received), clip.open("rb") as handle:
        transcribe(both, url, models.File(clip))
        transcribe(both, url, models.File(handle, mime_type="audio/x-mine"))
    assert [request.file_name("media_file") for request in received] == ["größe %221%22.mp3"] * 2
    assert b"Content-Type: audio/mpeg" in received[0].body
    assert b"Content-Type: audio/x-mine" in received[1].body


def test_what_cannot_be_sent_is_refused_before_any_request(both: Both, clip: Path, tmp_path: Path) -> None:
    with server() as (url, received):
        with clip.open() as text, pytest.raises(TypeError, match="open it with mode 'rb'"):
            transcribe(both, url, text)
        with pytest.raises(TypeError, match="a file must be a path"):
            transcribe(both, url, str(clip))
        with pytest.raises(TypeError, match="a file must be a path"):
            transcribe(both, url, models.File(str(clip)))  # type: ignore[arg-type]
        with pytest.raises(FileNotFoundError):
            transcribe(both, url, tmp_path / "none.mp3")
        os.mkfifo(tmp_path / "fifo")
        with pytest.raises(ValueError, match="is no regular file"):
            transcribe(both, url, tmp_path / "fifo")
        with pytest.raises(IsADirectoryError):
            transcribe(both, url, tmp_path)
        client, body = both.client(base_url=url), {"texts": ["Hi"], "source_language": 1, "target_language": 2}
        with pytest.raises(TypeError, match="translate create takes no files"):
            client.call(lambda camb: camb.family("translate").create({**body, "file": clip}))
    assert received == []


class Breaks(io.BytesIO):
    """A disk that fails halfway."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 200_000:
            raise OSError(5, "the disk fails")
        return super().read(size)


def test_a_file_that_cannot_be_read_is_no_fault_of_the_network(both: Both, clip: Path) -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    with raw_server(talk) as url:
        with pytest.raises(OSError, match="the disk fails") as broken:
            transcribe(both, url, Breaks(SOUND))
        assert type(broken.value) is OSError
        assert broken.value.__notes__ == ["transcribe create: the upload was not finished, so nothing was created"]
        shrinking = models.File(Shrinking(clip), file_name="clip.mp3")
        with pytest.raises(OSError, match="a file became shorter by 100 bytes"):
            transcribe(both, url, shrinking)


class Shrinking(os.PathLike[str]):
    """A file that becomes shorter between its check and its sending."""

    def __init__(self, path: Path) -> None:
        self._path, self._opened = path, 0

    def __fspath__(self) -> str:
        self._opened += 1
        if self._opened == 2:
            self._path.write_bytes(SOUND[:-100])
        return str(self._path)


def test_an_upload_is_sent_once(both: Both, clip: Path) -> None:
    connections: list[int] = []

    def talk(connection: socket.socket) -> None:
        connections.append(1)
        connection.recv(1000)  # And away.

    with raw_server(talk) as url, pytest.raises(CreateOutcomeUnknownError) as unknown:
        transcribe(both, url, clip)
    assert isinstance(unknown.value.__cause__, ApiConnectionError)
    assert len(connections) == 1


def test_an_upload_may_take_longer_than_a_poll(both: Both, clip: Path) -> None:
    """It is bounded by its phases: each write, and the response once all is sent."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time.sleep(0.2)
            return super().read(size)

    with server() as (url, received):
        began = time.monotonic()
        transcribe(both, url, Slow(SOUND), timeout=0.5)
        assert time.monotonic() - began > 0.6
    assert received[0].form["media_file"] == [SOUND]


def test_a_line_may_be_slow(both: Both) -> None:
    """The time for the response counts from when the file is on its way, not from when the system has it."""

    def talk(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        came = b""
        while not came.endswith(b"--\r\n"):
            came = came[-4:] + connection.recv(32_768)
            time.sleep(0.02)
        connection.sendall(CREATED)

    with raw_server(talk) as url:
        assert transcribe(both, url, io.BytesIO(bytes(1_200_000)), timeout=0.45).task_id == "t-1"


CREATED = b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"task_id": "t-1"}'
REFUSED = b'HTTP/1.1 422 X\r\ncontent-length: 17\r\n\r\n{"detail": "too"}'


@pytest.mark.parametrize(
    ("said", "reads_on"),
    [(b"HTTP/1.1 100 Continue\r\n\r\n", True), (REFUSED, True), (REFUSED, False)],
    ids=["go on", "a refusal", "a refusal, and no more is read"],
)
def test_what_the_server_says_while_the_file_is_sent(both: Both, said: bytes, reads_on: bool) -> None:
    done = threading.Event()

    def talk(connection: socket.socket) -> None:
        came = connection.recv(65_536)
        time.sleep(0.1)  # Then nothing more can be written.
        connection.sendall(said)
        time.sleep(0.05)
        if not reads_on:
            done.wait(5.0)
            return
        while not came.endswith(b"--\r\n"):
            came = came[-4:] + connection.recv(1 << 20)
        connection.sendall(b"" if said is REFUSED else CREATED)

    with raw_server(talk) as url:
        try:
            if said is REFUSED:
                with pytest.raises(InvalidRequestError, match="HTTP 422: too"):
                    transcribe(both, url, io.BytesIO(bytes(4_000_000)), timeout=5.0 if reads_on else 0.3)
            else:
                assert transcribe(both, url, io.BytesIO(bytes(4_000_000))).task_id == "t-1"
        finally:
            done.set()


def test_a_server_that_does_not_answer_an_upload_is_given_up(both: Both) -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    with raw_server(talk) as url:
        began = time.monotonic()
        with pytest.raises(CreateOutcomeUnknownError, match="ReadTimeout"):
            transcribe(both, url, io.BytesIO(SOUND), timeout=0.5)
        assert time.monotonic() - began < 1.5


def test_a_refusal_says_what_is_wrong_with_the_form(both: Both, clip: Path) -> None:
    detail = b'{"detail": [{"loc": ["body", "media_url"], "msg": "give one of them", "type": "value_error"}]}'
    with server(lambda: (422, detail)) as (url, _), pytest.raises(InvalidRequestError) as refused:
        transcribe(both, url, clip)
    assert refused.value.detail[0]["msg"] == "give one of them"
    assert "give one of them" in str(refused.value)


def test_a_cancelled_upload_leaves_the_file_alone() -> None:
    reading, may_end, read_after = threading.Event(), threading.Event(), []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if size:
                reading.set()
                may_end.wait(5)
                read_after.append(size)
            return super().read(size)

    async def use(url: str) -> int:
        async with AsyncCambClient(KEY, base_url=url) as camb:
            body = models.TranscribeBody(language=1, media_file=Slow(SOUND))
            task = asyncio.create_task(camb.family(kinds.TRANSCRIBE).create(body))
            await asyncio.to_thread(reading.wait, 5)
            task.cancel()
            may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            return len(read_after)

    with server() as (url, _):
        assert asyncio.run(use(url)) == len(read_after) == 1


class Zeros(io.RawIOBase):
    """So many bytes, of which no more than one piece is there at once."""

    def __init__(self, size: int) -> None:
        self.left, self.largest = size, 0

    def read(self, size: int = -1) -> bytes:
        self.largest = max(self.largest, size)
        piece = bytes(min(size, self.left))
        self.left -= len(piece)
        return piece


def test_little_of_a_large_file_is_in_memory(both: Both) -> None:
    counted = [0]

    def talk(connection: socket.socket) -> None:
        last = b""
        while not last.endswith(b"--\r\n\r\n0\r\n\r\n") and (piece := connection.recv(1 << 20)):
            counted[0] += len(piece)
            last = (last + piece)[-64:]
            if last.endswith(b"0\r\n\r\n"):
                break
        connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"task_id": "t-1"}')

    import tracemalloc

    zeros = Zeros(200_000_000)
    with raw_server(talk) as url:
        tracemalloc.start()
        try:
            assert str(transcribe(both, url, zeros, timeout=30.0)) == "transcribe:t-1"
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert counted[0] > 200_000_000
    assert zeros.largest <= 1 << 20
    assert peak < 20 << 20
