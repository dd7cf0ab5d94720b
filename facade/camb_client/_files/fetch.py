"""Fetching a file, sync and async: the two differ by ``await`` alone. What they do is decided in ``download``."""

import inspect
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urlsplit

from .._http.async_thread import in_thread
from .._http.call import is_address
from .._polling.callbacks import annotate_interrupt, check_callback, refuse_coroutines, run_callback
from .._polling.checks import seconds
from .._polling.errors import CambError
from .._polling.log import log
from .download import Download
from .formats import name_of
from .options import OnProgress
from .target import FileObject, Target, open_target

if TYPE_CHECKING:
    from .._http.async_wire import AsyncWire
    from .._http.sync_wire import Wire

# An async download writes so many bytes at once: to change to a thread for each piece would cost more than to write.
_BATCH = 256 * 1024


def of_address(wire: "Wire | AsyncWire", address: str, timeout: float | None) -> Download:
    """The download of whatever has that address.

    Raises:
        TypeError: It is no string.
        ValueError: It is no address. The message does not show it: whoever has it can fetch the file.
    """
    if not isinstance(address, str):
        raise TypeError(f"address must be a str, not {type(address).__name__}")
    if not is_address(address):
        raise ValueError("address must be a whole http or https URL, with every other character percent-encoded")
    subject, address = f"file at {urlsplit(address).hostname}", urldefrag(address).url
    return Download(subject, name_of(address), seconds(timeout), wire.random, address=address)


def fetch(wire: "Wire", download: Download, dest: Any, on_progress: OnProgress, *, overwrite: bool) -> Path | None:
    """Download a file, and give its path; ``None`` where it went into a file object."""
    refuse_coroutines("on_progress", on_progress)
    _check(wire, on_progress)
    clock = wire.clock
    with annotate_interrupt(download.subject, download.advice), open_target(dest, overwrite=overwrite) as file:
        download.start(clock.monotonic(), rewinds=file.rewinds)
        while not download.done:
            clock.sleep(download.pause(clock.monotonic()))
            try:
                with wire.stream(download.call(), download.limit(clock.monotonic())) as (response, content):
                    offset = download.begin(response, content)
                    if offset is None:
                        continue
                    file.begin(offset)
                    for piece in content:
                        file.write(download.take(piece))
                        with _telling(download):
                            if on_progress is not None:
                                on_progress(download.received, download.total)
                    file.write(download.end())
            except CambError as error:
                download.failed(error, clock.monotonic())
        return _named(download, file.keep(download.file_name))


async def fetch_async(
    wire: "AsyncWire", download: Download, dest: Any, on_progress: OnProgress, *, overwrite: bool
) -> Path | None:
    """As :func:`fetch`; ``on_progress`` may be a coroutine function."""
    _check(wire, on_progress)
    clock = wire.clock
    with annotate_interrupt(download.subject, download.advice), open_target(dest, overwrite=overwrite) as target:
        file = _InThread(target)
        download.start(clock.monotonic(), rewinds=target.rewinds)
        while not download.done:
            await clock.asleep(download.pause(clock.monotonic()))
            try:
                async with wire.stream(download.call(), download.limit(clock.monotonic())) as (response, content):
                    offset = download.begin(response, content)
                    if offset is None:
                        continue
                    await file.begin(offset)
                    async for piece in content:
                        await file.write(download.take(piece))
                        with _telling(download):
                            if on_progress is not None:
                                told = on_progress(download.received, download.total)
                                if inspect.isawaitable(told):
                                    await told
                    await file.write(download.end())
            except CambError as error:
                download.failed(error, clock.monotonic())
        return _named(download, await file.keep(download.file_name))


class _InThread:
    """A target whose disk holds up a thread, and not the event loop."""

    def __init__(self, target: Target | FileObject) -> None:
        self._target, self._batch = target, bytearray()

    async def _flush(self) -> None:
        batch, self._batch = bytes(self._batch), bytearray()
        if batch:
            await in_thread(lambda: self._target.write(batch))

    async def begin(self, offset: int) -> None:
        await self._flush()
        await in_thread(lambda: self._target.begin(offset))

    async def write(self, piece: bytes) -> None:
        self._batch += piece
        if len(self._batch) >= _BATCH:
            await self._flush()

    async def keep(self, name: str) -> Path | None:
        await self._flush()
        path: Path | None = await in_thread(lambda: self._target.keep(name))
        return path


def _check(wire: "Wire | AsyncWire", on_progress: object) -> None:
    wire.check_open()
    check_callback("on_progress", on_progress)


def _telling(download: Download) -> AbstractContextManager[None]:
    return run_callback(download.subject, "on_progress failed; the download continues", download.advice)


def _named(download: Download, path: Path | None) -> Path | None:
    """The path itself; where its name promises another format, the log says so."""
    if path is not None and (said := download.misnomer(path.name)):
        log.warning("%s", said)
    return path
