"""Speech and sound in the async client."""

from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import IO, Any, TypeVar, Unpack, overload

from .._files.fetch import fetch_async
from .._files.options import FetchOptions, OnProgress, StrPath
from .._http.async_wire import AsyncWire
from .._http.call import Call
from .._polling.task import CompletedTask, TaskRef
from .._tasks.async_tasks import AsyncTaskFamily
from .families import BaseAudio, BaseSound, BaseSpeech, Run

_T = TypeVar("_T")


_Awaitable = Coroutine[Any, Any, _T]


class AsyncAudioFamily(AsyncTaskFamily, BaseAudio[AsyncWire, _Awaitable[TaskRef], _Awaitable[CompletedTask]]):
    """A family whose results are audio files."""

    async def result_url(self, run_id: Run) -> str:
        """The address of a result; see :meth:`TextToSpeech.result_url`."""
        return (await self._wire.ask(self._address(run_id))).unwrap()

    async def results(self, run_ids: Iterable[Run]) -> dict[int, str]:
        """The addresses of many results, by run id; see :meth:`TextToSpeech.results`."""
        every, bulks = self._bulks(run_ids)
        found: dict[int, str] = {}
        for bulk in bulks:
            found |= (await self._wire.ask(bulk)).unwrap()
        return {run_id: found.get(run_id) or await self.result_url(run_id) for run_id in every}

    @overload
    async def download(self, run_id: Run, dest: StrPath, **options: Unpack[FetchOptions]) -> Path: ...
    @overload
    async def download(self, run_id: Run, dest: IO[bytes], **options: Unpack[FetchOptions]) -> None: ...
    async def download(
        self,
        run_id: Run,
        dest: StrPath | IO[bytes],
        *,
        on_progress: OnProgress = None,
        overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path | None:
        """Download a result; see :meth:`TextToSpeech.download`.

        ``on_progress`` may be a coroutine function; it is then awaited before the download continues. A thread writes
        the file, so a slow disk does not hold up the event loop.
        """
        return await fetch_async(self._wire, self._download(run_id, timeout), dest, on_progress, overwrite=overwrite)


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
