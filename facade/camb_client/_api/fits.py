"""Whether what a reader made of JSON is what its models say: ``from_dict`` lets wrongly typed fields pass."""

import types
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from camb_openapi import models

# JSON may write a whole float as an integer.
_ALSO = {float: (int, float)}


class _Names(dict[str, Any]):
    """The models by name: their modules import each other for type checkers alone."""

    def __missing__(self, name: str) -> Any:
        try:
            return getattr(models, name)
        except AttributeError:
            raise KeyError(name) from None


def check(value: Any, read: Callable[[Any], Any]) -> Any:
    """The value, if it is what the reader says that it returns.

    Raises:
        ValueError: It is not; the message says where.
    """
    hint = get_type_hints(read, localns=_Names())["return"]
    if problem := _problem(value, hint, "the result", {}):
        raise ValueError(problem)
    return value


def _problem(value: Any, hint: Any, where: str, seen: dict[type, dict[str, Any]]) -> str | None:
    """What is wrong with a value at a place; ``None`` if nothing is. ``seen`` keeps the fields of each model."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any or hint is object:
        return None
    if origin in (Union, types.UnionType):
        found = [_problem(value, one, where, seen) for one in inner]
        return None if None in found else found[0]
    if origin is Literal:  # Open: of the type of what is listed.
        hint = type(inner[0])
    elif origin in (list, dict):
        if not isinstance(value, origin):
            return f"{where} is not a {origin.__name__}"
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return next((it for key, one in items if (it := _problem(one, inner[-1], f"{where}[{key!r}]", seen))), None)
    elif attrs.has(hint) and isinstance(value, hint):
        if hint not in seen:
            seen[hint] = get_type_hints(hint, localns=_Names())
        fields = ((name, getattr(value, name), of) for name, of in seen[hint].items())
        return next((it for name, one, of in fields if (it := _problem(one, of, f"{where}.{name}", seen))), None)
    right = isinstance(value, _ALSO.get(hint, hint)) and (hint is bool or not isinstance(value, bool))
    return None if right else f"{where} is not a {getattr(hint, '__name__', hint)}"
