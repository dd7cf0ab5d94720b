"""An OpenAPI document as plain data: places in it, its operations, and what each of them inherits."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

_Value = TypeVar("_Value")
Document = dict[str, Any]
JsonPath = tuple[str | int, ...]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EVIDENCE = "x-evidence"  # how a supplement is known; it tells a supplement from a promise everywhere

# What only people read.
WORDS = ("$comment", "description", "example", "examples", "externalDocs", "summary", "title")
# Under these keys the next keys are names given by the author: `default` there is a name, not a keyword.
NAMES = frozenset(
    (
        *("$defs", "definitions", "dependentSchemas", "patternProperties", "properties"),
        *("callbacks", "headers", "links", "parameters", "pathItems", "requestBodies", "responses", "schemas"),
        *("content", "encoding", "mapping", "paths", "scopes", "securitySchemes", "variables", "webhooks"),
    )
)
# Under these keys is data, in which `$ref` and `enum` mean nothing.
DATA = frozenset(("const", "default", "enum", "example", "examples", "value"))


class At(NamedTuple):
    """A value of a document, and where it stands."""

    value: Any
    path: JsonPath


NOTHING = At(None, ())  # where there is nothing


def pointer(path: Sequence[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901); `/` is the whole document, easier to see than nothing."""
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in path)


def steps(text: str) -> list[str]:
    """Read a JSON pointer: the steps of its path, `~1` and `~0` unescaped."""
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def place(file: str, path: Sequence[str | int]) -> str:
    """Name a place in a file: `openapi/camb.yaml: /paths/~1tts`."""
    return f"{file}: {pointer(path)}"


def shown(value: Any) -> str:
    """A value as YAML has it, in few words."""
    text = f"'{value}'" if isinstance(value, str) and "'" not in value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def children(node: Any) -> dict[str | int, Any]:
    """What is one step below `node`: by key, by index, or nothing."""
    return node if isinstance(node, dict) else dict(enumerate(node)) if isinstance(node, list) else {}


def follow(node: Any, path: Sequence[str | int]) -> Any:
    """What is at `path`; KeyError if nothing is."""
    for step in path:
        node = children(node)[step]
    return node


def copied(value: _Value) -> _Value:
    """A copy all the way down: no two places share a value, so what is changed in one is changed nowhere else."""
    copy: Any = value
    if isinstance(value, dict):
        copy = {key: copied(item) for key, item in value.items()}
    elif isinstance(value, list):
        copy = [copied(item) for item in value]
    return copy  # type: ignore[no-any-return]


def members(at: At) -> dict[str, At]:
    """What stands under names that the author gave (properties, responses), where `$ref` would be such a name."""
    return {name: At(value, (*at.path, name)) for name, value in at.value.items()} if isinstance(at.value, dict) else {}


def objects(node: Any, path: JsonPath = (), names: bool = False) -> Iterator[tuple[JsonPath, dict[str, Any]]]:
    """Yield each object of the document in which keywords are keywords."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from objects(item, (*path, index))
    elif isinstance(node, dict):
        if not names:
            yield path, node
        for key, value in node.items():
            if names or key not in DATA:
                yield from objects(value, (*path, key), names=not names and key in NAMES)


def mapped(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]], names: bool = False) -> Any:
    """A copy in which each object of the document in which keywords are keywords went through `change`."""
    if isinstance(node, list):
        return [mapped(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {
        key: mapped(value, change, names=not names and key in NAMES) if names or key not in DATA else value
        for key, value in node.items()
    }
    return copy if names else change(copy)


def operations(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation object, for each operation of a document of any shape."""
    paths = document.get("paths") if isinstance(document, dict) else None
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield path, method, operation


def is_supplement(operation: dict[str, Any]) -> bool:
    """Whether an operation of `camb.yaml` is from a supplement."""
    return EVIDENCE in operation


def security(document: Document, path: str, method: str) -> At:
    """What an operation requires of who calls it: its own word, else that of the document."""
    own = document["paths"][path][method].get("security")
    if own is not None:
        return At(own, ("paths", path, method, "security"))
    return At(document.get("security", []), ("security",))


def security_schemes(document: Document) -> dict[str, At]:
    """The security schemes that are defined, by name."""
    return members(At(document.get("components", {}).get("securitySchemes"), ("components", "securitySchemes")))


def servers(document: Document, path: str, method: str) -> At:
    """Where an operation is served: its own word, else that of its path, else that of the document."""
    item = document["paths"][path]
    for node, place in ((item[method], ("paths", path, method)), (item, ("paths", path))):
        if "servers" in node:
            return At(node["servers"], (*place, "servers"))
    return At(document.get("servers", [{"url": "/"}]), ("servers",))
