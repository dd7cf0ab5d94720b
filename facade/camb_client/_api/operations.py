"""The gateway to the generated code: the only module that imports ``camb_openapi``.

Rule of this file: it hands over what the generator made of the spec (which kinds there are, each request, what may
stand in one, the reader of a task result), and adds nothing but plain values for the generator's own types. What
only some programs need is imported where it is used.
"""

from enum import Enum
from typing import Any
from urllib.parse import urlencode

from camb_openapi import SPEC_DIGEST as SPEC_DIGEST
from camb_openapi.api import TASK_STATUS_OPERATIONS
from camb_openapi.types import Unset

from .._polling.task import TaskRef

KINDS = tuple(TASK_STATUS_OPERATIONS)
SPEECH, SOUND = "tts", "text-to-sound"
# Method, path with query (relative to the base URL), JSON body.
Request = tuple[str, str, dict[str, Any] | None]


def check_kind(kind: str) -> str:
    """The kind itself, if the spec has it.

    Raises:
        ValueError: It has not; the message names those it has.
    """
    if kind not in TASK_STATUS_OPERATIONS:
        raise ValueError(f"unknown kind of task {kind!r}; known are {', '.join(KINDS)}")
    return kind


def request_line(ref: TaskRef) -> tuple[str, str]:
    """Method and path, relative to the base URL, of the status request."""
    request = TASK_STATUS_OPERATIONS[ref.kind][0](ref.task_id)
    return request["method"], request["url"]


def _request(made: dict[str, Any]) -> Request:
    query = urlencode(made.get("params", {}))
    return made["method"], made["url"] + (query and f"?{query}"), made.get("json")


def create_request(kind: str, fields: dict[str, Any]) -> Request:
    """Create a task of a kind."""
    if kind == SPEECH:
        from camb_openapi.api.tts import create_tts
        from camb_openapi.models.create_tts_body import CreateTtsBody

        return _request(create_tts._get_kwargs(body=CreateTtsBody.from_dict(fields)))
    from camb_openapi.api.text_to_sound import create_text_to_sound
    from camb_openapi.models.create_text_to_sound_body import CreateTextToSoundBody

    return _request(create_text_to_sound._get_kwargs(body=CreateTextToSoundBody.from_dict(fields)))


def stream_request(fields: dict[str, Any]) -> Request:
    """Have speech made and sent at once."""
    from camb_openapi.api.tts import stream_tts
    from camb_openapi.models.stream_tts_body import StreamTtsBody

    return _request(stream_tts._get_kwargs(body=StreamTtsBody.from_dict(fields)))


def result_request(kind: str, run_id: int) -> Request:
    """Ask for the address of a result."""
    if kind == SPEECH:
        from camb_openapi.api.tts import get_tts_result
        from camb_openapi.models.get_tts_result_output_type import GetTtsResultOutputType as Speech

        return _request(get_tts_result._get_kwargs(run_id, output_type=Speech.FILE_URL))
    from camb_openapi.api.text_to_sound import get_text_to_sound_result
    from camb_openapi.models.get_text_to_sound_result_output_type import GetTextToSoundResultOutputType as Sound

    return _request(get_text_to_sound_result._get_kwargs(run_id, output_type=Sound.FILE_URL))


def results_request(kind: str, run_ids: list[int]) -> Request:
    """Ask for the addresses of two to five results."""
    if kind == SPEECH:
        from camb_openapi.api.tts import get_tts_results
        from camb_openapi.models.get_tts_results_body import GetTtsResultsBody

        return _request(get_tts_results._get_kwargs(body=GetTtsResultsBody(run_ids)))
    from camb_openapi.api.text_to_sound import get_text_to_sound_results
    from camb_openapi.models.get_text_to_sound_results_body import GetTextToSoundResultsBody

    return _request(get_text_to_sound_results._get_kwargs(body=GetTextToSoundResultsBody(run_ids)))


def choices(field: str) -> type[Enum]:
    """What the spec lets a field of a create call be, where that is a closed list."""
    if field == "language":
        from camb_openapi.models.create_tts_body_language import CreateTtsBodyLanguage

        return CreateTtsBodyLanguage
    if field == "gender":
        from camb_openapi.models.create_tts_body_gender import CreateTtsBodyGender

        return CreateTtsBodyGender
    if field == "audio_type":
        from camb_openapi.models.create_text_to_sound_body_audio_type import CreateTextToSoundBodyAudioType

        return CreateTextToSoundBodyAudioType
    from camb_openapi.models.stream_tts_body_output_configuration_format import StreamTtsBodyOutputConfigurationFormat

    return StreamTtsBodyOutputConfigurationFormat


def parse(kind: str, body: dict[str, Any]) -> tuple[object, object]:
    """Status and run id of a task result, as the generated model reads them; ``None`` where it has none.

    The model checks few types, so the caller does. The two fields that may be of any shape, the reason and
    the message, are the caller's to read: the model would wrap an object in a class of its own.
    """
    result = TASK_STATUS_OPERATIONS[kind][1].from_dict(body)
    status, run_id = (None if isinstance(value, Unset) else value for value in (result.status, result.run_id))
    return status, run_id
