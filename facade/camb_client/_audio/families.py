"""The two families that go from a text to an audio file: what may be asked of them, written once for both clients.

What a method returns is the driver's: a value in ``sync_audio``, an awaitable of it in ``async_audio``.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, Required, SupportsIndex, TypedDict, TypeVar, Unpack

from .._api import calls as _calls
from .._batch.outcome import FailedOutcome, SucceededOutcome
from .._files.download import Download
from .._http.call import Call
from .._polling.callbacks import OnCreated, OnUpdate
from .._polling.checks import integer, seconds
from .._polling.schedule import ScheduleLike
from .._polling.task import CompletedTask, TaskRef
from .._tasks.base import BaseFamily
from .arguments import FIELDS, body
from .locales import Locale

if TYPE_CHECKING:
    from .._http.async_wire import AsyncWire
    from .._http.sync_wire import Wire

_Wire = TypeVar("_Wire", "Wire", "AsyncWire")
_Ref = TypeVar("_Ref")
_Done = TypeVar("_Done")
_Stream = TypeVar("_Stream")
# What names a run: its run_id, or the task or the outcome that has it.
Run = SupportsIndex | CompletedTask | SucceededOutcome | FailedOutcome


class SpeechArguments(TypedDict, total=False):
    """What :meth:`TextToSpeech.create` takes."""

    text: Required[str]
    voice_id: Required[int]
    language: Required[Locale | int | str]
    gender: Literal[0, 1, 2, 9] | None
    age: int | None
    project_name: str | None
    project_description: str | None
    folder_id: int | None


class SoundArguments(TypedDict, total=False):
    """What :meth:`TextToSound.create` takes."""

    prompt: Required[str]
    duration: float | None
    audio_type: Literal["sound", "music"] | None
    project_name: str | None
    project_description: str | None
    folder_id: int | None


class BaseAudio(BaseFamily[_Wire], Generic[_Wire, _Ref, _Done]):
    """A family whose results are audio files."""

    @abstractmethod
    def _create(self, call: Call[TaskRef]) -> _Ref:
        """Send a create call, once."""

    @abstractmethod
    def _create_and_wait(
        self,
        create: Callable[[], Call[TaskRef]],
        timeout: float | None,
        schedule: ScheduleLike,
        on_update: OnUpdate,
        on_created: OnCreated,
    ) -> _Done:
        """Check the arguments of the wait, create, tell, and wait: in this order, as a create is paid for."""

    def _run_id(self, run: object) -> int:
        """The run_id of a run of this family."""
        if isinstance(run, FailedOutcome):
            raise ValueError(f"{run.ref} did not succeed, so it has no result")  # noqa: TRY004 (of the right type)
        done = run.state if isinstance(run, SucceededOutcome) else run
        if isinstance(done, CompletedTask):
            self._ref(done.ref)
            return done.run_id
        return integer("run_id", done)

    def _address(self, run: object) -> Call[str]:
        """What asks for the address of a run."""
        self._wire.check_open()
        return _calls.address(self.kind, self._run_id(run))

    def _bulks(self, runs: Iterable[object]) -> tuple[list[int], list[Call[dict[int, str]]]]:
        """The run ids, each once, and the bulk calls for them; for one alone there is none."""
        every = list(dict.fromkeys(map(self._run_id, runs)))
        return every, [_calls.addresses(self.kind, part) for part in _calls.bulks(every) if len(part) > 1]

    def _download(self, run: object, timeout: float | None) -> Download:
        """A download that has not begun, its arguments checked."""
        where, wire, name = self._address(run), self._wire, f"{self.kind}-{self._run_id(run)}"
        return Download(where.subject, name, seconds(timeout), wire.random, where=where, base_url=wire.base_url)


class BaseSpeech(BaseAudio[_Wire, _Ref, _Done], Generic[_Wire, _Ref, _Done, _Stream]):
    """Text-to-speech."""

    @abstractmethod
    def _stream(self, call: Call[Any]) -> _Stream:
        """Send a call, once, and give its bytes as they come."""

    def create(
        self, *, text: str, voice_id: int, language: Locale | int | str, gender: Literal[0, 1, 2, 9] | None = None,
        age: int | None = None, project_name: str | None = None, project_description: str | None = None,
        folder_id: int | None = None,
    ) -> _Ref:  # fmt: skip
        """Create a task (``POST /tts``). It is sent once, whatever comes of it.

        (A ``transport`` of your own that sends requests again by itself would undo that.)

        The limits are those of the API's own description (https://github.com/RaevNur/cambai-php-sdk-org, camb-sdk
        1.6.6). What is ``None`` is not sent.

        Args:
            text: What is to be said.
            voice_id: The number of the voice, from ``GET /list-voices``.
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

    def _create_call(self, *, text: str, voice_id: int, language: int | str, **optional: Any) -> Call[TaskRef]:
        required = {"text": text, "voice_id": voice_id, "language": language}
        return _calls.create(self.kind, body(FIELDS["speech"], required, optional))

    def create_and_wait(
        self, *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: OnUpdate = None,
        on_created: OnCreated = None, **arguments: Unpack[SpeechArguments],
    ) -> _Done:  # fmt: skip
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
        return self._create_and_wait(lambda: self._create_call(**arguments), timeout, schedule, on_update, on_created)

    def stream(
        self, *, text: str, voice_id: int, language: str, speech_model: str | None = None,
        user_instructions: str | None = None, enhance_named_entities_pronunciation: bool | None = None,
        output_configuration: Mapping[str, Any] | None = None, voice_settings: Mapping[str, Any] | None = None,
        inference_options: Mapping[str, Any] | None = None,
    ) -> _Stream:  # fmt: skip
        """Have speech made, and take its bytes as they come (``POST /tts-stream``). It is sent once.

        ``with camb.tts.stream(…) as audio:`` sends it; iterate over ``audio``. Leaving the block ends it. Each wait
        for bytes is bounded by the client's ``timeout``.

        The limits are those of the API's own description (sources as for :meth:`create`). What is ``None`` is not
        sent.

        Args:
            text: What is to be said, 3 to 3,000 characters.
            voice_id: The number of the voice, from ``GET /list-voices``.
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
        required = {"text": text, "voice_id": voice_id, "language": language}
        optional = {
            "speech_model": speech_model, "user_instructions": user_instructions,
            "enhance_named_entities_pronunciation": enhance_named_entities_pronunciation,
            "output_configuration": output_configuration, "voice_settings": voice_settings,
            "inference_options": inference_options,
        }  # fmt: skip
        self._wire.check_open()
        return self._stream(_calls.stream(self.kind, body(FIELDS["stream"], required, optional)))


class BaseSound(BaseAudio[_Wire, _Ref, _Done]):
    """Text-to-sound: sounds and music."""

    def create(
        self, *, prompt: str, duration: float | None = None, audio_type: Literal["sound", "music"] | None = None,
        project_name: str | None = None, project_description: str | None = None, folder_id: int | None = None,
    ) -> _Ref:  # fmt: skip
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

    def _create_call(self, *, prompt: str, **optional: Any) -> Call[TaskRef]:
        return _calls.create(self.kind, body(FIELDS["sound"], {"prompt": prompt}, optional))

    def create_and_wait(
        self, *, timeout: float | None = 600.0, schedule: ScheduleLike = None, on_update: OnUpdate = None,
        on_created: OnCreated = None, **arguments: Unpack[SoundArguments],
    ) -> _Done:  # fmt: skip
        """Create a task, and wait until it has succeeded; see :meth:`TextToSpeech.create_and_wait`."""
        return self._create_and_wait(lambda: self._create_call(**arguments), timeout, schedule, on_update, on_created)
