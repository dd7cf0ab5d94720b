"""Connections: none is lost, whatever is cancelled, and none is used again that is not as good as new."""

import asyncio
import gc
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from camb_client import ApiConnectionError, AsyncCambClient, CambClient, CambError, MalformedResponseError
from camb_client._http import sync_network
from camb_client.testing import FakeCamb, Reply, slow
from tests.facade.conftest import KEY, Both, collect_garbage, making, raw_server

NEW: dict[str, Any] = {"text": "Hello there.", "voice_id": 1, "language": "en-us"}


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)
    collect_garbage()


def said(body: object, code: int = 200, more: bytes = b"") -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d X\r\n%bcontent-length: %d\r\n\r\n%b" % (code, more, len(content), content)


PENDING, CREATED = said({"status": "PENDING"}), said({"task_id": "paid"})


def answering(respond: Callable[[str, int], bytes | None]) -> Callable[[socket.socket], None]:
    """Answer each request by its path and its number on this connection; ``None`` hangs up without an answer."""

    def talk(connection: socket.socket) -> None:
        number, received = 0, b""
        while True:
            while b"\r\n\r\n" not in received:
                if not (more := connection.recv(65536)):
                    return
                received += more
            head, _, received = received.partition(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length")), 0)
            while len(received) < length:
                received += connection.recv(65536)
            received = received[length:]
            number += 1
            if (answer := respond(lines[0].split()[1], number)) is None:
                return
            connection.sendall(answer)

    return talk


# --- cancellation ---


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def _status(camb: Any) -> None:
    await camb.status("tts:1")


async def _batch(camb: Any) -> None:
    async with camb.as_completed(["tts:1", "tts:2"], schedule=0.001) as outcomes:
        async for _ in outcomes:
            pass


async def _create(camb: Any) -> None:
    await camb.tts.create(**NEW)


async def _stream(camb: Any) -> None:
    async with camb.tts.stream(**NEW) as pieces:
        async for _ in pieces:
            pass


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts what is open as Linux shows it")
@pytest.mark.parametrize("use", [_status, _batch, _create, _stream])
@pytest.mark.parametrize("times", [1, 2])
def test_a_cancellation_at_any_step_leaves_nothing_open(transport: Any, use: Any, times: int) -> None:
    audio = said(b"fLaC" * 100, more=b"content-type: audio/flac\r\n")
    answers = {"/tts": CREATED, "/tts-stream": audio, "/tts/1": PENDING, "/tts/2": PENDING}

    async def run(url: str) -> None:
        async with AsyncCambClient(KEY, base_url=url, transport=transport) as camb:
            await camb.status("tts:1")
            await asyncio.sleep(0.01)
            before = descriptors()
            for step in range(60):
                task = asyncio.create_task(use(camb))
                for _ in range(step):
                    await asyncio.sleep(0)
                for _ in range(times):
                    task.cancel()
                    await asyncio.sleep(0)
                await asyncio.gather(task, return_exceptions=True)
            await asyncio.sleep(0.05)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            for _ in range(100):  # The server is in this process, and closes its side in its own time.
                if descriptors() <= before + 2:
                    break
                await asyncio.sleep(0.05)
            assert descriptors() <= before + 2  # Idle ones: the batch polls two at once.
            assert (await camb.status("tts:1")).is_pending

    with raw_server(answering(lambda path, _: answers.get(path, audio))) as url:
        asyncio.run(run(url))
    gc.collect()


# --- what is used again ---


@pytest.mark.parametrize(
    "more",
    [b"\r\n", b"x", b"HTTP/1.1 200 OK\r\n", said({"status": "SUCCESS", "run_id": 666}), said(b"", 408), b"0\r\n\r\n"],
    ids=["line", "byte", "half", "another", "goodbye", "chunk"],
)
def test_what_comes_after_a_response_answers_nobody(both: Both, more: bytes) -> None:
    taken = both.kind != "aiohttp" or more not in {
        b"x",
        b"0\r\n\r\n",
    }  # It refuses such a response: a poll is repeated.
    first = said({"status": "SUCCESS", "run_id": 1}) + (more if taken else b"")
    created: list[str] = []

    def respond(path: str, _: int) -> bytes:
        if path == "/tts":
            created.append(path)
            return CREATED + more
        return first if path == "/tts/first" else PENDING

    with raw_server(answering(respond)) as url:
        camb = both.client(base_url=url)
        for pause in (0, 0.02):
            assert camb.status("tts:first").run_id == 1
            time.sleep(pause)
            assert camb.status("tts:other").is_pending
            assert camb.status("tts:first").run_id == 1
            time.sleep(pause)
            assert str(camb.call(lambda real: real.tts.create(**NEW))) == "tts:paid"
            assert camb.status("tts:other").is_pending
        camb.close()
    assert len(created) == 2


def test_what_comes_after_a_stream_answers_nobody(both: Both) -> None:
    audio = said(b"fLaC" * 10, more=b"content-type: audio/flac\r\n") + said({"status": "SUCCESS", "run_id": 666})
    with raw_server(answering(lambda path, _: audio if "stream" in path else PENDING)) as url:
        camb = both.client(base_url=url)
        for _ in range(3):
            assert b"".join(camb.streamed(**NEW)) == b"fLaC" * 10
            assert camb.status("tts:1").is_pending
        camb.close()


@pytest.mark.parametrize("use", ["create", "stream"])
def test_a_create_and_a_stream_go_out_on_a_connection_of_their_own(both: Both, use: str) -> None:
    """A server that closes an idle connection just as the request comes leaves nobody knowing whether it arrived."""
    audio = said(b"fLaC" * 10, more=b"content-type: audio/flac\r\n")

    def respond(path: str, number: int) -> bytes | None:
        if path in {"/tts", "/tts-stream"} and number > 1:
            return None
        return {"/tts": CREATED, "/tts-stream": audio}.get(path, PENDING)

    with raw_server(answering(respond)) as url:
        camb = both.client(base_url=url)
        for _ in range(4):
            assert camb.status("tts:1").is_pending
            if use == "create":
                assert str(camb.call(lambda real: real.tts.create(**NEW))) == "tts:paid"
            else:
                assert b"".join(camb.streamed(**NEW)) == b"fLaC" * 10
        camb.close()


def test_idle_connections_are_few(transport: Any) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:1", [slow(0.05, Reply.json({"status": "PENDING"}))])

    async def use(url: str) -> int:
        async with AsyncCambClient(KEY, base_url=url) as camb:
            await asyncio.gather(*(camb.status("tts:1") for _ in range(40)))
            wire: Any = camb._wire
            return len(wire._shared.http._transport._transports[None]._pool.connections)

    with fake.serve() as url:
        assert asyncio.run(use(url)) == 20


# --- what holds a request ---


@pytest.mark.parametrize(
    ("flood", "pause"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", 0.0),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
        (b"x-a: b\r\n", 0.02),
    ],
    ids=["103", "100", "headers"],
)
def test_what_never_becomes_a_response_holds_no_request(both: Both, flood: bytes, pause: float) -> None:
    stop = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n" if flood.startswith(b"x") else b"")
        while not stop.is_set():
            connection.sendall(flood)
            time.sleep(pause)

    with raw_server(talk) as url:
        camb = both.client(base_url=url, timeout=0.3)
        start = time.monotonic()
        with pytest.raises(ApiConnectionError):
            camb.status("tts:1")
        assert time.monotonic() - start < 0.8
        stop.set()
        camb.close()


@pytest.mark.parametrize("bytes_late", [1, 3])
def test_a_late_byte_does_not_buy_a_limit_anew(both: Both, bytes_late: int) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(bytes_late):
            time.sleep(0.35 / bytes_late)
            connection.sendall(b" ")
        connection.recv(65536)

    with raw_server(talk) as url:
        camb = both.client(base_url=url, timeout=0.4)
        start = time.monotonic()
        with pytest.raises(ApiConnectionError) as caught:
            camb.status("tts:1")
        camb.close()
    assert time.monotonic() - start < 0.65
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


def test_the_addresses_of_a_name_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]  # No place is left in the queue: connecting hangs.
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        known = socket.getaddrinfo
        several = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", port)) for number in (1, 1, 1, 1)]
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *a, **k: several if host == "localhost" else known(host, *a, **k)
        )
        with CambClient(KEY, base_url=f"http://localhost:{port}", timeout=0.4) as camb:
            start = time.monotonic()
            with pytest.raises(ApiConnectionError) as caught:
                camb.status("tts:1")
            assert time.monotonic() - start < 0.9
        assert not caught.value.sent
        for one in waiting:
            one.close()


# --- what is not the network's ---

ALARM = """
import asyncio, signal, sys
from camb_client import AsyncCambClient, CambClient
kind, raised, url = sys.argv[1:]
def ring(*_):
    raise {"timeout": TimeoutError, "os": ConnectionResetError, "other": LookupError}[raised]("mine")
signal.signal(signal.SIGALRM, ring)
async def use():
    async with AsyncCambClient("k" * 20, base_url=url, transport="aiohttp" if kind == "aiohttp" else None) as camb:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        await camb.wait("tts:1", timeout=4)
try:
    if kind == "sync":
        with CambClient("k" * 20, base_url=url) as camb:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            camb.wait("tts:1", timeout=4)
    else:
        asyncio.run(use())
except (OSError, LookupError) as error:
    print(type(error).__name__, error, error.__cause__)
"""


@pytest.mark.parametrize("kind", ["sync", "async", "aiohttp"])
@pytest.mark.parametrize(
    ("raised", "name"), [("timeout", "TimeoutError"), ("os", "ConnectionResetError"), ("other", "LookupError")]
)
def test_what_a_signal_handler_raises_is_the_callers(kind: str, raised: str, name: str) -> None:
    def hang(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.recv(65536)

    with raw_server(hang) as url:
        command = [sys.executable, "-W", "ignore", "-c", ALARM, kind, raised, url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout == f"{name} mine None\n", done.stderr[-500:]


def test_no_descriptors_are_an_outage_in_which_nothing_was_sent(both: Both) -> None:
    resource = pytest.importorskip("resource")
    with raw_server(answering(lambda *_: PENDING)) as url:
        camb, other = both.client(base_url=url), both.client(base_url=url)
        assert camb.status("tts:1").is_pending  # All that is needed is imported by now.
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        taken: list[int] = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
        try:
            while True:
                try:
                    taken.append(os.dup(0))
                except OSError:
                    break
            with pytest.raises(ApiConnectionError, match="Too many open files") as caught:
                other.status("tts:1")
        finally:
            for descriptor in taken:
                os.close(descriptor)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert (caught.value.sent, caught.value.permanent) == (False, False)
        assert other.status("tts:1").is_pending
        camb.close()
        other.close()


@pytest.mark.parametrize("broken", [MemoryError, ImportError])
def test_what_this_machine_lacks_is_no_fault_of_the_response(both: Both, monkeypatch: Any, broken: Any) -> None:
    def fail(*_: object) -> Any:
        raise broken("not here")

    camb = both.answering(lambda _: httpx.Response(200, json={"status": "PENDING"}))
    monkeypatch.setattr("camb_client._api.operations.parse", fail)
    with pytest.raises(broken, match="not here"):
        camb.status("tts:1")


# --- what a success is ---


@pytest.mark.parametrize("code", [200, 201, 202, 203, 206, 299])
def test_any_success_is_read(both: Both, code: int) -> None:
    camb = both.answering(lambda _: httpx.Response(code, json={"status": "SUCCESS", "run_id": 7, "task_id": "new"}))
    assert camb.status("tts:1").run_id == 7
    assert str(camb.call(lambda real: real.tts.create(**NEW))) == "tts:new"
    empty = both.answering(lambda _: httpx.Response(code))
    with pytest.raises(MalformedResponseError, match=f"a {code} that is not a task result"):
        empty.status("tts:1")


DEEP = b"[" * 99_000 + b"]" * 99_000


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"status": "PENDING", "message": NaN}', float), (b'{"status": "ERROR", "status": "PENDING"}', type(None)),
        (b'\xef\xbb\xbf{"status": "PENDING", "message": "a"}', str),
        ('{"status": "PENDING", "message": "ä"}'.encode("utf-16"), str),
        (b'{"status": "PENDING", "message": %b}' % (b"[" * 90 + b"]" * 90), list),
        (b'{"status": "PENDING", "message": %b}' % (b"[" * 101 + b"]" * 101), None),
        (b'{"status": "PENDING", "message": %b}' % DEEP, None), (DEEP, None), (b"[" * 99_000, None),
        (b'{"a":' * 700 + b"1" + b"}" * 700, None), (b'{"status": "PENDING"', None), (b"\xff\xfe{", None),
    ],
    ids=range(12),
)  # fmt: skip
def test_bodies_of_every_kind_have_an_outcome(both: Both, body: bytes, message: type | None) -> None:
    camb = both.answering(lambda _: httpx.Response(200, content=body))
    if message is None:
        with pytest.raises(MalformedResponseError):
            camb.status("tts:1")
    else:
        state = camb.status("tts:1")
        assert state.is_pending
        assert isinstance(state.message, message)


@pytest.mark.parametrize("code", [404, 422, 500])
def test_errors_with_a_deep_body_can_be_copied(both: Both, code: int) -> None:
    import copy
    import pickle

    camb = both.answering(lambda _: httpx.Response(code, content=b'{"detail":' * 700 + b"1" + b"}" * 700))
    with pytest.raises(CambError) as caught:
        camb.status("tts:1")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(copy.deepcopy(caught.value)) == str(caught.value)


# --- a wire with other options ---


def test_a_copy_of_a_wire_shares_its_connections(both: Both) -> None:
    seen: list[dict[str, str]] = []
    fake = FakeCamb(KEY)
    fake.add("tts:1", [slow(0.3, Reply.json({"status": "PENDING"}))])
    with fake.serve() as url:
        camb = both.client(base_url=url)
        original = camb.real._wire
        camb.real._wire = original.with_options(headers={"X-Team": "a", "User-Agent": "mine/1"})
        assert camb.status("tts:1").is_pending
        camb.real._wire = camb.real._wire.with_options(httpx.Timeout(0.1), {"x-team": "b"})
        with pytest.raises(ApiConnectionError):
            camb.status("tts:1")
        camb.close()  # Nothing: it is the copy's.
        camb.real._wire = original
        assert camb.status("tts:1").is_pending
        seen = [dict(request.headers) for request in fake.requests]
        copied = original.with_options()
        camb.close()
        camb.real._wire = copied
        with pytest.raises(RuntimeError, match="closed"):
            camb.status("tts:1")
        camb.real._wire = original
    assert [headers.get("x-team") for headers in seen] == ["a", "b", None]
    assert seen[0]["user-agent"].startswith("mine/1 camb-client/")
    assert all(headers["x-api-key"] == KEY for headers in seen)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the clock of this test needs it")
def test_a_frozen_clock_of_the_modules_ends_a_wait() -> None:
    """As freezegun freezes them: the functions of the module are replaced."""
    program = (
        "import sys, time\nfrom camb_client import CambClient, WaitTimeoutError\n"
        "with CambClient('k' * 20, base_url=sys.argv[1]) as camb:\n"
        "    time.monotonic = lambda: 7.0\n"
        "    try: camb.wait('tts:1', timeout=0.5, schedule=0.05)\n"
        "    except WaitTimeoutError: print('ended')\n"
    )
    fake = FakeCamb("k" * 20)
    fake.add("tts:1", ["PENDING"])
    with fake.serve() as url:
        command = [sys.executable, "-c", program, url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert done.stdout == "ended\n", done.stderr[-500:]


STARVED = """
import asyncio, os, resource, sys
import camb_client
from camb_client import ApiConnectionError

kind, url = sys.argv[1:]
taken = []

def starve():
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    try:
        while True:
            taken.append(os.dup(0))
    except OSError:
        pass

def feed(descriptors):
    for _ in range(descriptors):
        os.close(taken.pop())

async def use(camb, awaited):
    starve()
    for call, fed in (("first", 1), ("second", 60)):
        try:
            await awaited(camb.status("dub:1"))
        except ApiConnectionError as error:
            print(call, error.sent, error.permanent, "Too many open files" in str(error))
        feed(fed)
    print((await awaited(camb.wait("dub:1"))).run_id)

class Now:
    def __init__(self, camb):
        self.status = lambda ref: (lambda: camb.status(ref))
        self.wait = lambda ref: (lambda: camb.wait(ref))

async def called(call):
    return call()

async def over(transport):
    async with camb_client.AsyncCambClient("test-key", base_url=url, transport=transport) as camb:
        await use(camb, lambda coroutine: coroutine)

if kind == "sync":
    with camb_client.CambClient("test-key", base_url=url) as camb:
        asyncio.run(use(Now(camb), called))
else:
    asyncio.run(over("aiohttp" if kind == "aiohttp" else None))
"""


@pytest.mark.parametrize("kind", ["sync", "async", "aiohttp"])
def test_the_first_poll_of_a_process_without_descriptors_is_an_outage_whatever_it_imports(kind: str) -> None:
    pytest.importorskip("resource")
    done = said({"status": "SUCCESS", "run_id": 7, "message": {"more": "than a text"}})
    with raw_server(answering(lambda *_: done)) as url:
        command = [sys.executable, "-W", "error", "-c", STARVED, kind, url]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    # No connection, at first; then one descriptor, which mostly is the connection's, and nothing is left to read the
    # model of the message from.
    said_of_it = "first False False True\nsecond (True|False) False True\n7\n"
    assert re.fullmatch(said_of_it, ended.stdout), ended.stderr[-500:]


def test_a_connection_that_is_reset_before_its_handshake_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 leaves the socket open that it has made for TLS, where the reset has come before it looks."""

    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def late(*asked: Any) -> float | None:
        if asked[1] is httpcore.ConnectTimeout:
            time.sleep(0.05)  # The second time, the reset is here.
        return left_of(*asked)

    left_of = sync_network.left_of
    monkeypatch.setattr(sync_network, "left_of", late)
    with raw_server(reset) as url:
        client = CambClient(KEY, base_url=url.replace("http:", "https:"))
        with pytest.raises(ApiConnectionError) as caught:
            client.status("tts:1")
        assert caught.value.sent is False
        client.close()
    del caught
    collect_garbage()
