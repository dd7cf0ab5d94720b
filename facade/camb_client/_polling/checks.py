"""Checks of arguments: the value itself, or a TypeError or ValueError that says what is allowed."""

import math
from operator import index
from typing import Any

# A day: a longer sleep or socket timeout is a mistake.
DAY = 86_400.0


def number(name: str, value: object, *, least: float = 0.0, most: float = 1e300, what: str = "number") -> float:
    """The value, if it is a number from ``least`` to ``most``.

    Raises:
        TypeError: It is no number.
        ValueError: It is out of these bounds, or NaN.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a {what}, not {type(value).__name__}")
    if not least <= value <= most:
        raise ValueError(f"{name} must be from {least:g} to {most:g}, not {value!r}")
    return float(value)


def as_int(value: Any) -> Any:
    """The ``int`` that a value stands for by ``__index__`` (numpy's integers do); a ``bool``, or any other, itself."""
    return index(value) if hasattr(type(value), "__index__") and not isinstance(value, bool) else value


def integer(name: str, value: object) -> int:
    """The value as an ``int``, if it is an integer.

    Raises:
        TypeError: It is not; a ``bool`` is none.
    """
    whole = as_int(value)
    if isinstance(whole, bool) or not isinstance(whole, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    return whole


def seconds(timeout: float | None) -> float:
    """A timeout as a number of seconds; ``None`` is infinity.

    Raises:
        TypeError: It is no number.
        ValueError: It is negative or NaN.
    """
    return math.inf if timeout in {None, math.inf} else number("timeout", timeout, what="number of seconds or None")
