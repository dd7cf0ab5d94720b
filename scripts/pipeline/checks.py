"""What has to hold in one OpenAPI document before a client is generated from it.

Most checks are here because the generator or the validator is silent about a problem: an endpoint lost, or overwritten
by another, a scheme unknown.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from ..common.documents import At, Document, JsonPath, children, is_supplement, objects, operations, place, pointer
from ..common.errors import PipelineError
from ..common.families import (
    EVERY_PAGE,
    TASK_RESULT,
    Place,
    body_schemas,
    families,
    identifier,
    json_schemas,
    lookups,
    roles,
    takes_fields,
)
from ..common.project import OVERLAY
from ..common.refs import UnresolvedError, behind, origin

_FILE_NAME = 255  # bytes, which is what file systems take


class Problem(NamedTuple):
    """Something wrong at one place of a document."""

    path: JsonPath
    reason: str


def check(document: Document, blame: Callable[[JsonPath], str], *more: Callable[[Document], Iterator[Problem]]) -> None:
    """Refuse (`PipelineError`) the first problem; `blame` names the file that put it there."""
    for find in (references, operation_ids, path_parameters, security_schemes, enum_values, validity, *more):
        for problem in find(document):
            raise PipelineError(place(blame(problem.path), problem.path), problem.reason)


def references(document: Document) -> Iterator[Problem]:
    """Each `$ref` stays in the document and leads somewhere."""
    for path, node in objects(document):
        if "$ref" not in node:
            continue
        here, ref = (*path, "$ref"), node["$ref"]
        if not isinstance(ref, str) or not ref.startswith("#/"):
            yield Problem(here, f"{ref!r} leaves the document; only #/… can be followed")
        else:
            try:
                behind(document, At(node, path))
            except UnresolvedError as error:
                yield Problem(here, str(error))


def operation_ids(document: Document) -> Iterator[Problem]:
    """Each operation has an id, and no two ids name one module once the generator has snake-cased them."""
    seen: dict[str, JsonPath] = {}
    for path, method, operation in operations(document):
        here = ("paths", path, method)
        if not isinstance(operation.get("operationId"), str) or not operation["operationId"]:
            yield Problem(here, "has no operationId")
            continue
        name = module_name(operation["operationId"])
        first = seen.setdefault(name, here)
        if first != here:
            yield Problem(
                (*here, "operationId"), f"becomes {name} in Python, as does {pointer((*first, 'operationId'))}"
            )


def module_name(operation_id: str) -> str:
    """The generator's own name for the module of an operation."""
    # Imported here, because a build that has nothing to do should not wait for the generator.
    from openapi_python_client.strings import PythonIdentifier

    return str(PythonIdentifier(PythonIdentifier(operation_id, prefix="field_"), prefix="field_"))


def path_parameters(document: Document) -> Iterator[Problem]:
    """The names in a path's template are the names of its path parameters."""
    for path, method, operation in operations(document):
        in_template = set(re.findall(r"\{([^}]*)\}", path))
        declared = [*_list(operation.get("parameters")), *_list(document["paths"][path].get("parameters"))]
        resolved = [behind(document, At(parameter, ())).value for parameter in declared]
        in_parameters = {str(one.get("name")) for one in resolved if isinstance(one, dict) and one.get("in") == "path"}
        for name in sorted(in_template ^ in_parameters):
            reason = "is in the path, but no path parameter" if name in in_template else "is not in the path"
            yield Problem(("paths", path, method), f"parameter {name!r} {reason}")


def security_schemes(document: Document) -> Iterator[Problem]:
    """Each scheme that is required is defined."""
    components = document.get("components")
    schemes_defined = components.get("securitySchemes") if isinstance(components, dict) else None
    defined = schemes_defined if isinstance(schemes_defined, dict) else {}
    required: list[tuple[JsonPath, Any]] = [(("security",), document.get("security"))]
    required += [
        (("paths", path, method, "security"), operation.get("security"))
        for path, method, operation in operations(document)
    ]
    for path, alternatives in required:
        for index, schemes in enumerate(_list(alternatives)):
            for name in schemes if isinstance(schemes, dict) else ():
                if name not in defined:
                    yield Problem((*path, index, name), f"no security scheme is called {name!r}")


def enum_values(document: Document) -> Iterator[Problem]:
    """No enum has a value twice."""
    for path, node in objects(document):
        seen: set[str] = set()
        for index, value in enumerate(_list(node.get("enum"))):
            text = json.dumps(value, sort_keys=True)
            if text in seen:
                yield Problem((*path, "enum", index), f"{text} is in the enum twice")
            seen.add(text)


def validity(document: Document) -> Iterator[Problem]:
    """The document is valid OpenAPI 3.1, the version that the docs are written in."""
    yield from _invalid(json.dumps(document))


@lru_cache(64)  # Most of the work of a check, and the same documents are checked again for each edit that is compared.
def _invalid(text: str) -> tuple[Problem, ...]:
    document = json.loads(text)
    problems = []
    # The same words on every machine: with jsonschema-rs installed, as by schemathesis, it would take that.
    os.environ.setdefault("OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND", "jsonschema")
    from openapi_spec_validator import OpenAPIV31SpecValidator

    for error in OpenAPIV31SpecValidator(document).iter_errors():
        path = tuple(error.absolute_path)
        # Within a schema the validator counts from the schema, not from the document.
        nodes = [at for at, node in _nodes(document) if at[len(at) - len(path) :] == path and node is error.instance]
        problems.append(Problem(nodes[0] if len(nodes) == 1 else path, _reason(error.message, error.instance)))
    return tuple(problems)


def _reason(message: str, instance: Any) -> str:
    """The message, which may begin with the whole of what it is about."""
    shown = repr(instance)
    return message.replace(shown, "what is here") if len(shown) > 60 else message


def task_result(document: Document) -> Iterator[Problem]:
    """The task result is there, by the name that the template of the family table knows, with its two fields."""
    schemas = document.get("components", {}).get("schemas", {})
    schema = schemas.get(TASK_RESULT)
    if not isinstance(schema, dict):
        yield Problem(("components", "schemas"), f"has no {TASK_RESULT}: no family of tasks could be made")
        return
    for name in ("status", "run_id"):
        if name not in (schema.get("properties") or {}):
            reason = f"the task result has no {name}, which every wait stands on"
            yield Problem(("components", "schemas", TASK_RESULT, "properties"), reason)


def kinds(document: Document) -> Iterator[Problem]:
    """The first tag of a status is its kind, or that of every page; each role and each handle is of one operation."""
    names: dict[str, Place] = {}
    for kind, here in families(document).items():
        path, method = str(here[1]), str(here[2])
        tags = _list(document["paths"][path][method].get("tags"))
        if not tags or (str(tags[0]) != EVERY_PAGE and identifier(str(tags[0])) != identifier(kind)):
            reason = f"the first tag has to be {identifier(kind)}, its kind: write an action in openapi/overlay.yaml"
            yield Problem((*here, "tags"), f"{reason} (the tags are {', '.join(map(str, tags)) or 'none'})")
        handle = identifier(kind).upper()
        if not handle.isidentifier():
            yield Problem(here, f"its handle would be {handle}, which is no name in Python")
        yield from _once(f"the handle {handle}", [(path, method)], names)
    for kind, mine in roles(document).items():
        for role, places in (("create", mine.create), ("result", mine.result), ("results", mine.results)):
            yield from _once(f"the {role} of {kind}", _pages_last(document, places), {})
        for name, places in mine.parts.items():
            yield from _once(f"the handle {name}", _pages_last(document, places), names)


def class_names(document: Document) -> Iterator[Problem]:
    """No two schemas become one class or one module, as `my_thing` and `MyThing`, or `TTSThing` and `TtsThing`, would.

    Nor is one called what the client calls another, the body or the result of a kind: it would be taken for that.
    """
    from openapi_python_client.strings import ClassName, PythonIdentifier

    here, advice = ("components", "schemas"), f"another title in {OVERLAY}"
    seen: dict[str, str] = {}
    by_role = {name: (what, schemas) for name, what, schemas in _by_role(document)}
    for name, schema in _schemas(document).items():
        if not isinstance(schema, dict) or not {"properties", "enum", "allOf"} & schema.keys():
            continue  # The generator makes no class of it.
        made = str(ClassName(str(schema.get("title") or name), prefix=""))
        module = str(PythonIdentifier(made, prefix=""))
        if len(f"{module}.py".encode()) > _FILE_NAME:
            yield Problem((*here, name), f"is too long for the name of a file: give it {advice}")
        first = seen.setdefault(module, name)
        if first != name:
            reason = f"becomes the class {made} in {module}.py, where {pointer((*here, first))} is: give one of them"
            yield Problem((*here, name), f"{reason} {advice}")
        what, schemas = by_role.get(made, ("", []))
        if what and (*here, name) not in [origin(document, at).path for at in schemas]:
            yield Problem((*here, name), f"becomes the class {made}, as users call {what}: give this one {advice}")


def _by_role(document: Document) -> Iterator[tuple[str, str, list[At]]]:
    """What users call the bodies and results of kinds, parts and lookups: each name, whose it is, and its schemas."""
    from openapi_python_client.strings import ClassName

    named = [(path, "Result", [at]) for path, at in lookups(document).items()]
    for kind, mine in roles(document).items():
        named += [(kind, "Body", mine.create), (kind, "Result", mine.result)]
        named += [(name.lower(), "Result", places) for name, places in mine.parts.items()]
    for stem, role, places in named:
        for path, method in places:
            operation = document["paths"][path][method]
            schemas = json_schemas(document, operation) if role == "Result" else body_schemas(document, operation)
            if schemas and (role == "Result" or takes_fields(document, operation)):
                yield f"{ClassName(stem, prefix='')}{role}", f"the {role.lower()} of {method.upper()} {path}", schemas


def _schemas(document: Document) -> dict[str, Any]:
    schemas = children(document.get("components")).get("schemas")
    return schemas if isinstance(schemas, dict) else {}


def _pages_last(document: Document, places: list[Place]) -> list[Place]:
    """The last is blamed: a page that takes the role of a supplement, not the supplement."""
    return sorted(places, key=lambda at: not is_supplement(document["paths"][at[0]][at[1]]))


def _once(what: str, places: list[Place], seen: dict[str, Place]) -> Iterator[Problem]:
    for path, method in places:
        first = seen.setdefault(what, (path, method))
        if first != (path, method):
            reason = f"is {what} as well as {first[1].upper()} {first[0]}: give one of them other tags in {OVERLAY}"
            yield Problem(("paths", path, method), reason)


def _nodes(node: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, Any]]:
    yield path, node
    for step, value in children(node).items():
        yield from _nodes(value, (*path, step))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
