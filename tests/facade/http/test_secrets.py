"""The API key: in no repr, log line, message, attribute, local variable, pickle or cause."""

import asyncio
import json
import logging
import pickle
import socket
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import httpx
import pytest

from camb_client import (
    ApiConnectionError,
    AsyncCambClient,
    CambClient,
    CambError,
    ConfigurationError,
    MalformedResponseError,
)
from camb_client.testing import VirtualClock
from tests.facade.conftest import Both, making, raw_server

SECRET = 'sk-7"/f00dcafe-0042'
TASK = "tts:1"
ECHO_JSON = {"detail": f"no such key: {SECRET}", "nested": [{SECRET: SECRET}]}


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


def raised_by(call: Any) -> CambError:
    with pytest.raises(CambError) as caught:
        call()
    return caught.value


def everything_in(error: BaseException) -> str:
    """All that a log, a debugger or a crash reporter would show of an error."""
    shown: list[object] = []
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None:
            continue
        shown += [repr(one), str(one), vars(one), one.args, *traceback.format_exception(one)]
        request = getattr(one, "_request", None)
        shown += [request and list(request.headers.raw)]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if "camb_client" in frame.f_code.co_filename and "testing" not in frame.f_code.co_filename:
                shown += [(name, repr(value)) for name, value in frame.f_locals.items()]
        pending += [one.__cause__, one.__context__]
    return "\n".join(map(repr, shown))


def assert_hidden(text: str) -> None:
    for form in (SECRET, SECRET.replace('"', '\\"'), repr(SECRET)[1:-1]):
        assert form not in text
    assert "f00dcafe" not in text.lower()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json=ECHO_JSON, headers={"x-request-id": f"id-{SECRET}"}),
        httpx.Response(422, json=ECHO_JSON),
        httpx.Response(500, text=f"<html>{SECRET}</html>"),
        httpx.Response(500, text=f"<html>{SECRET.upper()}</html>"),
        httpx.Response(401, text=json.dumps(ECHO_JSON).replace("/", "\\/")),
        httpx.Response(500, text="x" * 1984 + SECRET),
        httpx.Response(200, text=f"<html>{SECRET}</html>"),
        httpx.Response(200, json={"status": 7, "message": SECRET}),
        httpx.Response(200, json={"status": f"who is {SECRET}"}),
        httpx.Response(200, json={"status": "ERROR", "message": ECHO_JSON, "exception_reason": SECRET}),
    ],
    ids=lambda answer: str(answer.status_code),
)
def test_what_the_server_echoes_is_blacked_out(
    both: Both, answer: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    camb = both.answering(
        lambda _: httpx.Response(answer.status_code, headers=answer.headers, content=answer.content), SECRET
    )
    error = raised_by(lambda: camb.wait(TASK, timeout=0))
    assert_hidden(everything_in(error) + repr(pickle.loads(pickle.dumps(error)).__dict__) + caplog.text)
    cause = error.__cause__ or error
    if len(answer.content) < 1000:
        assert "[key]" in everything_in(cause)


USES: list[Callable[[Any], Any]] = [
    lambda real: real.tts.create(text="a", voice_id=1, language=1),
    lambda real: real.text_to_sound.create_and_wait(prompt="a"),
    lambda real: real.tts.result_url(1),
    lambda real: real.tts.results([1, 2]),
    lambda real: real.tts.download(1, "/tmp/never"),
]


@pytest.mark.parametrize("use", [*USES, "stream"], ids=range(len(USES) + 1))
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json=ECHO_JSON),
        httpx.Response(500, text=f"<html>{SECRET}</html>"),
        httpx.Response(200, text=f"<html>{SECRET}</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, json={SECRET: SECRET}),
        None,
    ],
    ids=str,
)
def test_so_it_is_whatever_is_asked(
    both: Both, use: Any, answer: httpx.Response | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def respond(_: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ReadError(f"reset by {SECRET}")
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    camb = both.answering(respond, SECRET, clock=VirtualClock())
    if use == "stream":
        error = raised_by(lambda: camb.streamed(text="abc", voice_id=1, language="en-us"))
    else:
        error = raised_by(lambda: camb.call(use))
    if answer is not None:
        assert_hidden(everything_in(error) + repr(pickle.loads(pickle.dumps(error)).__dict__) + caplog.text)
        return
    while error is not None and isinstance(error, CambError):  # What a transport says is its own.
        assert_hidden(str(error) + repr(vars(error)) + caplog.text)
        error = error.__cause__  # type: ignore[assignment]


def test_connection_errors_lose_the_header(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "camb_client")
    camb = both.client(SECRET, base_url="http://127.0.0.1:1")
    error = raised_by(lambda: camb.status(TASK))
    assert isinstance(error.__cause__, httpx.ConnectError)
    assert_hidden(everything_in(error) + caplog.text)
    assert SECRET.encode() not in pickle.dumps(error)


def test_what_is_not_http_may_echo_the_header_too(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "camb_client")

    def echo(connection: socket.socket) -> None:
        connection.sendall(b"who is " + connection.recv(65536).replace(b"\r\n", b" ") + b"\r\n\r\n")

    with raw_server(echo) as url:
        camb = both.client(SECRET, base_url=url)
        error = raised_by(lambda: camb.status(TASK))
        camb.close()
    assert isinstance(error.__cause__, httpx.RemoteProtocolError)
    assert_hidden(everything_in(error) + caplog.text)


@pytest.mark.parametrize("kind", [aiohttp.ServerDisconnectedError, aiohttp.ClientResponseError])
def test_a_transport_that_lets_errors_of_aiohttp_through(
    kind: type[aiohttp.ClientError], caplog: pytest.LogCaptureFixture
) -> None:
    """As httpx-aiohttp's does; some hold the request, with its headers."""
    caplog.set_level(logging.DEBUG, "camb_client")

    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            headers: Any = request.headers.raw
            url: Any = request.url
            raise kind(aiohttp.RequestInfo(url, "GET", headers, url), ()) if "Response" in kind.__name__ else kind()

    async def poll() -> None:
        async with AsyncCambClient(SECRET, transport=Transport()) as camb:
            await camb.status(TASK)

    error = raised_by(lambda: asyncio.run(poll()))
    assert isinstance(error, ApiConnectionError)
    assert isinstance(error.__cause__, httpx.TransportError)
    assert_hidden(everything_in(error) + caplog.text)


def test_a_client_shows_no_key(both: Both) -> None:
    camb = both.client(SECRET).real
    assert_hidden(repr(camb) + repr(camb.tts) + repr(vars(camb)) + repr(vars(camb._wire)))


@pytest.mark.parametrize("client", [CambClient, AsyncCambClient])
def test_a_refused_key_is_in_no_local_variable(client: type[CambClient]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        client(SECRET + "\n")
    assert_hidden(everything_in(caught.value))
    with pytest.raises(TypeError) as wrong:
        client(SECRET.encode())  # type: ignore[arg-type]
    assert_hidden(everything_in(wrong.value))
    with pytest.raises(ConfigurationError) as caught:
        client(SECRET, base_url="nowhere")
    assert_hidden(everything_in(caught.value))


def test_a_short_key_is_blacked_out_only_where_it_stands_alone(both: Both) -> None:
    body = {"status": "ERROR", "message": "broken key k, ok?"}
    camb = both.answering(lambda _: httpx.Response(200, json=body), "k")
    assert camb.status(TASK).message == "broken key [key], ok?"


def test_a_malformed_body_is_shown_without_the_key(both: Both) -> None:
    camb = both.answering(lambda _: httpx.Response(200, text=f"who is {SECRET}?"), SECRET)
    error = raised_by(lambda: camb.status(TASK))
    assert isinstance(error, MalformedResponseError)
    assert error.body == "who is [key]?"
