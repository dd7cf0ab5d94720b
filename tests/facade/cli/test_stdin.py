"""Standard input in the encodings that people's tools write: nothing is lost, and nothing garbled is sent."""

import codecs
import json
import os
import pathlib

import pytest

from .conftest import Cli

SPEAK = ("speak", "-", "--voice", "147320", "--language", "en-us")
TEXT = "Guten Tag, Jörg: 你好 🎈.\r\nUnd Schluss."
MARKED = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize("command", ["wait", "watch", "status"])
def test_references_with_a_byte_order_mark(cli: Cli, typed: int, encoding: str, command: str) -> None:
    for task in ("tts:a", "tts:ö"):
        cli.fake.add(task, ["SUCCESS"])
    os.write(typed, MARKED[encoding] + "tts:a\r\ntts:ö\r\n".encode(encoding))
    os.close(typed)
    done = cli(command, "--json", "-")
    assert (done.code, done.err) == (0, "")
    assert {json.loads(line)["task"] for line in done.out.splitlines()} == {"tts:a", "tts:ö"}


def test_a_mark_that_comes_byte_by_byte_and_once_more_in_the_middle(cli: Cli, typed: int) -> None:
    for task in ("tts:a", "tts:b"):
        cli.fake.add(task, ["SUCCESS"])
    for byte in codecs.BOM_UTF8 + b"tts:a\n" + codecs.BOM_UTF8 + b"tts:b\n":
        os.write(typed, bytes([byte]))
    os.close(typed)
    assert (cli("wait", "-").code, cli.fake.polls("tts:a"), cli.fake.polls("tts:b")) == (0, 1, 1)


@pytest.mark.parametrize("came", ["tts:a\n".encode("utf-16-le"), b"tts:\xff\n", "tts:ö\n".encode("latin-1")])
def test_lines_that_are_not_utf_8_are_said_and_nothing_is_polled(cli: Cli, typed: int, came: bytes) -> None:
    os.write(typed, came)
    os.close(typed)
    done = cli("wait", "-")
    assert done.code == 2
    assert done.err.startswith("error: standard input: standard input is not UTF-8, nor UTF-16 with")
    assert not cli.fake.requests


@pytest.mark.parametrize("encoding", MARKED)
def test_a_text_with_a_byte_order_mark(cli: Cli, typed: int, tmp_path: pathlib.Path, encoding: str) -> None:
    os.write(typed, MARKED[encoding] + TEXT.encode(encoding) + "\r\n".encode(encoding))
    os.close(typed)
    assert cli(*SPEAK, "--timeout", "0", "-o", str(tmp_path)).code == 124
    assert [json.loads(it.body)["text"] for it in cli.fake.requests if it.method == "POST"] == [TEXT]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_a_text_that_is_not_utf_8_is_not_paid_for(cli: Cli, typed: int, tmp_path: pathlib.Path, encoding: str) -> None:
    os.write(typed, "Guten Tag, Jörg.\r\n".encode(encoding))
    os.close(typed)
    done = cli(*SPEAK, "-o", str(tmp_path))
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "error: standard input is not UTF-8, nor UTF-16 with a byte order mark: save it as UTF-8",
    )
    assert not cli.fake.requests
