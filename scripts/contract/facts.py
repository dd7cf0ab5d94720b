"""The assumptions of the client, held against `openapi/camb.yaml`: its few hand-written facts about the API.

Each is read where the facade keeps it; each problem says in words what does not hold and which line to write. What the
generator makes of the document needs no assumption.
"""

from collections.abc import Iterator

from camb_client import TaskStatus
from camb_client._api.operations import request_line
from camb_client._http.credentials import DEFAULT_BASE_URL, KEY_HEADER

from ..common.documents import NOTHING, At, Document, operations, pointer, security, security_schemes, servers
from ..common.families import TASK_RESULT, families, result_properties, status_enums, tells_a_result
from ..common.refs import keys, parameters, types, values
from ..comparison.changes import Statuses

# The kinds that have a name of their own in the clients: `camb.tts`, `camb.text_to_sound`.
PROMISED = ("tts", "text-to-sound")
# Statuses that the facade knows and no page has in its enum, and where they are from.
UNDOCUMENTED = {"FAILED": "the sample code of the text-to-sound page"}
_STATUS_FILE = "facade/camb_client/_polling/status.py"


def problems(document: Document) -> list[str]:
    """Each fact that does not hold; nothing if all do."""
    found: dict[str, None] = {}
    for find in (kinds, addresses, statuses, fields, authentication):
        found.update(dict.fromkeys(find(document)))
    return list(found)


def kinds(document: Document) -> Iterator[str]:
    """Each kind that the facade promises is there, asked for as the facade asks; each task result has a kind."""
    known = families(document)
    for kind in PROMISED:
        method, path = request_line(kind, "ID")
        if kind not in known:
            yield (
                f"no GET /{kind}/{{task_id}} returns {TASK_RESULT} with 200, so camb.wait({f'{kind}:…'!r}) would stop "
                "working: keep it in an overlay, or take the kind out of facade/camb_client/_tasks/base.py and of "
                "scripts/contract/facts.py"
            )
        elif (method, path) != ("get", f"/{kind}/ID"):
            yield f"the client sends {method.upper()} {path} for {kind}, not GET /{kind}/ID: run make generate"
    for path, method, operation in operations(document):
        here = ("paths", path, method)
        if not tells_a_result(document, operation) or method != "get":
            continue
        if here not in known.values():
            yield (
                f"{pointer(here)} returns {TASK_RESULT}, but is no family, for its path is not "
                "/<kind>/{task_id}: rename the parameter in its page, or widen openapi/templates/api_init.py.jinja"
            )
        for parameter in parameters(document, path, method):
            name, place = parameter["name"].value, parameter["in"].value
            required = parameter.get("required", NOTHING).value is True
            if (place, name) == ("path", "task_id"):
                if types(keys(document, parameter.get("schema", NOTHING))) != {"string"}:
                    yield f"{pointer(here)}: task_id is no longer a string, which is what a TaskRef holds"
            elif required:
                yield f"{pointer(here)} requires {name!r}, which facade/camb_client/_api/operations.py never sends"


def addresses(document: Document) -> Iterator[str]:
    """The address that the facade goes to by default is the first that the document names."""
    for _, path, method in families(document).values():
        at = servers(document, str(path), str(method))
        first = at.value[0].get("url") if at.value else "/"
        if first.rstrip("/") != DEFAULT_BASE_URL.rstrip("/"):
            yield (
                f"{pointer(at.path)} says {first}, the client uses {DEFAULT_BASE_URL}: write "
                f'`DEFAULT_BASE_URL = "{first}"` in facade/camb_client/_http/credentials.py'
            )


def statuses(document: Document) -> Iterator[str]:
    """The table of meanings has every status that is documented, and no other but those of `UNDOCUMENTED`."""
    for at in status_enums(document):
        documented = values(keys(document, at))
        if documented is None:
            yield (
                f"{pointer(at.path)} is no plain enum now: see which statuses may come, and teach statuses() in "
                "scripts/contract/facts.py to read it"
            )
            continue
        for status in documented:
            if not isinstance(status, str):
                yield f"{pointer(at.path)} has the status {status!r}, which is no string"
            elif not is_known(status):
                yield f"the status {status} has no meaning: {lines_for(status)}"
        for status in TaskStatus:
            if status in documented and status in UNDOCUMENTED:
                yield f"the status {status} is documented now: take it out of UNDOCUMENTED in scripts/contract/facts.py"
            elif status not in documented and status not in UNDOCUMENTED:
                yield f"the status {status} is no longer documented: {lines_without(status)}"


def is_known(status: object) -> bool:
    """Whether the table of meanings has a status."""
    return isinstance(status, str) and TaskStatus(status).is_known


def lines_for(status: str) -> str:
    """The lines that give a status a meaning."""
    name = status if status.isidentifier() else "".join(char if char.isalnum() else "_" for char in status)
    line = f"write `TaskStatus.{name.upper()}: Meaning.…,` in _MEANINGS of {_STATUS_FILE}"
    return line if TaskStatus(status).name else f'{line}, and `{name.upper()} = "{status}"` in TaskStatus'


def lines_without(status: str) -> str:
    """What to do with a status that the docs dropped."""
    return (
        f'write `"{status}": "<where it is from>",` in UNDOCUMENTED of scripts/contract/facts.py if it may still be '
        f"sent; else deprecate it in {_STATUS_FILE}"
    )


def statuses_of_the_client() -> Statuses:
    """What the comparison has to know of the table of meanings."""
    known = frozenset(status for status in TaskStatus if is_known(status))
    return Statuses(known, frozenset(UNDOCUMENTED), lines_for, lines_without)


def fields(document: Document) -> Iterator[str]:
    """The fields that the facade reads are there; run_id is what a `CompletedTask` promises."""
    for kind, (_, path, method) in families(document).items():
        properties = result_properties(document, document["paths"][path][method])
        for name in ("status", "run_id", "message", "exception_reason"):
            if name not in properties:
                yield f"{TASK_RESULT} has no {name}, which the facade reads: add it to openapi/overlay.yaml if it comes"
        run_id = types(keys(document, properties.get("run_id", NOTHING)))
        if "run_id" in properties and not {"integer"} <= run_id <= {"integer", "null"}:
            yield (
                f"run_id of {kind} is {' or '.join(sorted(run_id))}, not integer or null: "
                "rewrite _run_id in facade/camb_client/_polling/response.py, and the type of CompletedTask.run_id"
            )


def authentication(document: Document) -> Iterator[str]:
    """The key goes where the document wants it."""
    schemes = security_schemes(document)
    for _, path, method in families(document).values():
        at = security(document, str(path), str(method))
        wanted = [[keys(document, schemes[name]) for name in one] for one in at.value]
        if not any(_carries_the_key(one) for one in wanted):
            yield (
                f"{pointer(at.path)} wants {_shown(wanted)}, the client sends the header {KEY_HEADER}: "
                "rewrite KEY_HEADER and ApiKey.headers in facade/camb_client/_http/credentials.py"
            )


def _carries_the_key(schemes: list[dict[str, At]]) -> bool:
    """Whether the header that the facade sends is all it takes."""
    return [_scheme(scheme) for scheme in schemes] == [f"apiKey header {KEY_HEADER}".lower()]


def _scheme(scheme: dict[str, At]) -> str:
    parts = (scheme.get(key, NOTHING).value for key in ("type", "in", "name", "scheme"))
    return " ".join(part for part in parts if part).lower()


def _shown(wanted: list[list[dict[str, At]]]) -> str:
    return " or ".join(" and ".join(map(_scheme, schemes)) or "nothing" for schemes in wanted) or "no key"
