"""Output that is closed, full or gone: the work goes on or ends as documented, and a paid task is never lost."""

import json
import os
import pathlib
import subprocess
import time
from collections.abc import Iterator
from typing import Any, TextIO

import pytest

from camb_client.testing import Reply

from .conftest import COMMAND, Cli, Done

SPEAK = ("speak", "Good morning.", "--voice", "147320", "--language", "en-us")


def shell(cli: Cli, streams: str, *arguments: str, folder: pathlib.Path | None = None) -> Done:
    """Run it in a process, its streams redirected as a shell does it, or in a pipeline; its own exit code."""
    line = f'"$@" {streams}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *COMMAND, *arguments],
        env=cli.env, cwd=folder, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def full() -> Iterator[TextIO]:
    """A full disk."""
    with pathlib.Path("/dev/full").open("w", encoding="utf-8") as stream:
        yield stream


@pytest.fixture
def gone() -> Iterator[TextIO]:
    """A pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        yield stream


@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&- <&-", "2>/dev/full", "2> >(true)"])
def test_a_wait_goes_on_without_what_nobody_reads(cli: Cli, streams: str) -> None:
    cli.fake.add("tts:1", ["PENDING", "SUCCESS"], run_id=7)
    done = shell(cli, streams, "watch", "--json", "tts:1", "--schedule", "0.01")
    assert (done.code, cli.fake.polls("tts:1")) == (0, 2)
    assert [json.loads(line)["event"] for line in done.out.splitlines()] == (
        [] if streams.startswith(">") else ["changed", "ended"]
    )


@pytest.mark.skipif(not pathlib.Path("/proc/self/fd").exists(), reason="only Linux shows the files of a process")
def test_a_connection_never_takes_the_place_of_a_closed_stream(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING"])
    line = ["bash", "-c", 'exec "$@" <&- >&- 2>&-', "bash", *COMMAND, "wait", "tts:1"]
    with subprocess.Popen(line, env=cli.env) as process:
        while not cli.fake.polls("tts:1"):
            assert process.poll() is None
            time.sleep(0.01)
        streams = [pathlib.Path(f"/proc/{process.pid}/fd/{number}").readlink() for number in range(3)]
        process.kill()
    assert streams == [pathlib.Path("/dev/null")] * 3


LOST = "error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("command", ["wait tts:1", "wait --json tts:1", "status tts:1", "plan", "doctor", "--help"])
def test_a_full_disk_is_said_and_has_its_exit_code(cli: Cli, full: TextIO, command: str) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    assert cli(*command.split(), stdout=full) == (74, "", LOST)


@pytest.mark.parametrize("command", ["wait tts:1", "wait --json tts:1", "status tts:1", "plan", "doctor", "--help"])
def test_a_reader_that_has_gone_is_how_a_pipeline_ends(cli: Cli, gone: TextIO, command: str) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    assert cli(*command.split(), stdout=gone) == (141, "", "")


@pytest.mark.parametrize(
    ("streams", "code", "said"), [(">/dev/full", 74, LOST), (">/dev/full 2>&1", 74, ""), (">&-", 0, "")]
)
def test_the_exit_code_is_that_of_the_process_too(cli: Cli, streams: str, code: int, said: str) -> None:
    assert shell(cli, streams, "--version") == (code, "", said)


@pytest.mark.parametrize("command", ["--help", "--version", "wait --help"])
def test_a_full_disk_is_said_without_a_buffer_too(cli: Cli, full: TextIO, command: str) -> None:
    done = subprocess.run(
        [*COMMAND, *command.split()],
        env={**cli.env, "PYTHONUNBUFFERED": "1"}, stdout=full, stderr=subprocess.PIPE, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (74, LOST)


def test_a_wait_that_loses_its_reader_names_the_tasks_that_are_left(cli: Cli, gone: TextIO) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    cli.fake.add("tts:2", ["PENDING"])
    done = cli("wait", "tts:1", "tts:2", "--timeout", "5", stdout=gone)
    assert (done.code, done.err.splitlines()[-1]) == (141, "to go on waiting: camb-client wait --timeout 5 tts:2")


@pytest.mark.parametrize(
    ("streams", "code"), [("2>/dev/full", 0), (">&- 2>&-", 0), ("--json >/dev/full 2>&1", 74), ("2>&1 | true", 141)]
)
def test_a_paid_task_becomes_a_file_whatever_happens_to_the_output(
    cli: Cli, tmp_path: pathlib.Path, streams: str, code: int
) -> None:
    done = shell(cli, streams, *SPEAK, "-o", "a.flac", folder=tmp_path)
    assert (tmp_path / "a.flac").stat().st_size == 8086
    assert (done.code, len(cli.fake.created)) == (code, 1)


def test_what_cannot_be_written_is_said_once(quick: Cli, tmp_path: pathlib.Path, full: TextIO) -> None:
    done = quick(*SPEAK, "--json", "-o", "a", stdout=full)
    assert (done.code, done.err) == (74, f"note: created {quick.fake.created[0]}\n{LOST}")
    assert (tmp_path / "a").stat().st_size == 8086


def test_a_pipe_whose_reader_has_gone_does_not_lose_the_paid_task(cli: Cli) -> None:
    done = shell(cli, "| true", *SPEAK, "-q", "-o", "-")
    assert (done.code, done.err.splitlines()) == (
        141,
        [f"the task: {cli.fake.created[0]}", "to go on: camb-client download tts:1001 -o -"],
    )


@pytest.mark.parametrize("command", [SPEAK, (*SPEAK, "--stream"), ("download", "tts:7")])
def test_audio_is_not_for_a_stream_that_is_closed(cli: Cli, command: tuple[str, ...]) -> None:
    cli.fake.add("tts:1", run_id=7)
    done = shell(cli, ">&-", *command, "-q", "-o", "-")
    said = "error: standard output is a terminal or closed: pipe it, or name a file"
    assert (done.code, done.err.splitlines()[0]) == (2, said)
    assert not cli.fake.requests


@pytest.mark.parametrize("command", [SPEAK, (*SPEAK, "-q"), ("sound", "rain", "--json")])
@pytest.mark.parametrize(("stdout", "code"), [("full", 74), ("gone", 141)])
def test_a_reference_that_is_all_that_was_asked_for_is_said_elsewhere(
    quick: Cli, command: tuple[str, ...], stdout: str, code: int, request: pytest.FixtureRequest
) -> None:
    done = quick(*command, "--no-wait", stdout=request.getfixturevalue(stdout))
    (task,) = quick.fake.created
    assert (done.code, done.err.splitlines()[-2:]) == (
        code,
        [f"to go on: camb-client wait {task}", f"and then: camb-client download {task.kind}:RUN_ID -o ."],
    )


@pytest.mark.parametrize("command", [(*SPEAK, "--no-wait"), ("create", "tts", "--json-file", "body.json")])
@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["words", "json"])
def test_a_closed_stream_takes_no_reference(
    cli: Cli, tmp_path: pathlib.Path, command: tuple[str, ...], as_json: tuple[str, ...]
) -> None:
    (tmp_path / "body.json").write_text(
        '{"text": "Good morning.", "voice_id": 147320, "language": 1}', encoding="utf-8"
    )
    done = shell(cli, ">&-", *command, *as_json, folder=tmp_path)
    (task,) = cli.fake.created
    said = done.err.splitlines()
    assert (done.code, said[0]) == (74, "error: standard output cannot be written: it is closed")
    assert f"to go on: camb-client wait {task}" in said


def test_the_reference_is_on_standard_output_as_soon_as_it_is_known(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("GET /tts", *[Reply.json({"status": "PENDING"})] * 999)
    process = cli.start(*SPEAK, "--json", "-o", str(tmp_path), stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    created = json.loads(process.stdout.readline())
    assert (created["event"], created["task"]) == ("created", str(cli.fake.created[0]))
    process.kill()
    process.communicate()


def test_a_pipe_that_does_not_block_loses_nothing(cli: Cli) -> None:
    message = "x" * 300_000
    cli.fake.add("tts:1", [{"status": "PENDING", "message": message}])
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    process = cli.start("status", "--json", "tts:1", stdout=writing)
    os.close(writing)
    with os.fdopen(reading) as out:
        while not cli.fake.polls("tts:1"):
            time.sleep(0.01)
        time.sleep(0.2)  # Until the pipe is full.
        assert json.loads(out.read())["message"] == message
    process.communicate()
    assert process.returncode == 124


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"status": "PENDING", "message": {"a": NaN, "b": [-Infinity, 1e999]}}', {"a": None, "b": [None, None]}),
        (b'{"status": "PENDING", "message": "half \\ud83d"}', "half \ud83d"),
        (b'{"status": "PENDING", "message": "\\u202e\\u0000\\u001b]0;x\\u0007"}', "\u202e\0\x1b]0;x\x07"),
    ],
)
def test_json_is_json_whatever_the_server_sent(cli: Cli, body: bytes, message: Any) -> None:
    cli.fake.add("tts:1", [Reply(200, body, {"content-type": "application/json"})])

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    out = cli("status", "--json", "tts:1").out
    assert json.loads(out, parse_constant=refuse)["message"] == message
    assert out.isascii()
    assert out[:-1].isprintable()
