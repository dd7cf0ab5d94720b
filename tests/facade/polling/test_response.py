"""The contract of a 200: what is understood, what is kept, what is refused."""

import json
import sys
from typing import Any

import httpx
import pytest

from camb_client import CompletedTask, MalformedResponseError, TaskState
from tests.facade.conftest import Both


def status_of(both: Both, content: bytes) -> TaskState:
    state = both.answering(lambda _: httpx.Response(200, content=content)).status("tts:1")
    assert isinstance(state, TaskState)
    return state


@pytest.mark.parametrize(
    ("sent", "run_id"), [({}, None), ({"run_id": None}, None), ({"run_id": 7}, 7), ({"run_id": "0011768"}, 11768)]
)
def test_run_id_is_an_integer_its_digits_or_nothing(both: Both, sent: dict[str, Any], run_id: int | None) -> None:
    state = status_of(both, json.dumps({"status": "SUCCESS", **sent}).encode())
    assert state.run_id == run_id
    assert isinstance(state, CompletedTask) == (run_id is not None)


@pytest.mark.parametrize("shape", [None, "text", ["a", 1], {"deep": {"er": [None, True, 1.5]}}, 7, 1.5, False])
def test_reason_and_message_are_kept_in_any_shape(both: Both, shape: Any) -> None:
    body = {"status": "ERROR", "exception_reason": shape, "message": shape}
    state = status_of(both, json.dumps(body).encode())
    assert (state.exception_reason, state.message) == (shape, shape)
    assert state.raw == body
    assert type(state.raw) is dict


def test_what_is_not_documented_is_kept(both: Both) -> None:
    body = {"status": "PENDING", "run_id": None, "output": {"a": [1]}, "progress": 0.5}
    assert status_of(both, json.dumps(body).encode()).raw == body


def test_a_byte_order_mark_does_not_matter(both: Both) -> None:
    assert status_of(both, b'\xef\xbb\xbf{"status": "PENDING"}').is_pending


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b'"SUCCESS"', b"7", b"{", b"<html></html>", b"\xff\xfe\xff",
        b'{"status": "PENDING"} x',
        b"{}", b'{"run_id": 7}', b'{"status": null}', b'{"status": ""}', b'{"status": " "}', b'{"status": 7}',
        b'{"status": ["SUCCESS"]}', b'{"status": {"a": 1}}', b'{"status": true}',
        b'{"status": "SUCCESS", "run_id": true}', b'{"status": "SUCCESS", "run_id": 1.5}',
        b'{"status": "SUCCESS", "run_id": 9007199254740992.0}', b'{"status": "SUCCESS", "run_id": "run-1"}',
        b'{"status": "SUCCESS", "run_id": ""}', b'{"status": "SUCCESS", "run_id": "-1"}',
        b'{"status": "SUCCESS", "run_id": {"id": 7}}', '{"status": "SUCCESS", "run_id": "٧"}'.encode(),
        b'{"status": "PENDING", "run_id": NaN}', b'{"status": "PENDING", "run_id": Infinity}',
        b'{"status": "SUCCESS", "run_id": "' + b"9" * 5000 + b'"}',
        b'{"status": "SUCCESS", "run_id": ' + b"9" * 5000 + b"}",
        b'{"status": "PENDING", "message": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
    ],
    ids=lambda content: repr(content[:60]),
)  # fmt: skip
def test_what_is_not_the_contract_is_malformed(both: Both, content: bytes) -> None:
    with pytest.raises(MalformedResponseError, match="not a task result") as caught:
        status_of(both, content)
    assert str(caught.value.ref) == "tts:1"
    assert caught.value.body == content.decode(errors="replace")[:2000]
    assert len(str(caught.value)) < 800


def test_deep_but_not_too_deep(both: Both) -> None:
    depth = sys.getrecursionlimit() // 10
    assert status_of(both, b'{"status": "PENDING", "message": ' + b"[" * depth + b"]" * depth + b"}").is_pending
