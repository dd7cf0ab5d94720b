"""The API key: in no repr, log line, message, attribute, local variable, pickle or cause."""

import asyncio
import html
import json
import logging
import pickle
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

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
from camb_client.testing import FakeCamb, VirtualClock, use_clock
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


def every_escape(text: str) -> list[str]:
    """The ways in which servers, proxies and their pages write a text."""
    return [
        text, text.upper(), quote(text, safe=""), quote(quote(text, safe=""), safe=""), html.escape(text),
        html.escape(html.escape(text)), json.dumps(text), json.dumps(json.dumps(text)), repr(text.encode()),
        "".join(f"\\u{ord(one):04x}" for one in text), "".join(f"&#{ord(one)};" for one in text),
        "".join(f"&#x{ord(one):X};" for one in text), "".join(f"%{ord(one):02X}" for one in text),
    ]  # fmt: skip


@pytest.mark.parametrize("code", [200, 401, 500])
def test_the_key_is_redacted_however_it_is_escaped(both: Both, code: int) -> None:
    bodies = [
        *map(str.encode, every_escape(SECRET)),
        *(SECRET.encode(how) for how in ("utf-16", "utf-16-be", "utf-32")),
    ]
    answers = iter(bodies)
    camb = both.answering(lambda _: httpx.Response(code, content=b"no such key: " + next(answers) + b"."), SECRET)
    for body in bodies:
        error = raised_by(lambda: camb.status(TASK))
        shown = f"{error} {vars(error)}"
        assert "f00dcafe" not in shown.lower(), body
        assert "[key]" in shown, body


def test_the_key_is_redacted_in_a_success_however_it_is_written(both: Both) -> None:
    key = "sk-f00dcafe-0042"  # JSON escapes nothing in it.
    plain = json.dumps({"status": "PENDING", "message": f"for {key}"})
    escaped = plain.replace(key, "".join(f"\\u{ord(one):04x}" for one in key))
    bodies = [plain.encode(how) for how in ("utf-8", "utf-16", "utf-32-le")]
    bodies += [
        escaped.encode(),
        *(plain.replace(key, change(key)).encode() for change in (str.upper, lambda text: text.replace("-", "%2d"))),
    ]
    answers = iter(bodies)
    camb = both.answering(lambda _: httpx.Response(200, content=next(answers)), key)
    for body in bodies:
        assert camb.status(TASK).message == "for [key]", body


def test_the_key_in_headers_of_the_response(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def echo(connection: socket.socket) -> None:
        connection.recv(65536)
        head = "".join(
            f"{name}: {SECRET}\r\n" for name in ("x-request-id", "retry-after", "content-encoding", "date", "server")
        )
        connection.sendall(f"HTTP/1.1 429 {SECRET}\r\n{head}content-length: 0\r\n\r\n".encode())

    with raw_server(echo) as url:
        camb = both.client(SECRET, base_url=url)
        error = raised_by(lambda: camb.status(TASK))
        camb.close()
    shown = [record.getMessage() for record in caplog.records if not record.name.startswith(("asyncio", "aiohttp"))]
    assert "f00dcafe" not in f"{error} {vars(error)} {everything_in(error)} {pickle.dumps(error)!r}"
    assert "f00dcafe" not in "".join(shown)


@pytest.mark.parametrize("reason", [SECRET, "see https://files.example/a?X-Amz-Signature=5ec4e7", "\x9b31mred"])
def test_the_reason_phrase_of_a_server_is_in_no_log(both: Both, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        head = f"HTTP/1.1 200 {reason}\r\ncontent-length: 16\r\n\r\n"
        connection.sendall(head.encode("latin-1") + b'{"task_id": "a"}')

    with raw_server(talk) as url:
        camb = both.client(SECRET, base_url=url)
        made = camb.call(lambda client: client.tts.create(text="Hello there.", voice_id=1, language="en-us"))
        assert str(made) == "tts:a"
        camb.close()
    (shown,) = [record.getMessage() for record in caplog.records if record.getMessage().startswith("HTTP Request")]
    assert shown.endswith('/tts "HTTP/1.1 200 OK"')


SIGNED = "X-Amz-Signature=5ec4e7"
QUERIES = [
    SIGNED,
    f"a='b\"c&{SIGNED}",
    f'a="b"&{SIGNED}',
    "5ec4e7",
    "token-5ec4e7&x",
    f"a?b={SIGNED}",
    f"a=<{SIGNED}",
    f"{SIGNED}#top",
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_query_of_an_address_is_in_no_text(both: Both, query: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    address = f"https://files.example/some/file.flac?{query}"
    texts = [
        f"no access to {address}", f"{address} is gone", json.dumps({"detail": f"no access to {address}"}),
        json.dumps({"detail": {"url": address, "code": 7}}, separators=(",", ":")), json.dumps([address]),
        json.dumps({"detail": json.dumps({"url": address})}), f"<a href={address}>here</a>", repr([address]),
        f"try {quote(address, safe='')}", f"try {quote(quote(address, safe=''), safe='')}",
        f"<p>{html.escape(address)}</p>",
        address.replace("?", "\\u003f").replace("&", "\\u0026"), address.replace("?", "&#63;"),
        address.replace("?", "&#x3F;"),
    ]  # fmt: skip
    if "<" in query:  # It ends what has no quotes around it.
        texts = [html.escape(text) for text in texts]
    answers = iter(texts)
    camb = both.answering(
        lambda _: httpx.Response(400, text=next(answers), headers={"x-request-id": f"/a?{SIGNED}"}), SECRET
    )
    for text in texts:
        error = raised_by(lambda: camb.status(TASK))
        shown = f"{error} {vars(error)} {caplog.text}"
        assert "5ec4e7" not in shown, text
        assert "[query]" in shown, text


def test_what_is_no_query_stays(both: Both) -> None:
    said = 'Really? Yes. Is it 7? {"a": "b?", "c": 1}'
    camb = both.answering(lambda _: httpx.Response(400, text=said))
    assert getattr(raised_by(lambda: camb.status(TASK)), "body", "") == said


def test_the_query_of_a_file_is_in_no_request_that_can_be_seen(
    both: Both, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not in the request of httpx, which tracers and loggers read; the server gets it to the byte."""
    caplog.set_level(logging.DEBUG)
    fake = FakeCamb(SECRET)
    fake.add(TASK, ["SUCCESS"], run_id=5)
    seen: list[str] = []
    client: Any = httpx.AsyncClient if both.is_async else httpx.Client
    send = client.send

    def spy(self: Any, request: httpx.Request, **more: Any) -> Any:
        seen.append(str(request.url))
        return send(self, request, **more)

    monkeypatch.setattr(client, "send", spy)
    with fake.serve() as url:
        camb = both.client(SECRET, base_url=url)
        camb.call(lambda real: real.tts.download(5, tmp_path))
        camb.close()
    path, _, query = fake.requests[-1].path.partition("?")
    assert query
    assert seen[-1] == url.removesuffix("/apis") + path
    assert query not in "".join(seen) + caplog.text


def test_a_file_through_a_proxy_is_asked_for_by_its_whole_address(
    both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[bytes] = []

    def proxy(connection: socket.socket) -> None:
        while received := connection.recv(65536):
            asked.append(received.split(b"\r\n")[0])
            body = b'{"output_url": "http://files.invalid/a.flac?sig=a%2Fb&c=%20d"}'
            body = body if b"tts-result" in asked[-1] else b"fLaC" * 9
            kind = b"application/json" if b"{" in body else b"audio/flac"
            connection.sendall(
                b"HTTP/1.1 200 X\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n%b" % (kind, len(body), body)
            )

    with raw_server(proxy) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        camb = both.client(SECRET, base_url="http://camb.invalid", allow_insecure_http=True)
        camb.call(lambda real: real.tts.download(5, tmp_path / "a.flac"))
        camb.close()
    assert asked[-1] == b"GET http://files.invalid/a.flac?sig=a%2Fb&c=%20d HTTP/1.1"


def test_a_store_that_quotes_the_address_in_its_own_words(both: Both, tmp_path: Path) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if "tts-result" in request.url.path:
            return httpx.Response(
                200, json={"output_url": "https://files.example/a?Signature=5ec4e7%2Fabc%3D&Key=AK1A&t=7"}
            )
        return httpx.Response(
            400,
            text="<Provided>5ec4e7/abc=</Provided> is wrong, '5ec4e7%2Fabc%3D' is",
            headers={"x-request-id": "5ec4e7/abc="},
        )

    camb = both.answering(respond, SECRET, clock=VirtualClock())
    error: BaseException | None = raised_by(
        lambda: camb.call(lambda real: real.tts.download(5, tmp_path / "a", timeout=5))
    )
    while error is not None:
        assert "5ec4e7" not in f"{error} {vars(error)}"
        error = error.__cause__


def test_a_redirect_is_in_no_log_with_its_query(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(
            f"HTTP/1.1 302 X\r\nlocation: https://a.example/b?{SIGNED}\r\ncontent-length: 0\r\n\r\n".encode()
        )

    with raw_server(talk) as url:
        camb = both.client(SECRET, base_url=url)
        raised_by(lambda: camb.status(TASK))
        camb.close()
    assert "5ec4e7" not in caplog.text


@pytest.mark.parametrize("id_length", [1, 70_000])
def test_an_interruption_shows_no_key_either(both: Both, id_length: int) -> None:
    with raw_server(lambda connection: time.sleep(1)) as url:
        camb = both.client(SECRET, base_url=url, timeout=0.1 if id_length == 1 else 5)
        error = raised_by(lambda: camb.status("tts:" + "a" * id_length))
        camb.close()
    assert_hidden(everything_in(error))

    async def cancelled() -> BaseException | None:
        task = asyncio.ensure_future(camb.real.status("tts:" + "a" * id_length))
        await asyncio.sleep(0.05)
        task.cancel()
        return (await asyncio.gather(task, return_exceptions=True))[0]

    if both.is_async:
        with raw_server(lambda connection: time.sleep(1)) as url:
            camb = both.client(SECRET, base_url=url)
            broken = both.run(cancelled())
            camb.close()
        assert isinstance(broken, asyncio.CancelledError | ApiConnectionError)
        assert_hidden(everything_in(broken))


# --- what a task says of itself ---


@pytest.mark.parametrize(
    "body",
    [
        {"status": "ERROR", "message": f"cannot read https://files.example/a?{SIGNED}"},
        {"status": "ERROR", "exception_reason": {"url": f"https://files.example/a?{SIGNED}"}},
        {"status": f"https://files.example/a?{SIGNED}"},
        {"status": f"https://files.example/a?{SIGNED}", "run_id": 7},
    ],
    ids=["message", "reason", "status", "status and run_id"],
)
def test_no_query_is_in_the_error_of_a_task(body: dict[str, Any], clock: VirtualClock) -> None:
    with CambClient(SECRET, transport=httpx.MockTransport(lambda _: httpx.Response(200, json=body))) as camb:
        error: Any = raised_by(lambda: use_clock(camb, clock).wait(TASK))
        texts = (str(error), repr(error), str(error.to_dict()), getattr(error, "body", ""))
        for text in (*texts, str(camb.status(TASK).to_dict())):
            assert SIGNED not in text
        assert "files.example/a?[query]" in str(error)
