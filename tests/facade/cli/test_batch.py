"""``batch``: from a file of lines to a folder of audio; everything checked first, and resumed after anything."""

import json
import os
import pathlib
import re
import shlex
import signal
import sqlite3
import sys
import time
from typing import Any

import attrs
import pytest

from camb_client.cli._bar import outlook
from camb_client.testing import RESET, Reply, error

from .conftest import Cli, Done
from .terminal import terminal
from .test_signals import start, until

QUICK = ("--schedule", "0.01", "--voice", "147320", "--language", "en-us")
PENDING = Reply.json({"status": "PENDING"})


def batch(cli: Cli, lines: str, *options: str, name: str = "lines.csv", output: str = "out") -> Done:
    """Write the lines and run the command."""
    pathlib.Path(name).write_text(lines, encoding="utf-8")
    return cli("batch", name, "-o", output, *QUICK, *options)


def table(*texts: str) -> str:
    return "text\n" + "".join(f"{text}\n" for text in texts)


def creates(cli: Cli) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in cli.fake.requests if request.method == "POST"]


def files(folder: str = "out") -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in pathlib.Path(folder).rglob("*") if file.is_file())


def events(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.out.splitlines()]


def again(done: Done, said: str) -> list[str]:
    """The command that a last line names."""
    (line,) = [line for line in done.err.splitlines() if line.startswith(said)]
    words = shlex.split(line.partition(": ")[2])
    assert words.pop(0) == "camb-client"
    return words


def test_from_lines_to_files(quick: Cli) -> None:
    done = batch(quick, "Key,TEXT,file\na,Good morning.,morning.flac\n,Good night.,\nc,Sleep.,deep/er/sleep\n")
    assert done.code == 0
    assert files() == ["3.flac", "deep/er/sleep.flac", "morning.flac"]
    assert sorted(one["text"] for one in creates(quick)) == ["Good morning.", "Good night.", "Sleep."]
    assert {(one["voice_id"], one["language"]) for one in creates(quick)} == {(147320, 1)}
    assert re.search(r"^a  downloaded  .*/out/morning.flac$", done.out, re.MULTILINE)
    assert done.err == "3 of 3 downloaded\n"
    assert pathlib.Path("out.camb.db").exists()
    assert (
        batch(quick, "Key,TEXT,file\na,Good morning.,morning.flac\n,Good night.,\nc,Sleep.,deep/er/sleep\n").code == 0
    )
    assert len(creates(quick)) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lines.jsonl", b'{"text": "One", "voice_id": 5, "language": "de-de", "age": 40}\n\n{"text": "Two"}\n'),
        ("lines.csv", b"text;voice_id;language;age\nOne;5;de-de;40\n;;;\nTwo;;;\n"),
        ("lines.csv", b"\xef\xbb\xbf" + b'text,voice_id,language,age\r\n"One",5,de-de,40\r\nTwo,,,\r\n'),
        ("lines.txt", "text\tvoice_id\tlanguage\tage\nOne\t5\tde-de\t40\nTwo\t\t\t\n".encode("utf-16")),
        ("lines.csv", "text,voice_id,language,age\nOne,5,de-de,40\nTwo,,,\n".encode("utf-32")),
        ("lines", b'\n{"text": "One", "voice_id": 5, "language": "de-de", "age": 40, "gender": null}\n{"text": "Two"}'),
    ],
)
def test_csv_and_json_lines(quick: Cli, name: str, content: bytes) -> None:
    pathlib.Path(name).write_bytes(content)
    assert quick("batch", name, "-o", "out", *QUICK).code == 0
    found = {one.pop("text"): one for one in creates(quick)}
    german = found["One"].pop("language")
    assert found == {"One": {"voice_id": 5, "age": 40}, "Two": {"voice_id": 147320, "language": 1}}
    assert german not in {1, "de-de"}


def test_sound(quick: Cli) -> None:
    pathlib.Path("lines.csv").write_text("prompt,duration,audio_type\nRain,2.5,sound\nHarp,,music\n")
    assert quick("batch", "lines.csv", "-o", "out", "--kind", "text-to-sound", "--schedule", "0.01").code == 0
    assert {"prompt": "Rain", "duration": 2.5, "audio_type": "sound"} in creates(quick)
    assert files() == ["2.wav", "3.wav"]


def test_any_family(quick: Cli) -> None:
    """Its columns are the fields of its body; it has a file only where a line names one."""
    pathlib.Path("lines.jsonl").write_text(
        '{"texts": ["Good morning."], "target_language": 76, "key": "a"}\n'
        '{"texts": ["Good night."], "source_language": "de-de", "target_language": 76}\n'
    )
    command = ("batch", "lines.jsonl", "-o", "out", "--kind", "translate", "--schedule", "0.01")
    done = quick(*command)
    assert (done.code, done.err) == (2, "error: lines.jsonl:1: has no source_language\nnothing was sent\n")
    pathlib.Path("lines.csv").write_text('texts,source_language,target_language\n"[""One"", ""Two""]",en-us,76\n')
    done = quick("batch", "lines.csv", *command[2:])
    assert (done.code, done.err) == (0, "1 of 1 done\n")
    assert creates(quick) == [{"texts": ["One", "Two"], "source_language": 1, "target_language": 76}]
    assert quick("batch", "lines.csv", *command[2:]).code == 0
    assert len(creates(quick)) == 1
    assert not pathlib.Path("out").exists()
    done = quick("batch", "lines.csv", *command[2:], "--voice", "5")
    assert (done.code, "translate has no voice_id" in done.err) == (2, True)
    pathlib.Path("lines.csv").write_text("media_file,language\nno-such.mp3,en-us\n")
    done = quick("batch", "lines.csv", "-o", "out2", "--kind", "transcribe")
    assert done.code == 2
    assert re.search(r"^error: lines.csv:2: '\S+/no-such.mp3' cannot be read: No such file", done.err, re.MULTILINE)


FAULTS: list[tuple[str, str, list[str]]] = [
    ("lines.csv", "text\nGood\n\"\"\n \nx\n", []),
    ("lines.csv", "text,voice_id\nGood,\n,5\n", [":3: has no text"]),
    ("lines.csv", "text,voice_id\nGood,five\n\nGood,5.5\n", [":2: voice_id must be an int", ":4: voice_id must be"]),
    ("lines.csv", "text,language\n\"a\nb\",xx\nGood,yy\n", [":2: language must be", ":4: language must be"]),
    ("lines.csv", "text,voice,lang\nGood,1,2\n", [":1: there is no column 'voice', 'lang'; there are text, voice_id"]),
    ("lines.csv", "text,text\nGood,1\n", [":1: 'text' stands in it twice"]),
    ("lines.csv", "text,key\nGood\n", [":2: has 1 cells, and the header has 2"]),
    ("lines.csv", "text\n\"Good\n", [":2: is no CSV"]),
    ("lines.csv", "", [": is empty"]),
    ("lines.csv", "key,text\na,Good\nb,Good\na,Bad\n", [":4: has the key 'a', as line 2 has"]),
    ("lines.csv", "file,text\nA.flac,Good\na.FLAC,Bad\n", [":3: has the file 'a.FLAC', as line 2 has"]),
    ("lines.csv", "file,text\na,Good\na.flac,Bad\n", [":3: has the file 'a.flac', as line 2 has"]),
    ("lines.csv", "file,text\na.wav,Good\nA,Bad\n", [":3: has the file 'A', as line 2 has"]),
    ("lines.csv", "file,text\n3,Good\n,Bad\n", [":3: has the file '3', as line 2 has"]),
    ("lines.csv", "file,text\na/../b,1\n../b,2\n/b,3\n", [":2: ", ":3: ", ":4: cannot have the file '/b': it is"]),
    ("lines.csv", "file,text\nC:b,1\nC:\\b,2\n\\b,3\na\\..\\b,4\n", [":2: ", ":3: ", ":4: ", ":5: "]),
    ("lines.csv", "file,text\nnul,1\nCOM1.flac,2\na/Aux.wav/b,3\nsub/,4\n", [":2: ", ":3: ", ":4: ", ":5: "]),
    ("lines.csv", f"file,text\n{'x' * 300},1\n", [":2: "]),
    ("lines.csv", "file,text\na.wav,1\nA.wav/b,2\nc.d/e/f,3\nc.d,4\nc,5\n",
     [":3: cannot have the file 'A.wav/b': its folder is the file of line 2",
      ":5: cannot have the file 'c.d': that is a folder of a file of line 4"]),
    ("lines.jsonl", '{"text": "Good"}\n[1]\n{"text": 5}\n{"text": "x"\n{"text": "a", "text": "b"}\n{"texts": "a"}\n',
     [":2: is no object", ":3: text must be a str", ":4: is no JSON", ":5: 'text' stands in it twice",
      ":6: there is no column 'texts'"]),
    ("lines.jsonl", '{"text": "a", "voice_id": NaN}\n{"text": "a", "voice_id": "7"}\n{"text": "", "key": 5}\n',
     [":1: NaN is no number", ":2: voice_id must be an int", ":3: key and file must be texts"]),
    ("lines.jsonl", '{"text": "a", "file": "a\\u0000b"}\n', [":1: cannot have the file"]),
    ("lines.csv", "\x00", [":"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "said"), FAULTS, ids=range(len(FAULTS)))
def test_all_is_checked_before_anything_is_sent(quick: Cli, name: str, lines: str, said: list[str]) -> None:
    done = batch(quick, lines, name=name)
    if not said:  # Lines of blanks are no lines.
        assert done.code == 0
        return
    assert (done.code, done.out) == (2, "")
    *faults, last = done.err.splitlines()
    assert last == "nothing was sent"
    assert len(faults) == len(said)
    for fault, text in zip(faults, said, strict=True):
        assert fault.startswith(f"error: {name}{text}")
    assert not quick.fake.requests
    assert not pathlib.Path("out").exists()
    with sqlite3.connect("out.camb.db") as connection:
        assert connection.execute("SELECT count(*) FROM items").fetchone() == (0,)
    connection.close()


def test_faults_are_said_as_they_stand_in_the_file(quick: Cli) -> None:
    done = batch(quick, "text,voice_id,file,age\na,abc,,\nb,1.5,,\nc,,C:b,\nd,,,old\n")
    assert done.err.splitlines()[:-1] == [
        "error: lines.csv:2: voice_id must be an int, not 'abc'",
        "error: lines.csv:3: voice_id must be an int, not '1.5'",
        "error: lines.csv:4: cannot have the file 'C:b': it begins with the letter of a drive",
        "error: lines.csv:5: age must be an int, not 'old'",
    ]
    done = batch(quick, '{"text": "a"}\n{"text": "\\ud800"}\n{"text": \n', name="lines.jsonl")
    assert done.err.splitlines()[:-1] == [
        "error: lines.jsonl:2: has half a character (a surrogate, \\ud800 to \\udfff, without its other half)",
        "error: lines.jsonl:3: is no JSON: Expecting value at character 11",
    ]


def test_lines_from_a_pipe(cli: Cli, tmp_path: pathlib.Path) -> None:
    pipe = tmp_path / "lines"
    os.mkfifo(pipe)
    with start(cli, "batch", str(pipe), "-o", str(tmp_path / "out"), *QUICK, "--dry-run") as process:
        pipe.write_text(table("One", "Two"))
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "2 to create\n"), err


def test_a_journal_that_cannot_be_made(quick: Cli) -> None:
    pathlib.Path("taken").write_text("a file")
    done = batch(quick, table("One"), "--journal", "taken/jobs.db")
    assert done.code == 74
    assert re.search(r"^error: the journal '.*taken': \S", done.err, re.MULTILINE)


def test_what_is_no_utf_8(quick: Cli) -> None:
    pathlib.Path("lines.csv").write_bytes(b"text\nG\xfcnter\n")
    done = quick("batch", "lines.csv", "-o", "out", *QUICK)
    assert done.code == 2
    assert "lines.csv: is not UTF-8" in done.err


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_a_folder_whose_name_is_no_utf_8(quick: Cli) -> None:
    done = batch(quick, table("One"), output=os.fsdecode(b"out\xff mine/of it"))
    said = r"the folder 'out\udcff mine' has no name in UTF-8, as the journal keeps it: rename it, or use another"
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: {said}")
    assert not quick.fake.requests


def test_many_faults_are_shown_in_part(quick: Cli) -> None:
    done = batch(quick, "text,voice_id\n" + "a,b\n" * 500)
    assert done.err.splitlines()[-1] == "and 480 more; nothing was sent"
    assert len(done.err.splitlines()) == 21


def test_a_file_that_was_there_before(quick: Cli) -> None:
    pathlib.Path("out").mkdir()
    pathlib.Path("out/2.wav").write_text("mine")
    done = batch(quick, table("Good"))
    assert done.code == 2
    assert "lines.csv:2: " in done.err
    assert "/out/2.wav' exists already; --overwrite replaces it" in done.err
    assert not quick.fake.requests
    assert batch(quick, table("Good"), "--overwrite").code == 0


def test_links_that_lead_out_are_refused(quick: Cli) -> None:
    for folder in ("out/in", "elsewhere"):
        pathlib.Path(folder).mkdir(parents=True)
    pathlib.Path("out/link").symlink_to("../elsewhere")
    pathlib.Path("out/inner").symlink_to("in")
    pathlib.Path("out/file.flac").symlink_to("../elsewhere/file.flac")
    done = batch(quick, "file,text\nlink/a,1\ninner/b,2\nfile.flac,3\n", "--overwrite")
    assert done.code == 2
    assert [line.split(": ")[1] for line in done.err.splitlines()[:-1]] == ["lines.csv:2", "lines.csv:4"]
    assert "a link leads out of the folder" in done.err


def test_lines_that_are_inserted_removed_and_changed(quick: Cli) -> None:
    """A name that shifts renames a file; a line that was removed and created keeps its file."""
    assert batch(quick, table("One", "Two", "Two", "Three")).code == 0
    number = {
        text: pathlib.Path(f"out/{n}.flac").stat().st_ino for n, text in enumerate(("One", "Two", "2", "Three"), 2)
    }
    assert batch(quick, table("Zero", "One", "Two", "Three")).code == 0
    assert len(creates(quick)) == 5
    now = {int(name.split(".")[0]): pathlib.Path("out", name).stat().st_ino for name in files() if name[0].isdigit()}
    assert {now[3], now[4], now[5]} == {number["One"], number["Two"], number["Three"]}
    (removed,) = [name for name in files() if name.startswith("removed-")]
    assert pathlib.Path("out", removed).stat().st_ino == number["2"]
    assert len(files()) == 5


def test_a_changed_line_of_a_key_is_refused_once_it_was_created(quick: Cli) -> None:
    assert batch(quick, "key,text\na,One\n").code == 0
    done = batch(quick, "key,text\nb,Two\na,Other\n")
    assert done.code == 2
    assert "lines.csv:3: 'a' is downloaded with other arguments" in done.err
    assert "plan it anew with --redo a, which pays for it again" in done.err
    assert len(creates(quick)) == 1
    before = pathlib.Path("out/2.flac").read_bytes()
    quick.fake.script("GET /files", Reply(200, b"fLaC" + bytes(50), {"content-type": "audio/flac"}))
    assert batch(quick, "key,text\na,Other\n", "--redo", "a").code == 0
    assert [one["text"] for one in creates(quick)] == ["One", "Other"]
    assert pathlib.Path("out/2.flac").read_bytes() != before
    assert files() == ["2.flac"]
    done = batch(quick, "key,text\na,Other\n", "--redo", "c")
    assert (done.code, "no line has the key 'c'" in done.err) == (2, True)


def test_lines_that_were_removed_before_they_were_created(quick: Cli) -> None:
    quick.fake.script("POST /tts", *[error(402)] * 9)
    assert batch(quick, table("One", "Two")).code == 4
    quick.fake._scripts.clear()
    assert batch(quick, table("Two")).code == 0
    assert [one["text"] for one in creates(quick)][-1] == "Two"
    assert len(quick.fake.created) == 1


def test_what_failed_is_said_and_tried_again(quick: Cli) -> None:
    quick.fake.script("POST /tts", error(422), lambda _: RESET)
    for lines in (table("One"), table("One", "Two"), table("One", "Two", "Three")):
        done = batch(quick, lines)
    quick.fake._timeline = [{"status": "ERROR", "exception_reason": "bad voice"}]
    done = batch(quick, table("One", "Two", "Three", "Four"))
    assert done.code == 9
    assert "line 5 (" in done.err
    assert "1 of 4 downloaded; 1 failed, 1 refused, 1 unknown" in done.err
    assert re.search(r"^1 failed: line 5 \(\S+\): it ended as ERROR \(bad voice\)", done.err, re.MULTILINE)
    quick.fake._timeline = ["SUCCESS"]
    retry = again(done, "to try those again")
    assert retry == ["batch", "lines.csv", "-o", "out", *QUICK, "--retry", "failed", "--retry", "refused"]
    done = quick(*retry)
    assert done.code == 9
    assert "3 of 4 downloaded; 1 unknown" in done.err
    unknown = again(done, "to create the unknown again, and perhaps pay for them twice")
    assert unknown[-2:] == ["--retry", "unknown"]
    assert "--retry failed" not in shlex.join(unknown)
    assert quick(*unknown).code == 0
    assert len(quick.fake.created) == 6  # The unknown one twice, as was asked for, and the failed one.
    assert files() == ["2.flac", "3.flac", "4.flac", "5.flac"]


def test_reasons_that_are_alike_are_said_once(quick: Cli) -> None:
    """Whatever the keys are, and however long each was waited for."""
    quick.fake._timeline = ["PENDING"]
    done = batch(quick, "key,text\ne,One\n1,Two\na,Three\n", "--timeout", "0.4")
    (reason,) = [line for line in done.err.splitlines() if line.startswith("3 created")]
    assert re.search(r"line 2 \(e\), line 3 \(1\), line 4 \(a\): not done after [\d.]+ s and \d+ polls?; ", reason)
    assert "The task is still running at CAMB.AI: wait again with the same reference." in reason


def test_what_each_item_has_for_itself_is_no_reason(quick: Cli) -> None:
    quick.fake.script("GET /files", *[error(403)] * 2)
    done = batch(quick, table("One", "Two"))
    assert re.search(r"^2 succeeded: line 2 \(\S+\), line 3 \(\S+\): the download from ", done.err, re.MULTILINE)


def test_a_folder_of_the_name_of_a_file_without_a_suffix(quick: Cli) -> None:
    assert batch(quick, "file,text\nscene,One\nscene/two,Two\n").code == 0
    assert files() == ["scene.flac", "scene/two.flac"]
    assert batch(quick, "file,text\nscene,One\nscene/two,Two\nlate/a,Three\nlate,Four\n").code == 0
    assert files() == ["late.flac", "late/a.flac", "scene.flac", "scene/two.flac"]


def test_a_removed_line_gives_its_file_a_name_in_the_folder(quick: Cli) -> None:
    """Where another line has that name now, whatever the key of the one before is."""
    assert batch(quick, "key,text,file\n/../../../a.b,One,a\n").code == 0
    assert batch(quick, "key,text,file\nnext,Two,a\n").code == 0
    (name, removed) = files()
    assert name == "a.flac"
    assert re.fullmatch(r"removed-[\w-]+\.flac", removed)


@pytest.mark.parametrize(
    ("script", "code"), [("POST /tts", 4), ("POST /tts", 7), ("GET /files", 8)], ids=["credits", "key", "file"]
)
def test_exit_codes_are_as_elsewhere(quick: Cli, script: str, code: int) -> None:
    quick.fake.script(script, *[error({4: 402, 7: 401, 8: 403}[code])] * 99)
    done = batch(quick, table("One"), "--timeout", "5")
    assert done.code == code
    assert again(done, "to go on")[0] == "batch"


def test_a_deadline_and_the_next_run(quick: Cli) -> None:
    quick.fake._timeline = ["PENDING"]
    done = batch(quick, table("One"), "--timeout", "0.3")
    assert done.code == 124
    quick.fake.add(quick.fake.created[0], "SUCCESS")
    assert quick(*again(done, "to go on")).code == 0
    assert len(creates(quick)) == 1


def test_json_has_a_line_for_each_transition(quick: Cli) -> None:
    quick.fake.script("POST /tts", error(422))
    assert batch(quick, table("One")).code == 8
    done = batch(quick, table("One", "Two"), "--json")
    found = events(done)
    assert [one["event"] for one in found] == ["created", "succeeded", "downloaded"]
    assert {one["key"] for one in found} == {found[0]["key"]}
    assert {one["task"] for one in found} == {str(quick.fake.created[0])}
    assert [one["exit_code"] for one in found] == [None, None, 0]
    assert found[-1]["file"].endswith("out/3.flac")
    again = events(batch(quick, table("One", "Two"), "--json", "--redo", found[0]["key"]))
    assert [one["file"] for one in again] == [None, None, found[-1]["file"]]
    assert [one["line"] for one in found] == [3, 3, 3]
    found = events(batch(quick, table("One", "Two"), "--json", "--retry", "refused"))
    assert [one["event"] for one in found] == ["created", "succeeded", "downloaded"]
    quick.fake.script("POST /tts", error(422))
    (refused,) = events(batch(quick, table("One", "Two", "Three"), "--json"))
    assert (refused["event"], refused["exit_code"], refused["task"]) == ("refused", 8, None)
    assert refused["error"]["type"] == "InvalidRequestError"


def test_created_is_printed_before_the_first_poll(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("GET /tts", *[PENDING] * 99)
    (tmp_path / "lines.csv").write_text(table("One"))
    process = start(cli, "batch", str(tmp_path / "lines.csv"), "-o", str(tmp_path / "out"), *QUICK, "--json")
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    assert line["event"] == "created"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 143


def test_quiet_says_errors_alone(quick: Cli) -> None:
    assert batch(quick, table("One"), "-q") == (0, "", "")
    quick.fake.script("POST /tts", error(422))
    done = batch(quick, table("One", "Two"), "-q")
    assert (done.code, done.out) == (8, "")
    assert done.err.startswith("line 3 (")


def test_a_dry_run_sends_nothing_and_keeps_nothing(quick: Cli) -> None:
    done = batch(quick, table("One", "Two"), "--dry-run")
    assert (done.code, done.out, done.err) == (0, "2 to create\n", "")
    assert not quick.fake.requests
    assert [file.name for file in pathlib.Path().iterdir()] == ["lines.csv"]
    batch(quick, table("One"))
    assert batch(quick, table("One", "Two"), "--dry-run").out == "1 to create  1 downloaded\n"
    assert batch(quick, table("One", ""), "--dry-run").code == 0
    assert batch(quick, "text,age\nOne,x\n", "--dry-run").code == 2
    assert len(creates(quick)) == 1


def test_a_second_owner_is_told_the_first(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake.script("GET /tts", *[PENDING] * 99)
    (tmp_path / "lines.csv").write_text(table("One"))
    command = ("batch", str(tmp_path / "lines.csv"), "-o", str(tmp_path / "out"), *QUICK)
    process = start(cli, *command)
    until(lambda: cli.fake.created)
    done = cli(*command)
    assert (done.code, done.out) == (2, "")
    assert f"is in use by process {process.pid}" in done.err
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "0 of 1 downloaded; 1 created" in said
    assert "to go on: camb-client batch" in said
    assert cli(*command, "--dry-run").code == 0


def test_the_journal_can_lie_elsewhere(quick: Cli) -> None:
    assert batch(quick, table("One"), "--journal", "kept/jobs.db").code == 0
    assert pathlib.Path("kept/jobs.db").exists()
    assert not pathlib.Path("out.camb.db").exists()


def test_another_file_as_the_journal(quick: Cli) -> None:
    done = batch(quick, table("One"), "--journal", "lines.csv")
    assert done.code == 2
    assert "is no journal" in done.err
    assert pathlib.Path("lines.csv").read_text() == table("One")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--creates-per-second", "0"], "--creates-per-second"),
        (["--creates-per-second", "nan"], "'nan' is not a number from 0.0000116 (one a day) to 1000000"),
        (["--creates-per-second", "1e-9"], "'1e-9' is not a number from 0.0000116 (one a day) to 1000000"),
        (["--max-requests-per-second", "x"], "--max-requests-per-second"),
        (["--retry", "planned"], "--retry"),
        (["--kind", "translated-story"], "--kind"),
        (["--kind", "text-to-sound"], "text-to-sound has no voice_id"),
        (["-o", "/"], "name it with --journal"),
    ],
)
def test_options_that_cannot_be(quick: Cli, options: list[str], said: str) -> None:
    done = batch(quick, table("One"), *options)
    assert done.code == 2
    assert said in done.err
    assert not quick.fake.requests


def test_a_pace(quick: Cli) -> None:
    began = time.monotonic()
    assert batch(quick, table(*"abcdef"), "--creates-per-second", "4", "--max-requests-per-second", "20").code == 0
    assert time.monotonic() - began >= 1


def test_ten_thousand_lines_are_planned(quick: Cli) -> None:
    """A dry run reads, checks and plans all of them."""
    lines = "".join(f"Line {number} of a long day.\n" for number in range(10_000))
    assert batch(quick, "text\n" + lines, "--dry-run").out == "10000 to create\n"


def test_a_bar_on_a_terminal(cli: Cli, tmp_path: pathlib.Path) -> None:
    cli.fake._timeline = ["PENDING"]
    cli.fake.script("POST /tts", error(422))
    (tmp_path / "lines.csv").write_text(table(*"abcdefgh"))
    with terminal("batch", str(tmp_path / "lines.csv"), "-o", str(tmp_path / "out"), *QUICK, env=cli.env) as it:
        it.until(lambda screen: "1 of 8 done" in screen and "7 created  1 refused" in screen, "bar")
        assert re.search(r"line \d \(", it.screen)  # Whichever create comes first.
        assert it.cursor_is_hidden
        it.press("\x03")
        assert it.end() == 130
        assert not it.cursor_is_hidden
        assert "of 8 done" not in it.screen
        assert "0 of 8 downloaded; 7 created, 1 refused" in it.unwrapped


def test_a_bar_for_hundreds_of_tasks_that_are_waited_for(cli: Cli) -> None:
    tasks = [str(cli.fake.add(f"tts:{number}", ["SUCCESS"] if number < 40 else ["PENDING"])) for number in range(150)]
    cli.fake.add("tts:149", [error(503)])
    with terminal("wait", "--schedule", "0.2", *tasks, env=cli.env) as it:
        it.until(lambda screen: "40 of 150 done" in screen and "109 PENDING" in screen and "40 SUCCESS" in screen)
        it.until(lambda screen: re.search(r"tts:149  not seen .*HTTP 503", screen))
        it.press("\x03")
        assert it.end() == 130


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 10, 0, 5.0), ("", "")),
        ((5, 10, 5, 5.0), ("1.0/s", "about 5 s left")),
        ((5, 305, 5, 50.0), ("6.0/min", "about 50 min left")),
        ((100, 10_100, 10, 10.0), ("1.0/s", "about 2.8 h left")),
        ((10, 10, 10, 5.0), ("2.0/s", "")),
    ],
)
def test_rate_and_estimated_end(numbers: tuple[int, int, int, float], words: tuple[str, str]) -> None:
    assert outlook(*numbers) == words


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_waits_for_creates_in_flight(cli: Cli, tmp_path: pathlib.Path, name: str) -> None:
    """Nothing new begins, and what is on its way gets its reference."""
    cli.fake.script("POST /tts", *[lambda reply: attrs.evolve(reply, delay=1.0)] * 99)
    (tmp_path / "lines.csv").write_text(table(*"abcdefghij"))
    process = start(cli, "batch", str(tmp_path / "lines.csv"), "-o", str(tmp_path / "out"), *QUICK)
    until(lambda: len(cli.fake.created) == 4)
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=20)
    assert "note: waiting up to 10 s for the creates that are on their way: 4" in said
    assert "0 of 10 downloaded; 6 planned, 4 created" in said
    assert len(cli.fake.created) == 4
