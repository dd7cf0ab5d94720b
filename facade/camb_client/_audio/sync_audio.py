"""Speech and sound in the sync client."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal, Unpack, overload

from .._api import calls
from .._files.options import FetchOptions, OnProgress, StrPath
from .._http.call import Call
from .._http.sync_wire import Wire
from .._polling.callbacks import OnUpdate
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskRef
from .._tasks.base import OnCreated
from .._tasks.sync_tasks import TaskFamily
from .families import BaseAudio, BaseSound, BaseSpeech, Run, SoundArguments, SpeechArguments
from .locales import Locale


class AudioFamily(TaskFamily, BaseAudio[Wire]):
    """A family whose results are audio files."""

    def result_url(self, run_id: Run) -> str:
        """The address of a result: it needs no key, and expires (the docs do not say when).

        Args:
            run_id: Of a :class:`CompletedTask` of this family; or that itself, or its outcome.

        Raises:
            ApiConnectionError: No response.
            ApiError: An HTTP status that is no success; a 400 is no such run, or one of another family.
            MalformedResponseError: A 200 without an address.
            TypeError: ``run_id`` is neither an integer nor a run.
            ValueError: A run that did not succeed, or is of another family.
        """
        return self._wire.ask(self._address(run_id)).unwrap()

    def results(self, run_ids: Iterable[Run]) -> dict[int, str]:
        """The addresses of many results, by run id: two to five with each request.

        Args:
            run_ids: Each as for :meth:`result_url`.

        Raises:
            CambError: As :meth:`result_url`: where one has no address, nothing is returned.
            TypeError: One that is neither an integer nor a run.
            ValueError: A run that did not succeed, or is of another family.
        """
        every, bulks = self._bulks(run_ids, calls.addresses)
        found: dict[int, str] = {}
        for bulk in bulks:
            found |= self._wire.ask(bulk).unwrap()
        return {run_id: found.get(run_id) or self.result_url(run_id) for run_id in every}

    @overload
    def download(self, run_id: Run, dest: StrPath, **options: Unpack[FetchOptions]) -> Path: ...
    @overload
    def download(self, run_id: Run, dest: IO[bytes], **options: Unpack[FetchOptions]) -> None: ...
    def download(
        self,
        run_id: Run,
        dest: StrPath | IO[bytes],
        *,
        on_progress: OnProgress = None,
        overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path | None:
        """Download a result. Under the name there is the whole file, or what was there before.

        It is written piece by piece, beside its place. A lost connection is made again, and the rest fetched (or all
        of it, where the server gives no rest): up to 6 times in a row without anything new. A file that the server
        does not find is asked for again for 10 s, as it may be new. Redirects are followed, at most 5, without the
        key. Texts, web pages, JSON and XML are refused; anything else is taken for the audio that the server calls
        it. A name whose suffix promises another format is kept, and the log says so at WARNING.

        Args:
            run_id: Of a :class:`CompletedTask` of this family; or that itself, or its outcome.
            dest: The file; or a folder, where it is called, say, ``tts-11768.flac``. A name with a final slash is a
                folder, which is made. A symbolic link is followed. Or a binary file object that is open for writing:
                it is written as the bytes come (by the async client in batches, in a thread), and neither rewound
                nor closed. After a failure, what is in it is yours.
            on_progress: Called with the bytes received, and all there are (``None`` if the server does not say), for
                each piece, in this thread. A :class:`StopWaiting` in it ends the download and comes out; any other
                ``Exception`` is logged, and the download continues.
            overwrite: Whether a file of that name is replaced. It keeps its mode.
            timeout: Seconds for all of it; ``None`` is no limit. Each wait for bytes is bounded by the client's own.

        Returns:
            The path of the file; ``None`` for a file object.

        Raises:
            DownloadError: The address is known, but the file cannot be fetched, or is not audio.
            CambError: The address cannot be had, as for :meth:`result_url`.
            FileExistsError: There is a file of that name.
            OSError: The file cannot be written, or there is something that is no regular file: a device, a pipe.
            TypeError: An argument of another type: a text file as ``dest``, say.
            ValueError: A run that did not succeed or is of another family, a timeout that cannot be, or a file object
                that is not open for writing.
        """
        from .._files.fetch import fetch

        return fetch(self._wire, self._download(run_id, timeout), dest, on_progress, overwrite=overwrite)


class TextToSpeech(BaseSpeech[Wire], AudioFamily, TaskFamily):
    """Text-to-speech (``tts``): a :class:`TaskFamily` that can also create tasks, and fetch and stream audio."""

    def create(  # type: ignore[override]
        self, *, text: str, voice_id: int, language: Locale | int | str, gender: Literal[0, 1, 2, 9] | None = None,
        age: int | None = None, project_name: str | None = None, project_description: str | None = None,
        folder_id: int | None = None,
    ) -> TaskRef:  # fmt: skip
        """Create a task (``POST /tts``). It is sent once, whatever comes of it.

        (A ``transport`` of your own that sends requests again by itself would undo that.)

        The limits are those of the API's own description (https://github.com/RaevNur/cambai-php-sdk-org, camb-sdk
        1.6.6). What is ``None`` is not sent.

        Args:
            text: What is to be said.
            voice_id: The ``.id`` of a voice of ``camb.voices.list()`` (``GET /list-voices``).
            language: The language of the text: a locale such as ``"en-us"``, or its number (1 is ``en-us``).
            gender: Of the voice: 0 unknown, 1 male, 2 female, 9 not applicable.
            age: Of the voice, in years.
            project_name: What the task is filed under, 3 to 255 characters.
            project_description: Of that project, 3 to 5,000 characters.
            folder_id: The folder that the project is put into.

        Returns:
            Its reference, with the time of its submission.

        Raises:
            CreateOutcomeUnknownError: Whether it was created is unknown.
            ApiError: The API refused it (a 4xx): nothing was created.
            ApiConnectionError: There was no connection to send it on: nothing was created.
            TypeError: An argument of another type; nothing was sent.
            ValueError: An argument that the API would refuse; nothing was sent.
        """
        return self._create(
            self._create_call(
                text=text, voice_id=voice_id, language=language, gender=gender, age=age, project_name=project_name,
                project_description=project_description, folder_id=folder_id,
            )
        )  # fmt: skip

    def create_and_wait(  # type: ignore[override]
        self, *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: OnUpdate = None,
        on_created: OnCreated = None, **arguments: Unpack[SpeechArguments],
    ) -> CompletedTask:  # fmt: skip
        """Create a task, and wait until it has succeeded.

        Args:
            timeout: As for :meth:`wait`; the create is not counted.
            schedule: As for :meth:`wait`.
            on_update: As for :meth:`wait`.
            on_created: Called with the reference, before the wait begins: keep it there, and nothing that is paid for
                is lost, whatever ends the wait.
            arguments: As for :meth:`create`.

        Raises:
            CambError: As :meth:`create` and :meth:`wait`; from the wait on, ``.ref`` is what was paid for.
        """
        call = partial(self._create_call, **arguments)
        return self._create_and_wait(call, timeout, schedule, on_update, on_created)

    def stream(
        self, *, text: str, voice_id: int, language: str, speech_model: str | None = None,
        user_instructions: str | None = None, enhance_named_entities_pronunciation: bool | None = None,
        output_configuration: Mapping[str, Any] | None = None, voice_settings: Mapping[str, Any] | None = None,
        inference_options: Mapping[str, Any] | None = None,
    ) -> AbstractContextManager[Iterator[bytes]]:  # fmt: skip
        """Have speech made, and take its bytes as they come (``POST /tts-stream``). It is sent once.

        ``with camb.tts.stream(…) as audio:`` sends it; iterate over ``audio``. Leaving the block ends it. Each wait
        for bytes is bounded by the client's ``timeout``.

        The limits are those of the API's own description (sources as for :meth:`create`). What is ``None`` is not
        sent.

        Args:
            text: What is to be said, 3 to 3,000 characters.
            voice_id: The ``.id`` of a voice of ``camb.voices.list()`` (``GET /list-voices``).
            language: The language of the text, a locale such as ``"en-us"``; which there are depends on the model.
            speech_model: Such as ``"mars-flash"``, ``"mars-pro"`` or ``"mars-instruct"``; the API's list changes.
            user_instructions: How it is to be said, 3 to 1,000 characters; only ``mars-instruct`` heeds it.
            enhance_named_entities_pronunciation: Whether names are pronounced with more care; by default not.
            output_configuration: ``format`` (``wav``, ``flac``, ``adts``, ``mp3``, ``pcm_s16le`` …; the sources
                disagree on the API's default), ``sample_rate`` in Hz, ``duration`` in seconds, ``apply_enhancement``.
            voice_settings: ``speaking_rate``, ``enhance_reference_audio_quality``, ``maintain_source_accent``,
                ``apply_ref_loudness_norm``.
            inference_options: ``stability``, ``speaker_similarity`` and ``localize_speaker_weight`` (0 to 1),
                ``temperature`` (0.01 to 4), ``inference_steps`` (1 to 1,000), ``acoustic_quality_boost``.

        Raises:
            ApiError: An HTTP status that is no success; on entering the block.
            ApiConnectionError: No response, on entering the block; or it broke off, while its bytes are read.
            MalformedResponseError: A 200 that is not audio; on entering the block.
            TypeError: An argument of another type; nothing was sent.
            ValueError: An argument that the API would refuse; nothing was sent.
        """
        return self._stream(
            self._stream_call(
                text=text, voice_id=voice_id, language=language, speech_model=speech_model,
                user_instructions=user_instructions,
                enhance_named_entities_pronunciation=enhance_named_entities_pronunciation,
                output_configuration=output_configuration, voice_settings=voice_settings,
                inference_options=inference_options,
            )
        )  # fmt: skip

    @contextmanager
    def _stream(self, call: Call[Any]) -> Iterator[Iterator[bytes]]:
        with self._wire.stream(call) as (_, pieces):
            yield pieces


class TextToSound(BaseSound[Wire], AudioFamily, TaskFamily):
    """Sound and music (``text-to-sound``): a :class:`TaskFamily` that can also create tasks, and fetch audio."""

    def create(  # type: ignore[override]
        self, *, prompt: str, duration: float | None = None, audio_type: Literal["sound", "music"] | None = None,
        project_name: str | None = None, project_description: str | None = None, folder_id: int | None = None,
    ) -> TaskRef:  # fmt: skip
        """Create a task (``POST /text-to-sound``). It is sent once, whatever comes of it.

        Sources as for :meth:`TextToSpeech.create`. What is ``None`` is not sent.

        Args:
            prompt: What is to be heard.
            duration: Seconds; 8 by default, and at most 10 for a sound (by the prose of the docs; not checked here).
            audio_type: ``"sound"`` or ``"music"``.
            project_name: As for :meth:`TextToSpeech.create`.
            project_description: As for :meth:`TextToSpeech.create`.
            folder_id: As for :meth:`TextToSpeech.create`.

        Returns:
            Its reference, with the time of its submission.

        Raises:
            CambError: As :meth:`TextToSpeech.create`.
            TypeError: An argument of another type; nothing was sent.
            ValueError: An argument that the API would refuse; nothing was sent.
        """
        return self._create(
            self._create_call(
                prompt=prompt, duration=duration, audio_type=audio_type, project_name=project_name,
                project_description=project_description, folder_id=folder_id,
            )
        )  # fmt: skip

    def create_and_wait(  # type: ignore[override]
        self, *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: OnUpdate = None,
        on_created: OnCreated = None, **arguments: Unpack[SoundArguments],
    ) -> CompletedTask:  # fmt: skip
        """Create a task, and wait until it has succeeded; see :meth:`TextToSpeech.create_and_wait`."""
        call = partial(self._create_call, **arguments)
        return self._create_and_wait(call, timeout, schedule, on_update, on_created)
