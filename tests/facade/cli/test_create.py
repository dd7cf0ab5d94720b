"""``create`` and ``result``: from a body in JSON to the result, and what is said when that is cut short."""

import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from camb_client.testing import HANG, HTML, RESET, Reply, error

from .conftest import KEYS, Cli

TRANSLATE: dict[str, Any] = {"texts": ["Hello"], "source_language": 1, "target_language": 76}


@pytest.fixture
def body(tmp_path: pathlib.Path) -> str:
    path = tmp_path / "body.json"
    path.write_text(json.dumps(TRANSLATE), encoding="utf-8")
    return str(path)


def posts(cli: Cli) -> int:
    return sum(request.method == "POST" for request in cli.fake.requests)


def test_from_a_body_to_the_result(quick: Cli, body: str) -> None:
    done = quick("create", "translate", "--json-file", body)
    (task,) = quick.fake.created
    assert done == (0, f"{task}\n", "")
    assert quick.fake.bodies[task].fields == TRANSLATE
    assert quick("wait", done.out.strip(), "--schedule", "0.01").code == 0
    quick.fake.add(task, "SUCCESS", run_id=7, result={"texts": ["Bonjour \x1b[2J\u202e\U000e0001 é"]})
    done = quick("result", "translate:7")
    assert json.loads(done.out) == {"texts": ["Bonjour \x1b[2J\u202e\U000e0001 é"]}
    assert all(char.isprintable() or char == "\n" for char in done.out)
    assert "é" in done.out
    assert done.out.count("\n") == 5
    assert quick("result", "translate:7", "--json").out.count("\n") == 1
    assert quick("result", "translate:7", "--quiet") == (0, "", "")


def test_an_event_in_json(quick: Cli, body: str) -> None:
    done = quick("create", "translate", "--json-file", body, "--json")
    record = json.loads(done.out)
    assert [*record] == KEYS
    assert (record["event"], record["task"], record["exit_code"]) == ("created", str(quick.fake.created[0]), None)
    assert (done.code, done.err) == (0, "")


def test_a_body_on_standard_input(quick: Cli, typed: int) -> None:
    texts = {"texts": ["caf\u00e9 \ufffd"]}  # As it is, also what stands for what was lost.
    os.write(typed, json.dumps(TRANSLATE | texts, ensure_ascii=False).encode("utf-8-sig"))
    os.close(typed)
    assert quick("create", "translate", "--json-file", "-").code == 0
    assert quick.fake.bodies[quick.fake.created[0]].fields == TRANSLATE | texts


def test_a_file_is_named_by_its_path_from_the_json_file(quick: Cli, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "of body"
    folder.mkdir()
    (folder / "talk.wav").write_bytes(b"RIFF of the talk")
    given = {"language": "de-de", "media_file": "talk.wav", "run_audio_cleaning": False}
    (folder / "body.json").write_text(json.dumps(given), encoding="utf-8")
    assert quick("create", "transcribe", "--json-file", "of body/body.json").code == 0
    made = quick.fake.bodies[quick.fake.created[0]]
    assert made.fields == {"language": 31, "run_audio_cleaning": False}
    assert (made.files["media_file"].file_name, made.files["media_file"].content) == ("talk.wav", b"RIFF of the talk")
    (folder / "body.json").write_text(json.dumps({**given, "media_file": str(folder / "talk.wav")}), encoding="utf-8")
    assert quick("create", "transcribe", "--json-file", "of body/body.json").code == 0
    assert quick.fake.bodies[quick.fake.created[1]].files["media_file"].size == 16


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("translate", "{", "'body.json' is no JSON: "),
        ("translate", "\xff", "'body.json' is no JSON: "),
        ("translate", "[" * 100_000, "'body.json' is no JSON: "),
        ("translate", '{"texts": NaN}', "NaN is no number in JSON"),
        ("translate", '{"texts": ["a"], "texts": ["b"]}', "'body.json' is no JSON: 'texts' stands in it twice"),
        ("translate", "[]", "'body.json' has no JSON object, but a list"),
        ("translate", '{"texts": []}', "translate create requires 'source_language' (camb-client languages lists"),
        ("transcribe", '{"language": 1, "media_file": "no.wav"}', "media_file: 'no.wav' cannot be read: No such file"),
        ("transcribe", '{"language": 1, "media_file": "."}', "media_file: '.' cannot be read: Is a directory"),
        ("transcribe", '{"language": 1, "media_file": "\\u0000"}', "embedded null"),
        ("transcribe", '{"language": 1, "media_file": 7}', "media_file is a file: write its path"),
        ("translated-story", "{}", "'translated-story' has no operation 'create'"),
        ("dance", "{}", "unknown kind of task 'dance'; known are "),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(quick: Cli, kind: str, text: str, said: str) -> None:
    pathlib.Path("body.json").write_bytes(text.encode("latin-1"))
    done = quick("create", kind, "--json-file", "body.json")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert not quick.fake.requests


def test_a_pipe_is_no_file_of_a_body(quick: Cli) -> None:
    os.mkfifo("talk.mp3")
    pathlib.Path("body.json").write_text('{"language": 1, "media_file": "talk.mp3"}', encoding="utf-8")
    writer = os.open("talk.mp3", os.O_RDWR)  # With one, a mistake fails the test, and does not hang it.
    done = quick("create", "transcribe", "--json-file", "body.json")
    os.close(writer)
    said = "error: media_file: 'talk.mp3' cannot be read: this is no regular file: write its content to one"
    assert (done.code, done.err.splitlines()[0]) == (2, said)
    assert not quick.fake.requests


def test_a_body_that_is_not_there(quick: Cli) -> None:
    done = quick("create", "translate", "--json-file", "no.json")
    assert (done.code, done.err.splitlines()[0]) == (2, "error: 'no.json' cannot be read: No such file or directory")


def test_what_the_api_refuses_is_said_line_by_line(quick: Cli) -> None:
    pathlib.Path("body.json").write_text(json.dumps({**TRANSLATE, "texts": [1], "target_language": 500}))
    done = quick("create", "translate", "--json-file", "body.json")
    assert (done.code, done.out, posts(quick)) == (8, "", 1)
    lines = done.err.splitlines()
    assert lines[1].startswith("  body.target_language: Value error, 500 is not one of those")
    assert lines[2].startswith("  body.texts: Value error, texts[0] is not a str")
    assert lines[3:] == ["camb-client languages lists the languages"]


def test_too_few_credits(quick: Cli, body: str) -> None:
    quick.fake.script("POST /translate", error(402))
    done = quick("create", "translate", "--json-file", body, "--json")
    assert done.code == json.loads(done.out)["exit_code"] == 4
    assert (json.loads(done.out)["event"], json.loads(done.out)["task"], posts(quick)) == ("ended", None, 1)


@pytest.mark.parametrize("answer", [RESET, HTML, error(503)], ids=["reset", "html", "503"])
def test_an_outcome_that_nobody_knows_is_not_sent_again(quick: Cli, body: str, answer: Reply) -> None:
    quick.fake.script("POST /translate", lambda _: answer)
    done = quick("create", "translate", "--json-file", body)
    assert (done.code, done.out) == (9, "")
    assert "sending it again may pay for it twice" in done.err
    assert posts(quick) == len(quick.fake.created) == 1


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["words", "json"])
def test_a_reference_that_cannot_be_written_is_said_elsewhere(quick: Cli, body: str, as_json: tuple[str, ...]) -> None:
    with pathlib.Path("/dev/full").open("w", encoding="utf-8") as full:
        done = quick("create", "translate", "--json-file", body, *as_json, stdout=full)
    (task,) = quick.fake.created
    assert done.code == 74
    assert done.err.splitlines()[1:] == [f"the task: {task}", f"to go on: camb-client wait {task}"]


def test_ctrl_c_while_creating_warns_of_paying_twice(cli: Cli, body: str) -> None:
    cli.fake.script("POST /translate", lambda _: HANG)
    process = cli.start("create", "translate", "--json-file", body)
    while not cli.fake.created:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert said.splitlines()[-1] == "it may have been made, and paid for: the same command again may pay for it twice"


def test_the_files_of_a_result_are_fetched(quick: Cli) -> None:
    quick.fake.add("dub:1", run_id=7, audio=b"dubbed")
    done = quick("result", "dub:7", "-o", "new/folder")
    assert done.code == 0
    assert [line.split("  ")[:2] for line in done.out.splitlines()] == [
        ["dub-7-audio.wav", "downloaded"], ["dub-7-video.wav", "downloaded"],
    ]  # fmt: skip
    files = sorted(pathlib.Path("new/folder").iterdir())
    assert [(file.name, file.read_bytes()) for file in files] == [
        ("dub-7-audio.wav", b"dubbed"), ("dub-7-video.wav", b"dubbed"),
    ]  # fmt: skip
    done = quick("result", "dub:7", "-o", "new/folder", "--json")
    assert done.code == 2
    assert [json.loads(line)["exit_code"] for line in done.out.splitlines()] == [2, 2]
    assert done.err.count("exists already; --overwrite replaces it") == 2
    done = quick("result", "dub:7", "-o", "new/folder", "--overwrite", "--json")
    assert [json.loads(line)["file"] for line in done.out.splitlines()] == [str(file) for file in files]
    assert done.code == 0


def test_files_are_called_by_their_place_in_the_result(quick: Cli) -> None:
    quick.fake.add("text-to-voice:1", run_id=7)
    quick.fake.add("tts:1", run_id=8)
    assert quick("result", "text-to-voice:7", "-o", ".", "-q") == (0, "", "")
    assert quick("result", "tts:8", "-o", ".", "-q").code == 0
    with quick.fake.client() as camb:
        address = str(camb.tts.result_url(8))
    address = address.replace("https://camb.invalid", quick.url.removesuffix("/apis"))
    languages = {code: {"audio_url": address, "transcript": []} for code in ("de-de", "../fr")}
    quick.fake.add("dub:1", run_id=9, result=languages)
    assert quick("result", "dub:9", "-o", "dubs", "-q").code == 0
    assert sorted(str(file) for file in pathlib.Path().rglob("*.*")) == [
        "dubs/dub-9-de-de-audio.flac", "dubs/dub-9-fr-audio.flac", "text-to-voice-7.wav", "tts-8.flac",
    ]  # fmt: skip


def test_each_file_has_a_name_of_its_own_and_an_address_that_can_be_sent(quick: Cli) -> None:
    quick.fake.add("tts:1", run_id=1, audio=b"fLaC of the speech")
    with quick.fake.client() as camb:
        address = str(camb.tts.result_url(1)).replace("https://camb.invalid", quick.url.removesuffix("/apis"))
    languages = {
        code: {"audio_url": f"{address}#{code}", "transcript": []} for code in ("日本語", "中文", "a.b", "a-b")
    }
    quick.fake.add("dub:1", run_id=7, result=languages)
    assert quick("result", "dub:7", "-o", "out", "-q") == (0, "", "")
    assert sorted((path.name, path.read_bytes()) for path in pathlib.Path("out").iterdir()) == [
        (f"dub-7-{name}.flac", b"fLaC of the speech") for name in ("a-b-audio-2", "a-b-audio", "audio-2", "audio")
    ]  # fmt: skip


def test_an_address_that_is_none_leaves_the_others(quick: Cli) -> None:
    quick.fake.add("tts:1", run_id=1)
    with quick.fake.client() as camb:
        address = str(camb.tts.result_url(1)).replace("https://camb.invalid", quick.url.removesuffix("/apis"))
    quick.fake.add("dub:1", run_id=7, result={"audio_url": "http://[::1/x.wav", "video_url": address, "transcript": []})
    done = quick("result", "dub:7", "-o", "out")
    assert done.code == 8
    assert "error: dub-7-audio: address must be a whole http or https URL" in done.err
    assert [path.name for path in pathlib.Path("out").iterdir()] == ["dub-7-video.flac"]


def test_a_result_is_json_whatever_is_in_it(quick: Cli) -> None:
    quick.fake.add("transcribe:1", run_id=7, result={"transcript": [segment(math.nan), segment(math.inf)]})
    done = quick("result", "transcribe:7", "--json")
    assert done.code == 0
    read = json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [one["start"] for one in read["transcript"]] == [None, None]


def segment(start: float) -> dict[str, object]:
    return {"start": start, "end": 1.0, "text": "Hi", "speaker": "A"}


def test_a_download_that_fails_leaves_the_others_and_names_what_goes_on(quick: Cli) -> None:
    quick.fake.add("dub:1", run_id=7)
    quick.fake.script("GET /files", error(403))
    done = quick("result", "dub:7", "-o", "out")
    assert done.code == 8
    assert [file.name for file in pathlib.Path("out").iterdir()] == ["dub-7-video.wav"]
    assert "failed: HTTP 403" in done.err
    assert done.err.splitlines()[-1] == "to go on: camb-client result dub:7 --overwrite -o out"
    assert quick("result", "dub:7", "--overwrite", "-o", "out").code == 0


def test_a_folder_that_cannot_be(quick: Cli) -> None:
    quick.fake.add("tts:1", run_id=7)
    pathlib.Path("taken").write_text("mine", encoding="utf-8")
    done = quick("result", "tts:7", "-o", "taken")
    assert done.code == 2
    assert "'taken/tts-7.flac' cannot be written: File exists" in done.err
    assert pathlib.Path("taken").read_text(encoding="utf-8") == "mine"


def test_results_that_are_none(quick: Cli) -> None:
    quick.fake.add("translate:1", run_id=7)
    done = quick("result", "translate:7", "-o", "out")
    assert (done.code, "the result of translate run 7 names no file: leave out -o" in done.err) == (2, True)
    assert not pathlib.Path("out").exists()
    assert "HTTP 400" in quick("result", "dub:7").err
    assert "translated-story" in quick("result", "translated-story:7").err
    done = quick("result", "translate:00000000-0000")
    assert (done.code, "is not a run: write it as 'translate:11768'" in done.err) == (2, True)
    done = quick("result", "translate")
    assert (done.code, "'translate' is a kind: write which one you mean, as 'translate:ID'" in done.err) == (2, True)
    quick.fake.add("translate:1", run_id=8, result={"text": "Bonjour"})
    assert quick("result", "translate:8").code == 6


def test_the_reference_goes_on_in_a_shell(cli: Cli, body: str) -> None:
    camb = f"'{sys.executable}' -m camb_client"
    command = f"{camb} wait -q --schedule 0.01 $({camb} create translate --json-file '{body}') && echo ok"
    done = subprocess.run(["bash", "-c", command], env=cli.env, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "ok\n", done.stderr
