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


# An enum that has most of the numbers of another is a form of it: so many at least, and such a share of each.
_ALIKE, _SHARE = 20, (0.9, 0.5)


def _names(document: Document) -> dict[str, dict[str, int]]:
    """By the numbers of an enum, what each is called, where some enum of these numbers says so.

    The template knows an enum by its numbers alone. So several of the same numbers share their names, but for a name
    that means two of them. A long one that nobody names has the names of the one that is most like it: a page that
    brings one more language must not take the names of all others away.
    """
    found: dict[tuple[int, ...], dict[str, set[int]]] = {}
    for _, node in objects(document):
        names, values = node.get("x-enum-varnames"), node.get("enum")
        if isinstance(values, list) and values and all(isinstance(value, int) for value in values):
            known = found.setdefault(tuple(sorted(values)), {})
            for name, value in zip(names if isinstance(names, list) else (), values, strict=False):
                known.setdefault(str(name).lower().replace("_", "-"), set()).add(value)
    named = {numbers: known for numbers, known in found.items() if known}
    for numbers, known in found.items():
        like = max(named, key=lambda other: len({*other} & {*numbers}), default=())
        shared = {*like} & {*numbers}
        if not known and len(shared) >= max(_ALIKE, _SHARE[0] * len(numbers), _SHARE[1] * len(like)):
            known.update({name: means for name, means in named[like].items() if means <= shared})
    return {
        ",".join(map(str, numbers)): {name: min(means) for name, means in known.items() if len(means) == 1}
        for numbers, known in found.items()
        if known
    }
