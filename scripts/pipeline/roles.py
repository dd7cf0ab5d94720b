"""What templates are told of a document beside what the generator tells them: `roles.jinja`, made of data."""

from typing import Any

from ..common.documents import Document, objects, operations
from ..common.families import Place, families, identifier, lookups, roles
from .checks import module_name


def roles_template(document: Document) -> str:
    """Its text: `families`, `listed` (lookups by path) and `names` (of enums of numbers, by the numbers)."""
    ids = {(path, method): module_name(operation["operationId"]) for path, method, operation in operations(document)}
    statuses, found = families(document), []
    for kind, mine in sorted(roles(document).items()):
        _, path, method = statuses[kind]
        found.append(
            {
                "kind": kind,
                "name": identifier(kind).upper(),
                "status": ids[str(path), str(method)],
                "create": _first(mine.create, ids),
                "result": _first(mine.result, ids),
                "results": _first(mine.results, ids),
                "stream": _first(mine.stream, ids),
                "parts": {name: ids[places[0]] for name, places in sorted(mine.parts.items())},
            }
        )
    listed = {path: ids[place] for path, place in sorted(lookups(document).items())}
    data: dict[str, Any] = {"families": found, "listed": listed, "names": _names(document)}
    return "".join(f"{{% set {name} = {value!r} %}}\n" for name, value in data.items())


def _first(places: list[Place], ids: dict[Place, str]) -> str:
    return ids[places[0]] if places else ""


def _names(document: Document) -> dict[str, dict[str, int]]:
    """By the numbers of an enum, what each is called, where some enum of these numbers says so.

    The template knows an enum by its numbers alone. So several of the same numbers share their names, but for a name
    that means two of them.
    """
    found: dict[str, dict[str, set[int]]] = {}
    for _, node in objects(document):
        names, values = node.get("x-enum-varnames"), node.get("enum")
        if isinstance(names, list) and isinstance(values, list) and all(isinstance(value, int) for value in values):
            known = found.setdefault(",".join(map(str, sorted(values))), {})
            for name, value in zip(names, values, strict=False):
                known.setdefault(str(name).lower().replace("_", "-"), set()).add(value)
    return {
        numbers: {name: min(means) for name, means in known.items() if len(means) == 1}
        for numbers, known in found.items()
    }
