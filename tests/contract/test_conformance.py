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

from camb_client import TaskRef, kinds
from camb_client.testing import FakeCamb, Reply, error
from scripts.common.documents import NOTHING, mapped, operations
from scripts.common.families import Place, families, lookups, result_schema, roles, takes_fields
from scripts.common.refs import parameters

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
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        reply = answer(environ["REQUEST_METHOD"], environ["REQUEST_URI"], headers, sent)
        seen.add(reply.status_code)
        start(f"{reply.status_code} -", list(reply.headers.items()))
        return [reply.body]

    return application


def refusing(document: dict[str, Any]) -> dict[str, Any]:
    """The document, with a 401 at each operation.

    No page documents it, and the API sends it everywhere. An operation of a page that was just imported has it only
    once the overlay gives it one.
    """
    document = copy.deepcopy(document)
    for _, _, operation in operations(document):
        operation["responses"].setdefault("401", {"$ref": "#/components/responses/ApiKeyRefused"})
    return document


# Bounds of a value, and the formats that are types. The generated models have no bound and no other format, so an
# example that the server makes of a model cannot keep to them; a result that a test gives is sent as it is.
BOUNDS = {
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
}
FORMATS = {"binary", "date", "date-time", "uuid"}


def unbounded(document: dict[str, Any]) -> dict[str, Any]:
    """The document without bounds."""

    def change(schema: dict[str, Any]) -> dict[str, Any]:
        return {
            key: value
            for key, value in schema.items()
            if key not in BOUNDS and not (key == "format" and value not in FORMATS)
        }

    without: dict[str, Any] = mapped(document, change)
    return without


def served(document: dict[str, Any]) -> list[str]:
    """The paths that tell the status of a task."""
    return [str(path) for _, path, _ in families(document).values()]


def check_conformance(
    document: dict[str, Any], fake: FakeCamb, answer: Answer, *, examples: int = 15, only: str = ""
) -> None:
    """Ask for every answer to the status of each kind, or of one; raises on what is not documented, or not given."""
    seen: set[int] = set()
    document = refusing(document)
    paths = [path for path in served(document) if only in ("", path.split("/")[1])]
    document["paths"] = {path: document["paths"][path] for path in paths}
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


KNOWN, UNKNOWN = 7, 31337


def all_else(document: dict[str, Any]) -> set[Place]:
    """Every operation that the client has, but those that tell a status."""
    found = {*lookups(document).values()}
    for role in roles(document).values():
        found.update(role.create, role.result, role.results, *role.parts.values())
    return {("/tts-stream", "post"), *(place for place in found if can_be_asked(document, *place))}


def can_be_asked(document: dict[str, Any], path: str, method: str) -> bool:
    """Whether a handle can say all that an operation needs, and read what it tells.

    None has a header, a body that is no object with fields, or more than the ids of several runs; none reads a result
    that is not JSON.
    """
    operation = document["paths"][path][method]
    needs = {it["in"].value for it in parameters(document, path, method) if it.get("required", NOTHING).value is True}
    content = operation.get("requestBody", {}).get("content", {})
    bodies = [sample(document, media["schema"]) for media in content.values()]
    more = any("run_ids" in body and len(body) > 1 for body in bodies if isinstance(body, dict))
    if method == "post" and not takes_fields(document, operation):
        return False
    is_read = method == "post" or result_schema(document, operation) != NOTHING
    return is_read and "header" not in needs and not more


def sample(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Something that a schema takes."""
    schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        wanted = schema.get("required", ())
        return {name: sample(document, schema["properties"][name]) for name in wanted}
    if schema.get("type") == "array":
        return [sample(document, schema["items"])]
    return (
        b"a"
        if schema.get("format") == "binary"
        else {"integer": 1, "number": 1.0, "boolean": True}.get(schema.get("type", ""), "abc")
    )


def asked(document: dict[str, Any], operation: Any, described: dict[str, Any]) -> Iterator[tuple[Any, dict[str, str]]]:
    """Requests that have every answer of an operation but those to any valid request; and the key of each."""
    given = parameters(document, operation.path, operation.method)
    places = {it["name"].value: it["schema"].value for it in given if it["in"].value == "path"}
    path = {name: KNOWN if name == "run_id" else schema.get("example", 1) for name, schema in places.items()}
    for media_type, media in described.get("requestBody", {}).get("content", {None: {}}).items():
        body = sample(document, media["schema"]) if media_type else {}
        body = {"run_ids": [KNOWN, UNKNOWN]} if "run_ids" in body else body
        good = {"path_parameters": path, **({"body": body, "media_type": media_type} if media_type else {})}
        yield operation.Case(**good), KEY
        yield operation.Case(**good), {}
        if media_type:
            # No form is a list, and where no field is required, an empty object would do.
            yield operation.Case(**{**good, "body": [] if media_type == "application/json" else {}}), KEY
        if "run_id" in path:
            yield operation.Case(**{**good, "path_parameters": {**path, "run_id": "one"}}), KEY
        if "400" in described["responses"]:  # Where no other run is documented, nobody knows what the API does.
            yield operation.Case(**{**good, "path_parameters": {"run_id": UNKNOWN}}), KEY
            yield operation.Case(**good, query={"output_type": "file_url"}), KEY


def check_all_else(
    document: dict[str, Any], fake: FakeCamb, answer: Answer, *, examples: int = 4, only: str = ""
) -> None:
    """As :func:`check_conformance`, for every operation that does more than tell a status, or for those of one path."""
    seen: set[int] = set()
    others: dict[str, Any] = {}
    document = unbounded(refusing(document))
    for path, method in all_else(document):
        if only in ("", path.split("/")[1]):
            others.setdefault(path, {})[method] = document["paths"][path][method]
    schema = schemathesis.openapi.from_dict({**document, "paths": others})
    schema.app = wsgi(answer, seen)
    for operation in (found.ok() for found in schema.get_all_operations()):
        seen.clear()
        know(fake, KNOWN)
        described = others[operation.path][operation.method]
        for case, key in asked(document, operation, described):
            case.call_and_validate(headers=key, checks=CHECKS)

        @settings(derandomize=True, database=None, deadline=None, max_examples=examples)
        @given(case=operation.as_strategy())
        def ask_for_any(case: Any) -> None:
            know(fake, case.path_parameters.get("run_id", KNOWN))
            case.call_and_validate(headers=KEY, checks=CHECKS)

        ask_for_any()
        fake.reset()
        refusable = described.get("parameters") or described.get("requestBody")
        expected = {int(code) for code in described["responses"] if refusable or code != "422"}
        assert seen == expected, f"{operation.label}: not every answer was seen"


def know(fake: FakeCamb, run_id: Any) -> None:
    """Let every kind have that run."""
    for kind in kinds.ALL if isinstance(run_id, int) else ():
        fake.add(f"{kind}:{run_id}", run_id=run_id)


def test_the_local_server_conforms_in_all_else(document: dict[str, Any]) -> None:
    fake = FakeCamb()
    check_all_else(document, fake, fake.answer)


def test_everything_that_a_handle_does_is_asked_for(document: dict[str, Any]) -> None:
    asked_for = {path for path, _ in all_else(document)}
    handles = [handle for name in kinds.__all__ if hasattr(handle := getattr(kinds, name), "bodies")]
    made = [call(7)["url"].replace("7", "{run_id}") for it in handles for call in [it.result] if call is not None]
    made += [it.results([1, 2])["url"] for it in handles if it.results is not None]
    made += [f"/{it}" for it in handles if it.bodies is not None]
    assert len(made) > 20
    assert {*made} <= asked_for


BROKEN_WORK: dict[str, tuple[str, Callable[[Reply], Reply], str]] = {
    "a task without an id": ("/tts", lambda it: body(it, {"id": "1"}), "'task_id' is a required"),
    "an id that is a number": ("/text-to-sound", lambda it: body(it, {"task_id": 1}), "1 is not of type"),
    "audio of another type": ("/tts-stream", lambda it: attrs.evolve(it, headers={"content-type": "a/b"}), "a/b"),
    "an address without a name": ("/tts-results", lambda it: body(it, {"1": {}}), "is not valid under any"),
    "an address that is none": ("/text-to-sound-results", lambda it: body(it, {"2": 7}), "7 is not"),
    "a translation that is text": ("/translation-result/7", lambda it: body(it, {"texts": "a"}), "'a' is not of type"),
    "a translation without any": ("/translation-results", lambda it: body(it, {"7": {}}), "'texts' is a required"),
    "a dub without a file": ("/dub-result/7", lambda it: body(it, {"transcript": []}), "is not valid under any"),
    "a transcript of numbers": ("/transcript/7/1", lambda it: body(it, {"srt": 7}), "7 is not of type"),
    "a transcript that is none": ("/transcription-result/7", lambda it: body(it, []), "is not of type"),
    "a voice without a name": ("/list-voices", lambda it: body(it, [{"id": 1}]), "'voice_name' is a required"),
    "a language by its name": ("/source-languages", lambda it: body(it, ["english"]), "is not of type"),
    "an upload that makes nothing": ("/transcribe", lambda it: body(it, {}), "'task_id' is a required"),
    "a form, with a 202": ("/story", lambda it: attrs.evolve(it, status_code=202), "Received: 202"),
    "created, with a 201": ("/tts", lambda it: attrs.evolve(it, status_code=201), "Received: 201"),
}


@pytest.mark.parametrize("name", BROKEN_WORK)
def test_a_server_that_breaks_the_contract_of_all_else_is_caught(document: dict[str, Any], name: str) -> None:
    fake, (path, change, said) = FakeCamb(), BROKEN_WORK[name]

    def broken(method: str, asked: str, headers: Mapping[str, str], sent: bytes) -> Reply:
        reply = fake.answer(method, asked, headers, sent)
        return change(reply) if reply.status_code == 200 and asked.endswith(path) else reply

    with pytest.raises((Failure, FailureGroup, AssertionError)) as caught:
        check_all_else(document, fake, broken, examples=1, only=path.split("/")[1])
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


# Each way in one family, and some in another.
@pytest.mark.parametrize(
    ("name", "kind"), [*((name, "tts") for name in BROKEN), *((name, "text-to-sound") for name in [*BROKEN][::4])]
)
def test_a_broken_server_is_caught(document: dict[str, Any], name: str, kind: str) -> None:
    fake, (status_code, change, said) = FakeCamb(), BROKEN[name]
    with pytest.raises((Failure, FailureGroup, AssertionError)) as caught:
        check_conformance(document, fake, breaking(fake.answer, kind, status_code, change), examples=1, only=kind)
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
