"""`scripts.pipeline.spelling`: what pages write in other ways, the generator reads as what it means."""

import copy
from pathlib import Path
from typing import Any

import pytest

from scripts.common.project import PACKAGE
from scripts.common.strict_yaml import dump, load_file
from scripts.pipeline.document import make_document
from scripts.pipeline.generate import generate
from scripts.pipeline.import_page import import_page
from scripts.pipeline.spelling import spelled

from .published import sing
from .test_new_family import use

Document = dict[str, Any]
OCTETS = {"type": "string", "contentMediaType": "application/octet-stream"}
REF = {"$ref": "#/components/schemas/Status"}
FILE = {"type": "string", "format": "binary"}


def with_body(small: Document, media_type: str, schema: Any, **components: Any) -> Document:
    document = copy.deepcopy(small)
    body = {"content": {media_type: {"schema": schema}}}
    document["paths"]["/a/{id}"]["post"] = {**document["paths"]["/a/{id}"]["get"], "requestBody": body}
    document["components"]["schemas"].update(components)
    return document


@pytest.mark.parametrize(
    ("media_type", "schema", "expected"),
    [
        ("multipart/form-data", {"properties": {"file": OCTETS}}, {"properties": {"file": FILE}}),
        ("multipart/form-data", {"properties": {"a": {"items": OCTETS}}}, {"properties": {"a": {"items": FILE}}}),
        (
            "multipart/form-data",
            {"properties": {"file": {"anyOf": [OCTETS, {"type": "null"}]}}},
            {"properties": {"file": {"anyOf": [FILE, {"type": "null"}]}}},
        ),
        (
            "multipart/form-data",
            {"properties": {"file": {**OCTETS, "type": ["string", "null"]}}},
            {"properties": {"file": {"type": ["string", "null"], "format": "binary"}}},
        ),
        (
            "multipart/form-data",
            {"properties": {"file": {"contentMediaType": "audio/flac"}}},
            {"properties": {"file": {**FILE, "contentMediaType": "audio/flac"}}},
        ),
        ("application/octet-stream", OCTETS, FILE),
        ("audio/wav", {"contentMediaType": "audio/wav"}, {**FILE, "contentMediaType": "audio/wav"}),
        # These are no files.
        ("application/json", {"properties": {"file": OCTETS}}, None),
        ("application/x-www-form-urlencoded", {"properties": {"file": OCTETS}}, None),
        ("multipart/form-data", {"properties": {"meta": {**OCTETS, "contentMediaType": "application/json"}}}, None),
        ("multipart/form-data", {"properties": {"file": {**OCTETS, "contentEncoding": "base64"}}}, None),
        ("multipart/form-data", {"properties": {"contentMediaType": {"type": "string"}}}, None),
    ],
)
def test_a_file_is_binary(small: Document, media_type: str, schema: Any, expected: Any) -> None:
    assert spelled(with_body(small, media_type, schema)) == with_body(small, media_type, expected or schema)
    referred = {"$ref": "#/components/schemas/Body"}
    assert spelled(with_body(small, media_type, referred, Body=schema)) == with_body(
        small, media_type, referred, Body=expected or schema
    )


@pytest.mark.parametrize("written", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_media_type_is_in_its_plainest_spelling(small: Document, written: str) -> None:
    schema = {"properties": {"content": {"type": "string"}}}
    assert spelled(with_body(small, written, schema)) == with_body(small, "application/json", schema)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"allOf": [{"type": "string"}]}, {"type": "string"}),
        ({"allOf": [{"type": "string", "title": "A"}], "title": "B"}, {"type": "string", "title": "B"}),
        ({"allOf": [{"allOf": [{"type": "string"}]}]}, {"type": "string"}),
        ({"items": {"allOf": [REF]}}, {"items": REF}),
        ({"anyOf": [REF]}, REF),
        ({"oneOf": [{"type": "string"}], "title": "B"}, {"type": "string", "title": "B"}),
        ({"allOf": [REF, {}]}, REF),
        ({"allOf": [REF, REF], "default": "OPEN"}, {"allOf": [REF], "default": "OPEN"}),
        # The generator reads these as they are.
        ({"allOf": [REF], "default": "OPEN"}, None),
        ({"allOf": [{"properties": {"a": {}}}], "properties": {"b": {}}}, None),
        ({"allOf": [{"type": "object"}, {"required": ["a"]}]}, None),
        ({"properties": {"allOf": {"type": "string"}}}, None),
        ({"items": {"anyOf": [REF, {"type": "null"}]}}, None),
        ({**REF, "anyOf": [{"minLength": 1}]}, None),
    ],
)
def test_an_all_of_of_one_is_what_it_holds(small: Document, written: Any, expected: Any) -> None:
    document = with_body(small, "application/json", written)
    assert spelled(document) == with_body(small, "application/json", expected or written)


def test_a_component_that_is_written_out_is_a_ref_to_it(small: Document) -> None:
    small["components"]["schemas"]["Status"]["title"] = "Status"
    written = {"type": "array", "items": copy.deepcopy(small["components"]["schemas"]["Status"])}
    expected = {"type": "array", "items": REF}
    assert spelled(with_body(small, "application/json", written, More=written)) == with_body(
        small, "application/json", expected, More=expected
    )
    assert spelled(small) == small


def test_a_family_whose_result_is_written_out_stays_one(project: Path) -> None:
    page = project / "openapi/pages/get-tts-result.yaml"
    document = load_file(page, page.name)
    result = document["components"]["schemas"]["OrchestratorPipelineResult"]
    media = document["paths"]["/tts/{task_id}"]["get"]["responses"]["200"]["content"]["application/json"]
    before = make_document(project)
    for schema in ({"allOf": [{"$ref": "#/components/schemas/OrchestratorPipelineResult"}]}, copy.deepcopy(result)):
        media["schema"] = schema
        page.write_text(dump(document))
        made = make_document(project)
        assert made["paths"]["/text-to-sound/{task_id}"] == before["paths"]["/text-to-sound/{task_id}"]
    # Written out as a page has it, it lacks what the overlay adds to the component: then it is another schema.
    media["schema"] = {"allOf": [{"$ref": "#/components/schemas/OrchestratorPipelineResult"}]}
    page.write_text(dump(document))
    assert make_document(project) == before
    generate(project)
    assert '"tts": (' in (project / PACKAGE / "api/__init__.py").read_text()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["integer", "null"], "title": "Run Id"}, {"type": "integer", "title": "Run Id"}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "title": "Run Id"}, {"type": "integer", "title": "Run Id"}),
        (
            {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]},
            {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        ),
        ({"anyOf": [REF, {"type": "null"}], "title": "Status"}, {**REF, "title": "Status"}),
        ({"$ref": "#/components/schemas/RunId", "description": "Which"}, {"type": "integer", "description": "Which"}),
        ({"type": "integer"}, {"type": "integer"}),
        (REF, REF),
    ],
)
def test_what_stands_in_a_path_is_never_null(small: Document, schema: Any, expected: Any) -> None:
    small["components"]["schemas"]["RunId"] = {"type": ["integer", "null"]}
    small["components"]["parameters"]["Id"]["schema"] = schema
    parameter = spelled(small)["components"]["parameters"]["Id"]
    assert parameter == {"name": "id", "in": "path", "required": True, "schema": expected}


@pytest.mark.parametrize(
    ("name", "schema", "expected"),
    [
        ("run_id", {"type": "string", "title": "Run"}, "integer"),
        ("run_id", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "integer"),
        ("run_id", {"type": "string", "format": "uuid"}, "string"),
        ("task_id", {"type": "string"}, "string"),
    ],
)
def test_a_run_in_a_path_is_the_number_that_a_status_tells(
    small: Document, name: str, schema: Any, expected: str
) -> None:
    small["components"]["parameters"]["Id"] |= {"name": name, "schema": schema}
    assert spelled(small)["components"]["parameters"]["Id"]["schema"]["type"] == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"anyOf": [REF, {"type": "null"}], "title": "Body"}, {**REF, "title": "Body"}),
        ({"type": ["object", "null"], "properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
        (REF, REF),
    ],
)
def test_a_body_that_may_be_left_out_is_never_null(small: Document, schema: Any, expected: Any) -> None:
    assert spelled(with_body(small, "application/json", schema)) == with_body(small, "application/json", expected)


def test_a_create_of_a_body_that_may_be_left_out_takes_its_fields(project: Path) -> None:
    for name, page in sing().items():
        written = page.replace(
            "schema:\n              $ref: '#/components/schemas/SingPayload'",
            "schema:\n              anyOf:\n              - $ref: '#/components/schemas/SingPayload'\n"
            "              - type: 'null'\n              title: Body",
        )
        assert (written == page) == (name != "create-sing")
        import_page(written, slug=name, pages=project / "openapi/pages")
    generate(project)
    code = (
        "from camb_client import kinds, models; print(kinds.operations('sing'), models.SingBody(text='la').to_dict())"
    )
    ended = use(project / "generated", code)
    assert ended.stdout == "('status', 'create', 'result') {'text': 'la'}\n", ended.stderr


def test_what_may_be_left_out_elsewhere_may_be_null(small: Document) -> None:
    query = {"name": "run_id", "in": "query", "schema": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}
    small["components"]["parameters"]["Run"] = query
    assert spelled(small)["components"]["parameters"]["Run"] == query


def test_no_two_components_have_one_title(small: Document) -> None:
    line = {"title": "Line", "type": "object"}
    small["components"]["schemas"] |= {"Line-Input": {**line}, "Line-Output": {**line}, "Page": {"title": "Sheet"}}
    schemas = spelled(small)["components"]["schemas"]
    assert [schemas[name]["title"] for name in ("Line-Input", "Line-Output")] == ["Line-Input", "Line-Output"]
    assert schemas["Page"]["title"] == "Sheet"
