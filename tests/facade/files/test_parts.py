"""The whole file or none: what a response tells of the length, and what is missing. Real HTTP, byte by byte."""

import io
import pathlib
import struct
import wave
from collections.abc import Callable

import pytest

from camb_client import DownloadError
from camb_client.testing import VirtualClock
from tests.facade.conftest import Both
from tests.facade.files.conftest import Answer, download, left, raw_files, response

WHOLE = b"fLaC" + bytes(range(256)) * 4


def part(start: int, end: int, total: object = len(WHOLE), **headers: object) -> bytes:
    """The bytes from ``start`` to before ``end``, as a 206."""
    span = f"bytes {start}-{end - 1}/{total}"
    return response(WHOLE[start:end], status="206 Partial Content", content_range=span, **headers)


def start_of(headers: dict[str, str]) -> int:
    return int(headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", **headers: object) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return response(b"", **{"content_length": None, "transfer_encoding": "chunked", **headers}) + body + end  # type: ignore[arg-type]


def capped(most: int, **more: object) -> Answer:
    """A server that never sends more than so many bytes at once, asked or not."""

    def answer(_: str, headers: dict[str, str]) -> bytes:
        start = start_of(headers)
        return part(start, min(start + most, len(WHOLE)), **more)

    return answer


def broken_then(rest: Callable[[int], bytes]) -> Answer:
    """A response without a length that breaks off, then what is said to the request for the rest."""

    def answer(_: str, headers: dict[str, str]) -> bytes:
        start = start_of(headers)
        return rest(start) if start else chunked(WHOLE[:100], end=b"", etag='"a"')

    return answer


def wav(seconds: float = 0.05, *, bits: int = 16, told: int | None = None) -> bytes:
    """Some silence; ``told`` is the length that its header tells, where that is not the true one."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(bits // 8)
        writer.setframerate(8000)
        writer.writeframes(bytes(int(seconds * 8000) * bits // 8))
    found = file.getvalue()
    return found if told is None else found[:4] + struct.pack("<I", told) + found[8:]


def ends_with_connection(body: bytes, **headers: object) -> Answer:
    return lambda *_: response(body, content_length=None, **headers)


def fetched(both: Both, answer: Answer, folder: pathlib.Path) -> bytes:
    """What a download keeps, by a clock that does not make anybody wait."""
    with raw_files(answer) as url:
        camb = both.client(base_url=url, clock=VirtualClock())
        try:
            return download(camb, folder / "a.bin").read_bytes()
        finally:
            camb.close()
            assert left(folder) in ([], ["a.bin"])


@pytest.mark.parametrize(
    "answer",
    [
        lambda *_: chunked(WHOLE[:10], WHOLE[10:]),
        lambda *_: chunked(WHOLE[:10], WHOLE[10:], content_length=10),
        lambda *_: part(0, len(WHOLE)),
        lambda *_: part(0, len(WHOLE), etag='"a"'),
        capped(700, etag='"a"'),
        broken_then(lambda start: part(start, len(WHOLE), etag='"a"')),
        broken_then(lambda start: part(start, min(start + 400, len(WHOLE)), etag='"a"')),
        broken_then(lambda _: response(WHOLE)),
        lambda *_: response(WHOLE, content_encoding="aws-chunked"),
        lambda *_: response(WHOLE, content_encoding="AWS-Chunked"),
        lambda *_: response(WHOLE, content_encoding="aws-chunked, identity"),
        lambda *_: response(WHOLE, content_encoding="aws-chunked,"),
    ],
    ids=["chunked", "chunked with a length", "206 of all", "206 of all with its etag", "parts", "rest", "rest in parts",
         "all again", "aws-chunked", "AWS-Chunked", "aws-chunked and identity", "aws-chunked and nothing"],
)  # fmt: skip
def test_the_whole_is_put_together(both: Both, tmp_path: pathlib.Path, answer: Answer) -> None:
    assert fetched(both, answer, tmp_path) == WHOLE


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *_: response(WHOLE[:700], content_length=len(WHOLE)), "ReadError|RemoteProtocolError"),
        (lambda *_: chunked(WHOLE[:700], end=b""), "RemoteProtocolError"),
        (capped(700), "only a part of the file came, 700 of 1028 bytes"),
        (
            broken_then(lambda start: part(start, min(start + 99, 1028), total="*", etag='"a"')),
            "told no length|not the part",
        ),
        (lambda *_: part(0, 700, total="*"), "told no length"),
        (lambda *_: part(5, 700), "not the part of the file"),
        (lambda *_: part(0, 700, total=700 - 1), "not the part of the file"),
        (lambda *_: response(WHOLE, status="206 Partial Content"), "not the part of the file"),
        (ends_with_connection(WHOLE), "told no length"),
        (ends_with_connection(wav()[:-1]), "told no length"),
        (ends_with_connection(wav(told=0)), "told no length"),
        (ends_with_connection(wav(told=0xFFFFFFFF)), "told no length"),
        # Who writes a header before the samples may say that there are none.
        (ends_with_connection(wav(told=36)), "told no length"),
        (ends_with_connection(WHOLE, content_range="bytes 0-1/2"), "told no length"),
    ],
)
def test_a_part_is_never_kept(both: Both, tmp_path: pathlib.Path, answer: Answer, said: str) -> None:
    with pytest.raises(DownloadError, match=said) as caught:
        fetched(both, answer, tmp_path)
    assert (caught.value.status_code, caught.value.host) == (None, "127.0.0.1")
    assert not left(tmp_path)


@pytest.mark.parametrize("file", [wav(), wav(0.000125, bits=8), wav(0.001) + b"\0"], ids=["even", "odd", "padded"])
def test_a_wav_file_tells_its_length_itself(both: Both, tmp_path: pathlib.Path, file: bytes) -> None:
    assert fetched(both, ends_with_connection(file, kind="audio/wav"), tmp_path) == file


def test_what_breaks_off_is_tried_again(both: Both, tmp_path: pathlib.Path) -> None:
    file, tries = wav(), []

    def answer(_: str, headers: dict[str, str]) -> bytes:
        tries.append(headers)
        return response(file if len(tries) == 3 else file[:300], "audio/wav", content_length=None)

    assert fetched(both, answer, tmp_path) == file
    assert len(tries) == 3


@pytest.mark.parametrize("told", ["a lot", "-1", "1e3", "", "9" * 16])
def test_a_length_that_is_none_is_not_believed(both: Both, tmp_path: pathlib.Path, told: str) -> None:
    """The network refuses some of these by itself; in no case is it the length that counts."""
    with pytest.raises(DownloadError):
        fetched(both, lambda *_: response(WHOLE, content_length=told), tmp_path)
    assert not left(tmp_path)
