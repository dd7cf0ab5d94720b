"""camb-client: CAMB.AI's background audio tasks, from the text to the audio file.

::

    from camb_client import CambClient

    with CambClient() as camb:                    # CAMB_API_KEY from the environment
        task = camb.tts.create(text="Good morning.", voice_id=147320, language="en-us")
        done = camb.tts.wait(task)                # returns on SUCCESS, raises otherwise
        camb.tts.download(done.run_id, "morning.flac")
"""

from typing import TYPE_CHECKING

from ._api.operations import SPEC_DIGEST
from ._polling.callbacks import PollEvent, StopWaiting
from ._polling.errors import (
    ApiConnectionError,
    ApiError,
    ApiPaymentRequiredError,
    AuthenticationError,
    CambError,
    ConfigurationError,
    CreateOutcomeUnknownError,
    DownloadError,
    InvalidRequestError,
    MalformedResponseError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TaskError,
    TaskFailedError,
    TaskNotFoundError,
    TaskPaymentRequiredError,
    TaskResultMissingError,
    TaskTimedOutError,
    WaitTimeoutError,
)
from ._polling.schedule import Schedule
from ._polling.status import TaskStatus
from ._polling.task import CompletedTask, TaskRef, TaskState
from ._version import __version__

if TYPE_CHECKING:
    from ._audio.async_audio import AsyncTextToSound, AsyncTextToSpeech
    from ._audio.sync_audio import TextToSound, TextToSpeech
    from ._batch.outcome import FailedOutcome, SucceededOutcome, TaskOutcome
    from ._batch.outcomes import AsyncOutcomes, Outcomes
    from ._client.async_client import AsyncCambClient
    from ._client.lists import AsyncLanguages, AsyncVoices, Languages, Voices
    from ._client.sync_client import CambClient
    from ._durable.items import BulkItem, ItemState
    from ._durable.journal import AsyncJournal, Journal
    from ._durable.state import WaitState
    from ._durable.step import Step
    from ._tasks.async_tasks import AsyncTaskFamily
    from ._tasks.sync_tasks import TaskFamily
else:
    # Where the names are that are imported when they are first asked for.
    _LAZY = {
        "AsyncCambClient": "_client.async_client",
        "AsyncJournal": "_durable.journal",
        "AsyncLanguages": "_client.lists",
        "AsyncOutcomes": "_batch.outcomes",
        "AsyncTaskFamily": "_tasks.async_tasks",
        "AsyncTextToSound": "_audio.async_audio",
        "AsyncTextToSpeech": "_audio.async_audio",
        "AsyncVoices": "_client.lists",
        "BulkItem": "_durable.items",
        "CambClient": "_client.sync_client",
        "FailedOutcome": "_batch.outcome",
        "ItemState": "_durable.items",
        "Journal": "_durable.journal",
        "Languages": "_client.lists",
        "Outcomes": "_batch.outcomes",
        "Step": "_durable.step",
        "SucceededOutcome": "_batch.outcome",
        "TaskFamily": "_tasks.sync_tasks",
        "TaskOutcome": "_batch.outcome",
        "TextToSound": "_audio.sync_audio",
        "TextToSpeech": "_audio.sync_audio",
        "Voices": "_client.lists",
        "WaitState": "_durable.state",
    }

    def __getattr__(name: str) -> object:
        """One of those."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return _publish(name, getattr(import_module(f".{_LAZY[name]}", __name__), name))

    def _publish(name: str, found: object) -> object:
        """Let tracebacks, help() and repr() show the public name of a class, not the module where it stands."""
        if isinstance(found, type):
            found.__module__ = __name__
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        """The public names, those included that are not imported yet."""
        return sorted({*globals(), *__all__})


__all__ = [
    "SPEC_DIGEST",
    "ApiConnectionError",
    "ApiError",
    "ApiPaymentRequiredError",
    "AsyncCambClient",
    "AsyncJournal",
    "AsyncLanguages",
    "AsyncOutcomes",
    "AsyncTaskFamily",
    "AsyncTextToSound",
    "AsyncTextToSpeech",
    "AsyncVoices",
    "AuthenticationError",
    "BulkItem",
    "CambClient",
    "CambError",
    "CompletedTask",
    "ConfigurationError",
    "CreateOutcomeUnknownError",
    "DownloadError",
    "FailedOutcome",
    "InvalidRequestError",
    "ItemState",
    "Journal",
    "Languages",
    "MalformedResponseError",
    "Outcomes",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PollEvent",
    "RateLimitError",
    "Schedule",
    "ServerError",
    "Step",
    "StopWaiting",
    "SucceededOutcome",
    "TaskError",
    "TaskFailedError",
    "TaskFamily",
    "TaskNotFoundError",
    "TaskOutcome",
    "TaskPaymentRequiredError",
    "TaskRef",
    "TaskResultMissingError",
    "TaskState",
    "TaskStatus",
    "TaskTimedOutError",
    "TextToSound",
    "TextToSpeech",
    "Voices",
    "WaitState",
    "WaitTimeoutError",
    "__version__",
]

if not TYPE_CHECKING:
    for _name in __all__:
        if _name not in _LAZY:
            _publish(_name, globals()[_name])
