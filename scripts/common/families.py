"""Which operations are families of tasks, as openapi/templates/api_init.py.jinja takes them for such."""

import re
from typing import Any

from .documents import NOTHING, At, Document, JsonPath, members, operations
from .refs import keys, origin

TASK_RESULT = "OrchestratorPipelineResult"  # the class that the facade reads a task's status from
_STATUS_PATH = re.compile(r"/(?P<kind>[^{}]+)/\{task_id\}")


def families(document: Document) -> dict[str, JsonPath]:
    """Each kind of task whose status the client can ask for, and the place of the operation that tells it."""
    return {
        match["kind"]: ("paths", path, method)
        for path, method, operation in operations(document)
        if method == "get" and (match := _STATUS_PATH.fullmatch(path)) and tells_a_result(document, operation)
    }


def tells_a_result(document: Document, operation: dict[str, Any]) -> bool:
    """Whether the 200 of an operation is what the facade reads: the generator names a class by the title."""
    schema, path = origin(document, result_schema(document, operation))
    return isinstance(schema, dict) and (schema.get("title") or path[-1]) == TASK_RESULT


def result_schema(document: Document, operation: dict[str, Any]) -> At:
    """The schema of the JSON that a 200 of an operation has; `None` if it has none."""
    node = members(At(operation.get("responses", {}), ())).get("200", NOTHING)
    for step in ("content", "application/json", "schema"):
        node = keys(document, node).get(step, NOTHING)
    return node


def result_properties(document: Document, operation: dict[str, Any]) -> dict[str, At]:
    """The properties of a task result, each where it stands."""
    return members(keys(document, result_schema(document, operation)).get("properties", NOTHING))


def status_enums(document: Document) -> list[At]:
    """Each schema that says which statuses a task may have: the `status` of a task result, its `$ref` followed."""
    found: dict[JsonPath, At] = {}
    for _, path, method in families(document).values():
        at = result_properties(document, document["paths"][path][method]).get("status")
        if at is not None:
            enum = origin(document, at)
            found[enum.path] = enum
    return list(found.values())
