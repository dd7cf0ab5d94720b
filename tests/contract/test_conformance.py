"""The local server keeps to ``openapi/camb.yaml``: what other teams test against is what the docs promise.

A check that cannot fail proves nothing. So each way to break the contract is tried on
purpose, and a run in which an operation never gave one of its documented answers is no proof, but a failure.


An id that the server does not know is the one thing that is left out: it answers 404 then, as FastAPI does,
and ``camb.yaml`` has no 404, because no source says what the API does there. So the server is told of each
id before it is asked for it. The 404 is pinned in ``tests/facade/testing/test_testing.py``.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import attrs
import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from camb_client import TaskRef
from camb_client.testing import FakeCamb, Reply, error
from scripts.common.families import families

KEY = {"x-api-key": "test-key"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
]
NO_ID = "\x00"  # What the server refuses with a 422.

# Each shape of what is sent beside the status of a task.
SHAPES: list[dict[str, Any]] = [
    {"status": "PENDING", "message": "half done"},
    {"status": "ERROR", "exception_reason": "SOURCE_TOO_LONG", "message": {"seconds": 9}},
    {"status": "ERROR", "exception_reason": None, "message": None, "more": [1]},
]

Answer = Callable[[str, str, Mapping[str, str], bytes], Reply]


def items(document: dict[str, Any]) -> list[str | dict[str, Any]]:
    """What a task may be like: each documented status, and each of those shapes."""
    return [*document["components"]["schemas"]["TaskStatus"]["enum"], *SHAPES]


def wsgi(answer: Answer, seen: set[int]) -> Any:
    """A server of ours as a WSGI application, for schemathesis to call in this process; `seen` notes each code."""

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        # The path as it was on the wire: WSGI's own has lost its percent signs.
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        reply = answer(environ["REQUEST_METHOD"], environ["REQUEST_URI"], headers, sent)
        seen.add(reply.status_code)
        start(f"{reply.status_code} -", list(reply.headers.items()))
        return [reply.body]

    return application


def served(document: dict[str, Any]) -> list[str]:
    """The paths that tell the status of a task."""
    return [str(path) for _, path, _ in families(document).values()]


def check_conformance(document: dict[str, Any], fake: FakeCamb, answer: Answer, *, examples: int = 15) -> None:
    """Ask for each operation's every answer; raises on any that is not documented, and on any not given."""
    seen: set[int] = set()
    document = copy.deepcopy(document)
    document["paths"] = {path: document["paths"][path] for path in served(document)}
    for item in document["paths"].values():
        # No page documents the 401. One that was just imported has it only once the overlay gives it one.
        item["get"]["responses"].setdefault("401", {"$ref": "#/components/responses/ApiKeyRefused"})
    schema = schemathesis.openapi.from_dict(document)
    schema.app = wsgi(answer, seen)
    for operation in (found.ok() for found in schema.get_all_operations()):
        seen.clear()
        described = document["paths"][operation.path][operation.method]
        ask_everything(operation, described["parameters"][0].get("example", "an-id"), items(document), fake, examples)
        assert seen == {int(code) for code in described["responses"]}, f"{operation.label}: not every answer was seen"


def ask_everything(
    operation: Any, known_id: str, every: list[str | dict[str, Any]], fake: FakeCamb, examples: int
) -> None:
    kind = operation.path.removesuffix("/{task_id}").removeprefix("/")

    def ask(case: Any, item: str | dict[str, Any], **key: str) -> None:
        with suppress(ValueError):  # It cannot be an id, so it gets the 422.
            fake.add(TaskRef(kind, unquote(case.path_parameters["task_id"])), [item])
        case.call_and_validate(headers=key, checks=CHECKS)

    for item in every:
        ask(operation.Case(path_parameters={"task_id": known_id}), item, **KEY)
    ask(operation.Case(path_parameters={"task_id": NO_ID}), "SUCCESS", **KEY)
    ask(operation.Case(path_parameters={"task_id": known_id}), "SUCCESS", **{"x-api-key": "wrong"})
    ask(operation.Case(path_parameters={"task_id": known_id}), "SUCCESS")

    # The same every time, and with no database of examples.
    @settings(derandomize=True, database=None, deadline=None, max_examples=examples)
    @given(case=operation.as_strategy(), item=st.sampled_from(every))
    def ask_for_any(case: Any, item: str | dict[str, Any]) -> None:
        ask(case, item, **KEY)

    ask_for_any()


def test_the_local_server_conforms(document: dict[str, Any]) -> None:
    assert {"PENDING", "SUCCESS", "ERROR"} <= {it for it in items(document) if isinstance(it, str)}
    fake = FakeCamb()
    check_conformance(document, fake, fake.answer)


# Of each other operation, something that it answers with a 200, and something that it refuses.
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "POST /tts": ({"body": {"text": "a", "voice_id": 1, "language": 1}}, {"body": {"text": "a"}}),
    "POST /text-to-sound": ({"body": {"prompt": "rain"}}, {"body": {"prompt": 7}}),
    "POST /tts-stream": ({"body": {"text": "abc", "voice_id": 1, "language": "en-us"}}, {"body": {}}),
    "POST /tts-results": ({"body": {"run_ids": [1, 2]}}, {"body": {"run_ids": [1]}}),
    "POST /text-to-sound-results": ({"body": {"run_ids": [1, 2]}}, {"body": {"run_ids": ["1", "2"]}}),
    "GET /tts-result/{run_id}": ({"path_parameters": {"run_id": 1}}, {"path_parameters": {"run_id": "one"}}),
    "GET /text-to-sound-result/{run_id}": ({"path_parameters": {"run_id": 2}}, {"path_parameters": {"run_id": "one"}}),
}


def check_paid_work(document: dict[str, Any], fake: FakeCamb, answer: Answer, *, examples: int = 15) -> None:
    """As :func:`check_conformance`, for the operations that do more than tell a status."""
    seen: set[int] = set()
    others = {path: item for path, item in document["paths"].items() if path not in served(document)}
    schema = schemathesis.openapi.from_dict({**document, "paths": others})
    schema.app = wsgi(answer, seen)
    operations = {operation.label: operation for operation in (found.ok() for found in schema.get_all_operations())}
    assert operations.keys() >= ASKED.keys(), "the local server serves what the document no longer has"
    fake.add("tts:1", run_id=1)
    fake.add("text-to-sound:1", run_id=2)
    for label, operation in ((label, operations[label]) for label in ASKED):
        seen.clear()
        good, bad = (operation.Case(**given, media_type="application/json") for given in ASKED[label])
        other = [operation.Case(path_parameters={"run_id": 3})] if operation.method == "get" else []
        as_address = [operation.Case(**ASKED[label][0], query={"output_type": "file_url"})] if other else []
        for case, key in [(good, KEY), (bad, KEY), (good, {}), *((it, KEY) for it in other + as_address)]:
            case.call_and_validate(headers=key, checks=CHECKS)

        @settings(derandomize=True, database=None, deadline=None, max_examples=examples)
        @given(case=operation.as_strategy())
        def ask_for_any(case: Any) -> None:
            case.call_and_validate(headers=KEY, checks=CHECKS)

        ask_for_any()
        described = document["paths"][operation.path][operation.method]["responses"]
        assert seen == {int(code) for code in described}, f"{label}: not every answer was seen"


def test_the_local_server_conforms_in_what_is_paid_for(document: dict[str, Any]) -> None:
    fake = FakeCamb()
    check_paid_work(document, fake, fake.answer)


BROKEN_WORK: dict[str, tuple[str, Callable[[Reply], Reply], str]] = {
    "a task without an id": ("/tts", lambda it: body(it, {"id": "1"}), "'task_id' is a required"),
    "an id that is a number": ("/text-to-sound", lambda it: body(it, {"task_id": 1}), "1 is not of type"),
    "audio of another type": ("/tts-stream", lambda it: attrs.evolve(it, headers={"content-type": "a/b"}), "a/b"),
    "an address without a name": ("/tts-results", lambda it: body(it, {"1": {}}), "is not valid under any"),
    "an address that is none": ("/text-to-sound-results", lambda it: body(it, {"2": 7}), "7 is not"),
    "created, with a 201": ("/tts", lambda it: attrs.evolve(it, status_code=201), "Received: 201"),
}


@pytest.mark.parametrize("name", BROKEN_WORK)
def test_a_server_that_breaks_the_contract_of_paid_work_is_caught(document: dict[str, Any], name: str) -> None:
    fake, (path, change, said) = FakeCamb(), BROKEN_WORK[name]

    def broken(method: str, asked: str, headers: Mapping[str, str], sent: bytes) -> Reply:
        reply = fake.answer(method, asked, headers, sent)
        return change(reply) if reply.status_code == 200 and asked.endswith(path) else reply

    with pytest.raises((Failure, FailureGroup, AssertionError)) as caught:
        check_paid_work(document, fake, broken, examples=1)
    assert any(said in str(one).replace('"', "'") for one in told(caught.value)), [*map(str, told(caught.value))]


def body(reply: Reply, value: Any) -> Reply:
    return attrs.evolve(reply, body=json.dumps(value).encode())


# Each way to break the contract: the answer it is done to, what is done, and what the check says of it.
BROKEN: dict[str, tuple[int, Callable[[Reply], Reply], str]] = {
    "a status in no enum": (200, lambda it: body(it, {"status": "DONE"}), '"DONE" is not one of'),
    "a status that is null": (200, lambda it: body(it, {"status": None}), "null is not one of"),
    "a run id as text": (200, lambda it: body(it, {"status": "SUCCESS", "run_id": "7"}), '"7" is not of type'),
    "a message of a wrong type": (200, lambda it: body(it, {"status": "ERROR", "message": 7}), "7 is not of type"),
    "an array for an object": (200, lambda it: body(it, [{"status": "ERROR"}]), 'is not of type "object"'),
    "no JSON": (200, lambda it: attrs.evolve(it, body=b"SUCCESS"), "must be valid JSON"),
    "another content type": (200, lambda it: attrs.evolve(it, headers={"content-type": "text/html"}), "text/html"),
    "no content type": (200, lambda it: attrs.evolve(it, headers={}), "Missing Content-Type"),
    "a code in no document": (200, lambda it: attrs.evolve(it, status_code=202), "Received: 202"),
    "a server error": (200, lambda _: error(500), "Server error"),
    "a 401 of another shape": (401, lambda it: body(it, {"status": "401"}), '"401" is not of type'),
    "a 403 for a 401": (401, lambda it: attrs.evolve(it, status_code=403), "Received: 403"),
    "a 422 whose detail is text": (422, lambda it: body(it, {"detail": "no"}), '"no" is not of type "array"'),
    "a 422 without a place": (422, lambda it: body(it, {"detail": [{"msg": "no"}]}), '"loc" is a required'),
    "a 400 for a 422": (422, lambda it: attrs.evolve(it, status_code=400), "Received: 400"),
    # Nothing that is answered here is wrong; but a check that saw no 200 once passed a broken server.
    "never a 200": (200, lambda _: Reply.json({"detail": []}, status_code=422), "not every answer was seen"),
    "never a 422": (422, lambda _: Reply.json({"status": "ERROR"}), "not every answer was seen"),
}


def breaking(answer: Answer, kind: str, status_code: int, change: Callable[[Reply], Reply]) -> Answer:
    """The same server, but the answers with this code of this one family are changed."""

    def broken(method: str, path: str, headers: Mapping[str, str], sent: bytes) -> Reply:
        reply = answer(method, path, headers, sent)
        return change(reply) if reply.status_code == status_code and f"/{kind}/" in path else reply

    return broken


@pytest.mark.parametrize("kind", ["tts", "text-to-sound"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_server_is_caught(document: dict[str, Any], name: str, kind: str) -> None:
    fake, (status_code, change, said) = FakeCamb(), BROKEN[name]
    with pytest.raises((Failure, FailureGroup, AssertionError)) as caught:
        check_conformance(document, fake, breaking(fake.answer, kind, status_code, change), examples=1)
    failures = [str(one) for one in told(caught.value)]
    assert any(said in failure for failure in failures), failures


def told(caught: BaseException) -> Iterator[BaseException]:
    """The failures themselves."""
    yield from caught.exceptions if isinstance(caught, FailureGroup) else [caught]


@pytest.mark.parametrize("given_key", [None, "wrong"])
def test_a_server_that_takes_any_key_is_caught(document: dict[str, Any], given_key: str | None) -> None:
    fake = FakeCamb()

    def careless(method: str, path: str, headers: Mapping[str, str], sent: bytes) -> Reply:
        takes = headers.get("x-api-key") == given_key or given_key is not None
        return fake.answer(method, path, {**headers, **KEY} if takes else headers, sent)

    with pytest.raises(FailureGroup) as caught:
        check_conformance(document, fake, careless, examples=1)
    assert any("Expected 401 or 403" in str(one) for one in told(caught.value))
