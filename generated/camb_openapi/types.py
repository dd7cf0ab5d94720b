"""Contains some shared types for properties"""

import os
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from io import BytesIO
from typing import Any, Generic, Literal, Protocol, TypeVar

from attrs import define


class Unset:
    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        """There is one only, whatever is copied or pickled: models compare by identity"""
        return "UNSET"


UNSET: Unset = Unset()


class Readable(Protocol):
    """An open binary handle: a file, a member of an archive, whatever gives bytes"""

    def read(self, size: int = ..., /) -> bytes: ...


# The types that `httpx.Client(files=)` can accept, copied from that library; its files are wider here.
FileContent = Readable | bytes | str
_FileTuple = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, _FileTuple]]


@define
class File:
    """A file to upload: its path or an open binary handle, and what the server is told of it"""

    payload: "Readable | os.PathLike[str]"
    file_name: str | None = None
    mime_type: str | None = None

    @classmethod
    def of(cls, value: Any) -> "File":
        """The file that a path or a handle stands for; the last part of its path is its name"""
        given = value if isinstance(value, File) else cls(value)
        payload, name = given.payload, given.file_name
        if isinstance(payload, bytes):
            payload = BytesIO(payload)
        if not isinstance(payload, os.PathLike) and not hasattr(payload, "read"):
            raise TypeError(
                f"a file must be a path (os.PathLike), an open binary handle or a File, not {type(payload).__name__}"
            )
        if name is None:
            place = (
                payload
                if isinstance(payload, os.PathLike)
                else getattr(payload, "name", None)
            )
            name = (
                os.path.basename(place)
                if isinstance(place, (str, os.PathLike))
                else None
            )
        return cls(payload, name, given.mime_type)

    def to_tuple(self) -> _FileTuple:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        payload = (
            open(self.payload, "rb")
            if isinstance(self.payload, os.PathLike)
            else self.payload
        )
        return self.file_name, payload, self.mime_type


# What a field that is a file can be given.
FileLike = File | Readable | os.PathLike[str]
# What `to_dict()` of a model has for one.
FileTypes = FileLike
T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


__all__ = [
    "UNSET",
    "File",
    "FileLike",
    "FileTypes",
    "RequestFiles",
    "Response",
    "Unset",
]
