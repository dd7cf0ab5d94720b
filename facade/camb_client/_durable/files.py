"""Bodies with files, as a journal has them: the path of a file, and what tells whether it is still the same."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._api.operations import File, as_file
from .._polling.errors import ConfigurationError

_FILE = "$file"


def stored(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as plain JSON: path, size and digest in place of a file.

    Raises:
        OSError: A file cannot be read.
        TypeError: An open file, which nobody can open again later; or what JSON has not.
    """
    return {name: _stored(name, value) for name, value in body.items()}


def _stored(name: str, value: Any) -> Any:
    if (file := as_file(value)) is not None:
        if not isinstance(file.payload, os.PathLike):
            raise TypeError(f"{name} is an open file: a journal may send it much later, so give its path, as a Path")
        path = Path(os.path.abspath(file.payload))  # noqa: PTH100 (links stay)
        told = {"name": file.file_name, "type": file.mime_type}
        return {_FILE: str(path), **told, "size": path.stat().st_size, "sha256": _digest(path)}
    if isinstance(value, Mapping):
        return stored(value)
    if isinstance(value, list | tuple):
        return [_stored(name, item) for item in value]
    if isinstance(value, str | int | float | None):
        return value
    raise TypeError(f"{name} must be plain JSON or a Path, not {type(value).__name__}")


def extent(value: Any) -> int:
    """How large a body is that :func:`stored` gave: the characters of its texts, and the bytes of its files."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return int(value["size"]) if _FILE in value else sum(map(extent, value.values()))
    return sum(map(extent, value)) if isinstance(value, list) else 0


def restored(value: Any) -> Any:
    """The body that :func:`stored` was given.

    Raises:
        ConfigurationError: A file has changed since.
    """
    if isinstance(value, list):
        return [restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _FILE not in value:
        return {name: restored(item) for name, item in value.items()}
    path = Path(value[_FILE])
    try:
        is_same = path.stat().st_size == value["size"] and _digest(path) == value["sha256"]
    except OSError as missing:
        raise ConfigurationError(f"{str(path)!r} cannot be read any more: {missing.strerror}") from missing
    if not is_same:
        raise ConfigurationError(f"{str(path)!r} has changed since it was planned: plan the item anew")
    return File(path, value["name"], value["type"])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
