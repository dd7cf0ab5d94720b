"""Exit codes: the table covers every error, and is the one that the help and README show."""

import itertools
import re

import pytest

import camb_client
from camb_client import CambError, MalformedResponseError, PermissionDeniedError, TaskFailedError, WaitTimeoutError
from camb_client.cli._exits import EXITS, exit_of, most_serious
from camb_client.testing import HTML, RESET, error

from .conftest import Cli, documented

ERRORS = [it for it in vars(camb_client).values() if isinstance(it, type) and issubclass(it, CambError)]


def test_every_error_has_its_row_and_only_one_below_the_same_code() -> None:
    for kind in ERRORS:
        if kind is not CambError and not kind.__subclasses__():
            assert [row for row in EXITS if issubclass(kind, row.errors)], kind
    assert len({row.code for row in EXITS}) == len(EXITS)


def test_an_error_that_no_row_knows_is_a_bug() -> None:
    assert exit_of(ZeroDivisionError()).code == 1


def test_the_docs_have_the_table() -> None:
    assert documented("exit code | meaning") == [(str(row.code), row.meaning.replace("|", "\\|")) for row in EXITS]


def test_the_help_has_the_table(cli: Cli) -> None:
    shown = cli("--help").out
    assert [int(code) for code in re.findall(r"^ +(\d+)  ", shown, flags=re.MULTILINE)] == [row.code for row in EXITS]


# What a task is answered with, what ends the wait for it, and what is said.
ENDINGS = {
    "fine": (["PENDING", "SUCCESS"], 0, ""),
    "failed": (["ERROR"], 3, "Check the reason, then submit it again."),
    "unpaid": (["PAYMENT_REQUIRED"], 4, "https://studio.camb.ai/billing"),
    "unpaid-answer": ([error(402)], 4, "https://studio.camb.ai/billing"),
    "given-up": (["TIMEOUT"], 5, "submit smaller pieces"),
    "no-contract": ([{"status": "SUCCESS", "run_id": "odd"}], 6, "not a task result"),
    "no-run-id": ([{"status": "SUCCESS"}], 6, "It has no run_id"),
    "forbidden": ([error(403)], 7, "lacks permission"),
    "refused": ([error(401)], 7, "Check the API key."),
    "odd-request": ([error(422)], 8, "does not accept what was sent"),
    "broken": ([error(501)], 8, "HTTP 501"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_ending_has_its_code_and_says_what_to_do(cli: Cli, ending: str) -> None:
    timeline, code, said = ENDINGS[ending]
    cli.fake.add("tts:1", timeline)
    # A wait would poll again for a second or two.
    command = ["status"] if ending.startswith("no-") else ["wait", "--schedule", "0.01"]
    done = cli(*command, "tts:1")
    if ending == "fine":
        assert done.err == "tts:1  PENDING  " + done.err.partition("PENDING  ")[2]
    else:
        errors = done.err.splitlines()
        assert errors[0].startswith("error: tts:1")
        assert said in errors[0]
        assert len(errors) <= 2
    assert done.code == code


def test_of_several_endings_the_most_serious_counts(cli: Cli) -> None:
    for name, (timeline, _, _) in ENDINGS.items():
        cli.fake.add(f"tts:{name}", timeline)
    cli.fake.add("tts:endless", ["PENDING"])

    def code(*names: str) -> int:
        return cli("wait", "--timeout", "1", "--schedule", "0.01", *(f"tts:{name}" for name in names)).code

    assert code("fine", "endless") == 124
    assert code("broken", "endless") == 8
    assert code("broken", "given-up") == 5
    assert code("given-up", "failed", "fine") == 3
    assert code("failed", "unpaid") == 4
    assert code("unpaid", "forbidden") == 7


def test_the_order_of_seriousness_is_that_of_the_table() -> None:
    errors = [WaitTimeoutError(""), TaskFailedError(""), MalformedResponseError(""), PermissionDeniedError("")]
    for less, more in itertools.pairwise(map(exit_of, errors)):
        assert most_serious([less, more]) is most_serious([more, less]) is more
    assert most_serious([]).code == 0


@pytest.mark.parametrize("answer", [RESET, HTML], ids=["reset", "html"])
def test_an_address_that_never_answers_as_it_should(cli: Cli, answer: object) -> None:
    cli.fake.add("tts:1", [answer])  # type: ignore[list-item]
    done = cli("status", "tts:1")
    assert (done.code, "camb-client doctor" in done.err) == ((8, True) if answer is RESET else (6, False))
    assert done.out.startswith("tts:1  not seen  ")


def test_no_key_is_a_setting_that_cannot_be(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMB_API_KEY")
    done = cli("wait", "tts:1")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: CAMB_API_KEY is missing: set CAMB_API_KEY, or pass api_key=\n"


def test_a_bug_is_one_line_and_with_debug_a_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("camb_client.AsyncCambClient.as_completed", lambda *_, **__: 1 / 0)
    done = cli("wait", "tts:1")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[0] == "error: unexpected ZeroDivisionError: division by zero"
    assert "Traceback" not in done.err
    assert "Traceback" in cli("wait", "tts:1", "--debug").err
