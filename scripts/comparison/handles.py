"""What users reach by name: the handles of `camb_client.kinds`, and the models by role with their fields.

The generator makes them of the document, of supplements too. A name that is gone breaks whoever wrote it down, whether
a page promised it or only a supplement said so.
"""

from collections.abc import Iterator

from ..common.documents import NOTHING, At, Document, JsonPath, members, pointer
from ..common.families import Place, families, identifier, json_schemas, lookups, roles
from ..common.refs import keys, parameters
from .changes import BREAKING, CORRECTED, Change

_ADVICE = "breaks programs that name it: keep it, with an overlay if need be, or release it as breaking"
Names = dict[str, JsonPath]  # what users write, and where it stands


def lost(old: Document, new: Document, known: list[Change]) -> list[Change]:
    """Say which names are gone, but for those that a `known` change is about."""
    before, after = names(old), names(new)
    said = {change.place for change in known if change.verdict is BREAKING}
    gone = [name for name in before if name not in after]
    return [
        Change(CORRECTED, pointer(before[name]), f"{name} is gone", BREAKING, _ADVICE)
        for name in gone
        # What hangs on a name goes with it.
        if pointer(before[name]) not in said
        and not name.startswith(tuple(f"{one}{step}" for one in gone for step in ".(["))
    ]


def names(document: Document) -> Names:
    """All of them."""
    found: Names = {}
    statuses = families(document)
    for kind, mine in roles(document).items():
        handle, model = f"kinds.{identifier(kind).upper()}", f"models.{_camel(kind)}"
        found[handle] = statuses[kind]
        for path, method in mine.create:
            found[f"{model}Body"] = ("paths", path, method)
            found |= _fields(document, _contents(document, (path, method), "requestBody"), f"{model}Body")
        for path, method in mine.result:
            found |= _result(document, (path, method), model)
        for path, method in mine.results:
            found[f"{handle}.results"] = ("paths", path, method)
        for name, places in mine.parts.items():
            for place in places:
                found |= _part(document, place, name)
    for path, place in lookups(document).items():
        found |= _result(document, place, f"models.{_camel(path)}")
    return found


def _part(document: Document, place: Place, name: str) -> Names:
    found: Names = {f"kinds.{name}": ("paths", *place)}
    for parameter in parameters(document, *place):
        argument = parameter["name"]
        if argument.value != "run_id" and parameter["in"].value in ("path", "query"):
            found[f"kinds.{name}({argument.value}=…)"] = argument.path[:-1]
    return found | _result(document, place, f"models.{_camel(name)}")


def _result(document: Document, place: Place, model: str) -> Names:
    found: Names = {}
    if not json_schemas(document, document["paths"][place[0]][place[1]]):
        return found
    for code, response in members(_at(document, place, "responses")).items():
        if str(code).startswith("2"):
            schemas = _schemas(document, response)
            found |= {f"{model}Result": ("paths", *place)} if schemas else {}
            found |= _fields(document, schemas, f"{model}Result")
    return found


def _contents(document: Document, place: Place, key: str) -> list[At]:
    return _schemas(document, _at(document, place, key))


def _schemas(document: Document, at: At) -> list[At]:
    """The schemas of a body or of a response, one for each media type that has fields."""
    media = members(keys(document, at).get("content", NOTHING))
    found = [keys(document, one).get("schema", NOTHING) for one in media.values()]
    return [one for one in found if one is not NOTHING]


def _at(document: Document, place: Place, key: str) -> At:
    path, method = place
    return At(document["paths"][path][method].get(key), ("paths", path, method, key))


def _fields(document: Document, schemas: list[At], name: str) -> Names:
    """Each field by the way that leads to it: `models.TranscribeResult.transcript[].text`."""
    found: Names = {}
    for at in schemas:
        found.update(_walk(document, at, name, frozenset()))
    return found


def _walk(document: Document, at: At, name: str, above: frozenset[JsonPath]) -> Iterator[tuple[str, JsonPath]]:
    if not isinstance(at.value, dict) or at.path in above:
        return
    schema, inside = keys(document, at), above | {at.path}
    for field, value in members(schema.get("properties", NOTHING)).items():
        yield f"{name}.{field}", value.path
        yield from _walk(document, value, f"{name}.{field}", inside)
    for key, step in (("items", "[]"), ("additionalProperties", "[…]")):
        yield from _walk(document, schema.get(key, NOTHING), f"{name}{step}", inside)
    for key in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(key, NOTHING)
        for index, branch in enumerate(branches.value or ()):
            yield from _walk(document, At(branch, (*branches.path, index)), name, inside)


def _camel(text: str) -> str:
    return "".join(part.capitalize() for part in identifier(text).split("_"))
