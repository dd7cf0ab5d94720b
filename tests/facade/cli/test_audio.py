"""``speak``, ``sound`` and ``download``: from the text to the file, and what is left when that is cut short."""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import attrs
import pytest

from camb_client.testing import HANG, HTML, RESET, Fault, Reply, cut, error

from .conftest import KEYS, Cli, Done
from .terminal import terminal

QUICK = ("--schedule", "0.01")
SPEAK = ("speak", "Good morning.", "--voice", "147320", "--language", "en-us")
SOUND = ("sound", "rain on a tin roof")
ENDLESS = [Reply.json({"status": "PENDING"})] * 999
AUDIO = b"fLaC" + bytes(range(256)) * 4000


def creates(cli: Cli) -> list[dict[str, object]]:
    """What came to be created."""
    return [json.loads(request.body) for request in cli.fake.requests if request.method == "POST"]


def listed(folder: pathlib.Path = pathlib.Path()) -> list[str]:
    return [file.name for file in folder.iterdir()]


def untimed(lines: str) -> list[str]:
    return [re.sub(r"  \d+\.\d s(  \d+ polls?)?$", "", line) for line in lines.splitlines()]


def go_on(cli: Cli, done: Done) -> list[list[str]]:
    """The commands that the last lines name."""
    lines = [line.partition(": ") for line in done.err.splitlines()]
    commands = [shlex.split(line) for said, _, line in lines if said in {"to go on", "and then"}]
    assert all(command.pop(0) == "camb-client" for command in commands)
    return commands


def test_from_a_text_to_a_file(quick: Cli) -> None:
    done = quick(*SPEAK, *QUICK, "--gender", "2", "--age", "40", "--project-name", "Radio", "-o", "hello.flac")
    task = quick.fake.created[0]
    assert (done.code, untimed(done.out)) == (0, [f"{task}  downloaded  run_id 1001, 8,086 bytes, hello.flac"])
    assert untimed(done.err) == [
        f"note: created {task}", f"{task}  PENDING", f"{task}  downloading  run_id 1001",
    ]  # fmt: skip
    with quick.fake.client() as camb:
        camb.tts.download(1001, "same.flac")
    assert pathlib.Path("hello.flac").read_bytes() == pathlib.Path("same.flac").read_bytes()
    assert creates(quick) == [
        {"text": "Good morning.", "voice_id": 147320, "language": 1, "gender": 2, "age": 40, "project_name": "Radio"}
    ]


def test_from_a_prompt_to_a_file_in_a_folder_and_as_json(quick: Cli) -> None:
    done = quick(*SOUND, "--music", "--duration", "8", *QUICK, "--json")
    created, record = map(json.loads, done.out.splitlines())
    assert [*created] == [*record] == KEYS
    assert (created["event"], created["task"], created["exit_code"]) == ("created", str(quick.fake.created[0]), None)
    assert record.pop("elapsed") > 0
    assert record == {
        "event": "ended", "task": str(quick.fake.created[0]), "status": "SUCCESS", "run_id": 1001,
        "exception_reason": None, "message": None, "exit_code": 0, "error": None, "polls": 2,
        "file": "text-to-sound-1001.wav",
    }  # fmt: skip
    assert pathlib.Path(record["file"]).read_bytes()[:4] == b"RIFF"
    assert done.err == f"note: created {quick.fake.created[0]}\n"
    assert creates(quick) == [{"prompt": "rain on a tin roof", "duration": 8.0, "audio_type": "music"}]


def test_a_run_is_downloaded(quick: Cli) -> None:
    quick.fake.add("tts:1", run_id=7, audio=AUDIO)
    done = quick("download", "tts:7", "-o", "it.flac")
    assert (done.code, untimed(done.out)) == (0, ["tts run 7  downloaded  run_id 7, 1,024,004 bytes, it.flac"])
    assert pathlib.Path("it.flac").read_bytes() == AUDIO
    record = json.loads(quick("download", "tts:7", "--json", "-q", "-o", "2.flac").out or "null")
    assert record is None
    record = json.loads(quick("download", "tts:7", "--json", "-o", "3.flac").out)
    assert (record["task"], record["status"], record["run_id"], record["file"]) == (None, None, 7, "3.flac")
    assert quick("download", "text-to-sound:7").code == 8


def test_quiet_says_nothing_and_makes_the_file(quick: Cli) -> None:
    assert quick(*SPEAK, *QUICK, "-q", "-o", "a.flac") == (0, "", "")
    assert pathlib.Path("a.flac").stat().st_size == 8086


def test_a_number_is_a_language_too(quick: Cli) -> None:
    assert quick(*SPEAK[:-1], "76", *QUICK).code == 0
    assert creates(quick)[0]["language"] == 76


def test_a_text_comes_on_standard_input(quick: Cli, typed: int) -> None:
    os.write(typed, "\ufeffGuten\nMorgen, grüße!\n".encode())
    os.close(typed)
    assert quick("speak", "-", *SPEAK[2:], *QUICK).code == 0
    assert creates(quick)[0]["text"] == "Guten\nMorgen, grüße!"


@pytest.mark.parametrize("came", [b"", b" \n", b"\xff\xfe"])
def test_standard_input_without_a_text_is_refused(quick: Cli, typed: int, came: bytes) -> None:
    os.write(typed, came)
    os.close(typed)
    assert quick("sound", "-").code == 2
    assert not quick.fake.requests


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["speak", " ", *SPEAK[2:]], "text must be text and not blank"),
        ([*SPEAK[:2], "--language", "en-us"], "Missing option '--voice'"),
        ([*SPEAK[:-1], "en"], "not 'en': did you mean en-us, en-au, "),
        ([*SPEAK, "--gender", "3"], "gender must be one of 0, 1, 2, 9, not 3"),
        ([*SPEAK, "--project-name", "a"], "project_name must be 3 to 255 characters"),
        ([*SOUND, "--duration", "0"], "duration must be"),
        ([*SOUND, "--duration", "nan"], "duration must be"),
        ([*SOUND, "-o", "no/such.wav"], "'no/such.wav' cannot be written: there is no folder '"),
        ([*SOUND, "-o", "-", "--json"], "--json and the file cannot both have standard output"),
        (["download", f"tts:{'9' * 5000}"], "is not a run with an audio file: write it as 'tts:11768'"),
        (["download", "dub:7"], "'dub:7' is not a run with an audio file"),
        ([*SPEAK, "--stream", "-o", "a", "--age", "40"], "--stream makes no task, so it has no --age"),
        ([*SPEAK, "--stream", "-o", "a", "--timeout", "9"], "--stream makes no task, so it has no --timeout"),
        ([*SPEAK, "--stream"], "--stream makes no run to name a file by"),
        (["speak", "a", *SPEAK[2:], "--stream", "-o", "a"], "text must be 3 to 3000 characters"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(quick: Cli, arguments: list[str], said: str) -> None:
    done = quick(*arguments)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.startswith("error: ")
    assert said in first
    assert second == f"Try 'camb-client {arguments[0]} --help'."
    assert not quick.fake.requests
    assert not listed()


def test_a_name_with_a_final_slash_is_a_folder_which_is_made(quick: Cli) -> None:
    assert quick(*SPEAK, *QUICK, "-o", "new/deep/").code == 0
    assert listed(pathlib.Path("new/deep")) == ["tts-1001.flac"]
    done = quick(*SPEAK, "--stream", "-o", "other/")
    assert (done.code, listed()) == (2, ["new"])
    assert done.err.startswith("error: --stream makes no run to name a file by")
    quick.fake.script("POST /tts", error(402))
    assert (quick(*SPEAK, "-o", "other/").code, listed()) == (4, ["new"])


def test_the_file_in_a_folder_that_is_there_already_is_kept(quick: Cli) -> None:
    quick.fake.add("tts:1", run_id=7)
    assert quick("download", "tts:7").code == 0
    done = quick("download", "tts:7")
    assert done.code == 2
    assert done.err.endswith("error: the file in '.' exists already; --overwrite replaces it\n")


def test_what_is_no_regular_file_is_refused_before_anything_is_sent(quick: Cli) -> None:
    os.mkfifo("pipe")
    done = quick(*SPEAK, "--overwrite", "-o", "pipe")
    assert (done.code, len(quick.fake.requests), pathlib.Path("pipe").is_fifo()) == (2, 0, True)
    assert done.err.startswith("error: 'pipe' cannot be written: 'pipe' is not a regular file: ")


def test_a_download_that_fails_for_good_has_its_exit_code(quick: Cli) -> None:
    quick.fake.add("tts:1", run_id=7)
    quick.fake.script("GET /files", error(410))
    done = quick("download", "tts:7", "--json")
    record = json.loads(done.out)
    assert (done.code, record["exit_code"], record["error"]["type"]) == (8, 8, "DownloadError")


@pytest.mark.parametrize("command", [SPEAK, (*SPEAK, "--stream"), SOUND, ("download", "tts:7")])
def test_a_file_that_is_there_is_kept_unless_told(quick: Cli, command: tuple[str, ...]) -> None:
    quick.fake.add("tts:1", run_id=7)
    pathlib.Path("a").write_bytes(b"mine")
    done = quick(*command, "-o", "a")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: 'a' exists already; --overwrite replaces it\n")
    assert not quick.fake.requests
    assert pathlib.Path("a").read_bytes() == b"mine"
    assert quick(*command, "-o", "a", "--overwrite").code == 0
    assert pathlib.Path("a").read_bytes() != b"mine"
    assert listed() == ["a"]


def test_too_few_credits_for_a_create(quick: Cli) -> None:
    quick.fake.script("POST /tts", error(402))
    done = quick(*SPEAK, "--json")
    assert done.code == json.loads(done.out)["exit_code"] == 4
    assert json.loads(done.out)["task"] is None
    assert done.err.startswith("error: tts create: HTTP 402: ")
    assert len(done.err.splitlines()) == len(creates(quick)) == 1


@pytest.mark.parametrize("answer", [RESET, HTML, error(503)], ids=["reset", "html", "503"])
def test_an_outcome_that_nobody_knows_is_not_sent_again(quick: Cli, answer: Reply) -> None:
    quick.fake.script("POST /tts", lambda _: answer)
    done = quick(*SPEAK)
    assert (done.code, untimed(done.out)) == (9, ["tts  creating  perhaps created"])
    assert "sending it again may pay for it twice" in done.err
    assert len(done.err.splitlines()) == len(creates(quick)) == len(quick.fake.created) == 1


def test_a_deadline_names_the_commands_that_go_on_and_they_do(quick: Cli) -> None:
    quick.fake.script("GET /tts", *ENDLESS[:2])  # At most two polls before the deadline.
    done = quick(*SPEAK, "--timeout", "0.2", "-o", "it's.flac")
    task = quick.fake.created[0]
    assert (done.code, untimed(done.out)) == (124, [f"{task}  PENDING  not done"])
    assert done.err.splitlines()[-2:] == [
        f"to go on: camb-client wait {task}",
        """and then: camb-client download tts:RUN_ID -o 'it'"'"'s.flac' """.rstrip(),
    ]
    wait, fetch = go_on(quick, done)
    quick.fake.add(task, ["SUCCESS"], run_id=7)
    assert untimed(quick(*wait).out) == [f"{task}  SUCCESS  run_id 7"]
    assert quick(*(word.replace("RUN_ID", "7") for word in fetch)).code == 0
    assert listed() == ["it's.flac"]
    assert len(creates(quick)) == 1


def test_a_download_that_fails_names_the_command_that_goes_on_and_it_does(quick: Cli) -> None:
    quick.fake.script("GET /tts-result", error(501))
    done = quick(*SPEAK, *QUICK, "--overwrite", "-o", "a.flac")
    assert (done.code, untimed(done.out)) == (8, [f"{quick.fake.created[0]}  downloading  request failed, run_id 1001"])
    assert done.err.endswith("\nto go on: camb-client download tts:1001 --overwrite -o a.flac\n")
    (fetch,) = go_on(quick, done)
    assert quick(*fetch).code == 0
    assert pathlib.Path("a.flac").stat().st_size == 8086
    assert len(creates(quick)) == 1


def test_a_file_that_comes_meanwhile_is_kept(quick: Cli) -> None:
    def come(reply: Reply) -> Reply:
        pathlib.Path("a.flac").write_bytes(b"mine")
        return reply

    quick.fake.script("GET /files", come)
    done = quick(*SPEAK, *QUICK, "-o", "a.flac", "--json")
    assert done.code == json.loads(done.out.splitlines()[-1])["exit_code"] == 2
    assert done.err.splitlines()[-3:] == [
        "error: 'a.flac' exists already; --overwrite replaces it",
        f"the task: {quick.fake.created[0]}",
        "to go on: camb-client download tts:1001 -o a.flac",
    ]
    assert pathlib.Path("a.flac").read_bytes() == b"mine"


def test_a_task_that_failed_leaves_nothing_to_go_on_with(quick: Cli) -> None:
    quick.fake.script("GET /tts", Reply.json({"status": "ERROR"}))
    done = quick(*SPEAK)
    assert (done.code, go_on(quick, done), listed()) == (3, [], [])


def test_a_refused_key_while_waiting_does_not_lose_the_task(quick: Cli) -> None:
    quick.fake.script("GET /tts", error(401))
    done = quick(*SPEAK)
    assert done.code == 7
    assert go_on(quick, done)[0] == ["wait", str(quick.fake.created[0])]


def test_no_key(quick: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMB_API_KEY")
    for command in (SPEAK, (*SPEAK, "--stream", "-o", "a"), ("download", "tts:7")):
        assert quick(*command) == (2, "", "error: CAMB_API_KEY is missing: set CAMB_API_KEY, or pass api_key=\n")


def piped(cli: Cli, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", "-m", "camb_client", *arguments]
    return subprocess.run(command, env=cli.env, input=given, capture_output=True, check=False, timeout=30)


def test_from_standard_input_to_standard_output(cli: Cli, tmp_path: pathlib.Path) -> None:
    done = piped(cli, "speak", "-", *SPEAK[2:], "-o", "-", given=b"Good morning.\n")
    with cli.fake.client() as camb:
        assert done.stdout == camb.tts.download(1001, tmp_path).read_bytes()
    assert done.returncode == 0
    assert untimed(done.stderr.decode())[-1].endswith("  downloaded  run_id 1001, 8,086 bytes, standard output")
    assert len(creates(cli)) == 1


def test_a_stream_goes_out_as_it_comes(cli: Cli) -> None:
    cli.fake.script("POST /tts-stream", lambda reply: attrs.evolve(reply, fault=Fault.STALL, sent=2048))
    process = cli.start(*SPEAK, "--stream", "-o", "-")
    assert process.stdout is not None
    assert len(process.stdout.buffer.read(2048)) == 2048  # type: ignore[attr-defined]  # The server has more.
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.endswith("may have been made, and paid for: the same command again may pay for it twice\n")


def test_a_stream_is_the_whole_file_or_none(quick: Cli) -> None:
    done = quick(*SPEAK, "--stream", "-o", "a.flac", "--json")
    record = json.loads(done.out)
    assert (done.code, done.err, record["task"], record["run_id"], record["file"]) == (0, "", None, None, "a.flac")
    assert pathlib.Path("a.flac").stat().st_size == 8086
    assert creates(quick) == [{"text": "Good morning.", "voice_id": 147320, "language": "en-us"}]
    quick.fake.script("POST /tts-stream", cut(3000))
    done = quick(*SPEAK, "--stream", "-o", "b.flac")
    assert (done.code, untimed(done.out)) == (8, ["tts  streaming  request failed, 3,000 bytes"])
    assert done.err.endswith("may pay for it twice\n")
    quick.fake.script("POST /tts-stream", error(402))
    done = quick(*SPEAK, "--stream", "-o", "b.flac")
    assert (done.code, len(done.err.splitlines())) == (4, 1)
    assert listed() == ["a.flac"]


def test_a_stream_and_a_file_are_the_same(cli: Cli) -> None:
    cli.fake.add("tts:1", run_id=7)
    assert piped(cli, *SPEAK, "--stream", "-q", "-o", "-").stdout == piped(cli, "download", "tts:7", "-o", "-").stdout


@pytest.mark.parametrize("command", [("download", "tts:7"), (*SPEAK, "--stream")])
def test_a_reader_that_goes_away(cli: Cli, command: tuple[str, ...]) -> None:
    cli.fake.add("tts:1", run_id=7, audio=AUDIO)
    cli.fake.script("POST /tts-stream", lambda reply: attrs.evolve(reply, body=AUDIO))
    process = cli.start(*command, "-o", "-")
    assert process.stdout is not None
    process.stdout.buffer.read(1)  # type: ignore[attr-defined]
    process.stdout.close()
    _, said = process.communicate(timeout=20)
    assert process.returncode == 141
    assert "rror" not in said


def test_audio_is_not_for_a_terminal(cli: Cli) -> None:
    with terminal(*SPEAK, "-o", "-", env=cli.env) as it:
        assert it.end() == 2
        assert "standard output is a terminal or closed: pipe it, or name a file" in it.screen
    assert not cli.fake.requests


def shows(pattern: str) -> Callable[[str], object]:
    return lambda screen: re.search(pattern, screen, re.MULTILINE)


def test_each_phase_is_seen_on_a_terminal(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("POST /tts", lambda reply: attrs.evolve(reply, delay=0.5))
    cli.fake.script("GET /files", lambda reply: attrs.evolve(reply, fault=Fault.STALL, sent=4096))
    with terminal(*SPEAK, "-o", str(tmp_path), env=cli.env, columns=150) as it:
        it.until(shows(r"^\S  tts  creating +\d\.\d s$"))
        it.until(shows(r"^note: created tts:0000"))
        it.until(shows(r"^\S  tts:0000\S+  not seen +\d\.\d s  0 polls  waiting$"))
        it.until(shows(r"^\S  tts:0000\S+  PENDING +\d\.\d s  1 poll"))
        it.until(shows(r"^\S  tts:0000\S+  downloading  run_id 1001, 4,096 of 8,086 bytes +\d\.\d s  2 polls$"))
        it.press("\x03")
        assert it.end() == 130
        assert not it.cursor_is_hidden
        assert it.screen.splitlines()[1:3] == [
            "interrupted; submitted tasks are still running at CAMB.AI",
            f"the task: {cli.fake.created[0]}",
        ]
        assert f"to go on: camb-client download tts:1001 -o {tmp_path}" in it.unwrapped
    assert not listed(tmp_path)


def test_ctrl_c_while_waiting_names_what_was_paid_for(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("GET /tts", *ENDLESS)
    with terminal(*SPEAK, "-o", "a.flac", env={**cli.env, "PWD": str(tmp_path)}, columns=150) as it:
        it.until(shows(r"^note: created"))
        it.press("\x03")
        assert it.end() == 130
        task = cli.fake.created[0]
        assert it.screen.splitlines() == [
            f"note: created {task}",
            "interrupted; submitted tasks are still running at CAMB.AI",
            f"to go on: camb-client wait {task}",
            "and then: camb-client download tts:RUN_ID -o a.flac",
        ]
    assert len(creates(cli)) == 1


def test_ctrl_c_while_creating_warns_of_paying_twice(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("POST /tts", lambda _: HANG)
    with terminal(*SPEAK, "-o", str(tmp_path), env=cli.env, columns=150) as it:
        it.until(shows("tts  creating"))
        while not cli.fake.created:
            time.sleep(0.01)
        it.press("\x03")
        assert it.end() == 130
        assert it.screen.splitlines()[-1] == (
            "it may have been made, and paid for: the same command again may pay for it twice"
        )
    assert len(creates(cli)) == 1


def test_colours_are_for_those_who_want_them(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.add("tts:1", run_id=7)
    for number, without in enumerate(({}, {"NO_COLOR": "1"})):
        with terminal("download", "tts:7", "-o", str(tmp_path / str(number)), env={**cli.env, **without}) as it:
            assert it.end() == 0
            assert (b"\x1b[32m" in it.output) == (not without)
