"""The comparison, apart from what tests/contract/test_mutations.py tries on the real pages."""

import copy
from typing import Any

import pytest

from scripts.common.documents import follow
from scripts.common.project import ROOT, SPEC
from scripts.common.strict_yaml import load_file
from scripts.comparison import compare, document_rules
from scripts.comparison.changes import Change, Statuses, Verdict
from scripts.comparison.words import table
from scripts.contract.facts import statuses_of_the_client

BREAKING, DECISION, COMPATIBLE = Verdict
REF = {"$ref": "#/components/schemas/Status"}
Document = dict[str, Any]


def said(
    base: Document, new: Document, layer: str = "camb.yaml", statuses: Statuses | None = None
) -> list[tuple[str, str]]:
    return [(change.what, str(change.verdict)) for change in compare(base, new, layer, statuses)]


def with_schema(small: Document, schema: Any, *, sent: bool = False, **components: Any) -> Document:
    """`small`, with another schema in its answer or its query."""
    document = copy.deepcopy(small)
    operation = document["paths"]["/a/{id}"]["get"]
    if sent:
        operation["parameters"].append({"name": "q", "in": "query", "schema": schema})
    else:
        operation["responses"]["200"]["content"]["application/json"]["schema"] = schema
    document["components"]["schemas"].update(components)
    return document


def verdicts(small: Document, old: Any, new: Any, **components: Any) -> tuple[str, str]:
    """The worst verdict when the schema is read, and when it is sent."""
    worst = []
    for sent in (False, True):
        pair = (with_schema(small, schema, sent=sent, **components) for schema in (old, new))
        changes = compare(*pair, "camb.yaml")
        worst.append(str(changes[0].verdict) if changes else "none")
    return worst[0], worst[1]


@pytest.mark.parametrize(
    ("old", "new", "read", "sent"),
    [
        ({"type": "string"}, {"type": "string"}, "none", "none"),
        ({"type": "string"}, {"type": "integer"}, BREAKING, BREAKING),
        ({"type": "integer"}, {"type": "number"}, BREAKING, COMPATIBLE),
        ({"type": "number"}, {"type": "integer"}, COMPATIBLE, BREAKING),
        ({"type": "string"}, {"type": ["string", "null"]}, BREAKING, COMPATIBLE),
        ({"type": "string"}, {}, BREAKING, COMPATIBLE),
        ({"type": "string"}, True, BREAKING, COMPATIBLE),
        ({}, {"type": "string"}, COMPATIBLE, BREAKING),
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "null"}, {"type": "string"}]}, COMPATIBLE, COMPATIBLE),
        (
            {"oneOf": [{"type": "null"}, {"type": "string"}]},
            {"anyOf": [{"type": "null"}, {"type": "string"}]},
            DECISION,
            DECISION,
        ),
        ({"type": "string"}, {"anyOf": [{"type": "integer"}, {"type": "string", "format": "x"}]}, BREAKING, BREAKING),
        ({"allOf": [{"type": "string"}]}, {"type": "string"}, COMPATIBLE, COMPATIBLE),
        ({"$ref": "#/components/schemas/A"}, {"allOf": [{"$ref": "#/components/schemas/A"}]}, COMPATIBLE, COMPATIBLE),
        ({"$ref": "#/components/schemas/A"}, {"type": "string", "title": "A"}, COMPATIBLE, COMPATIBLE),
        ({"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}, COMPATIBLE, COMPATIBLE),
        ({"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/C"}, BREAKING, BREAKING),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, COMPATIBLE, COMPATIBLE),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, COMPATIBLE, BREAKING),
        ({"const": "a"}, {"enum": ["a"]}, COMPATIBLE, COMPATIBLE),
        ({"enum": ["a"]}, {}, COMPATIBLE, COMPATIBLE),
        ({}, {"enum": ["a"]}, COMPATIBLE, BREAKING),
        ({"enum": [1]}, {"enum": [True]}, COMPATIBLE, BREAKING),
        ({"format": "date"}, {}, BREAKING, COMPATIBLE),
        ({}, {"format": "date"}, BREAKING, BREAKING),
        ({"maxLength": 5}, {"maxLength": 6}, DECISION, COMPATIBLE),
        ({"maxLength": 5}, {"maxLength": 4}, COMPATIBLE, BREAKING),
        ({"minLength": 5}, {"minLength": 6}, COMPATIBLE, BREAKING),
        ({"minLength": 5}, {}, DECISION, COMPATIBLE),
        ({"pattern": "a"}, {"pattern": "b"}, DECISION, BREAKING),
        ({"default": 1}, {"default": 2}, COMPATIBLE, DECISION),
        ({"items": {"type": "string"}}, {"items": {"type": "null"}}, BREAKING, BREAKING),
        ({"items": {"type": "string"}}, {}, BREAKING, COMPATIBLE),
        ({"properties": {"a": {}}}, {"properties": {}}, BREAKING, BREAKING),
        ({"properties": {}}, {"properties": {"a": {}}}, COMPATIBLE, COMPATIBLE),
        ({"properties": {}}, {"properties": {"a": {}}, "required": ["a"]}, COMPATIBLE, BREAKING),
        ({"properties": {"a": {}}}, {"properties": {"a": {}}, "required": ["a"]}, COMPATIBLE, BREAKING),
        ({"properties": {"a": {}}, "required": ["a"]}, {"properties": {"a": {}}}, BREAKING, COMPATIBLE),
        ({"required": ["a"]}, {}, BREAKING, COMPATIBLE),
        ({"additionalProperties": False}, {}, COMPATIBLE, COMPATIBLE),
        ({}, {"additionalProperties": False}, COMPATIBLE, BREAKING),
        ({"additionalProperties": {"type": "string"}}, {}, BREAKING, COMPATIBLE),
        ({"additionalProperties": {}}, {"additionalProperties": {"type": "string"}}, COMPATIBLE, BREAKING),
        ({"title": "a"}, {"title": "b"}, COMPATIBLE, COMPATIBLE),
        ({"example": 1}, {"example": True}, COMPATIBLE, COMPATIBLE),
        ({"deprecated": True}, {}, COMPATIBLE, COMPATIBLE),
        ({}, {"nullable": True}, DECISION, DECISION),
        ({"not": {"$ref": "#/components/schemas/A"}}, {"not": {"$ref": "#/components/schemas/C"}}, DECISION, DECISION),
        (
            {"not": {"$ref": "#/components/schemas/A"}},
            {"not": {"type": "string", "title": "A"}},
            COMPATIBLE,
            COMPATIBLE,
        ),
        ({"anyOf": [{}], "type": "string"}, {"anyOf": [{}, {}], "type": "string"}, DECISION, DECISION),
        # An `allOf` of two is no `allOf` of one, and only in it a schema may stand twice for nothing.
        ({"allOf": [{"type": "string"}]}, {"allOf": [{"type": "string"}, {"maxLength": 1}]}, BREAKING, DECISION),
        ({"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {}]}, BREAKING, COMPATIBLE),
        ({"oneOf": [{"const": 1}]}, {"oneOf": [{"const": 1}, {"const": 1}]}, BREAKING, COMPATIBLE),
        (
            {"$ref": "#/components/schemas/A", "anyOf": [{"minLength": 1}]},
            {"$ref": "#/components/schemas/C", "anyOf": [{"minLength": 1}]},
            BREAKING,
            BREAKING,
        ),
    ],
)
def test_the_direction_decides(small: Document, old: Any, new: Any, read: str, sent: str) -> None:
    components = {"A": {"type": "string", "title": "A"}, "B": {"type": "string", "title": "A"}, "C": {"type": "array"}}
    assert verdicts(small, old, new, **components) == (read, sent)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "object"}, {"type": "object", "additionalProperties": True}),
        ({"type": "object", "additionalProperties": {}}, {"type": "object"}),
        ({"type": "object"}, {"type": "object", "unevaluatedProperties": True}),
        ({"type": "object"}, {"type": "object", "unevaluatedProperties": {}}),
        ({"type": "string"}, {"type": ["string"], "minLength": 0, "deprecated": False, "readOnly": False}),
        ({"type": "array", "items": {}}, {"type": "array", "minItems": 0, "uniqueItems": False}),
        ({"type": "object"}, {"type": "object", "required": [], "properties": {}}),
        ({"properties": {"a": {"type": "string"}}}, {"allOf": [{"properties": {"a": {"type": "string"}}}]}),
        ({"items": REF}, {"items": {"allOf": [REF]}}),
        ({"anyOf": [REF, {"type": "null"}]}, {"anyOf": [{"type": "null"}, {"allOf": [REF]}]}),
        ({"allOf": [REF], "description": "d"}, {**REF, "description": "d"}),
        (REF, {"anyOf": [REF]}),
        (REF, {"oneOf": [REF]}),
        (REF, {"oneOf": [{"anyOf": [{"allOf": [REF]}]}]}),
        (REF, {"allOf": [{}, REF, True]}),
        (REF, {"allOf": [REF, REF]}),
        ({"type": "string"}, {"type": "string", "allOf": [{}]}),
        ({"anyOf": [REF, {"type": "null"}]}, {"oneOf": [{"anyOf": [REF, {"type": "null"}]}]}),
        (REF, {"type": "string", "enum": ["OPEN", "DONE"]}),
    ],
)
def test_what_means_the_same_breaks_nobody(small: Document, old: Any, new: Any) -> None:
    for pair in ((old, new), (new, old)):
        assert set(verdicts(small, *pair)) <= {"none", COMPATIBLE}, said(*(with_schema(small, one) for one in pair))


@pytest.mark.parametrize(
    "place",
    [
        (),
        ("info",),
        ("servers", 0),
        ("paths",),
        ("paths", "/a/{id}"),
        ("paths", "/a/{id}", "get"),
        ("paths", "/a/{id}", "get", "responses"),
        ("paths", "/a/{id}", "get", "responses", "200"),
        ("paths", "/a/{id}", "get", "responses", "200", "content", "application/json"),
        ("components",),
        ("components", "parameters", "Id"),
        ("components", "parameters", "Id", "schema"),
        ("components", "schemas", "Status"),
        ("components", "securitySchemes", "Key"),
    ],
)
def test_an_extension_breaks_nobody_wherever_it_is(small: Document, place: tuple[str | int, ...]) -> None:
    new = copy.deepcopy(small)
    follow(new, place)["x-codeSamples"] = [{"lang": "bash"}]
    assert said(small, new) == [("the extension `x-codeSamples` is new", COMPATIBLE)]
    assert said(new, small) == [("the extension `x-codeSamples` is gone", COMPATIBLE)]


def test_a_name_that_begins_with_x_is_no_extension(small: Document) -> None:
    base = with_schema(small, {"type": "object", "properties": {"x-cost": {"type": "integer"}}})
    base["paths"]["/a/{id}"]["get"]["responses"]["200"]["headers"] = {"x-left": {"schema": {"type": "integer"}}}
    new = with_schema(small, {"type": "object", "properties": {}})
    assert said(base, new) == [
        ("`x-cost` of the response 200 of GET /a/{id} is gone", BREAKING),
        ("the header `x-left` of the response 200 of GET /a/{id} is gone", BREAKING),
    ]


@pytest.mark.parametrize(("version", "verdict"), [("3.1.1", COMPATIBLE), ("3.2.0", DECISION), ("3.0.3", DECISION)])
def test_a_patch_of_openapi_changes_nothing(small: Document, version: str, verdict: Verdict) -> None:
    assert said(small, {**small, "openapi": version}) == [
        (f'`openapi` of the document is "{version}", was "3.1.0"', verdict)
    ]


def test_a_default_of_a_parameter_written_out_breaks_nobody(small: Document) -> None:
    base, new = with_schema(small, {"type": "string"}, sent=True), with_schema(small, {"type": "string"}, sent=True)
    new["paths"]["/a/{id}"]["get"]["parameters"][1].update(required=False, style="form", explode=True)
    new["components"]["parameters"]["Id"].update(style="simple", explode=False, deprecated=False)
    assert said(base, new) == [("the same is spelled differently", COMPATIBLE)]
    new["components"]["parameters"]["Id"].update(style="label")
    assert [verdict for _, verdict in said(base, new)] == [BREAKING]


def test_a_slash_at_the_end_of_a_server_leads_nowhere_else(small: Document) -> None:
    base = {**small, "servers": [{"url": "https://one.example/apis"}, {"url": "/"}]}
    new = {**small, "servers": [{"url": "https://one.example/apis/"}, {"url": "/"}]}
    for pair in ((base, new), (new, base)):
        assert said(*pair) == [("the same is spelled differently", COMPATIBLE)]
    new["servers"] = [{"url": "https://one.example/"}, {"url": "/"}]
    assert [verdict for _, verdict in said(base, new)] == [BREAKING]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("application/json; charset=utf-8", True),
        ('application/json;charset="UTF-8"', True),
        ("Application/JSON ; ", True),
        ("application/json; charset=latin-1", False),
        ("application/json; version=2", False),
        ("application/x+json", False),
    ],
)
def test_a_media_type_may_be_written_in_several_ways(small: Document, name: str, same: bool) -> None:
    new = copy.deepcopy(small)
    content = new["paths"]["/a/{id}"]["get"]["responses"]["200"]["content"]
    content[name] = content.pop("application/json")
    for pair in ((small, new), (new, small)):
        changes = said(*pair)
        assert (changes == [("the same is spelled differently", COMPATIBLE)]) is same
        assert (BREAKING in [verdict for _, verdict in changes]) is not same


def test_of_two_ways_to_write_a_media_type_none_is_lost(small: Document) -> None:
    base, new = with_schema(small, {"type": "string"}), with_schema(small, {"type": "string"})
    content = new["paths"]["/a/{id}"]["get"]["responses"]["200"]["content"]
    content["application/json; charset=utf-8"] = {"schema": {"type": "integer"}}
    what = "the response 200 of GET /a/{id} may be application/json; charset=utf-8 too"
    assert said(base, new) == [(what, DECISION)]


def test_an_upload_may_be_written_in_two_ways(small: Document) -> None:
    def document(file: Document) -> Document:
        schema = {"type": "object", "properties": {"file": {"type": "string", **file}}}
        operation = {
            **small["paths"]["/a/{id}"]["get"],
            "requestBody": {"content": {"multipart/form-data": {"schema": schema}}},
        }
        return {**small, "paths": {"/a/{id}": {"get": operation}}}

    now, before = document({"contentMediaType": "application/octet-stream"}), document({"format": "binary"})
    assert said(before, now) == [("the same is spelled differently", COMPATIBLE)]
    assert BREAKING in [verdict for _, verdict in said(document({}), before)]


TTS = ("paths", "/tts/{task_id}", "get", "responses", "200", "content", "application/json")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda schema, _: {"allOf": [schema]},
        lambda schema, _: {"allOf": [schema, {}]},
        lambda schema, _: {"allOf": [schema, schema]},
        lambda schema, _: {"anyOf": [schema]},
        lambda schema, _: {"oneOf": [schema]},
        lambda _, result: copy.deepcopy(result),
    ],
)
def test_the_task_result_may_be_written_in_an_all_of_or_in_place(wrap: Any) -> None:
    base: Document = load_file(ROOT / SPEC, SPEC)
    new = copy.deepcopy(base)
    media, result = follow(new, TTS), new["components"]["schemas"]["OrchestratorPipelineResult"]
    media["schema"] = wrap(media["schema"], result)
    assert said(base, new) == [("the same is spelled differently", COMPATIBLE)]


def test_an_all_of_hides_no_change() -> None:
    base: Document = load_file(ROOT / SPEC, SPEC)
    new = copy.deepcopy(base)
    schemas = new["components"]["schemas"]
    schemas["OrchestratorPipelineResult"]["properties"]["status"] = {
        "allOf": [{"$ref": "#/components/schemas/TaskStatus"}]
    }
    schemas["TaskStatus"]["enum"].append("UNHEARD_OF")
    assert said(base, new) == [('`TaskStatus` gets the value "UNHEARD_OF"', DECISION)]
    del schemas["TaskStatus"]["enum"][-1]
    follow(new, TTS)["schema"] = {"allOf": [follow(new, TTS)["schema"]], "required": ["status"]}
    schemas["OrchestratorPipelineResult"]["properties"]["run_id"]["type"] = ["string", "null"]
    assert ("the type of `OrchestratorPipelineResult.run_id` is string or null, was integer or null", BREAKING) in said(
        base, new
    )


def test_what_is_the_same_is_no_change(small: Document) -> None:
    assert compare(small, copy.deepcopy(small), "docs") == []


def test_a_change_in_a_shared_component_is_reported_once(small: Document, other: Document) -> None:
    base = {**small, "paths": {**small["paths"], **other["paths"]}}
    new = copy.deepcopy(base)
    new["components"]["schemas"]["Status"]["type"] = "integer"
    assert said(base, new) == [("the type of `Status` is integer, was string", BREAKING)]


def test_schemas_within_themselves_come_to_an_end(small: Document) -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}, "not": {}}}
    base = with_schema(small, {"$ref": "#/components/schemas/Tree"}, Tree=tree)
    new = copy.deepcopy(base)
    new["components"]["schemas"]["Tree"]["properties"]["size"] = {"type": "integer"}
    assert said(base, new) == [("`Tree.size` is new", COMPATIBLE)]


def test_a_property_may_be_called_like_a_keyword(small: Document) -> None:
    names = {"$ref": {"type": "string"}, "allOf": {"type": "string"}, "enum": {"type": "string"}}
    base = with_schema(small, {"type": "object", "properties": names})
    new = copy.deepcopy(base)
    schema = new["paths"]["/a/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema["properties"]["$ref"] = {"type": "integer"}
    assert said(base, new) == [
        ("the type of `$ref` of the response 200 of GET /a/{id} is integer, was string", BREAKING)
    ]


def test_an_id_breaks_only_what_is_generated(small: Document) -> None:
    new = copy.deepcopy(small)
    new["paths"]["/a/{id}"]["get"]["operationId"] = "get_the_a"
    what = '`operationId` of GET /a/{id} is "get_the_a", was "get_a"'
    assert said(small, new, "camb.yaml") == [(what, BREAKING)]
    assert said(small, new, "docs") == [(what, COMPATIBLE)]
    new["paths"]["/a/{id}"]["get"].update(operationId="get_a", tags=["One", "Other"])
    assert said(small, new) == [('`tags` of GET /a/{id} is ["One", "Other"], was ["One", "Two"]', COMPATIBLE)]


def test_no_difference_passes_in_silence(small: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    new = copy.deepcopy(small)
    new["info"]["title"] = "Other"
    monkeypatch.setitem(document_rules._DOCUMENT, "info", None)  # As if no rule covered it.
    assert said(small, new) == [("the documents differ in what no rule covers", DECISION)]


def test_the_order_of_a_list_is_no_more_than_that(small: Document) -> None:
    new = copy.deepcopy(small)
    new["components"]["schemas"]["Status"]["enum"].reverse()
    assert said(small, new) == [("the same is spelled differently", COMPATIBLE)]
    new["paths"]["/a/{id}"]["get"]["tags"].reverse()
    assert said(small, new) == [('`tags` of GET /a/{id} is ["Two", "One"], was ["One", "Two"]', BREAKING)]


def test_parameters_of_the_path_count_as_the_operation_s_own(small: Document) -> None:
    new = copy.deepcopy(small)
    item = new["paths"]["/a/{id}"]
    item["parameters"] = item["get"].pop("parameters")
    assert said(small, new) == [("the same is spelled differently", COMPATIBLE)]
    item["parameters"].append({"in": "header", "name": "X-Trace", "schema": {"type": "string"}})
    assert said(small, new) == [("the header parameter `x-trace` of GET /a/{id} is new and optional", COMPATIBLE)]


def test_security_of_the_document_is_security_of_its_operations(small: Document) -> None:
    new = copy.deepcopy(small)
    del new["paths"]["/a/{id}"]["get"]["security"]
    assert said(small, new) == [("GET /a/{id} requires no key, was Key", BREAKING)]
    new["security"] = [{"Key": []}]
    assert said(small, new) == [("the same is spelled differently", COMPATIBLE)]


def test_a_key_required_where_none_was_breaks(small: Document) -> None:
    base = copy.deepcopy(small)
    base["paths"]["/a/{id}"]["get"]["security"] = []
    base["security"] = [{"Key": []}]  # An empty list of the operation's own goes before it.
    new = {**small, "security": base["security"]}
    assert said(base, new) == [("GET /a/{id} requires Key, was no key", BREAKING)]


def test_a_status_is_a_matter_of_the_table_of_meanings() -> None:
    base: Document = load_file(ROOT / SPEC, SPEC)
    new = copy.deepcopy(base)
    statuses = new["components"]["schemas"]["TaskStatus"]["enum"]
    known = {"statuses": statuses_of_the_client()}
    statuses.append("UNHEARD_OF")
    assert said(base, new, **known) == [('`TaskStatus` gets the value "UNHEARD_OF"', DECISION)]
    assert said(new, base, **known) == [('`TaskStatus` loses the value "UNHEARD_OF"', COMPATIBLE)]
    statuses[-1] = "FAILED"  # In the table, and held to no page.
    assert said(base, new, **known) == [('`TaskStatus` gets the value "FAILED"', COMPATIBLE)]
    assert said(new, base, **known) == [('`TaskStatus` loses the value "FAILED"', COMPATIBLE)]
    statuses[-2:] = []
    assert said(base, new, **known) == [('`TaskStatus` loses the value "PAYMENT_REQUIRED"', DECISION)]


def test_without_the_table_of_meanings_any_status_that_comes_or_goes_needs_a_decision() -> None:
    base: Document = load_file(ROOT / SPEC, SPEC)
    new = copy.deepcopy(base)
    new["components"]["schemas"]["TaskStatus"]["enum"].append("FAILED")
    assert said(base, new) == [('`TaskStatus` gets the value "FAILED"', DECISION)]
    assert said(new, base) == [('`TaskStatus` loses the value "FAILED"', DECISION)]


def test_a_parameter_of_the_path_renamed_is_one_change(small: Document) -> None:
    new = copy.deepcopy(small)
    new["paths"]["/a/{key}"] = new["paths"].pop("/a/{id}")
    new["components"]["parameters"]["Id"]["name"] = "key"
    assert said(small, new) == [("GET /a/{id} is now GET /a/{key}", BREAKING)]


def test_the_words_about_a_list_of_alternatives_count(small: Document) -> None:
    union = {"anyOf": [{"type": "string"}, {"type": "object"}], "title": "Old"}
    pair = with_schema(small, union), with_schema(small, {**union, "title": "New"})
    assert said(*pair) == [('`title` of the response 200 of GET /a/{id} is "New", was "Old"', COMPATIBLE)]
    other = {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Status"}], "title": "Old"}
    pair = with_schema(small, other), with_schema(small, {**other, "title": "New"})
    assert said(*pair) == [('`title` of the response 200 of GET /a/{id} is "New", was "Old"', COMPATIBLE)]


def test_the_worst_comes_first(small: Document) -> None:
    new = copy.deepcopy(small)
    new["info"]["title"], new["webhooks"], new["servers"][0]["url"] = "Other", 1, "https://other.example"
    assert [verdict for _, verdict in said(small, new)] == [BREAKING, DECISION, COMPATIBLE]


def test_the_table_has_a_row_for_a_change_of_both_layers_and_is_safe_for_markdown() -> None:
    change = Change("docs", "/a", "a | b\nc", BREAKING, "review it")
    assert table([]) == "no change"
    assert table([change, change._replace(layer="camb.yaml"), change._replace(place="/b")]).splitlines() == [
        "| change | place | verdict | what to do |",
        "| --- | --- | --- | --- |",
        "| a &#124; b c | `/a` (docs, camb.yaml) | breaking | review it |",
        "| a &#124; b c | `/b` (docs) | breaking | review it |",
    ]
