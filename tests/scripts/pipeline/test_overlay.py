"""`scripts.pipeline.overlay`: adds, renames ids and tags, and deprecates; it loosens no promise of the pages."""

import copy
from pathlib import Path
from typing import Any

import pytest

from scripts.common.documents import operations
from scripts.common.errors import PipelineError
from scripts.common.project import ROOT
from scripts.common.strict_yaml import load_file
from scripts.pipeline.document import make_document
from scripts.pipeline.merge import load_pages, merge
from scripts.pipeline.overlay import apply_overlay, load_overlay, parse_target

Document = dict[str, Any]

GET = "$.paths['/a/{id}'].get"


def action(target: str, **rest: Any) -> Document:
    return {"target": target, "description": "Why.", "x-evidence": "https://example.com"} | {
        key.replace("x_", "x-"): value for key, value in rest.items()
    }


def apply(document: Document, *actions: Any) -> Document:
    return apply_overlay(document, {"actions": list(actions)})


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("$", ()),
        ("$.info", ("info",)),
        ("$['info'].title", ("info", "title")),
        ('$.paths["/a/{id}"].get', ("paths", "/a/{id}", "get")),
        ("$.servers[0].url", ("servers", 0, "url")),
    ],
)
def test_a_target_names_one_place(target: str, path: tuple[str | int, ...]) -> None:
    assert parse_target(target, "here") == path


@pytest.mark.parametrize(
    "target",
    [
        *("", "info", "$.", "$..info", "$.*", "$[*]", "$.paths.*.get", "$.servers[-1]", "$.servers[0:1]", "$.a-b"),
        *("$.servers[?@.url]", "$.info ", "$[info]", "$['a\\'b']", "$.servers[0,1]", "$.servers[01]", "$['a'", "$$"),
    ],
)
def test_any_other_target_is_unsupported(target: str, small: Document) -> None:
    with pytest.raises(PipelineError) as refusal:
        apply(small, action(target or " ", update={"x": 1}) | {"target": target or " "})
    assert "is not supported; only $, .name, ['name'] and [0] are" in str(refusal.value) or not target


def test_adds_renames_and_deprecates(small: Document) -> None:
    before = copy.deepcopy(small)
    result = apply(
        small,
        action(GET, update={"operationId": "new", "deprecated": True}, x_was={"operationId": "get_a"}),
        action(f"{GET}.tags", remove=True, x_was=["One", "Two"]),
        action(GET, update={"tags": ["three"]}),
        action("$", update={"components": {"schemas": {"Status": {"title": "S"}, "New": {"type": "null"}}}}),
    )
    expected = copy.deepcopy(before)
    expected["paths"]["/a/{id}"]["get"].update(operationId="new", deprecated=True, tags=["three"])
    expected["components"]["schemas"]["Status"]["title"] = "S"
    expected["components"]["schemas"]["New"] = {"type": "null"}
    assert result == expected
    assert small == before


def test_what_is_replaced_may_be_said_deep_down(small: Document) -> None:
    small["paths"]["/a/{id}"]["get"]["deprecated"] = False
    result = apply(
        small,
        action(
            "$.paths",
            update={"/a/{id}": {"get": {"deprecated": True, "operationId": "new"}}},
            x_was={"/a/{id}": {"get": {"deprecated": False, "operationId": "get_a"}}},
        ),
    )
    assert result["paths"]["/a/{id}"]["get"]["deprecated"] is True


STATUS = "$.components.schemas.Status"


def test_the_title_of_a_component_may_be_replaced_for_it_names_a_class(small: Document) -> None:
    small["components"]["schemas"]["Status"]["title"] = "S"
    result = apply(small, action(STATUS, update={"title": "T"}, x_was={"title": "S"}))
    assert result["components"]["schemas"]["Status"]["title"] == "T"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("text", "not a mapping"),
        (action(GET), "needs update or remove, and not both"),
        (action(GET, update={"x": 1}, remove=True), "needs update or remove, and not both"),
        (action(GET, remove=False), "remove can only be true"),
        (action(GET, update={"x": 1}, x_why="?"), "unknown key 'x-why'"),
        (action(GET, update={"x": 1}) | {"description": " "}, "needs description: the reason, in words"),
        (action(GET, update={"x": 1}) | {"x-evidence": []}, "needs x-evidence: the source, in words"),
        (action(GET, update={"x": 1}) | {"x-evidence": ["a", ""]}, "needs x-evidence: the source, in words"),
        (action(GET, update={"x": 1}) | {"target": None}, "needs target: a place, in words"),
        (
            action("$.paths['/gone']", update={"x": 1}),
            "the target matches nothing (/paths/~1gone): did the docs move it?",
        ),
        (action("$.servers[1]", update={"x": 1}), "the target matches nothing (/servers/1): did the docs move it?"),
        (action("$.servers.url", update={"x": 1}), "the target matches nothing (/servers/url): did the docs move it?"),
        (action("$.gone", remove=True, x_was=1), "the target matches nothing (/gone): did the docs move it?"),
        (action(GET, update={}), "changes nothing at /paths/~1a~1{id}/get: have the docs caught up?"),
        (action("$", update={"info": {}}), "changes nothing at /info: have the docs caught up?"),
        (action("$", update={"info": {"version": "1"}}), "changes nothing at /info/version: have the docs caught"),
        (action("$.servers", update={"url": "x"}), "appends to the list /servers, which would change what the pages"),
        (action(STATUS, update={"enum": ["NEW"]}), "appends to the list /components/schemas/Status/enum, which would"),
        (action(f"{STATUS}.type", update={"a": 1}), "only a mapping can be merged, and only into a mapping (/compon"),
        (action(STATUS, update="x"), "only a mapping can be merged, and only into a mapping (/components/schemas"),
        (action(STATUS, update={"type": "null"}, x_was={"type": "string"}), "replaces /components/schemas/Status/type"),
        (action(STATUS, update={"enum": "x"}), "replaces /components/schemas/Status/enum; only ids may be replaced"),
        (action("$", update={"info": None}), "replaces /info; only ids may be replaced, titles of components, and "),
        (action(f"{STATUS}.enum", remove=True, x_was=["DONE", "OPEN"]), "removes /components/schemas/Status/enum; "),
        (action(f"{GET}.security", remove=True), "removes /paths/~1a~1{id}/get/security; only the tags of an oper"),
        (action("$", remove=True), "removes /; only the tags of an operation may be removed"),
        (
            action(GET, update={"operationId": "new"}),
            "/paths/~1a~1{id}/get/operationId is 'get_a', but there is no x-was: the published value changed",
        ),
        (
            action(GET, update={"operationId": "new"}, x_was={"operationId": "old"}),
            "/paths/~1a~1{id}/get/operationId is 'get_a', but x-was says 'old': the published value changed",
        ),
        (
            action(f"{GET}.tags", remove=True, x_was=["One"]),
            '/paths/~1a~1{id}/get/tags is ["One", "Two"], but x-was says ["One"]: the published value changed',
        ),
        (
            action(GET, update={"x": 1}, x_was={"operationId": "get_a"}),
            "x-was names what is not replaced: {'operationId': 'get_a'}",
        ),
        (action(GET, update={"x": 1}, x_was="get_a"), "x-was names what is not replaced: 'get_a'"),
    ],
)
def test_refuses_an_action(small: Document, bad: Any, message: str) -> None:
    with pytest.raises(PipelineError) as refusal:
        apply(small, action("$", update={"x-first": 1}), bad)
    assert str(refusal.value).startswith(f"openapi/overlay.yaml: /actions/1: {message}")


def test_deprecation_is_not_taken_back(small: Document) -> None:
    small["paths"]["/a/{id}"]["get"]["deprecated"] = True
    with pytest.raises(PipelineError, match=r"replaces /paths/~1a~1.id./get/deprecated"):
        apply(small, action(GET, update={"deprecated": False}, x_was={"deprecated": True}))


HEAD = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "openapi/overlay.yaml: not an overlay of version 1.0.x"),
        ("overlay: 2.0.0", "openapi/overlay.yaml: not an overlay of version 1.0.x"),
        (f"{HEAD}actions: []\nx: 1", "openapi/overlay.yaml: /x: unknown key"),
        ("overlay: 1.0.0\nactions: []", "openapi/overlay.yaml: /info: needs title and version"),
        (HEAD, "openapi/overlay.yaml: /actions: not a list"),
        (f"{HEAD}info: 1", "openapi/overlay.yaml:3: /: the key 'info' is here twice, first in line 2"),
    ],
)
def test_refuses_what_is_no_overlay(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "overlay.yaml").write_text(text)
    with pytest.raises(PipelineError) as refusal:
        load_overlay(tmp_path / "overlay.yaml")
    assert str(refusal.value) == message


@pytest.fixture(scope="module")
def pure() -> Document:
    return merge(load_pages(ROOT / "openapi/pages"))


@pytest.fixture(scope="module")
def overlay() -> Document:
    return load_overlay(ROOT / "openapi/overlay.yaml")


def test_without_the_overlay_the_pure_merge_is_left(project: Path, made: Path) -> None:
    pure, overlay = merge(load_pages(made / "openapi/pages")), load_overlay(made / "openapi/overlay.yaml")
    path = project / "openapi/overlay.yaml"
    path.write_text(f"{HEAD}actions: []\n")
    assert make_document(project) == pure
    assert apply_overlay(pure, overlay) == make_document(made) != pure


def test_our_overlay_loosens_nothing(pure: Document, overlay: Document) -> None:
    corrected = apply_overlay(pure, overlay)
    allowed = {
        (*("paths", path, method), key) for path, method, _ in operations(pure) for key in ("operationId", "tags")
    }

    def kept(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> None:
        if path in allowed:
            return
        assert type(before) is type(after), path
        if isinstance(before, dict):
            assert before.keys() <= after.keys(), path
            for key in before:
                kept(before[key], after[key], (*path, key))
        elif isinstance(before, list):
            assert len(before) == len(after), path
            for index, item in enumerate(before):
                kept(item, after[index], (*path, index))
        else:
            assert before == after, path

    kept(pure, corrected)
    assert (
        corrected["components"]["schemas"]["TaskStatus"]["enum"] == pure["components"]["schemas"]["TaskStatus"]["enum"]
    )


def test_the_example_id_is_the_task_id_s(made: Path) -> None:
    """The overlay finds the parameter by its place in a list: the docs may put another in front."""
    for _, _, operation in operations(load_file(made / "openapi/camb.yaml", "camb.yaml")):
        with_example = [one["name"] for one in operation["parameters"] if "example" in one]
        assert with_example == ["task_id"]


def test_each_action_of_ours_is_needed(pure: Document, overlay: Document) -> None:
    """Applied twice, an update is refused: it would change nothing, or not what it says it changes."""
    for index, one in enumerate(overlay["actions"]):
        if "update" in one:
            done = apply_overlay(pure, {"actions": overlay["actions"][: index + 1]})
            with pytest.raises(PipelineError, match=r"/actions/0: .*(caught up|update x-was|appends)"):
                apply_overlay(done, {"actions": [one]})


def test_the_result_is_what_the_pages_and_the_overlay_say(made: Path) -> None:
    assert load_file(made / "openapi/camb.yaml", "camb.yaml") == make_document(made)
