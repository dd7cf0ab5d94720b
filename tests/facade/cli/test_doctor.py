"""``doctor``: what it finds, and that the key is in none of it."""

import re
import socket
import time
from types import SimpleNamespace

import pytest

from ..conftest import raw_server
from .conftest import KEY, Cli, Done


def checks(done: Done) -> dict[str, tuple[str, str]]:
    """Each check by its name: how it went, and what was said."""
    assert KEY not in done.out + done.err
    return {line[6:14].strip(): (line[:4].strip(), line[16:]) for line in done.out.splitlines()}


def test_all_is_well(cli: Cli) -> None:
    done = cli("doctor")
    found = checks(done)
    assert (done.code, done.err) == (0, "")
    assert {how for how, _ in found.values()} == {"ok"}
    assert re.fullmatch(r"camb-client \d+\.\d+\.\d+\S*, spec [0-9a-f]{12}", found["version"][1])
    assert re.fullmatch(r"Python \S+, httpx \S+, attrs \S+, click \S+, rich \S+", found["runs on"][1])
    assert cli.url in found["settings"][1]
    assert found["clock"][1].startswith("as the server's")
    # The first without the key, the second as the client sends it.
    assert ["x-api-key" in request.headers for request in cli.fake.requests] == [False, True]


def test_no_key(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMB_API_KEY")
    done = cli("doctor")
    assert (done.code, checks(done)["settings"]) == (
        2,
        ("bad", "CAMB_API_KEY is missing: set CAMB_API_KEY, or pass api_key="),
    )


def test_a_key_that_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_API_KEY", "another-key")
    done = cli("doctor")
    assert (done.code, checks(done)["key"][0], checks(done)["server"][0]) == (7, "bad", "ok")
    assert "Check the API key." in done.out


def test_an_unsafe_address(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_BASE_URL", "http://camb.invalid/apis")
    done = cli("doctor")
    assert (done.code, checks(done)["settings"][0]) == (2, "bad")


def test_no_server(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_BASE_URL", "http://127.0.0.1:1/apis")
    done = cli("doctor")
    assert (done.code, checks(done)["server"][0]) == (8, "bad")
    assert "key" not in checks(done)


@pytest.mark.parametrize(("off", "said"), [(100, "100 s ahead of the server's"), (-100, "100 s behind the server's")])
def test_a_clock_that_is_wrong(cli: Cli, monkeypatch: pytest.MonkeyPatch, off: float, said: str) -> None:
    # For the doctor only: the server goes by the right time.
    monkeypatch.setattr("camb_client.cli._doctor.time", SimpleNamespace(time=lambda: time.time() + off))
    done = cli("doctor")
    assert done.code == 0
    how, found = checks(done)["clock"]
    assert how == "note"
    assert re.sub(r"99|101", "100", found).startswith(said)


@pytest.mark.parametrize("url", ["https://camb.example/apis", ""])
def test_each_setting_that_is_wrong_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CAMB_API_KEY", f" {KEY}")
    monkeypatch.setenv("CAMB_BASE_URL", url or "nowhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hidden@proxy.example:notaport")
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")
    done = cli("doctor")
    wrong = [line for line in done.out.splitlines() if line.startswith("bad ")]
    variables = ["CAMB_API_KEY", *([] if url else ["CAMB_BASE_URL"]), "HTTPS_PROXY"]
    assert [re.split(r"\W+", line)[2] for line in wrong] == variables
    assert "hidden" not in done.out
    assert done.code == 2
    assert not cli.fake.requests


def test_a_body_is_not_read(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    """A few bytes of gzip become a gigabyte, and others never end."""
    sent: list[int] = []

    def talk(connection: socket.socket) -> None:
        request = connection.recv(65_536)
        if b"GET /tts/" in request:
            body = b'{"detail": "no such task"}'
            connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n")
        for _ in range(1000):
            connection.sendall(bytes(65_536))
            sent.append(65_536)

    with raw_server(talk) as url:
        monkeypatch.setenv("CAMB_BASE_URL", url)
        found = checks(cli("doctor"))
    assert (found["server"][0], found["clock"][0], found["key"][0]) == ("ok", "note", "ok")
    assert sum(sent) < 20_000_000


def test_headers_that_never_end_hold_it_up_no_longer_than_anything(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.setattr("camb_client.cli._doctor._LIMIT", 0.3)

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"x: y\r\n")
            time.sleep(0.05)

    with raw_server(talk) as url:
        monkeypatch.setenv("CAMB_BASE_URL", url)
        done = cli("doctor")
    assert (done.code, checks(done)["server"]) == (8, ("bad", "no response within 0.3 s"))
