"""Headers of the caller's own, and a copy of a client with other options: over real HTTP, with each transport."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from camb_client import ConfigurationError, __version__
from camb_client.testing import FakeCamb
from tests.facade.conftest import KEY, Both, making

TASK = "tts:c8b8e3cd-ad17"
OURS = f"camb-client/{__version__}"


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


@pytest.fixture
def served() -> Iterator[tuple[FakeCamb, str]]:
    fake = FakeCamb(KEY)
    fake.add(TASK, ["SUCCESS"], run_id=7)
    with fake.serve() as url:
        yield fake, url


def header(fake: FakeCamb, name: str) -> list[str | None]:
    return [request.headers.get(name) for request in fake.requests]


def test_own_headers_go_to_the_api(both: Both, served: tuple[FakeCamb, str]) -> None:
    fake, url = served
    camb = both.client(base_url=url, headers={"X-Team": "a-b", "User-Agent": "audiobook/2"})
    camb.wait(TASK)
    camb.call(lambda camb: camb.tts.create(text="Hello", voice_id=1, language=1))
    assert header(fake, "x-team") == ["a-b", "a-b"]
    assert header(fake, "user-agent") == [f"audiobook/2 {OURS}"] * 2


def test_own_headers_do_not_go_to_the_address_of_a_file(
    both: Both, served: tuple[FakeCamb, str], tmp_path: Any
) -> None:
    fake, url = served
    camb = both.client(base_url=url, headers={"X-Team": "secret"})
    camb.call(lambda camb: camb.tts.download(7, tmp_path / "a.flac"))
    assert header(fake, "x-team") == ["secret", None]


@pytest.mark.parametrize("name", ["x-api-key", "X-API-Key", "Accept", "host", "Content-Type", "accept-encoding"])
def test_a_header_of_ours_is_refused(both: Both, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{name}' is sent by the client itself") as caught:
        both.client_class(KEY, headers={name: "their-secret"})
    assert "their-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"a b": "c"}, ConfigurationError),
        ({"": "c"}, ConfigurationError),
        ({"a": "c\r\nd: e"}, ConfigurationError),
        ({"a": "é"}, ConfigurationError),
        ({"a": 1}, TypeError),
        (["a"], TypeError),
    ],
)
def test_headers_are_checked(both: Both, headers: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        both.client_class(KEY, headers=headers)


def test_a_copy_has_its_own_headers_over_the_same_connections(both: Both, served: tuple[FakeCamb, str]) -> None:
    fake, url = served
    camb = both.client(base_url=url, headers={"x-team": "a", "x-job": "1"})
    real = camb.real
    camb.status(TASK)
    camb.real = real.with_options(headers={"X-Job": "2"})
    camb.status(TASK)
    camb.close()  # Does nothing.
    camb.real = real
    camb.status(TASK)
    assert (header(fake, "x-team"), header(fake, "x-job")) == (["a"] * 3, ["1", "2", "1"])


def test_a_copy_is_closed_with_its_original(both: Both, served: tuple[FakeCamb, str]) -> None:
    _, url = served
    camb = both.client(base_url=url)
    copy = camb.real.with_options(timeout=3)
    camb.status(TASK)
    camb.close()
    camb.real = copy
    with pytest.raises(RuntimeError, match="this client is closed"):
        camb.status(TASK)
    with pytest.raises(RuntimeError, match="this client is closed"):
        copy.with_options()


def test_a_copy_has_its_own_timeout(both: Both) -> None:
    camb = both.client(timeout=5)
    for timeout in (3, httpx.Timeout(3)):
        assert camb.real.with_options(timeout=timeout)._wire.longest == 3
    assert camb.real.with_options()._wire.longest == 5
    assert camb.real.with_options(timeout=None)._wire.longest > 5
    with pytest.raises(ValueError, match="timeout must be from"):
        camb.real.with_options(timeout=0)


def test_a_copy_has_the_hooks_and_families_of_its_original(both: Both, served: tuple[FakeCamb, str]) -> None:
    _, url = served
    events: list[Any] = []
    camb = both.client(base_url=url, event_hooks={"poll": [events.append]})
    camb.call(lambda camb: camb.with_options(headers={"a": "b"}).tts.wait("c8b8e3cd-ad17"))
    assert len(events) == 1
