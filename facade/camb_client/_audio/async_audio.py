"""Speech and sound in the async client."""

from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import IO, Any, Literal, Unpack, overload

from .._api import calls
from .._files.options import FetchOptions, OnProgress, StrPath
from .._http.async_wire import AsyncWire
from .._http.call import Call
from .._polling.callbacks import AsyncOnUpdate
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskRef
from .._tasks.async_tasks import AsyncTaskFamily
from .._tasks.base import AsyncOnCreated
from .families import BaseAudio, BaseSound, BaseSpeech, Run, SoundArguments, SpeechArguments
from .locales import Locale


class AsyncAudioFamily(AsyncTaskFamily, BaseAudio[AsyncWire]):
    """A family whose results are audio files."""

    async def result_url(self, run_id: Run) -> str:
        """The address of a result; see :meth:`TextToSpeech.result_url`."""
        return (await self._wire.ask(self._address(run_id))).unwrap()

    async def results(self, run_ids: Iterable[Run]) -> dict[int, str]:
        """The addresses of many results, by run id; see :meth:`TextToSpeech.results`."""
        every, bulks = self._bulks(run_ids, calls.addresses)
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
        from .._files.fetch import fetch_async

        return await fetch_async(self._wire, self._download(run_id, timeout), dest, on_progress, overwrite=overwrite)


class AsyncTextToSpeech(BaseSpeech[AsyncWire], AsyncAudioFamily, AsyncTaskFamily):
    """Text-to-speech (``tts``): as :class:`TextToSpeech`; what it returns is to be awaited."""

    def create(  # type: ignore[override]
        self, *, text: str, voice_id: int, language: Locale | int | str, gender: Literal[0, 1, 2, 9] | None = None,
        age: int | None = None, project_name: str | None = None, project_description: str | None = None,
        folder_id: int | None = None,
    ) -> Coroutine[Any, Any, TaskRef]:  # fmt: skip
        """Create a task; see :meth:`TextToSpeech.create`. Arguments are checked before there is anything to await."""
        return self._create(
            self._create_call(
                text=text, voice_id=voice_id, language=language, gender=gender, age=age, project_name=project_name,
                project_description=project_description, folder_id=folder_id,
            )
        )  # fmt: skip

    def create_and_wait(  # type: ignore[override]
        self, *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: AsyncOnUpdate = None,
        on_created: AsyncOnCreated = None, **arguments: Unpack[SpeechArguments],
    ) -> Coroutine[Any, Any, CompletedTask]:  # fmt: skip
        """Create a task, and wait until it has succeeded; see :meth:`TextToSpeech.create_and_wait`.

        ``on_update`` and ``on_created`` may be coroutine functions; they are then awaited.
        """
        return self._create_and_wait(lambda: self._create_call(**arguments), timeout, schedule, on_update, on_created)

    def stream(
        self, *, text: str, voice_id: int, language: str, speech_model: str | None = None,
        user_instructions: str | None = None, enhance_named_entities_pronunciation: bool | None = None,
        output_configuration: Mapping[str, Any] | None = None, voice_settings: Mapping[str, Any] | None = None,
        inference_options: Mapping[str, Any] | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:  # fmt: skip
        """Have speech made, and take its bytes as they come; see :meth:`TextToSpeech.stream`."""
        return self._stream(
            self._stream_call(
                text=text, voice_id=voice_id, language=language, speech_model=speech_model,
                user_instructions=user_instructions,
                enhance_named_entities_pronunciation=enhance_named_entities_pronunciation,
                output_configuration=output_configuration, voice_settings=voice_settings,
                inference_options=inference_options,
            )
        )  # fmt: skip

    @asynccontextmanager
    async def _stream(self, call: Call[Any]) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._wire.stream(call) as (_, pieces):
            yield pieces


class AsyncTextToSound(BaseSound[AsyncWire], AsyncAudioFamily, AsyncTaskFamily):
    """Sound and music (``text-to-sound``): as :class:`TextToSound`; what it returns is to be awaited."""

    def create(  # type: ignore[override]
        self, *, prompt: str, duration: float | None = None, audio_type: Literal["sound", "music"] | None = None,
        project_name: str | None = None, project_description: str | None = None, folder_id: int | None = None,
    ) -> Coroutine[Any, Any, TaskRef]:  # fmt: skip
        """Create a task; see :meth:`TextToSound.create`."""
        return self._create(
            self._create_call(
                prompt=prompt, duration=duration, audio_type=audio_type, project_name=project_name,
                project_description=project_description, folder_id=folder_id,
            )
        )  # fmt: skip

    def create_and_wait(  # type: ignore[override]
        self, *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: AsyncOnUpdate = None,
        on_created: AsyncOnCreated = None, **arguments: Unpack[SoundArguments],
    ) -> Coroutine[Any, Any, CompletedTask]:  # fmt: skip
        """Create a task, and wait until it has succeeded; see :meth:`TextToSpeech.create_and_wait`."""
        return self._create_and_wait(lambda: self._create_call(**arguments), timeout, schedule, on_update, on_created)
