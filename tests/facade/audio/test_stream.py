"""Streams: bytes as they come, errors before the first of them, and a request that is sent once."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from camb_client import (
    ApiConnectionError,
    ApiError,
    ApiPaymentRequiredError,
    AuthenticationError,
    InvalidRequestError,
    MalformedResponseError,
    RateLimitError,
    ServerError,
)
from camb_client.testing import HANG, HTML, RESET, FakeCamb, Fault, Reply, cut, error, rate_limited
from camb_client.testing._audio import flac, wav
from tests.facade.conftest import KEY, Both, making

SPEECH: dict[str, Any] = {"text": "Good morning.", "voice_id": 147320, "language": "en-us"}
STREAM = "POST /tts-stream"


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


def test_the_bytes_come_whole(both: Both, fake: FakeCamb) -> None:
    camb = both.of(fake)
    assert b"".join(camb.streamed(**SPEECH)) == flac()
    assert b"".join(camb.streamed(**SPEECH, output_configuration={"format": "wav", "duration": None})) == wav()
    assert [request.method for request in fake.requests] == ["POST", "POST"]


def test_the_first_byte_comes_before_the_last_is_made(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.script(STREAM, lambda reply: attrs.evolve(reply, pause=0.1))
    with fake.serve() as url:
        camb = both.client(base_url=url)
        times: list[float] = []
        start = time.monotonic()
        if both.is_async:

            async def listen() -> None:
                async with camb.real.tts.stream(**SPEECH) as audio:
                    async for _ in audio:
                        times.append(time.monotonic() - start)

            both.run(listen())
        else:
            with camb.real.tts.stream(**SPEECH) as audio:
                times += [time.monotonic() - start for _ in audio]
        camb.close()
    assert len(times) == 8
    assert times[0] < 0.3
    assert times[-1] > 0.6


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (error(401), AuthenticationError),
        (error(402), ApiPaymentRequiredError),
        (error(422, {"detail": "Language 'zh-tw' is not supported"}), InvalidRequestError),
        (rate_limited(3), RateLimitError),
        (error(500), ServerError),
        (Reply(302, b"", {"location": "https://elsewhere.invalid"}), ApiError),
        (RESET, ApiConnectionError),
        (HANG, ApiConnectionError),
        (Reply.json({"error": "busy"}), MalformedResponseError),
        (HTML, MalformedResponseError),
        (Reply(200, b"x", {"content-type": "audio/flac", "content-encoding": "gzip"}), MalformedResponseError),
        (Reply.json({"error": "x" * 3_000_000}), MalformedResponseError),
    ],
    ids=lambda value: str(value)[:60],
)
def test_errors_before_the_first_byte_are_the_usual_ones(both: Both, item: Any, expected: type[Exception]) -> None:
    fake = FakeCamb(KEY)
    fake.script(STREAM, item)
    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=0.5)
        with pytest.raises(expected, match="tts stream: ") as caught:
            camb.streamed(**SPEECH)
        camb.close()
    assert "task" not in str(caught.value)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "item",
    [cut(0), cut(3000), lambda reply: attrs.evolve(reply, fault=Fault.STALL, sent=3000)],
    ids=["0", "3000", "stall"],
)
def test_a_stream_that_breaks_off_says_so(both: Both, item: Callable[[Reply], Reply]) -> None:
    fake, came = FakeCamb(KEY), []
    fake.script(STREAM, item)

    async def listen_async(camb: Any) -> None:
        async with camb.tts.stream(**SPEECH) as audio:
            async for piece in audio:
                came.append(piece)  # noqa: PERF401 (what came before the break is what counts)

    def listen(camb: Any) -> None:
        with camb.tts.stream(**SPEECH) as audio:
            came.extend(audio)

    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=0.3)
        with pytest.raises(ApiConnectionError, match="tts stream: no response"):
            camb.call(listen_async if both.is_async else listen)
        camb.close()
    assert b"".join(came) == flac()[: len(b"".join(came))]
    assert len(fake.requests) == 1


def test_what_the_block_does_is_its_own(both: Both) -> None:
    """Its errors pass as they are, and leaving it early gives the connection back."""
    fake = FakeCamb(KEY)

    async def leave(camb: Any, error: BaseException | None) -> None:
        async with camb.tts.stream(**SPEECH) as audio:
            async for _ in audio:
                if error:
                    raise error
                break

    with fake.serve() as url:
        camb = both.client(base_url=url)
        for error in (None, OSError("no speakers"), KeyError("x")):
            try:
                if both.is_async:
                    both.run(leave(camb.real, error))
                else:
                    with camb.real.tts.stream(**SPEECH) as audio:
                        next(audio)
                        if error:
                            raise error
            except (OSError, KeyError) as raised:
                assert raised is error  # noqa: PT017
        assert camb.status(fake.add("tts:1")).is_pending
        camb.close()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "ab"}, "3 to 3000 characters"),
        ({"text": "a" * 3001}, "3 to 3000 characters"),
        ({"language": 1}, "language must be a str"),
        ({"output_configuration": {"bitrate": 1}}, "can have format, duration, apply_enhancement, sample_rate"),
        ({"output_configuration": {"format": "ogg"}}, "format must be one of 'adts', 'flac', 'mp3'"),
        ({"output_configuration": "wav"}, "output_configuration must be a mapping"),
        ({"inference_options": {"stability": 2}}, "stability must be from 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_asked_for(both: Both, fake: FakeCamb, changed: Any, said: str) -> None:
    camb = both.of(fake)
    with pytest.raises((TypeError, ValueError), match=said):
        camb.real.tts.stream(**{**SPEECH, **changed})
    assert not fake.requests


def test_after_close_it_is_refused(both: Both, fake: FakeCamb, tmp_path: Any) -> None:
    camb = both.of(fake)
    camb.close()
    for use in (
        lambda real: real.tts.stream(**SPEECH),
        lambda real: real.tts.create(**SPEECH),
        lambda real: real.tts.result_url(1),
        lambda real: real.tts.download(1, tmp_path),
    ):
        with pytest.raises(RuntimeError, match="closed"):
            camb.call(use)
    assert not fake.requests
