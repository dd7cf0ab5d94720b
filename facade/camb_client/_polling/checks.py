"""Checks of arguments: the value itself, or a TypeError or ValueError that says what is allowed."""

import math
from operator import index
from typing import SupportsIndex

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


def integer(name: str, value: object) -> int:
    """The value as an ``int``, if it is an integer: anything with ``__index__``, but a ``bool``.

    Raises:
        TypeError: It is not.
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    return index(value)


def seconds(timeout: float | None) -> float:
    """A timeout as a number of seconds; ``None`` is infinity.

    Raises:
        TypeError: It is no number.
        ValueError: It is negative or NaN.
    """
    return math.inf if timeout in {None, math.inf} else number("timeout", timeout, what="number of seconds or None")
