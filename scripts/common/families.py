"""Which operations are families of tasks, and what each operation is for them."""

import re
from typing import Any, NamedTuple

from .documents import NOTHING, WORDS, At, Document, JsonPath, members, operations
from .refs import keys, origin, parameters, types

TASK_RESULT = "OrchestratorPipelineResult"  # the class that the facade reads a task's status from
EVERY_PAGE = "Apis"  # the first tag of every operation of the docs
Place = tuple[str, str]  # path and method
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


def json_schemas(document: Document, operation: dict[str, Any]) -> list[At]:
    """What the 2xx of an operation are as JSON: of anything else the generator makes nothing to read."""
    found = []
    for code, response in members(At(operation.get("responses"), ())).items():
        content = members(keys(document, response).get("content", NOTHING)) if str(code).startswith("2") else {}
        for name, media in content.items():
            if name == "application/json" or name.endswith("+json"):
                found.append(keys(document, media).get("schema", NOTHING))
    return [at for at in found if at is not NOTHING]


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


# The header of the key, which some pages have among the parameters.
_KEY = "x-api-key"


class Roles(NamedTuple):
    """What the operations of a document are for the tasks of one kind; each list has one place, or is refused."""

    create: list[Place]
    result: list[Place]
    results: list[Place]
    stream: list[Place]
    parts: dict[str, list[Place]]


def identifier(text: str) -> str:
    """A kind, or a tag, as Python can name it."""
    return re.sub(r"\W+", "_", text).strip("_").lower()


def roles(document: Document) -> dict[str, Roles]:
    """By kind, which operations create its tasks and tell their results: parameters decide, and tags say whose.

    What is made and sent at once has the path of the kind and `-stream` after it.

    An operation is for the kinds that its tags name, written as a kind is; one that names none, for the only kind whose
    status has a tag in common with it. Of several such kinds it is for the one that its path begins with, the longest,
    or else for the one that the tag would name.
    """
    statuses = {kind: document["paths"][path][method] for kind, (_, path, method) in families(document).items()}
    found = {kind: Roles([], [], [], [], {}) for kind in statuses}
    for path, method, operation in operations(document):
        if path[1:] in found and creates(document, path, method):
            found[path[1:]].create.append((path, method))
            continue
        if method == "post" and (kind := path[1:].removesuffix("-stream")) in found and kind != path[1:]:
            found[kind].stream.append((path, method))
            continue
        role = role_for_runs(document, path, method)
        for kind in _kinds(statuses, path, operation) if role else ():
            mine = found[kind]
            if role == "results":
                mine.results.append((path, method))
            elif role == "result":
                mine.result.append((path, method))
            else:
                name = identifier("_".join(step for step in path.split("/") if not step.startswith("{")))
                name = name if name.startswith(identifier(kind)) else f"{identifier(kind)}_{name}"
                mine.parts.setdefault(name.upper(), []).append((path, method))
    return found


def role_for_runs(document: Document, path: str, method: str) -> str:
    """What an operation is for the runs of the kinds that it belongs to: `result`, `results`, `part`, or nothing."""
    asked = {(it["in"].value, it["name"].value): it for it in parameters(document, path, method)}
    in_path = {name for where, name in asked if where == "path"}
    required = {name for (where, name), it in asked.items() if where != "path" and it.get("required", NOTHING).value}
    if cannot_be_said(document, path, method):
        return ""
    if "run_id" in in_path and types(keys(document, asked["path", "run_id"].get("schema", NOTHING))) == {"string"}:
        return ""  # A status tells a number.
    if method == "post" and not in_path and "run_ids" in body_properties(document, document["paths"][path][method]):
        return "results"
    # What is below a run, as /sing-result/{run_id}/segments, is a part of it.
    if method == "get" and in_path == {"run_id"} and path.rstrip("/").endswith("{run_id}") and not required:
        return "result"
    return "part" if method == "get" and "run_id" in in_path else ""


def cannot_be_said(document: Document, path: str, method: str) -> list[str]:
    """What an operation requires that no handle can send: a header; a query of a POST; a field beside `run_ids`."""
    needed = [it for it in parameters(document, path, method) if it.get("required", NOTHING).value]
    asked = [(it["in"].value, it["name"].value) for it in needed]
    said = {"path"} if method == "post" else {"path", "query"}
    found = [f"the {where} parameter {name!r}" for where, name in asked if where not in said and name.lower() != _KEY]
    body = body_object(document, document["paths"][path][method])
    if "run_ids" in members(body.get("properties", NOTHING)):
        found += [f"the field {name!r}" for name in body.get("required", NOTHING).value or () if name != "run_ids"]
    return found


def purposes(document: Document, path: str, method: str) -> list[str]:
    """What the client does by an operation, in words; nothing if no handle has it."""
    place, operation = (path, method), document["paths"][path][method]
    why_not = ", but the client has no create for it: the body is not an object with fields"
    why_not = "" if takes_fields(document, operation) else why_not
    unread = ", but the client has none: the response is not JSON, which an action of the overlay may add to it"
    unread = "" if json_schemas(document, operation) else unread
    said = [f"tells the status of {kind} tasks" for kind, at in families(document).items() if at[1:] == place]
    for kind, mine in roles(document).items():
        found = {
            f"creates {kind} tasks{why_not}": mine.create,
            f"tells the result of {kind} tasks{unread}": mine.result,
            f"tells several results of {kind} tasks at once": mine.results,
            f"streams {kind}": mine.stream,
        }
        for name, places in mine.parts.items():
            found[f"tells a part of the result of {kind} tasks (kinds.{name}){unread}"] = places
        said += [words for words, places in found.items() if place in places]
    listed = f"is a list to look things up in{unread}"
    return [*said, *([listed] if place in lookups(document).values() else [])]


def lookups(document: Document) -> dict[str, Place]:
    """By path, what can be asked for without saying more: which voices there are, which languages."""
    return {
        path: (path, method)
        for path, method, _ in operations(document)
        if method == "get" and not any(it.get("required", NOTHING).value for it in parameters(document, path, method))
    }


def body_object(document: Document, operation: dict[str, Any]) -> dict[str, At]:
    """The schema of the JSON that an operation takes, by its keywords."""
    node = At(operation.get("requestBody"), ())
    for step in ("content", "application/json", "schema"):
        node = keys(document, node).get(step, NOTHING)
    return keys(document, node)


def body_properties(document: Document, operation: dict[str, Any]) -> dict[str, At]:
    """The properties of that JSON."""
    return members(body_object(document, operation).get("properties", NOTHING))


def body_schemas(document: Document, operation: dict[str, Any]) -> list[At]:
    """What an operation takes, by content type."""
    content = members(keys(document, At(operation.get("requestBody"), ())).get("content", NOTHING))
    return [keys(document, media).get("schema", NOTHING) for media in content.values()]


def takes_fields(document: Document, operation: dict[str, Any]) -> bool:
    """Whether each body of an operation is one object with fields; a list, a file or one of several models is none."""
    schemas = [keys(document, at) for at in body_schemas(document, operation)]
    several = {"anyOf", "oneOf", "items"}
    return bool(schemas) and not any(
        several & it.keys() or it.get("type", NOTHING).value in ("array", "string") for it in schemas
    )


def creates(document: Document, path: str, method: str) -> bool:
    """Whether an operation could create tasks: a POST that needs its body alone; the JSON of some 2xx has a
    ``task_id``, or is described by nothing.
    """
    if method != "post" or "{" in path or cannot_be_said(document, path, method):
        return False
    for code, response in members(At(document["paths"][path][method].get("responses"), ())).items():
        node = response
        for step in ("content", "application/json", "schema"):
            node = keys(document, node).get(step, NOTHING)
        schema = keys(document, node)
        if str(code).startswith("2") and node is not NOTHING:
            branches = [schema, *(keys(document, At(it, ())) for key in ("anyOf", "oneOf", "allOf") if key in schema
                                  for it in schema[key].value)]  # fmt: skip
            if any("task_id" in members(one.get("properties", NOTHING)) for one in branches) or not schema.keys() - {
                *WORDS
            }:
                return True
    return False


def _kinds(statuses: dict[str, dict[str, Any]], path: str, operation: dict[str, Any]) -> list[str]:
    tags = set(operation.get("tags") or []) - {EVERY_PAGE}
    if named := [kind for kind in statuses if {kind, identifier(kind)} & tags]:
        return named
    # The docs may have a tag Story for several kinds, and one of them may be story.
    words = {identifier(tag) for tag in tags}
    alike = [
        kind
        for kind, it in statuses.items()
        if words & {identifier(kind), *(identifier(tag) for tag in it.get("tags") or [])}
    ]
    if len(alike) > 1:  # /sing-long-result begins with /sing- too, and belongs to sing-long.
        begun = [kind for kind in alike if path.startswith((f"/{kind}-", f"/{kind}/"))]
        alike = sorted(begun, key=len)[-1:] or [kind for kind in alike if identifier(kind) in words]
    return alike if len(alike) == 1 else []
