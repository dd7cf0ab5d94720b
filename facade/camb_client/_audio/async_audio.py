"""Speech and sound in the async client."""

import inspect
import os
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .._files.target import Target
from .._http.async_wire import AsyncWire
from .._http.call import Call
from .._polling.errors import CambError
from .._polling.task import CompletedTask, TaskRef
from .._tasks.async_tasks import AsyncTaskFamily
from .families import BaseAudio, BaseSound, BaseSpeech, OnProgress

if TYPE_CHECKING:
    from .._files.download import Download


_T = TypeVar("_T")


_Awaitable = Coroutine[Any, Any, _T]


class AsyncAudioFamily(AsyncTaskFamily, BaseAudio[AsyncWire, _Awaitable[TaskRef], _Awaitable[CompletedTask]]):
    """A family whose results are audio files."""

    async def result_url(self, run_id: int) -> str:
        """The address of a result; see :meth:`TextToSpeech.result_url`."""
        return (await self._wire.ask(self._address(run_id))).unwrap()

    async def results(self, run_ids: Iterable[int]) -> dict[int, str]:
        """The addresses of many results, by run id; see :meth:`TextToSpeech.results`."""
        every, bulks = self._bulks(run_ids)
        found: dict[int, str] = {}
        for bulk in bulks:
            found |= (await self._wire.ask(bulk)).unwrap()
        return {run_id: found.get(run_id) or await self.result_url(run_id) for run_id in every}

    async def download(
        self,
        run_id: int,
        dest: str | os.PathLike[str],
        *,
        on_progress: OnProgress = None,
        overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path:
        """Download a result; see :meth:`TextToSpeech.download`.

        ``on_progress`` may be a coroutine function; it is then awaited before the download goes on. The pieces are
        written to the disk in the event loop, each a few microseconds.
        """
        download, clock = self._download(run_id, on_progress, timeout), self._wire.clock
        with Target(dest, overwrite=overwrite) as file:
            download.start(clock.monotonic())
            while not download.done:
                await clock.asleep(download.pause(clock.monotonic()))
                try:
                    await self._fetch(download, file, on_progress)
                except CambError as error:
                    download.failed(error, clock.monotonic())
            return file.keep(download.name + download.suffix)

    async def _fetch(self, download: "Download", file: "Target", on_progress: OnProgress) -> None:
        now = self._wire.clock.monotonic
        if not download.address:
            download.found((await self._wire.ask(download.where, download.limit(now()))).unwrap())
        async with self._wire.stream(download.call(), download.limit(now())) as (answer, pieces):
            file.begin(download.begin(answer.status_code, answer.headers))
            async for piece in pieces:
                received = download.take(piece)
                file.write(piece)
                with self._telling(download):
                    if on_progress is not None and inspect.isawaitable(told := on_progress(received, download.total)):
                        await told
        download.end()


class AsyncTextToSpeech(
    BaseSpeech[
        AsyncWire, _Awaitable[TaskRef], _Awaitable[CompletedTask], AbstractAsyncContextManager[AsyncIterator[bytes]]
    ],
    AsyncAudioFamily,
    AsyncTaskFamily,
):
    """Text-to-speech (``tts``): as :class:`TextToSpeech`; what it returns is to be awaited."""

    @asynccontextmanager
    async def _stream(self, call: Call[Any]) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._wire.stream(call) as (_, pieces):
            yield pieces


class AsyncTextToSound(
    BaseSound[AsyncWire, _Awaitable[TaskRef], _Awaitable[CompletedTask]], AsyncAudioFamily, AsyncTaskFamily
):
    """Sound and music (``text-to-sound``): as :class:`TextToSound`; what it returns is to be awaited."""
