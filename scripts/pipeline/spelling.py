"""Spell the document as the generator reads it: pages may write the same in ways that it takes for something else."""

import json
from typing import Any

from ..common.documents import WORDS, Document, mapped, pointer
from ..common.refs import only_one
from ..common.uploads import uploads_as_binary


def spelled(document: Document) -> Document:
    """A copy that means the same: files are `format: binary`, what an `allOf` of one holds stands in its place,
    and a schema that is written out, but is a component, is a `$ref` to it.
    """
    result: Document = mapped(uploads_as_binary(document), _unwrapped)
    return _with_refs(result)


def _unwrapped(node: dict[str, Any]) -> dict[str, Any]:
    inner, beside = only_one(node), {key: value for key, value in node.items() if key != "allOf"}
    if not isinstance(inner, dict):
        return node
    if not beside:
        return inner
    # A `default` beside a `$ref` is lost on the generator, and it reads an `allOf` of one `$ref`.
    if "$ref" in inner or beside.keys() & inner.keys() - {*WORDS}:
        return node
    return {**inner, **beside}


def _with_refs(document: Document) -> Document:
    schemas = (document.get("components") or {}).get("schemas") or {}
    names = {_text(schema): name for name, schema in schemas.items() if isinstance(schema, dict) and "title" in schema}

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
