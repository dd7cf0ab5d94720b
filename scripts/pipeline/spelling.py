"""Spell the document as the generator reads it: pages may write the same in ways that it takes for something else."""

import json
from functools import partial
from typing import Any

from ..common.documents import WORDS, At, Document, follow, mapped, pointer
from ..common.media_types import plain_media_types
from ..common.refs import behind, only_one
from ..common.uploads import uploads_as_binary

_TEXT = {"type": "string"}


def spelled(document: Document) -> Document:
    """A copy that means the same: files are `format: binary`, what an `allOf` (or `anyOf`, `oneOf`) of one holds stands
    in its place, what stands in a path or is a body is never null, a schema written out, but a component, is a `$ref`
    to it, no two components have one title, and each media type is in its plainest spelling.
    """
    result: Document = mapped(uploads_as_binary(document), lambda node: _unwrapped(plain_media_types(node)))
    _title_apart((result.get("components") or {}).get("schemas") or {})
    result = mapped(result, partial(_without_null_in_path, result))
    result = mapped(result, partial(_without_null_as_body, result))
    return _with_refs(result)


def _title_apart(schemas: dict[str, Any]) -> None:
    """The generator makes one class of each title: FastAPI gives `Line-Input` and `Line-Output` the title `Line`."""
    titles = [schema.get("title") for schema in schemas.values() if isinstance(schema, dict)]
    for name, schema in schemas.items():
        if isinstance(schema, dict) and "title" in schema and titles.count(schema["title"]) > 1:
            schema["title"] = name


def _without_null_in_path(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    """A path has a text at each place. FastAPI writes null for a parameter that other operations may leave out."""
    if node.get("in") != "path" or not isinstance(node.get("schema"), dict):
        return node
    schema = _without_null(document, node["schema"])
    if node.get("name") == "run_id" and {key: it for key, it in schema.items() if key not in WORDS} == _TEXT:
        schema = {**schema, "type": "integer"}  # What a status tells: in a path it is a text in any case.
    return {**node, "schema": schema}


def _without_null_as_body(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    """To send null is to send nothing. FastAPI writes null for a body that may be left out."""
    content = node["requestBody"].get("content") if isinstance(node.get("requestBody"), dict) else None
    if not content:
        return node
    sent = {
        name: {**media, "schema": _without_null(document, media["schema"])} if "schema" in media else media
        for name, media in content.items()
    }
    return {**node, "requestBody": {**node["requestBody"], "content": sent}}


def _without_null(document: Document, written: Any) -> Any:
    schema = behind(document, At(written, ())).value
    if not isinstance(schema, dict):
        return written
    beside = {key: value for key, value in written.items() if key != "$ref"}
    named = schema.get("type")
    if isinstance(named, list) and "null" in named:
        left = [one for one in named if one != "null"]
        return {**schema, **beside, "type": left[0] if len(left) == 1 else left}
    for key in ("anyOf", "oneOf"):
        left = [one for one in schema.get(key) or () if one != {"type": "null"}]
        if left and len(left) < len(schema[key]):
            rest = {name: value for name, value in {**schema, **beside}.items() if name != key}
            return {**rest, **(left[0] if len(left) == 1 else {key: left})}
    return written


def _unwrapped(node: dict[str, Any]) -> dict[str, Any]:
    found = only_one(node)
    inner = follow(node, found) if found else None
    if not found or not isinstance(inner, dict):
        return node
    beside = {key: value for key, value in node.items() if key != found[0]}
    if not beside:
        return inner
    # A `default` beside a `$ref` is lost on the generator, and it reads an `allOf` of one `$ref`.
    if "$ref" in inner or beside.keys() & inner.keys() - {*WORDS}:
        return {**beside, "allOf": [inner]}
    return {**inner, **beside}


def _with_refs(document: Document) -> Document:
    schemas = (document.get("components") or {}).get("schemas") or {}
    # One that has a title and no more says nothing.
    titled = {name: it for name, it in schemas.items() if isinstance(it, dict) and "title" in it and len(it) > 1}
    names = {_text(schema): name for name, schema in titled.items()}

    def refer(node: dict[str, Any]) -> dict[str, Any]:
        name = names.get(_text(node)) if "title" in node else None
        return {"$ref": f"#{pointer(('components', 'schemas', name))}"} if name else node

    def within(node: Any) -> Any:
        """The same for all below a component, which is no copy of itself."""
        return (
            {key: mapped({key: value}, refer)[key] for key, value in node.items()} if isinstance(node, dict) else node
        )

    result: Document = within({key: value for key, value in document.items() if key != "components"})
    if "components" in document:
        result["components"] = within({key: one for key, one in document["components"].items() if key != "schemas"})
        if schemas:
            result["components"]["schemas"] = {name: within(schema) for name, schema in schemas.items()}
    return result


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
