"""``wait``, ``watch`` and ``status`` through pipes: what comes out, and when."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import threading
import time
from typing import Any

import pytest

from camb_client.testing import error

from .conftest import KEYS, Cli

QUICK = ("--schedule", "0.01")


def untimed(lines: str) -> list[str]:
    """The lines without how long it took and how many polls it were."""
    return [re.sub(r"  \d+\.\d s  \d+ polls?$", "", line) for line in lines.splitlines()]


def test_results_go_out_and_changes_on_the_way_to_standard_error(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING", {"status": "PENDING", "message": "rendering"}, "SUCCESS"], run_id=7)
    done = cli("wait", *QUICK, "tts:1")
    assert untimed(done.out) == ["tts:1  SUCCESS  run_id 7"]
    assert untimed(done.err) == ["tts:1  PENDING", "tts:1  PENDING  rendering"]
    assert re.search(r"  \d\.\d s  3 polls\n$", done.out)


def test_watch_prints_each_change_of_each_task(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING", {"status": "PENDING", "message": "rendering"}, "SUCCESS"], run_id=7)
    cli.fake.add("text-to-sound:2", ["PENDING", "PENDING", "ERROR"])
    done = cli("watch", *QUICK, "tts:1", "text-to-sound:2")
    lines = untimed(done.out)
    assert [line for line in lines if line.startswith("tts")] == [
        "tts:1  PENDING",
        "tts:1  PENDING  rendering",
        "tts:1  SUCCESS  run_id 7",
    ]
    assert [line for line in lines if line.startswith("text")] == [
        "text-to-sound:2  PENDING",
        "text-to-sound:2  ERROR  failed",
    ]
    assert (done.code, untimed(done.err)) == (
        3,
        ["error: text-to-sound:2 ended as ERROR. Check the reason, then submit it again."],
    )


def test_status_polls_once(cli: Cli) -> None:
    cli.fake.add("tts:1", [{"status": "PENDING", "message": "rendering"}])
    cli.fake.add("tts:2", ["SUCCESS"], run_id=7)
    done = cli("status", "tts:1", "tts:2")
    assert untimed(done.out) == ["tts:1  PENDING  not done, rendering", "tts:2  SUCCESS  run_id 7"]
    assert (done.code, done.err) == (124, "")
    assert cli("status", "tts:2").code == 0
    assert cli("status", "tts:3").err.startswith("error: tts:3: HTTP 404: ")
    assert len(cli.fake.requests) == 4


def test_status_asks_no_further_when_the_key_is_refused(cli: Cli) -> None:
    cli.fake.add("tts:1", [error(401)])
    assert cli("status", "tts:1", "tts:2").code == 7
    assert len(cli.fake.requests) == 1


@pytest.mark.parametrize("command", ["wait", "watch", "status"])
def test_json_has_the_keys_that_the_docs_promise(cli: Cli, command: str) -> None:
    cli.fake.add("tts:1", [{"status": "ERROR", "exception_reason": "X", "message": {"a": "\x1b[2J"}}])
    cli.fake.add("tts:2", ["SUCCESS"], run_id=7)
    done = cli(command, "--json", "tts:1", "tts:2")
    records = {record["task"]: record for record in map(json.loads, done.out.splitlines())}
    for record in records.values():
        assert [*record] == KEYS
        assert record.pop("event") == "ended"
        assert isinstance(record.pop("elapsed"), float)
        assert record.pop("polls") == 1
    failed, fine = records["tts:1"], records["tts:2"]
    assert failed.pop("error") == {
        "type": "TaskFailedError",
        "message": done.err.removeprefix("error: ").rstrip("\n").replace("�", "\x1b"),
    }
    assert failed == {
        "task": "tts:1", "status": "ERROR", "run_id": None, "exception_reason": "X", "message": {"a": "\x1b[2J"},
        "exit_code": 3, "file": None,
    }  # fmt: skip
    assert fine == {
        "task": "tts:2", "status": "SUCCESS", "run_id": 7, "exception_reason": None, "message": None, "exit_code": 0,
        "error": None, "file": None,
    }  # fmt: skip


def test_json_of_a_change_has_no_exit_code_yet(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING", "SUCCESS"])
    done = cli("watch", "--json", *QUICK, "tts:1")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [(record["event"], record["status"], record["exit_code"]) for record in records] == [
        ("changed", "PENDING", None), ("ended", "SUCCESS", 0),
    ]  # fmt: skip
    assert done.err == ""
    cli.fake.add("tts:1", ["PENDING", "SUCCESS"])
    assert cli("wait", "--json", *QUICK, "tts:1").err == ""  # Nothing but objects, for those who read both streams.


def test_quiet_says_nothing_but_errors(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING", "SUCCESS"])
    cli.fake.add("tts:2", ["TIMEOUT"])
    assert cli("wait", "-q", *QUICK, "tts:1") == (0, "", "")
    done = cli("wait", "--quiet", "tts:2")
    assert (done.code, done.out, done.err.count("\n")) == (5, "", 1)


def test_a_task_that_is_named_twice_is_waited_for_once(cli: Cli) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    assert cli("wait", "tts:1", "tts:1").out.count("\n") == 1


def test_a_deadline_says_how_to_go_on_with_the_same_options(cli: Cli) -> None:
    cli.fake.add("tts:it's  so", ["PENDING"])
    cli.fake.add("tts:2", ["SUCCESS"])
    cli.fake.add("tts:3", ["ERROR"])
    done = cli("wait", "--json", "tts:2", "tts:it's  so", "--timeout", "1", *QUICK, "tts:3")
    assert done.code == 3
    last = done.err.splitlines()[-1]
    assert last.startswith("to go on waiting: ")
    words = shlex.split(last.removeprefix("to go on waiting: "))
    assert words == ["camb-client", "wait", "--json", "--timeout", "1", *QUICK, "tts:it's  so"]


def test_a_wait_for_ever_and_presets_are_understood(cli: Cli) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    assert cli("wait", "--timeout", "none", "--schedule", "background", "tts:1").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wait"], "Missing argument"),
        (["wait", "1"], "'1' is not a task reference: "),
        (["wait", "nope:1"], "unknown kind of task 'nope'; known are"),
        (["wait", "tts:1", "--timeout", "-1"], "'-1' is not a number of seconds, nor 'none'"),
        (["wait", "tts:1", "--timeout", "nan"], "'nan' is not a number of seconds"),
        (["wait", "tts:1", "--schedule", "fast"], "'fast' is none of default, interactive, background"),
        (["wait", "tts:1", "--schedule", "0"], "'0' is none of"),
        *[
            (
                ["wait", "tts:1", "--max-requests-per-second", rate],
                f"{rate!r} is not a number from 0.0000116 (one a day)",
            )
            for rate in ("nan", "1e-9", "0", "1e7", "-inf", "fast")
        ],
        (["sing"], "No such command 'sing'"),
    ],
)
def test_what_cannot_be_is_said_in_two_lines(cli: Cli, arguments: list[str], said: str) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.startswith("error: ")
    assert said in first
    assert re.fullmatch(r"Try 'camb-client( wait)? --help'\.", second)
    assert not cli.fake.requests


def test_what_the_server_sends_does_nothing_to_the_terminal(cli: Cli) -> None:
    cli.fake.add(
        "tts:1",
        [{"status": "\x1b[2JNOBODY_KNOWS", "message": "a\x1b]0;b\x07\nc"}, {"status": "ERROR", "message": "\x9b2J"}],
    )
    done = cli("watch", *QUICK, "tts:1")
    assert untimed(done.out)[0] == "tts:1  �[2JNOBODY_KNOWS  a�]0;b� c"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.out + done.err)


def test_a_status_that_is_not_known_is_noted(cli: Cli) -> None:
    cli.fake.add("tts:1", ["NOBODY_KNOWS", "SUCCESS"])
    assert (
        "note: tts:1: status 'NOBODY_KNOWS' is not known to this client; the wait continues\n"
        in cli("wait", *QUICK, "tts:1").err
    )
    cli.fake.add("tts:1", ["NOBODY_KNOWS", "SUCCESS"])
    assert cli("wait", "-q", *QUICK, "tts:1").err == ""


def test_debug_shows_each_poll(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING", "PENDING", "SUCCESS"])
    assert cli("wait", "--debug", *QUICK, "tts:1").err.count("note: tts:1: 'PENDING'\n") == 2


def test_references_come_on_standard_input_and_the_wait_begins_with_the_first(cli: Cli, typed: int) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    cli.fake.add("tts:2", ["SUCCESS"])
    cli.fake.add("tts:3", ["SUCCESS"])

    def type_in() -> None:
        os.write(typed, b"tts:2\n\ntts:2\ntt")
        while not cli.fake.polls("tts:2"):  # Only this poll lets the rest come.
            time.sleep(0.01)
        os.write(typed, b"s:3")
        os.close(typed)

    typist = threading.Thread(target=type_in)
    typist.start()
    done = cli("wait", "-", "tts:1")
    typist.join()
    assert (done.code, sorted(untimed(done.out))) == (
        0,
        ["tts:1  SUCCESS  run_id 1001", "tts:2  SUCCESS  run_id 1002", "tts:3  SUCCESS  run_id 1003"],
    )


@pytest.mark.parametrize("command", ["wait", "status"])
def test_a_line_that_is_no_reference_is_said_and_left_out(cli: Cli, typed: int, command: str) -> None:
    cli.fake.add("tts:1", ["SUCCESS"])
    os.write(typed, b"nonsense\ntts:1\r\n\xff\xfe:\x1b\n")
    os.close(typed)
    done = cli(command, "-")
    assert (done.code, untimed(done.out)) == (2, ["tts:1  SUCCESS  run_id 1001"])
    assert "error: standard input: 'nonsense' is not a task reference" in done.err
    assert done.err.count("error: standard input: ") == 2


def test_no_lines_are_no_tasks(cli: Cli, typed: int) -> None:
    os.close(typed)
    assert cli("wait", "-") == (0, "", "")


def test_standard_input_that_cannot_be_read(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr("sys.stdin", None)
    done = cli("wait", "-")
    assert (done.code, done.err.splitlines()[0]) == (2, "error: standard input is closed, so it cannot be read")
    with (tmp_path / "file").open("wb") as written:
        monkeypatch.setattr("sys.stdin", written)
        done = cli("wait", "-")
    assert (done.code, done.err.splitlines()[0][:37]) == (2, "error: standard input cannot be read:")


# What comes after the reader has gone: an outcome in the one, a change in the other, and then never an end.
@pytest.mark.parametrize(("command", "later"), [("wait", "SUCCESS"), ("watch", {"status": "PENDING", "message": "on"})])
def test_a_reader_that_goes_away_is_no_traceback(cli: Cli, command: str, later: Any) -> None:
    cli.fake.add("tts:1", ["PENDING"])
    cli.fake.add("tts:2", ["SUCCESS"])
    process = cli.start(command, *QUICK, "tts:1", "tts:2")
    assert process.stdout is not None
    while "tts:2" not in process.stdout.readline():
        pass
    process.stdout.close()
    cli.fake.add("tts:1", [later])
    _, said = process.communicate(timeout=20)
    assert process.returncode == 141
    assert "Traceback" not in said
    assert "rror" not in said


def test_a_reader_of_both_streams_that_goes_away(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING"])
    cli.fake.add("tts:2", ["PENDING"])
    process = cli.start("wait", *QUICK, "tts:1", "tts:2", stderr=subprocess.STDOUT)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("tts:")
    process.stdout.close()
    cli.fake.add("tts:1", ["ERROR"])
    assert process.wait(20) == 141
    process.communicate()
