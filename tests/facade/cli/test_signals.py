"""Signals: whatever ends the program, it ends soon, and names the task that was paid for."""

import asyncio
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from camb_client.cli._loop import run
from camb_client.testing import Reply

from .conftest import COMMAND, Cli

SPEAK = ("speak", "Good morning.", "--voice", "147320", "--language", "en-us")
PENDING = Reply.json({"status": "PENDING"})


def with_signals(**ignored: bool) -> Callable[[], None]:
    """For a child: which signals it finds ignored. A test run in the background has SIGINT ignored itself."""

    def prepare() -> None:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            signal.signal(getattr(signal, name), signal.SIG_IGN if ignored.get(name) else signal.SIG_DFL)

    return prepare


def start(cli: Cli, *arguments: str, **ignored: bool) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=cli.env,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        preexec_fn=with_signals(**ignored),
    )


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def last_lines(cli: Cli, file: str) -> list[str]:
    task = cli.fake.created[0]
    return [
        "interrupted; submitted tasks are still running at CAMB.AI",
        f"to go on: camb-client wait {task}",
        f"and then: camb-client download tts:RUN_ID -o {file}",
    ]


@pytest.mark.parametrize(
    ("name", "ignored", "code"),
    [("SIGINT", {}, 130), ("SIGTERM", {}, 143), ("SIGHUP", {}, 129), ("SIGTERM", {"SIGINT": True}, 143)],
    ids=["ctrl-c", "terminated", "hung up", "in the background"],
)
def test_a_signal_names_the_paid_task_in_quiet_too(
    cli: Cli, tmp_path: pathlib.Path, name: str, ignored: dict[str, bool], code: int
) -> None:
    cli.fake.script("GET /tts", *[PENDING] * 999)
    process = start(cli, *SPEAK, "-q", "-o", str(tmp_path / "a"), **ignored)
    until(lambda: cli.fake.created and cli.fake.polls(cli.fake.created[0]))
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.splitlines()) == (code, "", last_lines(cli, str(tmp_path / "a")))
    assert not list(tmp_path.iterdir())


def test_signals_in_a_row_do_not_cut_the_last_lines_short(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("GET /tts", *[PENDING] * 999)
    process = start(cli, *SPEAK, "-q", "-o", str(tmp_path / "a"))
    until(lambda: cli.fake.created and cli.fake.polls(cli.fake.created[0]))
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.002)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err.splitlines()[-3:]) == (143, last_lines(cli, str(tmp_path / "a")))


def test_a_hang_up_that_is_ignored_stays_so(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING"])
    process = start(cli, "wait", "tts:1", "--schedule", "0.05", SIGHUP=True)  # As nohup starts it.
    until(lambda: cli.fake.polls("tts:1"))
    process.send_signal(signal.SIGHUP)
    cli.fake.add("tts:1", ["SUCCESS"])
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_write_that_nobody_reads_can_be_interrupted(cli: Cli) -> None:
    cli.fake.add("tts:1", [{"status": "PENDING", "message": "x" * 300_000}])
    process = start(cli, "watch", "--json", "tts:1")
    until(lambda: cli.fake.polls("tts:1"))
    time.sleep(0.3)  # Until the pipe is full.
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130
    assert process.stderr is not None
    assert process.stderr.read().endswith("to go on waiting: camb-client watch --json tts:1\n")
    process.communicate()


# A name server that does not respond: getaddrinfo hangs in a thread, which nothing can end.
HANGING = """\
import socket, sys, time
from camb_client.__main__ import main
real = socket.getaddrinfo
def getaddrinfo(host, *rest, **more):
    print("resolving", flush=True)
    time.sleep(30)
socket.getaddrinfo = getaddrinfo
sys.argv = ["camb-client", "wait", "tts:1", *sys.argv[1:]]
sys.exit(main())
"""


@pytest.mark.parametrize(("arguments", "code"), [([], 130), (["--timeout", "0.2"], 124)])
def test_a_name_that_does_not_resolve_holds_nothing_up(cli: Cli, arguments: list[str], code: int) -> None:
    env = {**cli.env, "CAMB_BASE_URL": "https://camb.invalid/apis"}
    command = [sys.executable, "-c", HANGING, *arguments]
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=with_signals()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "resolving\n"
    if not arguments:
        process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=5)
    assert (process.returncode, err.splitlines()[-1]) == (
        code,
        " ".join(["to go on waiting: camb-client wait", *arguments, "tts:1"]),
    )


def test_the_loop_cancels_what_is_left_and_waits_for_it_a_moment() -> None:
    steps: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            steps.append("cancelled")
            await asyncio.sleep(0)
            steps.append("cleaned up")

    async def work() -> None:
        asyncio.get_running_loop().create_task(stubborn()).add_done_callback(lambda _: steps.append("ended"))
        await asyncio.sleep(0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(work())
    assert steps == ["cancelled", "cleaned up", "ended"]


def test_ctrl_c_while_it_is_imported_is_no_traceback(cli: Cli) -> None:
    program = (
        "import os, signal, sys\n"
        "import camb_client.__main__ as program\n"
        "def find_spec(name): os.kill(os.getpid(), signal.SIGINT)\n"
        "program.find_spec = find_spec\n"
        "sys.exit(program.main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=cli.env, capture_output=True, text=True, preexec_fn=with_signals()
    )
    assert (done.returncode, done.stderr) == (130, "")
