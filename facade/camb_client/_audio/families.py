"""The two families that go from a text to an audio file: what may be asked of them, written once for both clients.

What a method returns is the driver's: a value in ``sync_audio``, an awaitable of it in ``async_audio``.
"""

from typing import TYPE_CHECKING, Any, Literal, NoReturn, Required, TypedDict

from .._api import calls as _calls
from .._http.call import Call
from .._polling.checks import seconds
from .._polling.task import TaskRef
from .._tasks.base import AnyWire, BaseFamily
from .._tasks.base import Run as Run
from .arguments import FIELDS, body
from .locales import Locale

if TYPE_CHECKING:
    from .._files.download import Download


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


class BaseAudio(BaseFamily[AnyWire]):
    """A family whose results are audio files."""

    def _address(self, run: object) -> Call[str]:
        """What asks for the address of a run."""
        return _calls.address(self.kind, self._run_id(run))

    def _download(self, run: object, timeout: float | None) -> "Download":
        """A download that has not begun, its arguments checked."""
        from .._files.download import Download

        where, wire, name = self._address(run), self._wire, f"{self.kind}-{self._run_id(run)}"
        return Download(where.subject, name, seconds(timeout), wire.random, where=where, base_url=wire.base_url)


class BaseSpeech(BaseAudio[AnyWire]):
    """Text-to-speech."""

    def _create_call(self, *, text: str, voice_id: int, language: int | str, **optional: Any) -> Call[TaskRef]:
        required = {"text": text, "voice_id": voice_id, "language": language}
        return _calls.create(self.kind, body(FIELDS["speech"], required, optional))

    def _stream_call(self, *, text: str, voice_id: int, language: str, **optional: Any) -> Call[NoReturn]:
        self._wire.check_open()
        required = {"text": text, "voice_id": voice_id, "language": language}
        return _calls.stream(self.kind, body(FIELDS["stream"], required, optional))


class BaseSound(BaseAudio[AnyWire]):
    """Text-to-sound: sounds and music."""

    def _create_call(self, *, prompt: str, **optional: Any) -> Call[TaskRef]:
        return _calls.create(self.kind, body(FIELDS["sound"], {"prompt": prompt}, optional))
