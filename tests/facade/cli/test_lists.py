"""``kinds``, ``voices`` and ``languages``: what there is to choose from; and who points there."""

import json

import pytest

from camb_client import kinds
from camb_client.testing import Reply, error

from .conftest import Cli

SPEAK = ("speak", "Good morning.", "--voice", "147320", "--language", "en-us")


def test_every_kind_and_what_can_be_done_with_it(cli: Cli) -> None:
    done = cli("kinds", "--json")
    listed = {one["kind"]: one for one in map(json.loads, done.out.splitlines())}
    assert tuple(listed) == kinds.ALL
    assert listed["dub"] == {
        "kind": "dub", "operations": ["status", "create", "result", "results"], "parts": ["DUB_TRANSCRIPT"],
    }  # fmt: skip
    assert listed["translated-story"]["operations"] == ["status"]
    assert listed["tts"]["operations"][-1] == "stream"
    assert "dub  status, create, result, results, DUB_TRANSCRIPT" in cli("kinds").out.splitlines()
    assert not cli.fake.requests


def test_voices(cli: Cli) -> None:
    assert cli("voices").out.splitlines() == [
        "147320  Gary  en-us  male, 30  warm and calm",
        "147321  Greta  de-de  female, 30  bright and quick",
        "147322  Claire  fr-fr  female, 30  soft",
    ]
    assert [json.loads(line)["id"] for line in cli("voices", "--json").out.splitlines()] == [147320, 147321, 147322]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--language", "de-de"), [147321]),
        (("--language", "DE_de"), [147321]),
        (("--language", "de"), [147321]),
        (("--language", "31"), [147321]),
        (("--language", "ja-jp"), []),
        (("--search", "WARM calm"), [147320]),
        (("--search", "greta"), [147321]),
        (("--language", "en-us", "--search", "soft"), []),
    ],
)
def test_voices_are_found(cli: Cli, options: tuple[str, ...], found: list[int]) -> None:
    done = cli("voices", "--json", *options)
    assert ([json.loads(line)["id"] for line in done.out.splitlines()], done.code) == (found, 0)


def test_a_language_that_there_is_not(cli: Cli) -> None:
    done = cli("voices", "--language", "en-uss")
    assert (done.code, done.err.splitlines()[0]) == (
        2, "error: there is no language 'en-uss': did you mean en-us?",
    )  # fmt: skip
    assert "camb-client languages lists the languages" in cli("voices", "--language", "zz").err


def test_a_voice_of_which_little_is_known(cli: Cli) -> None:
    cli.fake.voices = [{"id": 7, "voice_name": "Two\nlines \x1b[2J", "language": 999, "gender": None}]
    assert cli("voices").out == "7  Two lines \N{REPLACEMENT CHARACTER}[2J  999\n"
    assert cli("voices", "--language", "en-us").out == ""


def test_languages(cli: Cli) -> None:
    cli.fake.script("GET /target-languages", Reply.json([{"id": 9, "language": "klingon", "short_name": "tlh"}]))
    assert cli("languages").out == "9  tlh  klingon\n"
    assert cli("languages", "--source", "--search", "german").out == "31  de-de  german (germany)\n"
    assert json.loads(cli("languages", "--search", "de-de", "--json").out)["id"] == 31


def test_a_refused_key(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_API_KEY", "wrong")
    done = cli("voices")
    assert (done.code, done.out) == (7, "")


def test_a_wrong_locale_points_to_the_languages(quick: Cli) -> None:
    done = quick(*SPEAK[:-1], "en-uss")
    assert done.code == 2
    assert done.err.splitlines()[0].endswith("(camb-client languages lists the languages)")
    assert "camb-client" not in quick(*SPEAK, "--gender", "7").err.splitlines()[0]


@pytest.mark.parametrize(
    "refusal",
    [
        error(422, {"detail": [{"loc": ["body", "voice_id"], "msg": "no such voice", "type": "value_error"}]}),
        error(404, {"detail": "Voice 147320 not found"}),
        error(400, {"detail": "voice_id is wrong"}),
    ],
    ids=["422", "404", "400"],
)
def test_a_wrong_voice_points_to_the_voices(quick: Cli, refusal: Reply) -> None:
    quick.fake.script("POST /tts", refusal)
    done = quick(*SPEAK)
    assert (done.code, done.err.splitlines()[-1]) == (8, "camb-client voices lists the voices")


def test_what_has_nothing_to_do_with_voices_points_nowhere(quick: Cli) -> None:
    for answer in (error(422, {"detail": "text is too long"}), error(402, {"detail": "voice"}), error(503)):
        quick.fake.script("POST /tts", answer)
        assert "lists the" not in quick(*SPEAK).err
