"""What means the same gets one spelling before it is compared, and what means nothing to a client is set aside."""

from typing import Any

from ..common.documents import DATA, NAMES, Document, JsonPath, mapped
from ..common.media_types import plain_media_types
from ..common.uploads import uploads_as_binary

# What a key means where it is not written: `additionalProperties: true` says nothing.
_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "additionalProperties": (True, {}),
    "allowEmptyValue": (False,),
    "allowReserved": (False,),
    "callbacks": ({},),
    "deprecated": (False,),
    "items": (True, {}),
    "links": ({},),
    "minItems": (0,),
    "minLength": (0,),
    "minProperties": (0,),
    "nullable": (False,),
    "parameters": ([],),
    "properties": ({},),
    "readOnly": (False,),
    "required": (False, []),
    "tags": ([],),
    "unevaluatedProperties": (True, {}),
    "uniqueItems": (False,),
    "writeOnly": (False,),
}
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


def normal(document: Document) -> Document:
    """A copy in the one spelling that is compared."""
    result: Document = mapped(uploads_as_binary(document), _normal)
    return result


def _normal(node: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in plain_media_types(node).items() if not _is_default(node, key, value)}
    if isinstance(kept.get("type"), list) and len(kept["type"]) == 1:
        kept["type"] = kept["type"][0]
    if "const" in kept and "enum" not in kept:
        kept["enum"] = [kept.pop("const")]
    if isinstance(kept.get("servers"), list):
        kept["servers"] = [_server(one) for one in kept["servers"]]
    return kept


def _server(server: Any) -> Any:
    """A server without a slash at the end of its address, as the client takes it off."""
    url = server.get("url") if isinstance(server, dict) else None
    return {**server, "url": url.rstrip("/") or "/"} if isinstance(url, str) else server


def _is_default(node: dict[str, Any], key: str, value: Any) -> bool:
    style = _STYLES.get(str(node.get("in", "header" if "schema" in node else None)))
    if style and key == "style":
        return bool(value == style)
    if style and key == "explode":
        return bool(value is (node.get("style", style) == "form"))
    return any(value == default and type(value) is type(default) for default in _DEFAULTS.get(key, ()))


def without_extensions(document: Document) -> tuple[Document, dict[JsonPath, Any]]:
    """A copy without its `x-…` keys, which are for other tools; and what they said, by place."""
    found: dict[JsonPath, Any] = {}
    return _without_extensions(document, (), found), found


def _without_extensions(node: Any, path: JsonPath, found: dict[JsonPath, Any], names: bool = False) -> Any:
    if isinstance(node, list):
        return [_without_extensions(item, (*path, index), found) for index, item in enumerate(node)]
    if not isinstance(node, dict):
        return node
    kept = {}
    # Paths and the codes of responses never begin with x-.
    extensible = not names or (path[-1] in ("paths", "responses") and path[0] != "components")
    for key, value in node.items():
        if extensible and str(key).startswith("x-"):
            found[*path, key] = value
        elif names or key not in DATA:
            kept[key] = _without_extensions(value, (*path, key), found, names=not names and key in NAMES)
        else:
            kept[key] = value
    return kept
