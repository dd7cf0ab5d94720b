"""What the environment says of the network: which proxy gets what, which certificates are trusted, what is refused."""

import asyncio
import os
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from camb_client import ApiConnectionError, AsyncCambClient, CambClient, CambError, ConfigurationError
from camb_client.testing import FakeCamb
from tests.facade.conftest import KEY, Both, making

TASK = "tts:1"
CLIENTS = {
    "sync": lambda **settings: CambClient(KEY, **settings),
    "async": lambda **settings: AsyncCambClient(KEY, **settings),
    "aiohttp": lambda **settings: AsyncCambClient(KEY, transport="aiohttp", **settings),
}


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


def table(names: str, rows: list[Any]) -> Any:
    """Every row with the sync client, some with the others: what is decided is decided in one place."""
    rows = [row if isinstance(row, tuple) else (row,) for row in rows]
    every = [("sync", *row) for row in rows] + [(kind, *row) for kind in ("async", "aiohttp") for row in rows[::5]]
    return pytest.mark.parametrize(f"both,{names}", every, indirect=["both"])


@pytest.fixture(params=CLIENTS)
def make(request: pytest.FixtureRequest) -> Any:
    return CLIENTS[request.param]


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCamb]:
    """A proxy on another machine, as far as the environment says; it answers what it is asked, of any host."""
    proxy = FakeCamb(KEY)
    proxy.add(TASK, ["SUCCESS"])
    with proxy.serve() as url:
        monkeypatch.setenv("ALL_PROXY", url.removesuffix("/apis"))
        yield proxy


LOOPBACK = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "0x7f.1", "2130706433", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::FFFF:7f00:2]", "localhost", "LOCALHOST", "localhost.", "api.localhost",
    "Api.LocalHost.", "127.0.0.1.",
]  # fmt: skip


@table("host", LOOPBACK)
def test_what_may_have_plain_http_gets_it_without_a_proxy(both: Both, proxy: FakeCamb, host: str) -> None:
    """One table decides both: else the key would go through the proxy in clear."""
    camb = both.client(base_url=f"http://{host}:9/apis", timeout=2)
    with pytest.raises(ApiConnectionError):  # Nobody listens there; and some resolvers know no such host.
        camb.status(TASK)
    camb.close()
    assert proxy.requests == []


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "128.0.0.1", "10.0.0.1", "localhost.example", "xlocalhost", "[::2]", "[::ffff:10.0.0.1]", "127.evil",
     "127.0.0.1.example", "1270.0.0.1"],
)  # fmt: skip
def test_other_hosts_get_neither(make: Any, proxy: FakeCamb, host: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_insecure_http"):
        make(base_url=f"http://{host}/apis")


def test_a_file_on_this_machine_is_fetched_without_a_proxy(both: Both, proxy: FakeCamb, tmp_path: Path) -> None:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["SUCCESS"], run_id=5)
    with fake.serve() as url:
        camb = both.client(base_url=url)
        camb.call(lambda real: real.tts.download(5, tmp_path / "a.flac"))
        camb.close()
    assert proxy.requests == []


@table(
    "no_proxy,through",
    [
        ("", True), ("other.example", True), ("camb.invalid", False), ("invalid", False), (".invalid", False),
        ("*.invalid", False), (".camb.invalid", True), ("CAMB.Invalid.", False), ("a, camb.invalid ,b", False),
        ("*", False), ("camb.invalid:80", False), ("camb.invalid:81", True), ("mb.invalid", True),
        ("fe80::/10,::1,[::2]:80,10.0.0.0/8,10.1,//,:,[,a:b:c,%", True),
        ("fe80::/10,camb.invalid", False), ("http://camb.invalid", False),
    ],
)  # fmt: skip
def test_hosts_that_need_no_proxy(
    both: Both, proxy: FakeCamb, monkeypatch: Any, no_proxy: str, *, through: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    camb = both.client(base_url="http://camb.invalid/apis", allow_insecure_http=True)
    if through:
        assert camb.wait(TASK).is_success
    else:
        with pytest.raises(ApiConnectionError):
            camb.status(TASK)
    camb.close()
    assert len(proxy.requests) == through


@table(
    "no_proxy,host,through",
    [
        ("192.0.2.0/24", "192.0.2.7", False), ("192.0.2.7", "192.0.2.7", False), ("192.0.2.0/24", "192.0.3.7", True),
        ("2001:db8::/32", "[2001:db8::7]", False), ("2001:db8::7", "[2001:DB8:0::7]", False),
        ("[2001:db8::7]", "[2001:db8::7]", False), ("[2001:db8::7]:80", "[2001:db8::7]", False),
        ("2001:db8::/33", "[2001:db8:ffff::7]", True), ("192.0.2.0/24", "[::ffff:192.0.2.7]", False),
    ],
)  # fmt: skip
def test_networks_that_need_no_proxy(
    both: Both, proxy: FakeCamb, monkeypatch: Any, no_proxy: str, host: str, *, through: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    camb = both.client(base_url=f"http://{host}/apis", allow_insecure_http=True, timeout=5 if through else 0.1)
    if through:
        assert camb.status(TASK).is_success
    else:
        with pytest.raises(ApiConnectionError):
            camb.status(TASK)
    camb.close()
    assert len(proxy.requests) == through


@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy", "HTTP_PROXY"])
@pytest.mark.parametrize(
    "value",
    ["socks://me:s3cret@127.0.0.1:1", "ftp://me:s3cret@proxy", "http://[::1", "http://me:s3cret@", "http://me:s3cret@h:port",
     "http://me:s3cret@h:99999", "http://me:s3cret@ho st", "socks5://me:s3cret@127.0.0.1:1"],
)  # fmt: skip
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(
    make: Any, monkeypatch: Any, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=f"^{variable} ") as caught:
        make()
    error: BaseException | None = caught.value
    shown = ""
    while error is not None:
        frames = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__) if "camb_client" in str(frame)]
        shown += repr((error, frames))
        error = error.__cause__ or error.__context__
    assert "s3cret" not in shown


def test_where_no_host_needs_a_proxy_it_may_say_what_it_likes(make: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "*")
    make()


def test_a_transport_that_is_passed_in_needs_nothing_of_the_environment(monkeypatch: Any) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/missing")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"status": "PENDING"}))
    with CambClient(KEY, transport=transport) as camb:
        assert camb.status(TASK).is_pending


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"])
@pytest.mark.parametrize("what", ["missing", "broken", "other kind"])
def test_certificates_that_cannot_be_read_are_named_by_their_variable(
    make: Any, monkeypatch: Any, tmp_path: Path, variable: str, what: str
) -> None:
    if variable == "SSLKEYLOGFILE" and httpx.__name__ != "httpx":
        pytest.skip("httpx2 does not take it")
    (tmp_path / "broken").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    places = {
        "missing": tmp_path / "no" / "such",
        "broken": tmp_path / "broken" / ("below" if variable != "SSL_CERT_FILE" else ""),
        "other kind": tmp_path if variable != "SSL_CERT_DIR" else tmp_path / "broken",
    }
    monkeypatch.setenv(variable, str(places[what]))
    with pytest.raises(ConfigurationError, match=f"^{variable} "):
        make()


def test_a_folder_of_certificates_among_several_will_do(make: Any, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", f"/missing{os.pathsep}{tmp_path}")
    make()


def test_a_name_that_does_not_resolve_says_so(both: Both) -> None:
    camb = both.client(base_url="https://no.such.invalid/apis")
    with pytest.raises(CambError, match=r"no\.such\.invalid.*camb-client doctor") as caught:
        camb.status(TASK)
    camb.close()
    assert isinstance(caught.value, ApiConnectionError)
    assert (caught.value.sent, caught.value.permanent) == (False, False)


def test_an_address_that_hangs_does_not_keep_the_next_from_being_tried(monkeypatch: Any) -> None:
    """As with a broken IPv6 beside an IPv4 that works."""
    fake = FakeCamb(KEY)
    fake.add(TASK, ["PENDING"])
    with fake.serve() as url, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]  # No place is left in the queue: connecting hangs.
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        port = httpx.URL(url).port
        addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (*full.getsockname(),)),
                     (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]  # fmt: skip

        async def poll() -> None:
            loop = asyncio.get_running_loop()

            async def both_addresses(*_: Any, **__: Any) -> Any:
                return addresses

            monkeypatch.setattr(loop, "getaddrinfo", both_addresses)
            async with AsyncCambClient(KEY, base_url=url.replace("127.0.0.1", "localhost"), timeout=5) as camb:
                assert (await camb.status(TASK)).is_pending
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}

        start = time.monotonic()
        asyncio.run(poll())
        assert time.monotonic() - start < 2
        for one in waiting:
            one.close()
