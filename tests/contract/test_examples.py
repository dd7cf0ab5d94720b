"""Each example becomes the state or the error that docs/behaviour.md says, in both clients.

What to expect is read from the page's own tables, so that neither can move alone.
"""

import json
import logging
import re

import httpx
import pytest

import camb_client
from camb_client import CambError, TaskStatus, WaitTimeoutError
from camb_client.testing import VirtualClock
from scripts.common.project import ROOT
from tests.facade.conftest import Both, Client

from .examples import ERRORS, MALFORMED, STATUSES, Error, Malformed, Status

PAGE = (ROOT / "docs/behaviour.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the table under this row of headings."""
    rows = PAGE.partition(f"\n{heading}\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()[1:]]


# Status to what `wait` does: "keeps waiting …", "returns `CompletedTask`", or the name of an error.
WAITS = {row[0].strip("`"): row[2].strip("`") for row in table("| status | meaning | `wait` | what to do |")}
# HTTP code, or "5xx", to the name of the error.
CODES = {
    code[1]: name[1]
    for row in table("| error | when | what it carries beside `.ref` |")
    if (code := re.match(r"([2-5](?:\d\d|xx))\b", row[1])) and (name := re.search(r"`(\w+)`", row[0]))
}


def error_named(name: str) -> type[CambError]:
    found = getattr(camb_client, name)
    assert issubclass(found, CambError)
    return found


def client(both: Both, clock: VirtualClock, status_code: int, body: object, headers: dict[str, str]) -> Client:
    """A client whose every request gets this answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", **headers}
    return both.answering(lambda _: httpx.Response(status_code, content=content, headers=headers), clock=clock)


@pytest.mark.parametrize("example", STATUSES, ids=lambda it: f"{it.row}-{json.dumps(it.body)[:60]}")
def test_a_status(both: Both, clock: VirtualClock, caplog: pytest.LogCaptureFixture, example: Status) -> None:
    camb = client(both, clock, 200, example.body, {})
    state = camb.status("tts:1")
    assert state.raw == example.body
    assert (state.exception_reason, state.message) == tuple(map(example.body.get, ("exception_reason", "message")))
    assert state.run_id == example.run_id
    assert state.status == TaskStatus(example.body["status"])
    assert state.status.is_known == (example.row != "any other")

    if example.row == "SUCCESS without a run_id":
        with pytest.raises(camb_client.TaskResultMissingError) as missing:
            camb.wait("tts:1")
        assert missing.value.state == state
        return
    said = WAITS[example.row]
    with caplog.at_level(logging.WARNING, "camb_client"):
        if said == "returns `CompletedTask":
            done = camb.wait("tts:1", timeout=0)
            assert (type(done), done.run_id) == (camb_client.CompletedTask, example.run_id)
        elif said.startswith("keeps waiting"):
            with pytest.raises(WaitTimeoutError) as late:
                camb.wait("tts:1", timeout=0)
            assert late.value.last_state == state
            assert state.is_pending
        else:
            with pytest.raises(error_named(said)) as ended:
                camb.wait("tts:1", timeout=0)
            assert getattr(ended.value, "state", None) == state
            assert state.is_failure
    assert len(caplog.records) == ("with one warning" in said)


@pytest.mark.parametrize("example", MALFORMED, ids=lambda it: repr(it.body)[:60])
def test_a_200_that_is_not_the_contract(both: Both, clock: VirtualClock, example: Malformed) -> None:
    camb = client(both, clock, 200, example.body, {"content-type": example.content_type})
    with pytest.raises(camb_client.MalformedResponseError):
        camb.status("tts:1")
    with pytest.raises(WaitTimeoutError) as late:
        camb.wait("tts:1", timeout=0)
    assert isinstance(late.value.__cause__, camb_client.MalformedResponseError)


@pytest.mark.parametrize("example", ERRORS, ids=lambda it: f"{it.status_code}-{it.body!r:.50}")
def test_an_error(both: Both, clock: VirtualClock, example: Error) -> None:
    camb = client(both, clock, example.status_code, example.body, example.headers)
    family = f"{example.status_code // 100}xx"
    expected = error_named(CODES.get(str(example.status_code), CODES.get(family, "ApiError")))
    if example.status_code == 403 and example.body == b"":  # No JSON: of a firewall, and not of the API.
        expected = camb_client.ApiError
    with pytest.raises(camb_client.ApiError) as caught:
        camb.status("tts:1")
    error = caught.value
    assert type(error) is expected
    assert (error.status_code, error.retry_after) == (example.status_code, example.retry_after)
    assert getattr(error, "detail", None) == example.detail

    # What a wait tolerates, it still does at its deadline; a 404 may be a task that is not visible yet.
    passing = {404, 408, 425, 429} | (set(range(500, 600)) - {501, 505})
    with pytest.raises(WaitTimeoutError if example.status_code in passing else expected) as ended:
        camb.wait("tts:1", timeout=0)
    assert type(ended.value.__cause__ or ended.value) is expected


def test_the_page_was_read() -> None:
    """And each of its rows has an example."""
    shown = {example.row for example in STATUSES} - {"SUCCESS without a run_id"}
    missing = WAITS.keys() - shown
    assert not missing, f"tests/contract/examples.py: STATUSES needs a line `Status(<source>, …, {missing})`"
    missing = {*TaskStatus.__members__} - WAITS.keys()
    assert not missing, f"docs/behaviour.md: the table of statuses needs a row `| `{missing}` | … |`"
    assert shown == {*TaskStatus.__members__, "any other"}
    assert CODES.keys() == {"401", "402", "403", "404", "422", "429", "5xx"}
    assert {int(code) for code in CODES if code != "5xx"} <= {example.status_code for example in ERRORS}


def test_each_example_names_a_public_source() -> None:
    for example in (*STATUSES, *MALFORMED, *ERRORS):
        assert re.match(r"https://|camb-sdk 1\.6\.6 on PyPI|code in the open", example.source), example


def test_every_reason_of_the_document_has_an_example(document: dict[str, object]) -> None:
    described = str(document).partition("the reasons known so far are ")[2].partition(".")[0]
    reasons = {example.body.get("exception_reason") for example in STATUSES}
    assert set(re.findall(r"[A-Z_]{4,}", described)) <= reasons
