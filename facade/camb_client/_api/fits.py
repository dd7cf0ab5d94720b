"""Whether what a reader made of JSON is what its models say: ``from_dict`` lets wrongly typed fields pass."""

import datetime
import types
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from camb_openapi import models
from camb_openapi.types import File as File

# JSON may write a whole float as an integer.
_ALSO = {float: (int, float)}


def check(value: Any, read: Callable[[Any], Any]) -> Any:
    """The value, if it is what the reader says that it returns.

    Raises:
        ValueError: It is not; the message says where.
    """
    if found := problem(value, fields_of(read)["return"], "the result"):
        raise ValueError(found)
    return value


def fields_of(model: Any) -> dict[str, Any]:
    """The types of the fields of a model; of a reader, of what it takes and what it returns."""
    return dict(_hints(model))


@cache
def _hints(model: Any) -> dict[str, Any]:
    names: dict[str, Any] = {"datetime": datetime, "UUID": UUID}
    while True:
        try:
            return get_type_hints(model, localns=names)
        except NameError as missing:  # A model that is imported for type checkers alone.
            if (name := str(missing.name)) in names:
                raise
            names[name] = getattr(models, name)


def checked(model: Any) -> Any:
    """The model of a body, if what it holds is what will be sent.

    Python would send the letters of a text, and true for 1.

    Raises:
        TypeError: A field has a text where a list belongs, or a bool for a number or a name; the message names it.
    """
    for name, hint in fields_of(type(model)).items():
        value = getattr(model, name)
        forms = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else [hint]
        taken = {get_origin(form) or form for form in forms}
        if isinstance(value, str | bytes) and taken & {list, Sequence} and not taken & {str, bytes, Literal}:
            raise TypeError(f"{name} must be a list, not {type(value).__name__}: write it as [{value!r:.40}]")
        if isinstance(value, bool) and taken & {int, Literal} and bool not in taken:
            raise TypeError(f"{name} cannot be a bool: write {int(value)} if you mean the number")
        if attrs.has(type(value)):
            checked(value)
    return model


def problem(value: Any, hint: Any, where: str) -> str | None:
    """What is wrong with a value at a place; ``None`` if nothing is."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any or hint is object:
        return None
    if origin in (Union, types.UnionType):
        found = [problem(value, one, where) for one in sorted(inner, key=lambda it: it is types.NoneType)]
        return None if None in found else max(found, key=lambda it: str(it).find(" is not"))  # The deepest.
    if origin is Literal:  # Open: of the type of what is listed.
        hint = type(inner[0])
    elif origin in (list, dict):
        if not isinstance(value, origin):
            return f"{where} is not a {origin.__name__}"
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return next((it for key, one in items if (it := problem(one, inner[-1], f"{where}[{key!r}]"))), None)
    elif attrs.has(hint) and isinstance(value, hint):
        fields = ((name, getattr(value, name), of) for name, of in fields_of(hint).items())
        return next((it for name, one, of in fields if (it := problem(one, of, f"{where}.{name}"))), None)
    right = isinstance(value, _ALSO.get(hint, hint)) and (hint is bool or not isinstance(value, bool))
    return None if right else f"{where} is not a{'n' * (hint is int)} {getattr(hint, '__name__', hint)}"
