"""`scripts.pipeline.merge`: pages may repeat each other, never contradict each other."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.errors import PipelineError
from scripts.common.project import ROOT
from scripts.pipeline.merge import Page, load_pages, merge

Document = dict[str, Any]


def test_merges_two_pages(small: Document, other: Document) -> None:
    other["components"]["schemas"]["Extra"] = {"type": "string"}
    expected = copy.deepcopy(small)
    expected["paths"] |= other["paths"]
    expected["components"]["schemas"]["Extra"] = {"type": "string"}
    assert merge([Page("a", small), Page("b", other)]) == expected
    assert merge([Page("b", other), Page("a", small)]) == expected


def test_what_the_site_notes_for_itself_need_not_agree(small: Document, other: Document) -> None:
    other["x-mint"] = {"href": "/b"}
    assert "x-mint" not in merge([Page("a", small), Page("b", other)])
    assert merge([Page("b", other), Page("a", small)])["x-mint"] == {"href": "/b"}


def test_merges_two_methods_of_one_path(small: Document) -> None:
    second = copy.deepcopy(small)
    second["paths"]["/a/{id}"] = {"delete": {"operationId": "delete_a"}}
    merged = merge([Page("a", small), Page("b", second)])
    assert merged["paths"]["/a/{id}"].keys() == {"get", "delete"}


def test_the_pages_are_left_as_they_are(small: Document, other: Document) -> None:
    before = copy.deepcopy((small, other))
    merged = merge([Page("a", small), Page("b", other)])
    merged["components"]["schemas"]["Status"]["enum"].append("NEW")
    assert (small, other) == before


def test_the_committed_pages_say_nothing_but_what_the_merge_says() -> None:
    pages = load_pages(ROOT / "openapi" / "pages")
    merged = merge(pages)
    for page in pages:
        assert {key: merged[key] for key in page.document if key not in ("paths", "components")} == {
            key: value for key, value in page.document.items() if key not in ("paths", "components")
        }
        assert page.document["paths"].items() <= merged["paths"].items()
        for section, components in page.document["components"].items():
            assert components.items() <= merged["components"][section].items()


def change(*path: str | int, to: Any) -> Callable[[Document], None]:
    def apply(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return apply


def drop(*path: str) -> Callable[[Document], None]:
    def apply(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return apply


AGREE = "the pages have to agree: import both anew, and if they still differ, leave the newer out and tell those who"


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        (change("openapi", to="3.0.3"), f"b: /openapi: '3.0.3' differs from '3.1.0' in a; {AGREE}"),
        (change("info", "version", to="2"), f"b: /info/version: '2' differs from '1' in a; {AGREE}"),
        (change("servers", 0, "url", to="x"), "b: /servers/0/url: 'x' differs from 'https://api.example' in a"),
        (change("servers", to=[]), 'a: /servers/0: {"url": "https://api.example"} is not in b'),
        (change("security", to=[{}]), "b: /security/0: {} is not in a"),
        (drop("security"), f"a: /security: is not in b; {AGREE}"),
        (change("tags", to=[]), f"b: /tags: is not in a; {AGREE}"),
        (
            change("components", "schemas", "Status", "enum", 1, to="SHUT"),
            f"b: /components/schemas/Status/enum/1: 'SHUT' differs from 'OPEN' in a; {AGREE}",
        ),
        (
            change("components", "parameters", "Id", "required", to=1),
            f"b: /components/parameters/Id/required: 1 differs from true in a; {AGREE}",
        ),
        (change("components", "schemas", to=[]), "b: /components/schemas: not a mapping"),
        (change("components", to=None), "b: /components: not a mapping"),
        (change("paths", to={}), "b: /paths: a page describes exactly one operation; this one: none"),
        (
            change("paths", "/c", to={"get": {}, "post": {}}),
            "b: /paths: a page describes exactly one operation; this one: GET /b/{id}, GET /c, POST /c",
        ),
        (change("paths", to={"/a/{id}": {"get": {}}}), "b: /paths/~1a~1{id}/get: GET /a/{id} is in a too"),
        (change("paths", to={"/a/{task}": {"get": {}}}), "b: /paths/~1a~1{task}: is the same path as /a/{id} in a"),
        (
            change("paths", to={"/a/{id}": {"post": {}, "parameters": []}}),
            f"b: /paths/~1a~1{{id}}/parameters: is not in a; {AGREE}",
        ),
    ],
)
def test_refuses_pages_that_cannot_both_be_right(
    small: Document, other: Document, mutate: Callable[[Document], None], message: str
) -> None:
    mutate(other)
    with pytest.raises(PipelineError) as refusal:
        merge([Page("a", small), Page("b", other)])
    assert str(refusal.value).startswith(message)


def test_a_conflict_names_the_page_that_has_the_component(small: Document, other: Document) -> None:
    third = copy.deepcopy(other)
    third["paths"] = {"/c": {"get": {}}}
    other["components"]["schemas"]["Extra"] = {"type": "string"}
    third["components"]["schemas"]["Extra"] = {"type": "integer"}
    with pytest.raises(PipelineError) as refusal:
        merge([Page("a", small), Page("b", other), Page("c", third)])
    assert str(refusal.value).startswith("c: /components/schemas/Extra/type: 'integer' differs from 'string' in b")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "openapi/pages: no pages: `python -m scripts.pipeline.import_page` makes them from docs pages"),
        ({"a.md": ""}, "openapi/pages/a.md: only *.yaml is read here"),
        ({"a.yml": ""}, "openapi/pages/a.yml: only *.yaml is read here"),
        ({"a.yaml": "- a"}, "openapi/pages/a.yaml: not an OpenAPI document: the top level is not a mapping"),
        ({"a.yaml": "a: 1\na: 2"}, "openapi/pages/a.yaml:2: /: the key 'a' is here twice, first in line 1"),
        ({"a.yaml": b"\xff"}, "openapi/pages/a.yaml: not UTF-8 text (byte 0)"),
    ],
)
def test_refuses_files_that_are_no_pages(files: dict[str, str | bytes], message: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PipelineError) as refusal:
        load_pages(tmp_path)
    assert str(refusal.value).startswith(message)
