"""`scripts.pipeline.checks`: what has to hold in one document."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scripts.common.documents import pointer
from scripts.common.errors import PipelineError
from scripts.common.families import roles
from scripts.pipeline.checks import check, class_names, kinds

Document = dict[str, Any]


def blame(_: Any) -> str:
    return "f"


def at(document: Any, *path: str | int) -> Any:
    for step in path:
        document = document[step]
    return document


def operation(document: Document) -> Document:
    found: Document = document["paths"]["/a/{id}"]["get"]
    return found


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def add_second(document: Document, operation_id: str) -> None:
    second = copy.deepcopy(document["paths"]["/a/{id}"])
    second["get"]["operationId"] = operation_id
    document["paths"]["/b/{id}"] = second


def test_a_sound_document_passes(small: Document) -> None:
    check(small, blame)


@pytest.mark.parametrize(
    "mutate",
    [
        pytest.param(lambda d: schemas(d).update(A={"properties": {"$ref": {"type": "string"}}}), id="named $ref"),
        pytest.param(lambda d: schemas(d).update(A={"example": {"$ref": "nowhere"}}), id="$ref in an example"),
        pytest.param(lambda d: schemas(d).update(A={"properties": {"enum": {"type": "string"}}}), id="named enum"),
        pytest.param(lambda d: schemas(d).update(A={"enum": [1, True, "1", 1.5, None]}), id="like, not equal"),
        pytest.param(lambda d: schemas(d).update(A={"items": {"$ref": "#/components/schemas/A"}}), id="recursive"),
        pytest.param(
            lambda d: (
                operation(d).pop("parameters"),
                d["paths"]["/a/{id}"].update(parameters=[{"$ref": "#/components/parameters/Id"}]),
            ),
            id="parameters of the path",
        ),
        pytest.param(
            lambda d: (
                operation(d)["parameters"].append({"$ref": "#/paths/~1a~1%7Bid%7D/get/x-more"})
                or operation(d).update({"x-more": {"name": "n", "in": "query", "schema": {"type": "string"}}})
            ),
            id="escaped pointer",
        ),
        pytest.param(lambda d: add_second(d, "get_a2"), id="two ids"),
    ],
)
def test_lets_pass_what_only_looks_wrong(small: Document, mutate: Callable[[Document], Any]) -> None:
    mutate(small)
    check(small, blame)


OPERATION = "f: /paths/~1a~1{id}/get"


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        (
            lambda d: schemas(d).update(A={"items": {"$ref": "#/components/schemas/Gone"}}),
            "f: /components/schemas/A/items/$ref: '#/components/schemas/Gone' leads nowhere",
        ),
        (
            lambda d: schemas(d).update(A={"properties": {"default": {"$ref": "#/gone"}}}),
            "f: /components/schemas/A/properties/default/$ref: '#/gone' leads nowhere",
        ),
        (
            lambda d: operation(d)["responses"].update(default={"$ref": "#/components/responses/Gone"}),
            f"{OPERATION}/responses/default/$ref: '#/components/responses/Gone' leads nowhere",
        ),
        (
            lambda d: schemas(d).update(A={"$ref": "https://example.com/a.yaml"}),
            "f: /components/schemas/A/$ref: 'https://example.com/a.yaml' leaves the document",
        ),
        (lambda d: schemas(d).update(A={"$ref": "other.yaml#/a"}), "f: /components/schemas/A/$ref: 'other.yaml#/a' "),
        (
            lambda d: schemas(d).update(A={"$ref": "#/components/schemas/A"}),
            "f: /components/schemas/A/$ref: '#/components/schemas/A' leads back to itself",
        ),
        (lambda d: operation(d).pop("operationId"), f"{OPERATION}: has no operationId"),
        (
            lambda d: add_second(d, "getA"),
            "f: /paths/~1b~1{id}/get/operationId: becomes get_a in Python, as does /paths/~1a~1{id}/get/operation",
        ),
        (lambda d: add_second(d, "get-a"), "f: /paths/~1b~1{id}/get/operationId: becomes get_a in Python"),
        (
            lambda d: operation(d).pop("parameters"),
            f"{OPERATION}: parameter 'id' is in the path, but no path parameter",
        ),
        (
            lambda d: d["components"]["parameters"]["Id"].update(name="task"),
            f"{OPERATION}: parameter 'id' is in the path, but no path parameter",
        ),
        (
            lambda d: operation(d)["parameters"].append({"name": "b", "in": "path", "required": True, "schema": {}}),
            f"{OPERATION}: parameter 'b' is not in the path",
        ),
        (
            lambda d: operation(d).update(security=[{"Key": []}, {"Other": []}]),
            f"{OPERATION}/security/1/Other: no security scheme is called 'Other'",
        ),
        (lambda d: d.update(security=[{"Other": []}]), "f: /security/0/Other: no security scheme is called 'Other'"),
        (
            lambda d: schemas(d)["Status"]["enum"].append("DONE"),
            'f: /components/schemas/Status/enum/2: "DONE" is in the enum twice',
        ),
        (lambda d: d.pop("info"), "f: /: 'info' is a required property"),
        (lambda d: d.update(openapi="3.0.3"), "f: /openapi: '3.0.3' does not match"),
        (lambda d: d["info"].update(version=5), "f: /info/version: 5 is not of type 'string'"),
        (lambda d: operation(d).update(bogus=1), f"{OPERATION}: Unevaluated properties are not allowed ('bogus' was"),
        (
            lambda d: operation(d)["responses"].update({"201": {}}),
            f"{OPERATION}/responses/201: 'description' is a required property",
        ),
        (
            lambda d: schemas(d).update(A={"type": "strin"}),
            "f: /components/schemas/A/type: 'strin' is not valid under any of the given schemas",
        ),
    ],
)
def test_refuses(small: Document, mutate: Callable[[Document], Any], message: str) -> None:
    mutate(small)
    with pytest.raises(PipelineError) as refusal:
        check(small, blame)
    assert str(refusal.value).startswith(message)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_a_long_value_is_not_repeated(small: Document) -> None:
    small["servers"] = {f"key{index}": "x" * 50 for index in range(50)}
    with pytest.raises(PipelineError) as refusal:
        check(small, blame)
    assert str(refusal.value) == "f: /servers: what is here is not of type 'array'"


def test_the_blame_is_asked_for(small: Document) -> None:
    schemas(small)["Status"]["enum"].append("DONE")
    with pytest.raises(PipelineError, match=r"^components schemas Status enum 2: "):
        check(small, lambda path: " ".join(map(str, path)))


# The families of tasks


def with_family(document: Document, kind: str, tag: str, *results: str) -> Document:
    """The document with a family of tasks, and operations that tell the result of a run of it."""
    task = {"title": "OrchestratorPipelineResult", "properties": {"status": {}, "run_id": {}}}
    schemas(document).setdefault("OrchestratorPipelineResult", task)

    def get(name: str, parameter: str, schema: Document) -> Document:
        of = {"type": "integer" if parameter == "run_id" else "string"}
        parameters = [{"name": parameter, "in": "path", "required": True, "schema": of}]
        content = {"application/json": {"schema": schema}}
        answer = {"200": {"description": "ok", "content": content}}
        return {"get": {"operationId": name, "tags": [tag], "parameters": parameters, "responses": answer}}

    status = get(f"{kind}_status", "task_id", {"$ref": "#/components/schemas/OrchestratorPipelineResult"})
    document["paths"][f"/{kind}/{{task_id}}"] = status
    for result in results:
        document["paths"][f"/{result}/{{run_id}}"] = get(f"{result}_result", "run_id", {"type": "object"})
    return document


def problems(document: Document) -> list[str]:
    return [f"{pointer(path)}: {reason}" for path, reason in kinds(document)]


@pytest.mark.parametrize("tag", ["text-to-song", "text_to_song", "Apis"])
def test_a_family_that_is_told_by_its_tag(small: Document, tag: str) -> None:
    assert problems(with_family(small, "text-to-song", tag, "song")) == []


def test_the_first_tag_of_a_status_is_its_kind(small: Document) -> None:
    (said,) = problems(with_family(small, "sing", "Songs"))
    assert said.startswith("/paths/~1sing~1{task_id}/get/tags: the first tag has to be sing, its kind: write an action")
    assert said.endswith("in openapi/overlay.yaml (the tags are Songs)")


def test_two_operations_for_one_role_are_named(small: Document) -> None:
    (said,) = problems(with_family(small, "sing", "sing", "song", "tune"))
    assert said.startswith("/paths/~1tune~1{run_id}/get: is the result of sing as well as GET /song/{run_id}: ")


def test_two_kinds_of_one_name_are_named(small: Document) -> None:
    (said,) = problems(with_family(with_family(small, "sing-along", "sing_along"), "sing_along", "sing_along"))
    where = "/paths/~1sing_along~1{task_id}/get"
    assert said.startswith(f"{where}: is the handle SING_ALONG as well as GET /sing-along/{{task_id}}: ")


def test_roles_go_by_parameters_and_tags(small: Document) -> None:
    with_family(with_family(small, "sing", "sing", "song"), "hum", "hum", "tune")
    small["paths"]["/tune/{run_id}"]["get"]["tags"] = ["hum", "sing_along"]
    found = roles(small)
    assert found["sing"].result == [("/song/{run_id}", "get")]
    assert found["hum"].result == [("/tune/{run_id}", "get")]
    assert found["sing"].create == found["hum"].create == []  # Never another family's.


def test_of_kinds_that_share_a_tag_the_path_says_which(small: Document) -> None:
    with_family(with_family(small, "sing", "Songs", "sing-result"), "hum", "Songs", "tune")
    found = roles(small)
    assert found["sing"].result == [("/sing-result/{run_id}", "get")]
    assert found["hum"].result == []


def test_of_kinds_that_share_a_tag_the_longest_that_the_path_begins_with_counts(small: Document) -> None:
    with_family(with_family(small, "sing", "Songs", "sing-result"), "sing-long", "Songs", "sing-long-result")
    found = roles(small)
    assert found["sing"].result == [("/sing-result/{run_id}", "get")]
    assert found["sing-long"].result == [("/sing-long-result/{run_id}", "get")]


def test_a_tag_of_the_docs_that_is_a_kind_takes_nothing_from_the_others_that_have_it(small: Document) -> None:
    """`Story` is what the docs group, `story` what names a kind."""
    with_family(with_family(small, "story", "Story", "story-result"), "audiobook", "Story", "audiobook-result")
    small["paths"]["/tale/{run_id}"] = copy.deepcopy(small["paths"]["/story-result/{run_id}"])
    assert roles(small)["audiobook"].result == [("/audiobook-result/{run_id}", "get")]
    assert roles(small)["story"].result == [("/story-result/{run_id}", "get"), ("/tale/{run_id}", "get")]
    small["paths"]["/tale/{run_id}"]["get"]["tags"] = ["audiobook", "Story"]
    assert [place for place, _ in roles(small)["story"].result] == ["/story-result/{run_id}"]


def test_what_is_below_a_run_is_a_part_of_it(small: Document) -> None:
    with_family(with_family(small, "sing", "Songs", "sing-result"), "hum", "Songs", "hum-result")
    for path in ("/sing-result/{run_id}/segments", "/sing/{run_id}/speakers"):
        small["paths"][path] = copy.deepcopy(small["paths"]["/sing-result/{run_id}"])
    found = roles(small)["sing"]
    assert found.result == [("/sing-result/{run_id}", "get")]
    assert found.parts == {
        "SING_RESULT_SEGMENTS": [("/sing-result/{run_id}/segments", "get")],
        "SING_SPEAKERS": [("/sing/{run_id}/speakers", "get")],
    }


def test_a_run_that_is_no_number_has_no_role(small: Document) -> None:
    with_family(small, "sing", "sing", "song", "tune")
    for path, schema in (("/song/{run_id}", {"type": "string", "format": "uuid"}), ("/tune/{run_id}", {})):
        small["paths"][path]["get"]["parameters"][0]["schema"] = schema
    assert roles(small)["sing"].result == [("/tune/{run_id}", "get")]


def test_a_page_that_takes_the_role_of_a_supplement_is_blamed_for_it(small: Document) -> None:
    with_family(small, "sing", "sing", "tune", "song")
    small["paths"]["/song/{run_id}"]["get"]["x-evidence"] = {}
    (said,) = problems(small)
    assert said.startswith("/paths/~1tune~1{run_id}/get: is the result of sing as well as GET /song/{run_id}: give one")


def test_a_kind_that_python_cannot_name_is_refused(small: Document) -> None:
    (said,) = problems(with_family(small, "3d-song", "3d_song"))
    assert said.startswith("/paths/~13d-song~1{task_id}/get: its handle would be 3D_SONG, which is no name in Python")


@pytest.mark.parametrize(
    ("schema", "is_class"),
    [
        ({"type": "object", "properties": {"b": {"type": "string"}}}, True),
        ({"title": "MyThing", "type": "string", "enum": ["a"]}, True),
        ({"title": "Another", "type": "object", "properties": {}}, False),
        ({"type": "string"}, False),
    ],
)
def test_two_schemas_of_one_class_are_named_with_the_way_out(
    small: Document, schema: dict[str, Any], is_class: bool
) -> None:
    schemas = small["components"]["schemas"]
    schemas["my_thing"] = {"type": "object", "properties": {"a": {"type": "string"}}}
    schemas["myThing"] = schema
    both = "/components/schemas/myThing: becomes the class MyThing in my_thing.py, where /components/schemas/my_thing"
    assert classes(small) == [f"{both} is: give one of them another title in openapi/overlay.yaml"] * is_class


def classes(document: Document) -> list[str]:
    return [f"{pointer(path)}: {reason}" for path, reason in class_names(document)]


def test_a_schema_whose_module_no_file_system_takes_is_named(small: Document) -> None:
    small["components"]["schemas"]["long" * 70] = {"type": "object", "properties": {"a": {"type": "string"}}}
    (said,) = classes(small)
    assert said.endswith("longlong: is too long for the name of a file: give it another title in openapi/overlay.yaml")
    small["components"]["schemas"]["long" * 70]["title"] = "Long"
    assert classes(small) == []


def test_two_classes_of_one_module_are_named(small: Document) -> None:
    """The one would be written over the other."""
    for name in ("TTSOptions", "TtsOptions"):
        small["components"]["schemas"][name] = {"type": "object", "properties": {name: {"type": "string"}}}
    (said,) = classes(small)
    where = "/components/schemas/TtsOptions: becomes the class TtsOptions in tts_options.py"
    assert said.startswith(f"{where}, where /components/schemas/TTSOptions is: give one of them another title")


@pytest.mark.parametrize(
    ("role", "what"), [("Body", "the body of POST /sing"), ("Result", "the result of GET /song/{run_id}")]
)
def test_a_schema_that_is_called_as_another_is_by_its_role_is_named(small: Document, role: str, what: str) -> None:
    with_family(small, "sing", "sing", "song")
    one: Document = {"type": "object", "properties": {"a": {"type": "string"}}}
    small["components"]["schemas"] |= {f"Sing{role}": one, "Other": copy.deepcopy(one)}
    it: Document = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Other"}}}}
    untyped = {"200": {"description": "ok", "content": {"application/json": {"schema": {}}}}}
    small["paths"]["/sing"] = {"post": {"operationId": "sing", "responses": untyped}}
    if role == "Body":
        small["paths"]["/sing"]["post"]["requestBody"] = it
    else:
        small["paths"]["/song/{run_id}"]["get"]["responses"]["200"] = it
    said = f"/components/schemas/Sing{role}: becomes the class Sing{role}, as users call {what}: give this one another"
    assert classes(small) == [f"{said} title in openapi/overlay.yaml"]
    it["content"]["application/json"]["schema"]["$ref"] = f"#/components/schemas/Sing{role}"
    assert classes(small) == []  # As it should be.
