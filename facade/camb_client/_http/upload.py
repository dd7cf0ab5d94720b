"""A form with files, sent piece by piece: of any size, in little memory, and read where it is when it is sent."""

import json
import mimetypes
import os
import secrets
import stat
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import closing, nullcontext, suppress
from functools import partial
from io import TextIOBase
from typing import IO, Any

import attrs
import httpx

from .async_thread import in_thread
from .call import LocalReadError

# Bytes that are read at once.
_PIECE = 256 * 1024


@attrs.frozen
class _Part:
    """A field of the form.

    Attributes:
        head: What goes before its content.
        content: The bytes; or a path, or an open binary handle.
        size: Of the content, in bytes; ``None`` is not known.
        start: Where the handle was, or ``None``: there is none, or it cannot tell.
    """

    head: bytes
    content: Any
    size: int | None
    start: int | None = None


class Upload(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of one request, sync and async.

    Args:
        fields: By name: a value as JSON has it, or a file, or a list of those. What is ``None`` cannot be said in a
            form, and is left out.
        as_file: A value as a file, which has ``payload`` (a path, or an open binary handle), ``file_name`` and
            ``mime_type``; ``None`` where it is none.

    Raises:
        OSError: A file cannot be opened.
        TypeError: A handle that is not binary.
        ValueError: A path of what is no regular file.
    """

    def __init__(self, fields: Mapping[str, Any], as_file: Callable[[Any], Any]) -> None:
        self._boundary = secrets.token_hex(16)
        self._parts = [
            self._part(name, value, as_file(value))
            for name, given in fields.items()
            for value in (given if isinstance(given, list) else [given])
            if value is not None
        ]
        self._end = f"--{self._boundary}--\r\n".encode()
        # Called when all is sent.
        self.on_sent: Callable[[], None] = lambda: None

    @property
    def headers(self) -> dict[str, str]:
        """What the server is told of the body."""
        sizes = [part.size for part in self._parts]
        length = {"transfer-encoding": "chunked"}
        if None not in sizes:
            heads = sum(len(part.head) + 2 for part in self._parts)
            length = {"content-length": str(sum(filter(None, sizes)) + heads + len(self._end))}
        return {"content-type": f"multipart/form-data; boundary={self._boundary}", **length}

    def _part(self, name: str, value: Any, sent: Any) -> _Part:
        head = f'--{self._boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
        if sent is None:
            is_object = isinstance(value, dict | list)
            text = value if isinstance(value, str) else json.dumps(value)
            head += "\r\nContent-Type: application/json" if is_object else ""
            content = text.encode()
            return _Part(f"{head}\r\n\r\n".encode(), content, len(content))
        given, file_name = sent.payload, sent.file_name or "file"
        media_type = sent.mime_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
        head += f'; filename="{_quoted(file_name)}"\r\nContent-Type: {_quoted(media_type)}\r\n\r\n'
        if isinstance(given, os.PathLike):
            found = os.stat(given)  # noqa: PTH116 (any os.PathLike)
            if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
                raise ValueError(f"{os.fspath(given)!r} is no regular file: open it, and give the handle")
            with open(given, "rb"):  # noqa: PTH123 (as above)
                pass  # It raises here what it would raise later.
            return _Part(_encoded(head), given, found.st_size)
        if isinstance(given, TextIOBase) or isinstance(given.read(0), str):
            raise TypeError(f"{file_name!r} is open as text: open it with mode 'rb'")
        start, size = _extent(given)
        if start and size == 0:
            raise ValueError(
                f"{file_name!r} has nothing left to send: seek to where the file begins, with seek(0), say"
            )
        return _Part(_encoded(head), given, size, start)

    def rewind(self) -> None:
        """Put handles back to where they were: what was not created can be sent again."""
        for part in self._parts:
            if part.start is not None:
                with suppress(OSError, ValueError):
                    part.content.seek(part.start)

    def _pieces(self) -> Iterator[bytes]:
        try:
            for part in self._parts:
                yield part.head
                yield from (part.content,) if isinstance(part.content, bytes) else _read(part.content, part.size)
                yield b"\r\n"
            yield self._end
        except Exception as broken:
            raise LocalReadError from broken

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces()
        self.on_sent()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with closing(self._pieces()) as pieces:  # type: ignore[type-var]
            while (piece := await in_thread(partial(next, pieces, None))) is not None:
                yield piece
        self.on_sent()


def _read(content: Any, left: int | None) -> Iterator[bytes]:
    """The content of a file: as many bytes as were told, or up to its end."""
    is_path = isinstance(content, os.PathLike)
    with open(content, "rb") if is_path else nullcontext(content) as file:  # noqa: PTH123
        while left != 0:
            piece: bytes = file.read(_PIECE if left is None else min(_PIECE, left))
            if not isinstance(piece, bytes | bytearray | memoryview):
                raise TypeError(f"the handle of a file gave {type(piece).__name__}, not bytes")
            if not piece and left:
                raise OSError(f"a file became shorter by {left} bytes while it was sent")
            if not piece:
                return
            left = left and left - len(piece)
            yield bytes(piece)


def _extent(handle: IO[bytes]) -> tuple[int | None, int | None]:
    """Where a handle is, and how many bytes it has from there; ``None`` for what it cannot tell."""
    here = None
    try:
        here = handle.tell()
        handle.seek(0, os.SEEK_END)
        end = handle.tell()
        handle.seek(here)
    except (OSError, ValueError, AttributeError):
        return here, None
    return here, max(end - here, 0)


def _encoded(head: str) -> bytes:
    """As bytes: the name of a file may be no UTF-8."""
    return head.encode(errors="surrogateescape")


def _quoted(text: str) -> str:
    """A name in a header, as browsers write it."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
