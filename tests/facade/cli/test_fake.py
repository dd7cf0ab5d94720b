"""``fake``: the server that a person starts at a terminal."""

import re
import shlex
import socket

import pytest

from camb_client import CambClient, CambError
from camb_client.cli._fake import _timeline

from .conftest import Cli
from .terminal import terminal


def test_it_serves_what_it_is_told_and_shows_each_request(cli: Cli) -> None:
    tasks = ("--task", "tts:a=PENDING,503,reset,SUCCESS", "--task", "text-to-sound:b=0:ERROR")
    with terminal("fake", "--port", "0", "--key", "a key", *tasks, env=cli.env) as it:
        it.until(lambda screen: "wait tts:a text-to-sound:b" in screen)
        settings = re.search(r"^  export (.*)$", it.screen, flags=re.MULTILINE)
        assert settings is not None
        url, key = (word.partition("=")[2] for word in shlex.split(settings[1]))
        with CambClient(key, base_url=url) as camb:
            assert camb.status("tts:a").is_pending
            for _ in range(2):
                with pytest.raises(CambError):
                    camb.status("tts:a")
            assert camb.status("tts:a").is_success
            assert camb.status("text-to-sound:b").is_failure
            assert camb.status("tts:any-other").is_pending
        it.until(lambda screen: "any-other  200" in screen)
        lines = [re.sub(r"^\d\d:\d\d:\d\d  ", "", line) for line in it.screen.splitlines()[-6:]]
        assert [line.split("  ")[0] for line in lines] == [
            *["GET /apis/tts/a"] * 4, "GET /apis/text-to-sound/b", "GET /apis/tts/any-other",
        ]  # fmt: skip
        assert [line.split("  ")[1].split()[0] for line in lines] == ["200", "503", "reset", "200", "200", "200"]
        it.press("\x03")
        assert it.end() == 0
        assert "Traceback" not in it.screen


def test_the_tasks_that_creates_make_have_a_timeline_too(cli: Cli) -> None:
    with terminal("fake", "--port", "0", "--created", "PENDING,TIMEOUT", env=cli.env) as it:
        it.until(lambda screen: "wait tts:demo" in screen)
        found = re.search(r"CAMB_BASE_URL=(\S+)", it.screen)
        assert found is not None
        with CambClient("test-key", base_url=found[1]) as camb:
            task = camb.text_to_sound.create(prompt="rain")
            assert [str(camb.status(task).status) for _ in range(3)] == ["PENDING", "TIMEOUT", "TIMEOUT"]


def test_a_port_that_is_taken(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = cli("fake", "--port", str(port))
    assert done.code == 2
    assert done.err.startswith(f"error: port {port} cannot be used (Address already in use")


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("tts:a", "'tts:a' has no timeline: write it as tts:a=PENDING,SUCCESS"),
        ("a=SUCCESS", "is not a task reference"),
        ("tts:a=SUCESS", "'SUCESS' is neither a fault nor a known status; did you mean SUCCESS?"),
        ("tts:a=PENDING,RSET", "'RSET' is neither a fault nor a known status; did you mean RESET?"),
        ("tts:a=0:PENDING,SUCCESS", "needs a number of seconds for each step"),
        ("tts:a=x:PENDING", "needs a number of seconds for each step"),
    ],
)
def test_timelines_that_cannot_be(cli: Cli, task: str, said: str) -> None:
    done = cli("fake", "--task", task)
    assert done.code == 2
    assert said in done.err.splitlines()[0]


def test_a_timeline_by_seconds() -> None:
    assert _timeline("0:PENDING,2.5:SUCCESS") == {0: "PENDING", 2.5: "SUCCESS"}
    assert _timeline(" 0:PENDING  2.5:SUCCESS") == {0: "PENDING", 2.5: "SUCCESS"}
    assert _timeline("PENDING 503, SUCCESS") == ["PENDING", "503", "SUCCESS"]
