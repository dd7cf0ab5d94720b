"""Submit now, wait and download elsewhere: ``--no-wait``, ``wait --output`` and ``--journal``, downloads by task."""

import json
import os
import pathlib
import shlex
import signal
from collections import Counter

import pytest

from camb_client.testing import RESET, error

from .conftest import KEYS, Cli
from .test_signals import start, until

QUICK = ("--schedule", "0.01")
SPEAK = ("speak", "Good morning.", "--voice", "147320", "--language", "en-us")


def listed(folder: str) -> list[str]:
    return sorted(file.name for file in pathlib.Path(folder).iterdir())


@pytest.mark.parametrize("command", [SPEAK, ("sound", "rain")])
@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_no_wait_prints_the_reference_alone(quick: Cli, command: tuple[str, ...], quiet: tuple[str, ...]) -> None:
    done = quick(*command, "--no-wait", *quiet)
    assert done == (0, f"{quick.fake.created[0]}\n", "")
    assert [request.method for request in quick.fake.requests] == ["POST"]
    assert not list(pathlib.Path().iterdir())


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_no_wait_as_json(quick: Cli, quiet: tuple[str, ...]) -> None:
    done = quick(*SPEAK, "--no-wait", "--json", *quiet)
    record = json.loads(done.out)
    assert [*record] == KEYS
    assert (record["event"], record["task"], record["exit_code"]) == ("created", str(quick.fake.created[0]), None)


def test_no_wait_that_fails_prints_no_reference(quick: Cli) -> None:
    quick.fake.script("POST /tts", lambda _: RESET, error(402))
    done = quick(*SPEAK, "--no-wait")
    assert (done.code, done.out) == (9, "")
    assert "may pay for it twice" in done.err
    assert (quick(*SPEAK, "--no-wait")[:2]) == (4, "")


@pytest.mark.parametrize("options", [("--stream", "-o", "a"), ("-o", "a.flac")])
def test_no_wait_with_what_needs_waiting(quick: Cli, options: tuple[str, ...]) -> None:
    done = quick(*SPEAK, "--no-wait", *options)
    assert (done.code, "no-wait" in done.err) == (2, True)
    assert not quick.fake.requests


def test_what_succeeds_is_downloaded(quick: Cli) -> None:
    quick.fake.add("tts:1", "PENDING SUCCESS", run_id=11)
    quick.fake.add("text-to-sound:2", "SUCCESS", run_id=12)
    quick.fake.add("tts:3", "PENDING ERROR")
    quick.fake.add("translate:4", "SUCCESS", run_id=14)
    done = quick("wait", *QUICK, "tts:1", "text-to-sound:2", "tts:3", "translate:4", "-o", "files")
    assert done.code == 3
    assert listed("files") == ["text-to-sound-12.wav", "tts-11.flac"]
    assert Counter(line.split()[1] for line in done.out.splitlines()) == {"downloaded": 2, "ERROR": 1, "SUCCESS": 1}
    done = quick("wait", *QUICK, "tts:1", "-o", "files", "--json")
    assert (done.code, json.loads(done.out)["exit_code"]) == (2, 2)
    assert done.err == "error: 'files/tts-11.flac' exists already; --overwrite replaces it\n"
    done = quick("wait", *QUICK, "tts:1", "-o", "files", "--json", "--overwrite")
    assert (done.code, json.loads(done.out)["file"]) == (0, "files/tts-11.flac")


def test_a_download_that_fails_after_the_wait(quick: Cli) -> None:
    quick.fake.add("tts:1", "SUCCESS")
    quick.fake.script("GET /files", *[error(403)] * 9)
    done = quick("wait", *QUICK, "tts:1", "-o", "files")
    assert done.code == 8
    assert not pathlib.Path("files").exists()


def test_a_journal_of_waits(quick: Cli) -> None:
    quick.fake.add("tts:1", "PENDING SUCCESS")
    quick.fake.add("tts:2", ["PENDING"])
    done = quick("wait", *QUICK, "--timeout", "0.2", "--journal", "jobs.db", "tts:1", "tts:2")
    assert done.code == 124
    assert sorted(line.split()[0] for line in done.out.splitlines()) == ["tts:1", "tts:2"]
    quick.fake.add("tts:2", "SUCCESS", run_id=22)
    quick.fake.add("tts:3", "SUCCESS", run_id=33)
    done = quick("wait", *QUICK, "--journal", "jobs.db", "tts:1", "tts:3", "-o", "files")
    assert done.code == 0
    assert sorted(line.split()[0] for line in done.out.splitlines()) == ["tts:2", "tts:3"]
    assert len(listed("files")) == 2
    assert quick("wait", "--journal", "jobs.db") == (0, "", "note: nothing in the journal is left to wait for\n")
    done = quick("wait", "--journal", "jobs.db", "tts:1")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("note: tts:1: an earlier run has told its outcome; camb-client status shows it again\n")
    assert quick("wait", "--journal", "jobs.db", "-q") == (0, "", "")
    assert quick.fake.polls("tts:1") == 2


@pytest.mark.parametrize(
    ("path", "why"),
    [("no/jobs.db", "No such file or directory"), ("taken/jobs.db", "Not a directory"), (".", "Is a directory")],
)
def test_a_journal_of_waits_that_cannot_be_opened(quick: Cli, path: str, why: str) -> None:
    pathlib.Path("taken").write_text("a file", encoding="utf-8")
    done = quick("wait", "--journal", path, "tts:1")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: --journal: {path!r} cannot be opened: {why}; name a file in a folder of yours")
    assert not quick.fake.requests


def test_a_journal_of_waits_survives_a_kill(cli: Cli, tmp_path: pathlib.Path) -> None:
    for number in range(5):
        cli.fake.add(f"tts:{number}", ["PENDING"])
    tasks, path = [f"tts:{number}" for number in range(5)], str(tmp_path / "jobs.db")
    process = start(cli, "wait", "--schedule", "0.05", "--journal", path, *tasks)
    until(lambda: all(cli.fake.polls(task) for task in tasks))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    for task in tasks:
        cli.fake.add(task, "SUCCESS")
    done = cli("wait", "--journal", path)
    assert (done.code, len(done.out.splitlines())) == (0, 5)


def test_a_journal_takes_references_from_standard_input(quick: Cli, typed: int) -> None:
    quick.fake.add("tts:1", "SUCCESS")
    quick.fake.add("tts:2", "SUCCESS")
    os.write(typed, b"tts:2\n")
    os.close(typed)
    done = quick("wait", "--journal", "jobs.db", "tts:1", "-")
    assert sorted(line.split()[0] for line in done.out.splitlines()) == ["tts:1", "tts:2"]


def test_no_more_polls_a_second_than_asked(quick: Cli) -> None:
    tasks = [str(quick.fake.add(f"tts:{number}", "SUCCESS")) for number in range(12)]
    assert quick("wait", *tasks, "--max-requests-per-second", "10").code == 0
    times = [request.at for request in quick.fake.requests]
    assert max(sum(at <= other < at + 1 for other in times) for at in times) <= 10
    assert quick("wait", "tts:1", "--max-requests-per-second", "0").code == 2


def test_a_download_by_task(quick: Cli) -> None:
    quick.fake.add("tts:done", "SUCCESS", run_id=7)
    done = quick("download", "tts:done", "-o", "it.flac")
    assert (done.code, listed(".")) == (0, ["it.flac"])
    quick.fake.add("tts:still", "PENDING")
    quick.fake.add("tts:bad", "ERROR")
    for task, code in {"tts:still": 124, "tts:bad": 3, "tts:gone": 8}.items():
        assert quick("download", task, "-o", "other.flac").code == code
    assert listed(".") == ["it.flac"]


def test_several_downloads_at_once(quick: Cli) -> None:
    for number in range(9):
        quick.fake.add(f"tts:{number}x", "SUCCESS", run_id=100 + number)
    quick.fake.add("tts:still", "PENDING")
    runs = ["tts:100", *(f"tts:{number}x" for number in range(1, 9)), "tts:still", "text-to-sound:5"]
    done = quick("download", *runs, "-o", "files")
    assert done.code == 8
    assert listed("files") == sorted(f"tts-{100 + number}.flac" for number in range(9))
    assert len(done.out.splitlines()) == 11
    (line,) = [line for line in done.err.splitlines() if line.startswith("to go on: ")]
    assert shlex.split(line)[3:] == ["camb-client", "download", "-o", "files", "tts:still"]
    assert quick("download", "tts:100", "tts:101", "-o", "-").code == 2
    assert quick("download", "tts:100", "tts:101", "-o", "files").code == 2
    assert quick("download", "tts:100", "tts:101", "-o", "files", "--overwrite", "-q") == (0, "", "")


def test_nothing_to_wait_for(quick: Cli) -> None:
    assert quick("wait").code == 2
    assert "--journal" in quick("wait").err
