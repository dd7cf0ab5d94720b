"""The wire: real HTTP on loopback. What bounds a poll, what is read of an answer, and who owns a connection."""

import asyncio
import gc
import gzip
import multiprocessing
import os
import pathlib
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import trustme

from camb_client import (
    ApiConnectionError,
    ApiError,
    AsyncCambClient,
    AuthenticationError,
    CambClient,
    CambError,
    ConfigurationError,
    MalformedResponseError,
    ServerError,
    WaitTimeoutError,
)
from camb_client.testing import HANG, RESET, STALL, TRUNCATED, FakeCamb, Reply, error, slow
from tests.facade.conftest import KEY, Both, collect_garbage, making, raw_server

TASK = "tts:c8b8e3cd-ad17"


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)
    collect_garbage()


def timed(call: Callable[[], Any]) -> tuple[BaseException | None, float]:
    """What a call raised, and how long it took."""
    start = time.monotonic()
    try:
        call()
    except CambError as raised:
        return raised, time.monotonic() - start
    return None, time.monotonic() - start


def test_waits_over_real_http(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:a/b ?é:1", ["PENDING", RESET, "SUCCESS"], run_id=11768)
    fake.add("text-to-sound:9f0c", ["SUCCESS"], run_id=2)
    with fake.serve() as url:
        camb = both.client(base_url=url + "/")
        assert camb.wait("tts:a/b ?é:1", schedule=0.01).run_id == 11768
        assert camb.wait("text-to-sound:9f0c").run_id == 2
        camb.close()
    request = fake.requests[0]
    assert request.path == "/apis/tts/a%2Fb%20%3F%C3%A9%3A1"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"].startswith("camb-client/")


@pytest.mark.parametrize("task_id", ["a%2Fb", "100%25", "ä/ö", "a+b", "a;b", "a:b@c", "!$&'()*,=~", "%zz", "a b?c#d"])
def test_an_id_reaches_the_server_as_it_is(both: Both, task_id: str) -> None:
    fake = FakeCamb(KEY)
    fake.add(f"tts:{task_id}", ["SUCCESS"])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        assert camb.wait(f"tts:{task_id}").is_success
        camb.close()
    assert [request.path for request in fake.requests] == [f"/apis/tts/{quote(task_id, safe='')}"]


def test_error_answers_carry_what_is_needed(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [error(503, {"detail": "x" * 5000}, headers={"retry-after": "7", "x-request-id": "r-1"})])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        with pytest.raises(ServerError) as caught:
            camb.status(TASK)
        camb.close()
    assert (caught.value.status_code, caught.value.request_id, caught.value.retry_after) == (503, "r-1", 7.0)
    assert len(caught.value.body) == 2000
    assert str(caught.value.ref) == TASK


# --- how a poll is bounded ---


@pytest.mark.parametrize("fault", [HANG, STALL, slow(30)], ids=["hang", "stall", "slow"])
def test_a_server_that_does_not_answer_cannot_hold_a_status(both: Both, fault: Reply) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [fault])
    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=0.3)
        raised, took = timed(lambda: camb.status(TASK))
        camb.close()
    assert isinstance(raised, ApiConnectionError)
    assert isinstance(raised.__cause__, httpx.TimeoutException)
    assert 0.25 <= took < 1.0


@pytest.mark.parametrize("timeout", [0, 0.5])
def test_a_server_that_hangs_cannot_hold_a_wait_past_its_deadline(both: Both, timeout: float) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [HANG])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        raised, took = timed(lambda: camb.wait(TASK, timeout=timeout))
        camb.close()
    assert isinstance(raised, WaitTimeoutError)
    assert isinstance(raised.__cause__, ApiConnectionError)
    assert took < timeout + 0.5


def test_the_phases_of_a_look_share_one_limit(both: Both) -> None:
    """A late first byte and then a body in drops: each phase alone is within the limit, all of them are not."""

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(0.2)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" ")
            time.sleep(0.05)

    with raw_server(drip) as url:
        camb = both.client(base_url=url, timeout=0.5)
        raised, took = timed(lambda: camb.status(TASK))
        camb.close()
    assert isinstance(raised, ApiConnectionError)
    assert 0.4 <= took < 0.8


def test_headers_in_drops_are_bounded_in_async(transport: Any) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        for byte in b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 10:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    async def poll(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url, timeout=0.3, transport=transport) as camb:
            with pytest.raises(ApiConnectionError):
                await camb.status(TASK)

    with raw_server(drip) as url:
        start = time.monotonic()
        asyncio.run(poll(url))
        assert time.monotonic() - start < 0.9


@pytest.mark.parametrize("limit", [httpx.Timeout(0.3), httpx.Timeout(0.2, read=0.3)])
def test_a_timeout_by_phases_bounds_the_whole_by_its_longest(both: Both, limit: httpx.Timeout) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [HANG])
    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=limit)
        raised, took = timed(lambda: camb.status(TASK))
        camb.close()
    assert isinstance(raised, ApiConnectionError)
    assert 0.25 <= took < 1.0


@pytest.mark.parametrize("limit", [httpx.Timeout(5, read=0.3), httpx.Timeout(5, connect=0.3)])
def test_a_phase_may_have_less_than_the_whole(both: Both, limit: httpx.Timeout) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [HANG])
    with fake.serve() as url, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]  # No place is left in the queue: connecting hangs.
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        camb = both.client(base_url=url if limit.read == 0.3 else f"http://127.0.0.1:{address[1]}", timeout=limit)
        raised, took = timed(lambda: camb.status(TASK))
        camb.close()
        for one in waiting:
            one.close()
    assert isinstance(raised, ApiConnectionError)
    assert type(raised.__cause__) is (httpx.ReadTimeout if limit.read == 0.3 else httpx.ConnectTimeout)
    assert 0.25 <= took < 1.0


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e10, 10**400, "5", True])
def test_a_request_timeout_that_cannot_be_is_refused(both: Both, timeout: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="timeout"):
        both.client(timeout=timeout)


def test_no_request_timeout_only_when_asked_for(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [slow(0.05, Reply.json({"status": "PENDING"}))])
    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=None)
        assert camb.status(TASK).is_pending
        camb.close()


# --- what is read of an answer ---


def test_an_encoded_answer_is_malformed_and_not_unpacked(both: Both) -> None:
    fake = FakeCamb(KEY)
    bomb = gzip.compress(b'{"status": "PENDING"}' + b" " * 10_000_000)
    fake.add(TASK, [Reply(200, bomb, {"content-encoding": "gzip"}), Reply(503, bomb, {"content-encoding": "gzip"})])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        with pytest.raises(MalformedResponseError, match="encoded as 'gzip'"):
            camb.status(TASK)
        with pytest.raises(ServerError):
            camb.status(TASK)
        camb.close()


def test_an_answer_over_1_mib_is_malformed_and_not_read_on(both: Both) -> None:
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
        for _ in range(1000):
            sent += connection.send(b" " * 100_000)

    with raw_server(flood) as url:
        camb = both.client(base_url=url)
        with pytest.raises(MalformedResponseError, match="longer than 1048576 bytes"):
            camb.status(TASK)
        camb.close()
    assert sent < 50_000_000


def test_an_answer_of_just_1_mib_is_read(both: Both) -> None:
    body = b'{"status": "PENDING", "message": "%s"}'
    fake = FakeCamb(KEY)
    fake.add(TASK, [Reply(200, body % (b"x" * ((1 << 20) - len(body) + 2)))])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        assert camb.status(TASK).is_pending
        camb.close()


@pytest.mark.parametrize("fault", [TRUNCATED, STALL])
def test_a_code_other_than_200_says_enough_though_its_body_breaks_off(both: Both, fault: Reply) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [Reply(403, b'{"detail": "no, thank you"}', fault=fault.fault)])
    with fake.serve() as url:
        camb = both.client(base_url=url, timeout=0.3)
        with pytest.raises(ApiError, match='"n') as caught:
            camb.status(TASK)
        camb.close()
    assert caught.value.status_code == 403


def saying(*answers: bytes) -> Callable[[socket.socket], None]:
    """Say these, one a request, and hang up."""

    def talk(connection: socket.socket) -> None:
        for answer in answers:
            connection.recv(65536)
            connection.sendall(answer)

    return talk


PENDING = b'content-length: 21\r\n\r\n{"status": "PENDING"}'


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200\r\n" + PENDING, b"HTTP/1.0 200 Fine\r\n\r\n" + PENDING[-21:],
     b"HTTP/1.1 200 OK\r\nx-long: " + b"x" * 50_000 + b"\r\n" + PENDING,
     b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\n" + PENDING,
     b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n15\r\n" + PENDING[-21:] + b"\r\n0\r\n\r\n"],
    ids=["no reason", "1.0", "long header", "informational", "chunked"],
)  # fmt: skip
def test_answers_of_unusual_form_are_read(both: Both, answer: bytes) -> None:
    with raw_server(saying(answer)) as url:
        camb = both.client(base_url=url)
        assert camb.status(TASK).is_pending
        camb.close()


@pytest.mark.parametrize("code", [520, 599, 999])
def test_codes_that_nobody_has_registered(both: Both, code: int) -> None:
    with raw_server(saying(b"HTTP/1.1 %d \xfc\r\nx-request-id: \xfc\r\ncontent-length: 0\r\n\r\n" % code)) as url:
        camb = both.client(base_url=url)
        with pytest.raises(ApiError) as caught:
            camb.status(TASK)
        camb.close()
    assert (caught.value.status_code, caught.value.request_id) == (code, "ü")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [(b"", httpx.RemoteProtocolError), (b"SSH-2.0-OpenSSH_9.6\r\n", httpx.RemoteProtocolError),
     (b"HTTP/1.1 200 OK\r\n", httpx.RemoteProtocolError),
     (b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n", httpx.RemoteProtocolError),
     (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", httpx.RemoteProtocolError)],
    ids=["nothing", "another protocol", "half of the headers", "bad header", "half of the body"],
)  # fmt: skip
def test_what_is_not_http_is_an_error_of_ours(both: Both, answer: bytes, cause: type[Exception]) -> None:
    with raw_server(saying(answer)) as url:
        camb = both.client(base_url=url)
        with pytest.raises(ApiConnectionError) as caught:
            camb.status(TASK)
        camb.close()
    assert type(caught.value.__cause__) is cause
    assert not caught.value.permanent


def test_the_wait_in_milliseconds_is_read(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [error(429, headers={"Retry-After-MS": "1500"})])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        with pytest.raises(ApiError) as caught:
            camb.status(TASK)
        camb.close()
    assert caught.value.retry_after == 1.5


def test_redirects_are_not_followed(both: Both) -> None:
    fake, other = FakeCamb(KEY), FakeCamb(KEY)
    with fake.serve() as url, other.serve() as elsewhere:
        fake.add(TASK, [error(307, headers={"location": f"{elsewhere}/tts/c8b8e3cd-ad17"})])
        camb = both.client(base_url=url)
        with pytest.raises(ApiError) as caught:
            camb.status(TASK)
        camb.close()
    assert caught.value.status_code == 307
    assert other.requests == []


# --- certificates and addresses ---


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that nobody knows."""
    return trustme.CA()


@contextmanager
def tls_server(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\n{"status": "PENDING"}')

    with raw_server(talk) as url:
        yield url.replace("http", "https")


def test_a_refused_certificate_ends_a_wait_at_once(both: Both, authority: trustme.CA) -> None:
    with tls_server(authority) as url:
        camb = both.client(base_url=url)
        raised, took = timed(lambda: camb.wait(TASK))
        camb.close()
    assert isinstance(raised, ApiConnectionError)
    assert raised.permanent
    assert "CERTIFICATE_VERIFY_FAILED" in str(raised)
    assert took < 0.5


def test_the_ca_bundle_of_the_environment_is_used(
    both: Both, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with tls_server(authority) as url:
        camb = both.client(base_url=url)
        assert camb.status(TASK).is_pending
        camb.close()


def test_the_proxy_of_the_environment_is_used(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["SUCCESS"])
    with fake.serve() as url:
        monkeypatch.setenv("HTTP_PROXY", url.removesuffix("/apis"))
        camb = both.client(base_url="http://camb.invalid/apis", allow_insecure_http=True)
        assert camb.wait(TASK).is_success
        camb.close()


def test_the_proxy_of_the_environment_gets_nothing_for_this_machine(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, proxy = FakeCamb(KEY), FakeCamb(KEY)
    fake.add(TASK, ["SUCCESS"])
    with fake.serve() as url, proxy.serve() as elsewhere:
        for variable in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, elsewhere.removesuffix("/apis"))
        for address in (url, url.replace("127.0.0.1", "localhost")):
            camb = both.client(base_url=address)
            assert camb.wait(TASK).is_success
            camb.close()
    assert proxy.requests == []


def test_a_proxy_is_told_its_own_credentials_and_no_more(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["SUCCESS"])
    with fake.serve() as url:
        monkeypatch.setenv("ALL_PROXY", url.replace("://", "://me:s%40me@").removesuffix("/apis"))
        camb = both.client(base_url="http://camb.invalid/apis", allow_insecure_http=True)
        assert camb.wait(TASK).is_success
        camb.close()
    assert fake.requests[0].headers["proxy-authorization"] == "Basic " + b64encode(b"me:s@me").decode()
    assert "authorization" not in fake.requests[0].headers


def test_no_proxy_for_whom_the_environment_says_so(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = FakeCamb(KEY)
    with proxy.serve() as elsewhere:
        monkeypatch.setenv("HTTP_PROXY", elsewhere.removesuffix("/apis"))
        monkeypatch.setenv("NO_PROXY", "camb.invalid")
        camb = both.client(base_url="http://camb.invalid/apis", allow_insecure_http=True)
        with pytest.raises(ApiConnectionError):
            camb.status(TASK)
        camb.close()
    assert proxy.requests == []


def test_https_goes_through_a_tunnel_of_the_proxy(
    both: Both, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("camb.invalid").configure_cert(context)
    asked: list[bytes] = []

    def tunnel(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secure:
            asked.append(secure.recv(65536))
            secure.sendall(b"HTTP/1.1 200 OK\r\n" + PENDING)

    with raw_server(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.replace("://", "://me:secret@"))
        camb = both.client(base_url="https://camb.invalid/apis")
        assert camb.status(TASK).is_pending
        camb.close()
    assert asked[0].startswith(b"CONNECT camb.invalid:443 HTTP/1.1\r\n")
    assert b"Basic " + b64encode(b"me:secret") in asked[0]
    assert KEY.encode() not in asked[0]
    assert asked[1].startswith(b"GET /apis/tts/c8b8e3cd-ad17 HTTP/1.1\r\n")
    assert b"Basic" not in asked[1]


def test_a_proxy_that_refuses_is_no_answer_of_the_api(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(saying(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        camb = both.client(base_url="https://camb.invalid/apis")
        with pytest.raises(ApiConnectionError, match="403 Forbidden") as caught:
            camb.status(TASK)
        camb.close()
    assert type(caught.value.__cause__) is httpx.ProxyError


def test_a_proxy_that_aiohttp_cannot_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(ConfigurationError, match=r"^ALL_PROXY is socks5: transport='aiohttp' takes http and https"):
        AsyncCambClient(KEY, transport="aiohttp")


@pytest.mark.parametrize("address", ["https://a..b", f"https://{'x' * 64}.example"])
def test_a_host_that_no_resolver_takes_is_an_error_of_ours(both: Both, address: str) -> None:
    camb = both.client(base_url=address)
    with pytest.raises(ApiConnectionError):
        camb.status(TASK)
    camb.close()


def test_an_error_that_is_being_handled_is_no_cause_of_ours(both: Both, authority: trustme.CA) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [RESET, "SUCCESS"])
    with tls_server(authority) as refused, fake.serve() as url:
        first, second = both.client(base_url=refused), both.client(base_url=url)
        with pytest.raises(ApiConnectionError) as caught:
            first.status(TASK)
        try:
            raise caught.value
        except ApiConnectionError:
            assert second.wait(TASK).is_success
        assert caught.value.permanent
        first.close()
        second.close()


def test_a_wrong_address_does_not_cost_two_minutes(both: Both) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    camb = both.client(base_url=f"http://127.0.0.1:{port}")
    raised, took = timed(lambda: camb.wait(TASK))
    camb.close()
    assert isinstance(raised, ApiConnectionError)
    assert isinstance(raised.__cause__, httpx.ConnectError)
    assert took < 5


def test_an_id_too_long_for_a_url_is_an_error_of_ours(both: Both) -> None:
    camb = both.client(base_url="http://127.0.0.1:1")
    with pytest.raises(ApiConnectionError, match="InvalidURL") as caught:
        camb.wait("tts:" + "x" * 100_000)
    assert caught.value.permanent


# --- who owns a connection ---


def test_cookies_are_not_kept(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [Reply.json({"status": "PENDING"}, headers={"set-cookie": "a=b"})])
    with fake.serve() as url:
        # By name: of an address, aiohttp would keep none anyway.
        camb = both.client(base_url=url.replace("127.0.0.1", "localhost"))
        camb.status(TASK)
        camb.status(TASK)
        camb.close()
    assert "cookie" not in fake.requests[1].headers


def test_connections_are_reused(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])
    opened: list[None] = []
    original = socket.socket.accept

    with fake.serve() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "accept", lambda self: (opened.append(None), original(self))[1])
        camb = both.client(base_url=url)
        for _ in range(5):
            camb.status(TASK)
        camb.close()
    assert len(opened) == 1


def test_a_connection_that_the_server_closed_between_looks_is_not_used_again(both: Both) -> None:
    """Nor does the event loop get a turn to see it, in async: it stands still between the two."""
    with raw_server(saying(b"HTTP/1.1 200 OK\r\n" + PENDING)) as url:
        camb = both.client(base_url=url)
        for _ in range(3):
            assert camb.status(TASK).is_pending
            time.sleep(0.05)
        camb.close()


def test_a_look_is_one_request_though_it_ends_without_an_answer(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING", RESET, "SUCCESS"])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        assert camb.status(TASK).is_pending
        with pytest.raises(ApiConnectionError) as caught:
            camb.status(TASK)
        assert fake.polls(TASK) == 2
        assert camb.status(TASK).is_success
        camb.close()
    assert isinstance(caught.value.__cause__, httpx.TransportError)
    assert not isinstance(caught.value.__cause__, httpx.TimeoutException)


def test_after_close_any_use_is_a_runtime_error(both: Both) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK)
    camb = both.client(transport=fake.transport())
    camb.close()
    camb.close()
    for call in (camb.status, camb.wait, camb.watch):
        with pytest.raises(RuntimeError, match="closed"):
            call(TASK)
    enter = (lambda: both.run(camb.real.__aenter__())) if both.is_async else camb.real.__enter__
    with pytest.raises(RuntimeError, match="closed"):
        enter()


def test_leaving_the_context_closes(both: Both) -> None:
    client = both.client_class(KEY)

    async def use() -> None:
        async with client as entered:
            assert entered is client

    if both.is_async:
        both.run(use())
    else:
        with client as entered:
            assert entered is client
    with pytest.raises(RuntimeError, match="closed"):
        client.watch(TASK)


def test_a_transport_passed_in_stays_the_callers(both: Both) -> None:
    class Transport(httpx.MockTransport):
        closed = False

        def close(self) -> None:
            self.closed = True

        async def aclose(self) -> None:
            self.closed = True

    transport = Transport(lambda _: httpx.Response(200, json={"status": "PENDING"}))
    camb = both.client(transport=transport)
    assert camb.status(TASK).is_pending
    camb.close()
    assert not transport.closed


def test_a_transport_of_the_other_kind_is_refused(both: Both) -> None:
    wrong: Any = httpx.HTTPTransport() if both.is_async else httpx.AsyncHTTPTransport()
    with pytest.raises(TypeError, match="transport"):
        both.client(transport=wrong)


def test_a_transport_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    name: Any = "aiohttp"
    with pytest.raises(TypeError, match=r"must be an httpx\.BaseTransport, not 'aiohttp'"):
        CambClient(KEY, transport=name)
    name = "curl"
    with pytest.raises(ValueError, match=r"'aiohttp' or an .*, not 'curl'"):
        AsyncCambClient(KEY, transport=name)
    monkeypatch.delitem(sys.modules, "camb_client._http.aiohttp_wire", raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp", None)  # As if it were not installed.
    with pytest.raises(ConfigurationError, match=r"pip install 'camb-client\[aiohttp\]'"):
        AsyncCambClient(KEY, transport="aiohttp")


def test_closing_closes_what_aiohttp_opened() -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])

    async def use(url: str) -> tuple[Any, Any]:
        async with AsyncCambClient(KEY, base_url=url, transport="aiohttp") as camb:
            await camb.status(TASK)
            wire: Any = camb._wire
            session = wire._shared.aiohttp.session()
            connector = session.connector
            assert not session.closed
            assert not connector.closed
        return session, connector

    with fake.serve() as url:
        session, connector = asyncio.run(use(url))
    assert session.closed
    assert connector.closed


def test_no_number_of_looks_is_too_many_at_once(transport: Any) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])
    fake.add("tts:hangs", [HANG])

    async def use(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            hanging = [asyncio.ensure_future(camb.status("tts:hangs")) for _ in range(120)]
            await asyncio.sleep(0)  # They are on their way.
            assert (await camb.status(TASK)).is_pending
            for one in hanging:
                one.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)

    with fake.serve() as url:
        asyncio.run(use(url))


def test_one_client_serves_many_threads() -> None:
    fake = FakeCamb(KEY)
    for number in range(20):
        fake.add(f"tts:{number}", ["PENDING", "PENDING", "SUCCESS"], run_id=number)
    got: dict[int, int] = {}
    with fake.serve() as url, CambClient(KEY, base_url=url) as camb:

        def work(number: int) -> None:
            got[number] = camb.tts.wait(str(number), schedule=0.005).run_id

        threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert got == {number: number for number in range(20)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_opens_connections_of_its_own() -> None:
    fake = FakeCamb(KEY)
    for number in range(40):
        fake.add(f"tts:{number}", ["SUCCESS"], run_id=number)
    with fake.serve() as url, CambClient(KEY, base_url=url) as camb:
        assert camb.tts.wait("0").run_id == 0  # Opens the connection that must not be shared.
        context = multiprocessing.get_context("fork")
        results = context.SimpleQueue()

        def child(first: int) -> None:
            with camb:
                results.put([camb.tts.wait(str(number)).run_id for number in range(first, first + 10)])

        children = [context.Process(target=child, args=(first,)) for first in (10, 20, 30)]
        for process in children:
            process.start()
        mine = [camb.tts.wait(str(number)).run_id for number in range(10)]
        for process in children:
            process.join(20)
        theirs = sorted(results.get() for _ in children)
    assert mine == list(range(10))
    assert theirs == [list(range(first, first + 10)) for first in (10, 20, 30)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_opens_connections_of_its_own_in_async(transport: Any) -> None:
    fake = FakeCamb(KEY)
    for number in range(20):
        fake.add(f"tts:{number}", ["SUCCESS"], run_id=number)
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()

    async def use(first: int) -> list[int | None]:
        return [(await camb.tts.status(str(number))).run_id for number in range(first, first + 10)]

    def child() -> None:
        warnings.simplefilter("ignore")  # As an error, one would keep alive what it warns of.
        results.put(asyncio.run(use(10)))
        gc.collect()  # What was inherited is the parent's to close.

    with fake.serve() as url, asyncio.Runner() as runner:
        camb = AsyncCambClient(KEY, base_url=url, timeout=5, transport=transport)
        runner.run(use(0))  # Opens the connection that must not be shared.
        process = context.Process(target=child)
        process.start()
        process.join(20)
        assert runner.run(use(0)) == list(range(10))
        runner.run(camb.aclose())
    assert process.exitcode == 0
    assert results.get() == list(range(10, 20))


def test_a_second_event_loop_is_refused(transport: Any) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])

    async def use() -> None:
        assert (await camb.status(TASK)).is_pending

    async def end() -> None:
        await camb.aclose()

    with fake.serve() as url, asyncio.Runner() as first:
        camb = AsyncCambClient(KEY, base_url=url, transport=transport)
        first.run(use())
        with asyncio.Runner() as second:
            with pytest.raises(RuntimeError, match="another event loop"):
                second.run(use())
            with pytest.raises(RuntimeError, match="another event loop"):
                second.run(end())
        first.run(end())


def test_many_async_waits_at_once_and_a_cancelled_one_leaves_nothing(transport: Any) -> None:
    fake = FakeCamb(KEY)
    for number in range(20):
        fake.add(f"tts:{number}", ["PENDING", "SUCCESS"], run_id=number)
    fake.add("tts:hangs", [HANG])

    async def use(url: str) -> list[int]:
        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            hanging = asyncio.ensure_future(camb.tts.wait("hangs"))
            done = await asyncio.gather(*(camb.tts.wait(str(number), schedule=0.01) for number in range(20)))
            hanging.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await hanging
            assert "tts:hangs" in caught.value.__notes__[0]
            await asyncio.sleep(0.01)  # What was shielded ends by itself.
            assert len(asyncio.all_tasks()) == 1
            return [task.run_id for task in done]

    with fake.serve() as url:
        assert asyncio.run(use(url)) == list(range(20))
    gc.collect()


def active(camb: AsyncCambClient) -> list[Any]:
    """The connections that a poll is using."""
    shared: Any = camb._wire._shared
    if hasattr(shared, "aiohttp"):
        return list(shared.aiohttp.session().connector._acquired)
    return [one for one in pool(camb).connections if not one.is_idle()]


def pool(camb: Any) -> Any:
    """The pool of a client that uses no proxy."""
    return camb._wire._shared.http._transport._transports[None]._pool


def test_cancelled_looks_give_their_connections_back(transport: Any) -> None:
    """httpcore loses a connection whose answer is closed by a task that is being cancelled: ours are not."""
    fake = FakeCamb(KEY)
    fake.add(TASK, [slow(0.002, Reply.json({"status": "PENDING"}))])

    async def use(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            for number in range(60):
                tasks = [asyncio.ensure_future(camb.wait(TASK, schedule=0.001)) for _ in range(8)]
                await asyncio.sleep(0.004 + number % 7 / 2000)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0.05)
            assert active(camb) == []
            assert (await camb.status(TASK)).is_pending

    with fake.serve() as url:
        asyncio.run(use(url))


def test_a_look_cancelled_as_it_gives_its_connection_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is one step of the event loop: what was spied on says when, as no timing would."""
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])
    closing = asyncio.Event()
    aclose = httpx.Response.aclose

    async def spy(response: httpx.Response) -> None:
        closing.set()
        await aclose(response)

    async def use(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url) as camb:
            monkeypatch.setattr(httpx.Response, "aclose", spy)
            for _ in range(10):
                closing.clear()
                poll = asyncio.create_task(camb.status(TASK))
                await closing.wait()
                poll.cancel()
                await asyncio.gather(poll, return_exceptions=True)  # Or it was done by then.
            assert active(camb) == []
            assert len(pool(camb).connections) <= 1

    with fake.serve() as url:
        asyncio.run(use(url))


def test_asyncio_timeout_around_a_wait_works_as_usual(transport: Any) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, [HANG])

    async def use(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.1):
                    await camb.wait(TASK)
            assert not isinstance(caught.value, CambError)

    with fake.serve() as url:
        asyncio.run(use(url))


def test_leaving_a_watch_early_leaves_nothing(transport: Any) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])

    async def use(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            async for state in camb.watch(TASK):
                assert state.is_pending
                break

    with fake.serve() as url:
        asyncio.run(use(url))
        with CambClient(KEY, base_url=url) as camb:
            assert next(camb.watch(TASK)).is_pending
    gc.collect()


def test_ctrl_c_ends_a_sync_wait_at_once_with_the_reference() -> None:
    program = (
        "import signal, sys\nfrom camb_client import CambClient\n"
        # Whoever starts the tests in the background may have Ctrl-C ignored, which is inherited.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "with CambClient('k' * 20, base_url=sys.argv[1]) as camb:\n"
        "    camb.tts.wait('c8b8', schedule=60, on_update=lambda state: print('polled', flush=True))\n"
    )
    fake = FakeCamb("k" * 20)
    fake.add("tts:c8b8", ["PENDING"])
    command = [sys.executable, "-c", program]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with fake.serve() as url, subprocess.Popen([*command, url], **pipes) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "polled\n"
            time.sleep(0.1)
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=10)
        finally:
            process.kill()
    assert time.monotonic() - start < 2
    assert said.splitlines()[-2:] == [
        "KeyboardInterrupt",
        "tts:c8b8: The task is still running at CAMB.AI: wait again with the same reference.",
    ]


def test_connection_errors_survive_pickle(both: Both) -> None:
    camb = both.client(base_url="http://127.0.0.1:1")
    with pytest.raises(ApiConnectionError) as caught:
        camb.status(TASK)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert isinstance(again.__cause__, httpx.ConnectError)
    assert (again.ref, again.permanent) == (caught.value.ref, False)


def test_a_key_that_is_refused(both: Both) -> None:
    fake = FakeCamb("another")
    with fake.serve() as url:
        camb = both.client(base_url=url)
        with pytest.raises(AuthenticationError, match="Invalid API key"):
            camb.status(TASK)
        camb.close()
