"""What a `$ref` stands for, and what is said where one may stand: keys, types, values, parameters."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from .documents import At, Document, JsonPath, children, follow, operations, security, steps


class UnresolvedError(Exception):
    """A `$ref` leads nowhere, or back to itself."""


def target(document: Document, ref: str) -> JsonPath:
    """The path that a `$ref` leads to.

    Raises:
        UnresolvedError: There is nothing.
    """
    path: list[str | int] = []
    node: Any = document
    for step in steps(unquote(ref.removeprefix("#"))):
        key = int(step) if isinstance(node, list) and step.isdecimal() else step
        if key not in children(node):
            raise UnresolvedError(f"{ref!r} leads nowhere")
        path.append(key)
        node = node[key]
    return tuple(path)


def behind(document: Document, at: At) -> At:
    """What a `$ref` leads to in the end; what is none, as it is.

    Raises:
        UnresolvedError: It leads nowhere, or back to itself.
    """
    seen: set[str] = set()
    while isinstance(at.value, dict) and isinstance(ref := at.value.get("$ref"), str):
        if ref in seen:
            raise UnresolvedError(f"{ref!r} leads back to itself")
        seen.add(ref)
        path = target(document, ref)
        at = At(follow(document, path), path)
    return at


def origin(document: Document, at: At) -> At:
    """The schema that a `$ref`, or an `allOf` of one, stands for in the end."""
    seen: set[JsonPath] = set()
    while (at := behind(document, at)).path not in seen and (inner := only_one(at.value)):
        seen.add(at.path)
        at = At(follow(at.value, inner), (*at.path, *inner))
    return at


def only_one(schema: Any) -> tuple[str, int] | None:
    """Where the one schema of an `allOf` of one stands, also of an `anyOf` or a `oneOf`: the key, and 0.

    Before OpenAPI 3.1 nothing could stand beside a `$ref`, so people wrote that. What an `allOf` has twice, or what
    says nothing in it, does not count.
    """
    key = next((key for key in ("allOf", "anyOf", "oneOf") if key in children(schema)), "")
    branches = children(schema).get(key)
    if not isinstance(branches, list) or "$ref" in schema:
        return None
    left = [
        index
        for index, one in enumerate(branches)
        if key != "allOf" or len(branches) == 1 or (one not in ({}, True) and one not in branches[:index])
    ]
    return (key, left[0]) if len(left) == 1 else None


def keys(document: Document, at: At) -> dict[str, At]:
    """The keys of an object with `$ref`s followed; a key beside a `$ref` goes before the one behind it.

    `true` and `false` are schemas too: the one says nothing, the other `not` anything.
    """
    found: dict[str, At] = {}
    seen: set[str] = set()
    while True:
        node = {"not": {}} if at.value is False else at.value if isinstance(at.value, dict) else {}
        inner = only_one(node)
        if inner:
            step, following = None, At(follow(node, inner), (*at.path, *inner))
            node = {key: value for key, value in node.items() if key != inner[0]}
        else:
            step, following = node.get("$ref"), None
        for key, value in node.items():
            if key != "$ref" or not isinstance(value, str):
                found.setdefault(key, At(value, (*at.path, key)))
        if following is None:
            if not isinstance(step, str) or step in seen:
                return found
            seen.add(step)
            path = target(document, step)
            following = At(follow(document, path), path)
        at = following


def plain(document: Document, value: Any, inside: tuple[str, ...] = ()) -> Any:
    """The value with each `$ref` written out (but for one within itself), and each `allOf` of one."""
    if isinstance(value, list):
        return [plain(document, item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    ref, inner, instead, within = value.get("$ref"), only_one(value), "", {}
    if isinstance(ref, str) and ref not in inside:
        instead, within = "$ref", plain(document, follow(document, target(document, ref)), (*inside, ref))
    elif inner:
        instead, within = inner[0], plain(document, follow(value, inner), inside)
    beside = {key: plain(document, item, inside) for key, item in value.items() if key != instead}
    return {**within, **beside} if isinstance(within, dict) else within


def used(document: Document) -> set[JsonPath]:
    """The components that some operation uses, directly or not."""
    found: set[JsonPath] = set()
    waiting: list[Any] = [document.get("paths")]
    for path, method, _ in operations(document):
        names = {name for one in security(document, path, method).value or [] for name in one}
        found |= {("components", "securitySchemes", name) for name in names}
    while waiting:
        for ref in _refs(waiting.pop()):
            component = target(document, ref)[:3]
            if component not in found:
                found.add(component)
                waiting.append(follow(document, component))
    return found


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for child in children(node).values():
        yield from _refs(child)


def parameters(document: Document, path: str, method: str) -> list[dict[str, At]]:
    """The parameters of an operation, those of its path among them; its own go before them."""
    found: dict[tuple[str, str], dict[str, At]] = {}
    item = document["paths"][path]
    for node, place in ((item, ("paths", path)), (item[method], ("paths", path, method))):
        for index, value in enumerate(node.get("parameters") or []):
            parameter = keys(document, At(value, (*place, "parameters", index)))
            found[parameter["in"].value, parameter["name"].value] = parameter
    return list(found.values())


def types(schema: dict[str, At]) -> set[str]:
    """The JSON types that a schema allows; the word `anything` for all of them.

    `anyOf: [{type: integer}, {type: 'null'}]` is another way to write `type: [integer, 'null']`.
    """
    branches: list[Any] = next((schema[key].value for key in ("anyOf", "oneOf") if key in schema), [])
    if "type" not in schema and branches and all(isinstance(one, dict) and one.keys() == {"type"} for one in branches):
        return set().union(*(types({"type": At(one["type"], ())}) for one in branches))
    named = schema.get("type", At("anything", ())).value
    return {named} if isinstance(named, str) else set(named)


def values(schema: dict[str, At]) -> list[Any] | None:
    """The values that a schema allows; nothing if it does not list them."""
    if "const" in schema:
        return [schema["const"].value]
    return list(schema["enum"].value) if "enum" in schema else None
