"""How to read a checked OpenAPI document: what a `$ref` stands for, what is used, which operations are task families.

The rule of this file: it looks, it judges nothing; what it hands out says where it stands. A family is what
openapi/templates/api_init.py.jinja takes for one.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from ..pipeline.merge import operations
from .errors import JsonPath, children, follow

Document = dict[str, Any]

RESULT = "OrchestratorPipelineResult"  # the class that the facade reads a task's status from
_STATUS_PATH = re.compile(r"/(?P<kind>[^{}]+)/\{task_id\}")


class At(NamedTuple):
    """A value of a document, and where it stands."""

    value: Any
    path: JsonPath


NOTHING = At(None, ())  # where there is nothing


def keys(document: Document, at: At) -> dict[str, At]:
    """The keys of an object with `$ref`s followed; a key beside a `$ref` goes before the one behind it.

    `true` and `false` are schemas too: the one says nothing, the other `not` anything.
    """
    found: dict[str, At] = {}
    seen: set[str] = set()
    while True:
        node = {"not": {}} if at.value is False else at.value if isinstance(at.value, dict) else {}
        # Before OpenAPI 3.1 nothing could stand beside a `$ref`, so people wrote a list of one instead.
        inner = node.get("allOf")
        if isinstance(inner, list) and len(inner) == 1:
            step, following = inner[0], At(inner[0], (*at.path, "allOf", 0))
            node = {key: value for key, value in node.items() if key != "allOf"}
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


def members(at: At) -> dict[str, At]:
    """What stands under names that the author gave (properties, responses), where `$ref` would be such a name."""
    return {name: At(value, (*at.path, name)) for name, value in at.value.items()} if isinstance(at.value, dict) else {}


def target(document: Document, ref: str) -> JsonPath:
    """The path that a `$ref` leads to."""
    path: list[str | int] = []
    node: Any = document
    for step in unquote(ref.removeprefix("#/")).split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        path.append(int(name) if isinstance(node, list) else name)
        node = children(node)[path[-1]]
    return tuple(path)


def behind(document: Document, at: At) -> At:
    """What a `$ref` leads to in the end; what is none, as it is."""
    seen: list[JsonPath] = []
    while isinstance(at.value, dict) and isinstance(at.value.get("$ref"), str) and at.path not in seen:
        seen.append(at.path)
        path = target(document, at.value["$ref"])
        at = At(follow(document, path), path)
    return at


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


def plain(document: Document, value: Any, inside: tuple[str, ...] = ()) -> Any:
    """The value with each `$ref` written out (but for one within itself), and each `allOf` of one."""
    if isinstance(value, list):
        return [plain(document, item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    ref, inner = value.get("$ref"), value.get("allOf")
    beside, within = {key: item for key, item in value.items() if key not in ("$ref", "allOf")}, {}
    if isinstance(ref, str) and ref not in inside:
        within = plain(document, follow(document, target(document, ref)), (*inside, ref))
    elif isinstance(inner, list) and len(inner) == 1:
        within = plain(document, inner[0], inside)
    else:
        beside = value
    beside = {key: plain(document, item, inside) for key, item in beside.items()}
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


def security(document: Document, path: str, method: str) -> At:
    """What an operation requires of who calls it: its own word, else that of the document."""
    own = document["paths"][path][method].get("security")
    if own is not None:
        return At(own, ("paths", path, method, "security"))
    return At(document.get("security", []), ("security",))


def servers(document: Document, path: str, method: str) -> At:
    """Where an operation is served: its own word, else that of its path, else that of the document."""
    item = document["paths"][path]
    for node, place in ((item[method], ("paths", path, method)), (item, ("paths", path))):
        if "servers" in node:
            return At(node["servers"], (*place, "servers"))
    return At(document.get("servers", [{"url": "/"}]), ("servers",))


def parameters(document: Document, path: str, method: str) -> list[dict[str, At]]:
    """The parameters of an operation, those of its path among them; its own go before them."""
    found: dict[tuple[str, str], dict[str, At]] = {}
    item = document["paths"][path]
    for node, place in ((item, ("paths", path)), (item[method], ("paths", path, method))):
        for index, value in enumerate(node.get("parameters") or []):
            parameter = keys(document, At(value, (*place, "parameters", index)))
            found[parameter["in"].value, parameter["name"].value] = parameter
    return list(found.values())


def families(document: Document) -> dict[str, JsonPath]:
    """Each kind of task whose status the client can ask for, and the place of the operation that tells it."""
    return {
        match["kind"]: ("paths", path, method)
        for path, method, operation in operations(document)
        if method == "get" and (match := _STATUS_PATH.fullmatch(path)) and tells_a_result(document, operation)
    }


def tells_a_result(document: Document, operation: dict[str, Any]) -> bool:
    """Whether the 200 of an operation is what the facade reads: the generator names a class by the title."""
    schema = result_schema(document, operation).value
    if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
        return False
    path = target(document, schema["$ref"])
    return (follow(document, path).get("title") or path[-1]) == RESULT


def result_schema(document: Document, operation: dict[str, Any]) -> At:
    """The schema of the JSON that a 200 of an operation has; `None` if it has none."""
    node = members(At(operation.get("responses", {}), ())).get("200", NOTHING)
    for step in ("content", "application/json", "schema"):
        node = keys(document, node).get(step, NOTHING)
    return node


def result_properties(document: Document, operation: dict[str, Any]) -> dict[str, At]:
    """The properties of a task result, each where it stands."""
    return members(keys(document, result_schema(document, operation)).get("properties", NOTHING))
