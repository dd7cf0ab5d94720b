"""The operations of the API, as the generated code has them: with ``handles`` and ``models`` the only importer of it.

It hands over which kinds of tasks there are, each request, what may stand in one, and the readers of responses.
What only some programs need is imported where it is used.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from os import PathLike
from typing import Any

from camb_openapi import SPEC_DIGEST as SPEC_DIGEST
from camb_openapi import api
from camb_openapi.api import FAMILIES as FAMILIES
from camb_openapi.api import LOOKUPS as LOOKUPS
from camb_openapi.api import TASK_STATUS_OPERATIONS
from camb_openapi.api import Operations as Operations
from camb_openapi.api import Part as Part
from camb_openapi.types import File as File
from camb_openapi.types import Unset

from .._polling.checks import as_int

KINDS = tuple(TASK_STATUS_OPERATIONS)
SPEECH, SOUND = "tts", "text-to-sound"
# Method, path with query (relative to the base URL), JSON body.
Request = tuple[str, str, dict[str, Any] | None]
_JSON, _MULTIPART = "application/json", "multipart/form-data"
# What the client can do → the role of a handle that it needs.
_ROLES = {"create": "bodies", "result": "result", "results": "results", "stream": "stream"}


def check_kind(kind: str) -> str:
    """The kind itself, if the spec has it.

    Raises:
        ValueError: It has not; the message names those it has.
    """
    if kind not in TASK_STATUS_OPERATIONS:
        raise ValueError(f"unknown kind of task {kind!r}; known are {', '.join(KINDS)}")
    return kind


def kind_of(kind: Any) -> str:
    """The kind that a handle, or its name, stands for."""
    return str(kind) if isinstance(kind, Operations) else kind


@lru_cache(1024)  # It is the same each time.
def request_line(kind: str, task_id: str) -> tuple[str, str]:
    """Method and path, relative to the base URL, of the status request."""
    request = TASK_STATUS_OPERATIONS[kind][0](task_id)
    return request["method"], request["url"]


def _request(made: dict[str, Any]) -> Request:
    from httpx import QueryParams  # Here, as an import of the client alone has no use for httpx.

    query = str(QueryParams(made.get("params", {})))  # true and false in small letters, a list one by one
    return made["method"], made["url"] + (query and f"?{query}"), made.get("json")


def handle(kind: str) -> Operations[Any, Any]:
    """The handle of a kind.

    Raises:
        ValueError: The spec has no such kind.
    """
    return FAMILIES[check_kind(kind)]


def operations(kind: str) -> tuple[str, ...]:
    """What the client can do with tasks of a kind, ``status`` first.

    Raises:
        ValueError: The spec has no such kind.
    """
    return ("status", *(name for name, role in _ROLES.items() if getattr(handle(kind), role) is not None))


def _role(kind: str, name: str) -> Any:
    """What a handle has for an operation.

    Raises:
        ValueError: The spec has no such operation for tasks of this kind; nothing was sent.
    """
    if name not in operations(kind):
        found = ((part, getattr(api, part)) for part in api.__all__)
        parts = (f"the part {part}" for part, it in found if isinstance(it, Part) and it.kind == kind)
        known = ", ".join([*operations(kind), *parts])
        raise ValueError(f"{kind!r} has no operation {name!r}; the API description of this client has {known} for it")
    return getattr(FAMILIES[kind], _ROLES[name])


def create_request(kind: str, body: object) -> tuple[str, str, dict[str, Any], bool]:
    """Method, path, fields of what creates a task; and whether they go as a form with files, and not as JSON.

    Args:
        kind: The kind.
        body: A model of the bodies that it takes, or a mapping of the same fields.

    Raises:
        TypeError: It is neither, or a field cannot be sent at all.
        ValueError: The API description has no create for this kind, or a field that it requires is missing.
    """
    from .fits import checked

    models: Mapping[str, type[Any]] = _role(kind, "create")()
    try:
        if isinstance(body, Mapping):
            first = _MULTIPART if _has_file(body) or body.keys() & {*FAMILIES[kind].files} else _JSON
            body = models.get(first, next(iter(models.values()))).from_dict(body)
        takes = [content for content, model in models.items() if isinstance(body, model)]
        fields: dict[str, Any] = _sendable(checked(body).to_dict()) if takes else {}
    except KeyError as missing:
        raise ValueError(f"{kind} create requires {missing}") from missing
    except (AttributeError, RecursionError, TypeError, ValueError) as broken:  # The generated code checks few types.
        wrong = ValueError if isinstance(broken, ValueError) else TypeError
        raise wrong(f"{kind} create: {broken}") from broken
    if not takes:
        name = "".join(map(str.title, kind.split("-")))  # By its role, as users write it.
        raise TypeError(f"{kind} create takes a models.{name}Body or a mapping, not {type(body).__name__}")
    is_form = _has_file(fields) or _JSON not in takes
    if is_form and [*takes] == [_JSON]:
        raise TypeError(f"{kind} create takes no files")
    return "post", f"/{kind}", fields, is_form


def _sendable(value: Any, where: str = "the body") -> Any:
    """A value as JSON or a form can say it: any integer (``__index__``) as a plain one.

    Raises:
        TypeError: It cannot be said; the message says where.
        ValueError: It is no number in JSON.
    """
    if isinstance(value, Mapping):
        return {str(name): _sendable(one, str(name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_sendable(one, where) for one in value]
    plain = as_int(value)
    if isinstance(plain, float) and not isfinite(plain):
        raise ValueError(f"{where} cannot be {plain}: JSON has no such number")
    if plain is None or isinstance(plain, str | int | float) or as_file(plain) is not None:
        return plain
    raise TypeError(f"{where} cannot be of type {type(value).__name__}: JSON has nothing like it")


def as_file(value: Any) -> File | None:
    """A value of a body as a file, if it is one: a path, an open handle, or what is told of either."""
    return File.of(value) if isinstance(value, File | PathLike) or hasattr(value, "read") else None


def _has_file(fields: Mapping[str, Any]) -> bool:
    return any(as_file(it) for value in fields.values() for it in (value if isinstance(value, list) else [value]))


def request(kind: str, name: str, given: Any) -> Request:
    """The request for ``"stream"`` (of fields), ``"result"`` (of a run id) or ``"results"`` (of two to five run ids).

    Raises:
        ValueError: The API description has no such operation for tasks of this kind; nothing was sent.
    """
    return _request(_role(kind, name)(given))


def part_request(part: Part[..., Any], run_id: int, /, *args: Any, **params: Any) -> Request:
    """Ask for what a run has beside its result.

    Raises:
        TypeError: An argument is missing or of a wrong type, or there is none of that name.
        ValueError: An argument cannot stand in the path.
    """
    try:
        return _request(part.request(run_id, *args, **params))
    except (AttributeError, TypeError) as wrong:  # Python names the function, which is private.
        name = next((name for name in api.__all__ if getattr(api, name) is part), part.kind)
        raise TypeError(f"part(kinds.{name}, run_id, ...): {str(wrong).rpartition('() ')[2]}") from None


def lookup(path: str) -> tuple[Request, Callable[[Any], Any]]:
    """Ask what can be asked for without saying more; and how the response is read.

    Raises:
        ValueError: The API description has no such operation.
    """
    if path not in LOOKUPS:
        raise ValueError(f"the API description of this client has no GET {path}")
    return _request(LOOKUPS[path].request()), fitting(LOOKUPS[path].read)


def result_reader(kind: str) -> Callable[[Any], Any]:
    """How the JSON of a result is read; ValueError where the API description has none."""
    _role(kind, "result")
    return fitting(FAMILIES[kind].read)


def fitting(read: Any) -> Callable[[Any], Any]:
    """A reader that raises ValueError where a field is missing, or of another type than the model says."""

    def reader(data: Any) -> Any:
        from .fits import check

        try:
            made = read(data)
        except KeyError as missing:
            raise ValueError(f"it has no {missing}") from missing
        except (AttributeError, TypeError, ValueError) as broken:  # The generated code says little of it.
            raise ValueError("it is of another shape than the API description says") from broken
        return check(made, read)

    return reader


def choices(kind: str, field: str) -> Mapping[Any, Any]:
    """What the spec lets a field of a create or stream call be, by name; empty where it is no closed list."""
    return handle(kind).choices().get(field, {})


def parse(kind: str, body: dict[str, Any]) -> tuple[object, object]:
    """Status and run id of a task result, as the generated model reads them; ``None`` where it has none.

    The model checks few types, so the caller does. The two fields that may be of any shape, the reason and
    the message, are the caller's to read: the model would wrap an object in a class of its own.
    """
    result = TASK_STATUS_OPERATIONS[kind][1].from_dict(body)
    status, run_id = result.status, result.run_id
    return None if isinstance(status, Unset) else status, None if isinstance(run_id, Unset) else run_id
