"""A value for whatever a model says that a result has: what the local server sends where a test says nothing."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import attrs

from .._api import fits
from .._api.models import UNSET, Unset

_PLAIN: dict[Any, Any] = {
    int: 1,
    float: 1.0,
    bool: True,
    type(None): None,
    Unset: UNSET,
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    UUID: UUID(int=1),
}
# The key of an object whose keys are free.
_KEY = "1"


def example(hint: Any, name: str, address: Callable[[str], str] | None = None) -> Any:
    """Something of a type, as JSON has it.

    Args:
        hint: The type.
        name: What it is called there; a text is its own name.
        address: Makes the address of a file, for a text that is one.
    """
    return _as_json(_example(hint, name, address, ""))


def _example(
    hint: Any, name: str, address: Callable[[str], str] | None, said: str, inside: tuple[type[Any], ...] = ()
) -> Any:
    """``inside`` has the models that it is a part of: what can hold itself ends there."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _example(_best([one for one in inner if one not in inside] or inner), name, address, said, inside)
    if origin is Literal:
        return inner[0]
    if origin is list:
        return [] if inner[0] in inside else [_example(inner[0], name, address, said, inside)]
    if origin is dict:
        return {} if inner[1] in inside else {_KEY: _example(inner[1], "text", address, said, inside)}
    if attrs.has(hint):
        return _model(hint, address, (*inside, hint))
    if hint is str and address is not None and (name.endswith("url") or said.startswith("URL of")):
        return address(name)
    return name if hint is str else _PLAIN.get(hint, {})


def _best(options: Sequence[Any]) -> Any:
    """The option that says most: a model that requires something, any model, anything but null."""
    models = [option for option in options if attrs.has(option)]
    strict = [model for model in models if any(it.default is attrs.NOTHING for it in attrs.fields(model))]
    return next(iter([*strict, *models, *(option for option in options if option is not type(None)), *options]))


def _model(model: type[Any], address: Callable[[str], str] | None, inside: tuple[type[Any], ...]) -> Any:
    """A model with every field; and with one more, where it says what others are."""
    says = dict(re.findall(r"^\s+(\w+) \(.*\): (.*)$", model.__doc__ or "", re.MULTILINE))
    hints = fits.fields_of(model)
    more = hints.pop("additional_properties", Any)
    made = model(**{name: _example(hint, name, address, says.get(name, ""), inside) for name, hint in hints.items()})
    if get_origin(more) is dict and get_args(more)[1] is not Any:
        made.additional_properties = _example(more, _KEY, address, "", inside)
    return made


def _as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, date | UUID):
        return value.isoformat() if isinstance(value, date) else str(value)
    return value.to_dict() if attrs.has(type(value)) else value
