"""Results: their addresses, and a download that leaves the whole file or none."""

import logging
import os
import pathlib
import pickle
import random
import subprocess
import sys
import textwrap
import time
import traceback
from collections.abc import Callable
from typing import Any

import attrs
import httpx
import pytest

from camb_client import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    CambError,
    DownloadError,
    MalformedResponseError,
    RateLimitError,
    TaskNotFoundError,
)
from camb_client.testing import HTML, RESET, FakeCamb, Fault, Reply, VirtualClock, cut, error, rate_limited
from tests.facade.conftest import KEY, Both
from tests.facade.files.conftest import AUDIO, FILE, download, left

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
Change = Callable[[Reply], Reply]


def asked(fake: FakeCamb, place: str = "/files") -> list[str]:
    """The Range of each request for a file."""
    return [it.headers.get("range", "all") for it in fake.requests if place in it.path]


# --- the file ---


def test_a_result_becomes_a_file(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = download(both.of(fake), tmp_path / "a.flac", on_progress=lambda *it: seen.append(it))
    assert path == tmp_path / "a.flac"
    assert path.read_bytes() == AUDIO
    assert seen[-1] == (len(AUDIO), len(AUDIO))
    assert left(tmp_path) == ["a.flac"]
    os.umask(mask := os.umask(0))
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_folder_has_it_under_a_name_that_fits(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb = both.of(fake)
    assert download(camb, str(tmp_path)) == tmp_path / "tts-7.flac"
    path = camb.call(lambda real: real.text_to_sound.download(8, tmp_path))
    assert path == tmp_path / "text-to-sound-8.wav"
    with pytest.raises(FileExistsError, match=r"tts-7\.flac"):
        download(camb, tmp_path)
    assert left(tmp_path) == ["text-to-sound-8.wav", "tts-7.flac"]


def test_what_the_callback_does_wrong_does_not_matter(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = download(both.of(fake), tmp_path / "a.flac", on_progress=lambda *_: 1 / 0)
    assert path.read_bytes() == AUDIO
    assert "tts run 7: on_progress failed; the download continues" in caplog.text


def test_an_interruption_leaves_nothing(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        download(both.of(fake), tmp_path / "a.flac", on_progress=interrupt)
    assert caught.value.__notes__ == ["tts run 7: The result stays where it is: download it again."]
    assert not left(tmp_path)


def test_a_coroutine_function_may_be_told_in_async_only(fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    both, seen = Both("async"), []

    async def later(received: int, total: int | None) -> None:
        seen.append((received, total))

    download(both.of(fake), tmp_path / "a.flac", on_progress=later)
    both.end()
    assert seen[-1] == (len(AUDIO), len(AUDIO))
    with fake.client() as camb, pytest.raises(TypeError, match="AsyncCambClient"):
        camb.tts.download(7, tmp_path / "b.flac", on_progress=later)


# --- what came is audio ---


@pytest.mark.parametrize(
    ("start", "suffix"),
    [
        (b"fLaC\x00\x00\x00\x22", ".flac"),
        (WAV, ".wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", ".wav"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", ".mp3"),
        (b"\xff\xfb\x90\x44", ".mp3"),
        (b"\xff\xf3\x40\xc0", ".mp3"),
        (b"\xff\xe3\x18\xc4", ".mp3"),
        (b"\xff\xf1\x50\x80", ".aac"),
        (b"\xff\xf9\x50\x80", ".aac"),
        (b"OggS\x00\x02", ".ogg"),
        (b"\x00\x00\x00\x20ftypM4A ", ".m4a"),
    ],
)
@pytest.mark.parametrize("piece", [0, 1, 5])
def test_the_formats_are_known_by_how_they_begin(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, start: bytes, suffix: str, piece: int
) -> None:
    audio = start + bytes(100)
    reply = Reply(200, audio, {"content-type": "binary/octet-stream"}, piece=piece)
    fake.script(FILE, reply)
    seen: list[int | None] = []
    path = download(both.of(fake), tmp_path, on_progress=lambda _, total: seen.append(total))
    assert path.name == f"tts-7{suffix}"
    assert path.read_bytes() == audio
    assert set(seen) == {None if piece else len(audio)}


@pytest.mark.parametrize(
    "reply",
    [
        Reply.json({"error": "not ready", "status": 500}),
        HTML,
        Reply(200, AUDIO, {"content-type": "text/html; charset=utf-8"}),
        Reply(200, b"<Error/>", {"content-type": "application/xml"}),
        Reply(200, b'{"error": "not ready, really"}', {"content-type": "audio/flac"}),
        Reply(200, b"<!doctype html><title>x</title>", {"content-type": "binary/octet-stream"}),
        Reply(200, '{"error": "not ready"}'.encode("utf-16"), {"content-type": "audio/mpeg"}),
        Reply(200, b"", {"content-type": "audio/flac"}),
        Reply(200, b"fL", {"content-type": "audio/flac"}),
        Reply(200, AUDIO, {"content-type": "audio/flac", "content-encoding": "gzip"}),
    ],
    ids=lambda reply: str(reply.body[:20]),
)
def test_a_200_that_is_not_audio_is_no_file(both: Both, fake: FakeCamb, tmp_path: pathlib.Path, reply: Reply) -> None:
    fake.script(FILE, reply)
    with pytest.raises(DownloadError, match=r"tts run 7: .* not audio") as caught:
        download(both.of(fake), tmp_path / "a.flac")
    assert isinstance(caught.value.__cause__, MalformedResponseError)
    assert (caught.value.status_code, caught.value.host) == (None, "client.camb.ai")
    assert not left(tmp_path)
    assert asked(fake) == ["all"]


# --- what breaks off ---


def test_the_rest_is_fetched(both: Both, fake: FakeCamb, tmp_path: pathlib.Path, clock: VirtualClock) -> None:
    fake.script(FILE, cut(20_000), cut(20_000))
    seen: list[int] = []
    path = download(both.of(fake), tmp_path / "a.flac", on_progress=lambda it, _: seen.append(it))
    assert path.read_bytes() == AUDIO
    assert asked(fake) == ["all", "bytes=20000-", "bytes=40000-"]
    assert len(asked(fake, "/tts-result")) == 1
    assert seen == sorted(seen)
    assert clock.sleeps == [0.75, 0.75]


def without(*names: str) -> Change:
    return lambda reply: attrs.evolve(reply, headers={k: v for k, v in reply.headers.items() if k not in names})


def both_of(*changes: Change) -> Change:
    def change(reply: Reply) -> Reply:
        for one in changes:
            reply = one(reply)
        return reply

    return change


def with_headers(**headers: str) -> Change:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda reply: attrs.evolve(reply, headers={**reply.headers, **named})


@pytest.mark.parametrize(
    ("script", "ranges"),
    [
        ([both_of(without("etag"), cut(20_000))], ["all", "all"]),
        ([both_of(with_headers(etag='W/"1"'), cut(20_000))], ["all", "all"]),
        # Another file meanwhile: If-Range makes a server send all of it.
        ([both_of(with_headers(etag='"old"'), cut(20_000))], ["all", "bytes=20000-"]),
        ([cut(20_000), with_headers(content_range="bytes 0-9/10")], ["all", "bytes=20000-", "all"]),
        ([cut(20_000), with_headers(content_range="seconds 1-2")], ["all", "bytes=20000-", "all"]),
        ([cut(20_000), with_headers(etag='"another"')], ["all", "bytes=20000-", "all"]),
        ([cut(20_000), Reply(416)], ["all", "bytes=20000-", "all"]),
    ],
)
def test_what_is_not_surely_the_rest_is_not_taken_for_it(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, script: list[Any], ranges: list[str]
) -> None:
    fake.script(FILE, *script)
    assert download(both.of(fake), tmp_path / "a.flac").read_bytes() == AUDIO
    assert asked(fake) == ranges


def test_a_shorter_file_that_comes_instead_has_nothing_of_the_longer(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path
) -> None:
    fake.script(FILE, cut(20_000), Reply(200, AUDIO[:10_000], {"content-type": "audio/flac"}))
    assert download(both.of(fake), tmp_path / "a.flac").read_bytes() == AUDIO[:10_000]


@pytest.mark.parametrize("length", [len(AUDIO) - 1, len(AUDIO) + 1])
def test_a_length_that_is_not_the_announced_one(both: Both, tmp_path: pathlib.Path, length: int) -> None:
    """Behind a transport that does not count by itself."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "result" in request.url.path:
            return httpx.Response(200, json={"output_url": "https://files.invalid/a?s=1"})
        return httpx.Response(200, headers={"content-length": str(length)}, stream=httpx.ByteStream(AUDIO))

    with pytest.raises(DownloadError, match=f"{len(AUDIO)} bytes came, {length} were announced"):
        download(both.answering(answer, clock=VirtualClock()), tmp_path / "a.flac")
    assert not left(tmp_path)


def test_an_address_that_has_expired_is_asked_for_again(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    fake.script(FILE, cut(20_000), error(403))
    assert download(both.of(fake), tmp_path / "a.flac").read_bytes() == AUDIO
    assert asked(fake) == ["all", "bytes=20000-", "bytes=20000-"]
    assert len(asked(fake, "/tts-result")) == 2


def test_a_fresh_address_that_is_refused_ends_it(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    fake.script(FILE, cut(20_000), error(403), error(403))
    with pytest.raises(DownloadError, match=r"tts run 7: .* HTTP 403"):
        download(both.of(fake), tmp_path / "a.flac")
    expired = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    for refused in (error(401), Reply(403, expired, {"content-type": "application/xml"})):
        fake.script(FILE, refused)
        with pytest.raises(DownloadError) as caught:
            download(both.of(fake), tmp_path / "a.flac")
        assert (caught.value.status_code, caught.value.host) == (refused.status_code, "client.camb.ai")
        assert "key" not in "".join(traceback.format_exception(caught.value))
    assert "HTTP 403: AccessDenied Request has expired. The result stays" in str(caught.value)
    assert not left(tmp_path)


@pytest.mark.parametrize("place", [FILE, "GET /tts-result"])
def test_what_may_pass_is_ridden_out(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, clock: VirtualClock, place: str
) -> None:
    fake.script(place, error(503), RESET, rate_limited(17), error(500))
    assert download(both.of(fake), tmp_path / "a.flac").read_bytes() == AUDIO
    assert clock.sleeps == [0.75, 1.5, 17, 6]


@pytest.mark.parametrize(
    ("place", "reply", "expected"),
    [
        ("GET /tts-result", error(400), ApiError),
        ("GET /tts-result", error(401), AuthenticationError),
        ("GET /tts-result", error(404), TaskNotFoundError),
        ("GET /tts-result", Reply.json({}), MalformedResponseError),
        (FILE, error(400), DownloadError),
        (FILE, error(501), DownloadError),
        (FILE, Reply(302), DownloadError),
        (FILE, Reply(204), DownloadError),
    ],
)
def test_what_does_not_pass_ends_it(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, place: str, reply: Reply, expected: type[CambError]
) -> None:
    fake.script(place, reply)
    with pytest.raises(expected, match="tts run 7: ") as caught:
        download(both.of(fake), tmp_path / "a.flac")
    assert "task" not in str(caught.value)
    assert not left(tmp_path)


def test_it_gives_up_after_six_tries_without_anything_new(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, clock: VirtualClock
) -> None:
    fake.script(FILE, *[cut(10_000)] * 3, *[error(502)] * 6)
    with pytest.raises(DownloadError, match="HTTP 502"):
        download(both.of(fake), tmp_path / "a.flac")
    assert len(asked(fake)) == 3 + 5
    assert not left(tmp_path)


def test_it_gives_up_at_its_deadline(both: Both, fake: FakeCamb, tmp_path: pathlib.Path, clock: VirtualClock) -> None:
    fake.script(FILE, *[cut(1)] * 100)
    with pytest.raises(DownloadError) as caught:
        download(both.of(fake), tmp_path / "a.flac", timeout=20)
    assert isinstance(caught.value.__cause__, ApiConnectionError)
    assert clock.monotonic() < 20
    fake.script("GET /tts-result", rate_limited(3600))
    with pytest.raises(RateLimitError):
        download(both.of(fake), tmp_path / "a.flac")
    assert clock.monotonic() < 20
    assert not left(tmp_path)


def test_a_body_in_drops_cannot_hold_it(both: Both, tmp_path: pathlib.Path) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=AUDIO)
    fake.script(FILE, lambda reply: attrs.evolve(reply, piece=100, pause=0.05))
    with fake.serve() as url:
        camb, start = both.client(base_url=url), time.monotonic()
        with pytest.raises(DownloadError):
            download(camb, tmp_path / "a.flac", timeout=1)
        assert time.monotonic() - start < 5
        camb.close()
    assert not left(tmp_path)


def test_a_body_that_stalls_is_fetched_on(both: Both, tmp_path: pathlib.Path) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=AUDIO)
    fake.script(FILE, lambda reply: attrs.evolve(reply, fault=Fault.STALL, sent=30_000))
    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=0.3, clock=None)
        assert download(camb, tmp_path / "a.flac").read_bytes() == AUDIO
        camb.close()
    assert asked(fake) == ["all", "bytes=30000-"]


def test_a_hundred_kills_leave_no_file_or_the_right_one(both: Both, tmp_path: pathlib.Path) -> None:
    chance = random.Random(11)
    fake, kills, whole = FakeCamb(KEY), 0, 0
    audio = b"fLaC" + chance.randbytes(300_000)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=audio)
    with fake.serve() as url:
        camb = both.client(base_url=url, clock=VirtualClock())
        while kills < 100:
            many = chance.choice([1, 2, 3, 8])
            cuts = [RESET if chance.random() < 0.1 else cut(chance.randrange(120_000)) for _ in range(many)]
            if chance.random() < 0.3:  # One that gives no rest of a file.
                cuts = [it if it is RESET else both_of(it, without("etag")) for it in cuts]
            fake._scripts.clear()
            fake.script(FILE, *cuts)
            kills += many
            target = tmp_path / f"{kills}.flac"
            try:
                download(camb, target)
                whole += 1
                assert target.read_bytes() == audio
            except DownloadError:
                assert not target.exists()
        camb.close()
    assert len(left(tmp_path)) == whole >= 10


# --- what must not be seen ---


def test_the_key_goes_to_no_other_host_and_the_signature_into_no_log(
    both: Both, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=AUDIO)
    fake.script(FILE, cut(9), error(503, {"StringToSign": "GET /x?expires=3600&signature=fake-00000000"}), RESET)
    with fake.serve() as url:
        camb = both.client(base_url=url, clock=VirtualClock())
        address = camb.call(lambda real: real.tts.result_url(7))
        download(camb, tmp_path / "a.flac")
        camb.close()
    signature = address.partition("signature=")[2]
    assert len(signature) > 20
    files = [it for it in fake.requests if it.path.startswith("/files")]
    assert len(files) == 4
    assert all("signature=" in it.path and "x-api-key" not in it.headers for it in files)
    assert KEY not in str([it.headers for it in files])
    assert "/files/tts-7.flac" in caplog.text
    for secret in ("signature=", signature[:12], KEY):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "item",
    [
        RESET, error(403, {"detail": "GET /x?expires=3600&signature=fake-00000000"}),
        Reply(403, b"<Error>/x?expires=1&amp;signature=fake-00000000</Error>", {"content-type": "application/xml"}),
        Reply(200, b"https://a.example/?signature=fake-0000", {"content-type": "text/plain"}),
    ],
)  # fmt: skip
def test_no_error_shows_what_signs_an_address(both: Both, tmp_path: pathlib.Path, item: Any) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["SUCCESS"], run_id=7)
    fake.script(FILE, *[item] * 6)
    with fake.serve() as url:
        camb = both.client(base_url=url, clock=VirtualClock())
        with pytest.raises(CambError) as caught:
            download(camb, tmp_path / "a.flac")
        camb.close()
    raised: BaseException | None = caught.value
    while raised is not None:
        request = getattr(raised, "_request", None)
        shown = f"{raised!r} {vars(raised)} {request!r} {request and request.url}"
        assert "fake-0000" not in shown
        raised = raised.__cause__
    assert b"fake-0000" not in pickle.dumps(caught.value)


# --- what it costs ---

MEMORY = """
import resource, sys
from camb_client import CambClient
with CambClient("test-key", base_url=sys.argv[1]) as camb:
    camb.tts.download(1, sys.argv[2])
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = camb.tts.download(2, sys.argv[2])
print(path.stat().st_size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024)
"""
SERVER = """
import sys
from camb_client.testing import FakeCamb
fake = FakeCamb()
fake.add("tts:1", run_id=1)
fake.add("tts:2", run_id=2, audio=b"fLaC" + bytes(200_000_000))
with fake.serve() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def test_200_mb_take_no_more_memory_than_one_piece(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(SERVER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            url = server.stdout.readline().strip()
            client = [sys.executable, "-c", MEMORY, url, str(tmp_path)]
            shown = subprocess.run(client, check=True, capture_output=True, text=True).stdout.split()
        finally:
            server.terminate()
    assert shown[0] == "200000004"
    assert float(shown[1]) <= 20
