"""What has an address: ``camb.fetch``, redirects, a file that the API sends itself, and what none of it shows."""

import asyncio
import gc
import io
import logging
import pathlib
import time
import traceback
from typing import Any

import httpx
import pytest

from camb_client import ApiConnectionError, CambError, DownloadError, StopWaiting
from camb_client.testing import RESET, FakeCamb, Reply, VirtualClock, error
from tests.facade.conftest import KEY, Both, Client
from tests.facade.files.conftest import AUDIO, FILE, download, left, raw_files, response

SECRET = "s3cret-0123456789"
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01" + bytes(900)
LATE_MP3 = bytes(512) + (b"\xff\xfb\x90\x64" + bytes(413)) * 4


def fetch(camb: Client, address: Any, dest: Any, **more: Any) -> Any:
    return camb.call(lambda real: real.fetch(address, dest, **more))


# --- any address ---


def test_any_address_is_fetched_without_the_key(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb = both.of(fake)
    address = camb.call(lambda real: real.tts.result_url(7))
    seen: list[tuple[int, int | None]] = []
    assert fetch(camb, address, tmp_path / "a", on_progress=lambda *it: seen.append(it)) == tmp_path / "a"
    assert (tmp_path / "a").read_bytes() == AUDIO
    assert seen[-1] == (len(AUDIO), len(AUDIO))
    assert fetch(camb, address + "#top", tmp_path) == tmp_path / "tts-7.flac"
    memory = io.BytesIO()
    assert fetch(camb, address, memory) is None
    assert memory.getvalue() == AUDIO
    files = [it for it in fake.requests if "/files" in it.path]
    assert len(files) == 3
    assert all("x-api-key" not in it.headers and "#" not in it.path for it in files)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b'{"text": "Hello"}', "application/json"), (b"<p>Hello</p>", "text/html"), (b"Hello", "text/plain"), (b"", "")],
    ids=["json", "html", "text", "nothing"],
)
def test_a_file_of_any_content_is_fetched(both: Both, tmp_path: pathlib.Path, body: bytes, kind: str) -> None:
    with raw_files(lambda *_: response(body, kind, etag='"a"')) as url:
        camb = both.client(base_url="http://127.0.0.1:9", clock=VirtualClock())
        assert fetch(camb, f"{url}/dub/1.bin?a=b", tmp_path).read_bytes() == body
        camb.close()
    assert left(tmp_path) == ["1.bin"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/speech.flac?x=/y.mp3", "speech.flac"), ("/a/speech", "speech.flac"), ("/", "download.flac"),
        ("", "download.flac"),
        ("/..%2F..%2Fetc%2Fpasswd", "passwd.flac"), ("/a/..", "download.flac"), ("/.hidden.flac", "hidden.flac"),
        ("/a%00b%0A.flac", "a_b_.flac"), ("/%E9%9F%B3.flac", "音.flac"), (f"/{'x' * 300}.flac", "x" * 75 + ".flac"),
        ("/C%3A%5Ca.flac", "C__a.flac"),
    ],
)  # fmt: skip
def test_in_a_folder_it_is_called_as_in_its_address(both: Both, tmp_path: pathlib.Path, path: str, name: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=AUDIO, headers={"content-type": "application/octet-stream"})

    camb = both.answering(answer, clock=VirtualClock())
    assert fetch(camb, f"https://files.example{path}", tmp_path) == tmp_path / name
    assert left(tmp_path) == [name]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (7, TypeError), (None, TypeError), (b"https://a.example/f", TypeError),
        ("", ValueError), ("/tts/1", ValueError), ("a.flac", ValueError), ("file:///etc/passwd", ValueError),
        (f"ftp://a.example/f?s={SECRET}", ValueError), (f"https:///f?s={SECRET}", ValueError),
        (f"https://a.example/a b?s={SECRET}", ValueError), (f"https://a.example:port/f?s={SECRET}", ValueError),
        (f"https://a.example/é?s={SECRET}", ValueError), (f"https://a.example/f?s={SECRET}\n", ValueError),
        ("https://", ValueError),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_once_and_not_shown(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, address: Any, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        fetch(both.of(fake), address, tmp_path / "a")
    assert SECRET not in str(caught.value)
    assert not fake.requests


def test_an_address_that_has_expired_is_the_callers_to_renew(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path
) -> None:
    camb = both.of(fake)
    fake.script(FILE, error(403))
    with pytest.raises(
        DownloadError, match=r"file at files.example: .* HTTP 403: scripted. If its address has expired"
    ):
        fetch(camb, f"https://files.example/files/tts-7.flac?signature={SECRET}", tmp_path / "a")
    assert len(fake.requests) == 1


# --- a file that is not there yet, or that does not come ---


@pytest.mark.parametrize("missing", [1, 3])
def test_a_new_file_may_be_there_some_seconds_later(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, clock: VirtualClock, missing: int
) -> None:
    fake.script(FILE, *[Reply(404, b"<Error><Code>NoSuchKey</Code></Error>")] * missing)
    assert download(both.of(fake), tmp_path / "a").read_bytes() == AUDIO
    assert clock.monotonic() < 10


def test_a_file_that_stays_away_is_given_up(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, clock: VirtualClock
) -> None:
    fake.script(FILE, *[error(404)] * 100)
    with pytest.raises(DownloadError, match="HTTP 404") as caught:
        download(both.of(fake), tmp_path / "a")
    assert caught.value.status_code == 404
    assert 10 <= clock.monotonic() < 20


def test_the_deadline_is_one_for_all_of_it(both: Both, tmp_path: pathlib.Path) -> None:
    """A late response, and then a body that does not end: each alone is within it."""

    def answer(path: str, _: dict[str, str]) -> bytes:
        time.sleep(0.5)
        return response(b"fLaC", content_length=1000) if path.startswith("/f") else b""

    with raw_files(answer) as url:
        camb, start = both.client(base_url=url), time.monotonic()
        with pytest.raises(DownloadError):
            download(camb, tmp_path / "a", timeout=0.9)
        assert time.monotonic() - start < 1.4
        camb.close()
    assert not left(tmp_path)


# --- redirects ---


def routes(**answers: Any) -> Any:
    """Answers by path; a text is a redirect to there."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers.get("x-api-key")))
        found = answers[request.url.path.rpartition("/")[2]]
        if isinstance(found, tuple):
            status, found = found
        else:
            status = 302
        if isinstance(found, str):
            return httpx.Response(status, headers={"location": found})
        return httpx.Response(200, content=found, headers={"content-type": "audio/flac", "etag": '"a"'})

    seen: list[tuple[str, str | None]] = []
    answer.seen = seen  # type: ignore[attr-defined]
    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_without_the_key(both: Both, tmp_path: pathlib.Path, status: int) -> None:
    answer = routes(
        a=(status, "https://b.example/b?signature=1"), b=(status, "//c.example/c?s=2#x"), c=(status, "/deep/d"), d=AUDIO
    )
    assert fetch(both.answering(answer), "https://a.example/a?s=0", tmp_path / "a").read_bytes() == AUDIO
    assert answer.seen == [
        ("https://a.example/a?s=0", None), ("https://b.example/b?signature=1", None),
        ("https://c.example/c?s=2", None), ("https://c.example/deep/d", None),
    ]  # fmt: skip


def test_a_result_that_redirects_to_the_file_is_followed_without_the_key(both: Both, tmp_path: pathlib.Path) -> None:
    answer = routes(**{"7": "https://files.example/f?s=1", "f": AUDIO})
    camb = both.answering(answer, base_url="https://api.example/apis")
    assert download(camb, tmp_path / "a").read_bytes() == AUDIO
    assert [key for _, key in answer.seen] == [KEY, None]
    back = routes(**{"7": "/apis/f", "f": AUDIO})
    assert download(both.answering(back, base_url="https://api.example/apis"), tmp_path / "b").read_bytes() == AUDIO
    assert [key for _, key in back.seen] == [KEY, None]


def test_what_breaks_off_behind_a_redirect_goes_on_behind_it(both: Both, tmp_path: pathlib.Path) -> None:
    ranges = []

    def answer(path: str, headers: dict[str, str]) -> bytes:
        if path.startswith("/f"):
            return response(b"", status="302 Found", location="/there?s=1")
        ranges.append(headers.get("range"))
        if len(ranges) == 1:
            return response(AUDIO[:1000], content_length=len(AUDIO), etag='"a"')
        span = f"bytes 1000-{len(AUDIO) - 1}/{len(AUDIO)}"
        return response(AUDIO[1000:], status="206 Part", content_range=span, etag='"a"')

    with raw_files(answer) as url:
        camb = both.client(base_url=url, clock=VirtualClock())
        assert download(camb, tmp_path / "a").read_bytes() == AUDIO
        camb.close()
    assert ranges == [None, "bytes=1000-"]


@pytest.mark.parametrize(
    ("there", "said", "requests"),
    [
        ("https://a.example/a?s=s3cret-0123456789", "more than 5 redirects", 6),
        ("a", "more than 5 redirects", 6),
        ("http://b.example/b?s=s3cret-0123456789", "from https to http", 1),
        ("ftp://b.example/b?s=s3cret-0123456789", "no https or http address", 1),
        ("https://b.example:0/?s=s3cret-0123456789", "no https or http address", 1),
        ("//[", "no https or http address", 1),
    ],
)
def test_redirects_that_lead_nowhere_end_it(
    both: Both, tmp_path: pathlib.Path, there: str, said: str, requests: int
) -> None:
    answer = routes(a=there)
    with pytest.raises(DownloadError, match=said) as caught:
        fetch(both.answering(answer, clock=VirtualClock()), f"https://a.example/a?s={SECRET}", tmp_path / "a")
    assert caught.value.host == "a.example"
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert len(answer.seen) == requests


# --- a result that the API sends itself, and what is taken for audio ---


def test_a_result_endpoint_may_send_the_audio_itself(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    kinds = ("audio/flac", "application/octet-stream", "audio/x-wav")
    for number, kind in enumerate(kinds):
        fake.script("GET /tts-result", Reply(200, AUDIO, {"content-type": kind}))
        assert download(both.of(fake), tmp_path / str(number)).read_bytes() == AUDIO
    assert len(fake.requests) == len(kinds)
    assert all(it.headers["x-api-key"] == KEY for it in fake.requests)


def test_what_it_sends_is_resumed_there(both: Both, tmp_path: pathlib.Path) -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.headers))
        headers = {"content-type": "audio/flac", "etag": '"a"'}
        if len(asked) == 1:
            return httpx.Response(200, stream=httpx.ByteStream(AUDIO[:1000]),
                                  headers={**headers, "content-length": str(len(AUDIO))})  # fmt: skip
        span = f"bytes 1000-{len(AUDIO) - 1}/{len(AUDIO)}"
        return httpx.Response(206, content=AUDIO[1000:], headers={**headers, "content-range": span})

    camb = both.answering(answer, clock=VirtualClock())
    assert download(camb, tmp_path / "a").read_bytes() == AUDIO
    assert [(it.get("range"), it["x-api-key"]) for it in asked] == [(None, KEY), ("bytes=1000-", KEY)]


@pytest.mark.parametrize(
    ("body", "kind", "suffix"),
    [
        (WEBM, "audio/webm", ".webm"), (WEBM, "video/webm", ".webm"), (WEBM, "", ".webm"),
        (LATE_MP3, "audio/mpeg", ".mp3"), (LATE_MP3, "AUDIO/MPEG; x=y", ".mp3"), (LATE_MP3, "audio/x-odd", ".bin"),
        (b"\x10\x20" * 999, "audio/x-pcm", ".pcm"), (b"\xff\xfe\x01\x00" * 500, "audio/L16; rate=24000", ".pcm"),
        (b"{\x7d" * 3 + bytes(range(256)), "audio/pcm", ".pcm"), (b"FORM\0\0\x10\0AIFFCOMM" + bytes(9), "", ".aiff"),
        (b".snd\0\0\0\x18" + bytes(900), "audio/basic", ".au"), (b"#!AMR\n" + bytes(900), "audio/amr", ".bin"),
        # Another type than audio is taken at its word.
        (b"MIDI, they say", "application/x-midi", ".bin"), (b"fLaC" + b"x" * 600, "audio/mpeg", ".flac"),
    ],
)  # fmt: skip
def test_what_a_server_calls_audio_is_taken(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, body: bytes, kind: str, suffix: str
) -> None:
    fake.script(FILE, Reply(200, body, {"content-type": kind} if kind else {}))
    path = download(both.of(fake), tmp_path)
    assert path.read_bytes() == body
    assert path.name == f"tts-7{suffix}"


@pytest.mark.parametrize("kind", ["audio/flac", "application/octet-stream", "binary/octet-stream", ""])
@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "not ready"}', b"[1, 2]", b'"later"', b"null", b"upstream connect error", b"\n\n <html>\n",
        b"<?xml version='1.0'?><Error/>", b"<!DOCTYPE html>" + b" " * 2000, "<html>später".encode("latin-1"),
        "später".encode(), "später".encode("utf-16"), '{"a": 1}'.encode("utf-16-le"), b"\xef\xbb\xbf{}",
        ("é" * 700).encode(),
    ],
)  # fmt: skip
def test_a_text_is_no_audio_whatever_it_is_called(
    both: Both, fake: FakeCamb, tmp_path: pathlib.Path, body: bytes, kind: str
) -> None:
    fake.script(FILE, Reply(200, body, {"content-type": kind} if kind else {}))
    with pytest.raises(DownloadError, match="expected audio, got text"):
        download(both.of(fake), tmp_path)
    assert not left(tmp_path)


# --- how it ends otherwise ---


def test_stop_waiting_ends_a_download_and_comes_out(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    class Enough(StopWaiting):
        pass

    stop = Enough("seen enough")

    def on_progress(*_: object) -> None:
        raise stop

    with pytest.raises(Enough) as caught:
        download(both.of(fake), tmp_path / "a", on_progress=on_progress)
    assert caught.value is stop
    assert not left(tmp_path)


@pytest.mark.parametrize("transport", [None, "aiohttp"])
def test_a_cancelled_download_leaves_neither_file_nor_socket(tmp_path: pathlib.Path, transport: Any) -> None:
    def sockets() -> int:
        gc.collect()
        return sum(fd.is_socket() for fd in open_files.iterdir())

    open_files = pathlib.Path("/proc/self/fd")
    if not open_files.is_dir():
        pytest.skip("counts sockets as Linux shows them")
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=AUDIO)
    both = Both("async")

    async def go(url: str) -> None:
        from camb_client import AsyncCambClient

        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            for step in range(20):
                fake.script(FILE, lambda reply: Reply(200, reply.body, reply.headers, piece=1000, pause=0.01))
                task = asyncio.create_task(camb.tts.download(7, tmp_path / f"{step}.flac"))
                await asyncio.sleep(0.004 * step)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert not left(tmp_path)

    with fake.serve() as url:
        both.run(asyncio.sleep(0))  # The event loop has two of its own.
        before = sockets()
        both.run(go(url))
        deadline = time.monotonic() + 2  # The server closes its end a moment later.
        while sockets() > before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert sockets() <= before
    both.end()


def test_no_query_is_in_what_a_fetch_says(both: Both, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = f"GET /f?signature={SECRET}&amp;x=1 'https://a.example/f?signature={SECRET}' &signature={SECRET}".encode()
    replies = [
        response(said, "text/plain", "403 Forbidden"), response(said, "application/xml", "400 Bad"),
        response(said, "text/html", "302 Found"), b"garbage\r\n\r\n", b"",
        response(b"", status="302 Found", location=f"ftp://x.example/?signature={SECRET}"),
    ]  # fmt: skip
    for reply in replies:
        with raw_files(lambda *_, reply=reply: reply) as url:
            camb = both.client(base_url=url, clock=VirtualClock())
            with pytest.raises(CambError) as caught:
                fetch(camb, f"{url}/f?signature={SECRET}&x=1", tmp_path / "a")
            camb.close()
        assert isinstance(caught.value, DownloadError)
        raised: BaseException | None = caught.value
        while raised is not None:
            assert SECRET not in f"{raised!r} {raised} {vars(raised)}"
            raised = raised.__cause__ or raised.__context__
    # httpcore itself shows at DEBUG whatever headers a server sends, a Location as well.
    assert all(SECRET not in it.getMessage() for it in caplog.records if not it.name.startswith("httpcore"))


def test_a_password_in_an_address_is_sent_and_not_logged(
    both: Both, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sent: list[str | None] = []

    def answer(_: str, headers: dict[str, str]) -> bytes:
        sent.append(headers.get("authorization"))
        return response(AUDIO)

    with raw_files(answer) as url:
        camb = both.client(base_url=url)
        fetch(camb, f"{url.replace('://', f'://somebody:{SECRET}@')}/f", tmp_path / "a")
        camb.close()
    assert sent == [httpx.BasicAuth("somebody", SECRET)._auth_header]
    assert "GET http://127.0.0.1" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [201, 203, 226])
def test_another_success_with_a_file_is_one(both: Both, tmp_path: pathlib.Path, status: int) -> None:
    with raw_files(lambda *_: response(AUDIO, status=f"{status} Fine")) as url:
        camb = both.client(base_url=url)
        assert download(camb, tmp_path / "a").read_bytes() == AUDIO
        assert fetch(camb, f"{url}/f", tmp_path / "b").read_bytes() == AUDIO
        camb.close()


def test_what_the_network_did_is_the_cause(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    fake.script(FILE, *[RESET] * 6)
    with pytest.raises(DownloadError) as caught:
        download(both.of(fake), tmp_path / "a")
    assert isinstance(caught.value.__cause__, ApiConnectionError)
    assert caught.value.status_code is None
