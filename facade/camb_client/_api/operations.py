"""The operations of the API, as the generated code has them: the only module that imports ``camb_openapi``.

It hands over which kinds of tasks there are, each request, what may stand in one, and the reader of a task result.
What only some programs need is imported where it is used.
"""

from enum import Enum
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from camb_openapi import SPEC_DIGEST as SPEC_DIGEST
from camb_openapi.api import TASK_STATUS_OPERATIONS
from camb_openapi.types import Unset

KINDS = tuple(TASK_STATUS_OPERATIONS)
SPEECH, SOUND = "tts", "text-to-sound"
# Method, path with query (relative to the base URL), JSON body.
Request = tuple[str, str, dict[str, Any] | None]
# Of so many tasks the request is kept that polls them: it is the same each time.
_KEPT = 1024


def check_kind(kind: str) -> str:
    """The kind itself, if the spec has it.

    Raises:
        ValueError: It has not; the message names those it has.
    """
    if kind not in TASK_STATUS_OPERATIONS:
        raise ValueError(f"unknown kind of task {kind!r}; known are {', '.join(KINDS)}")
    return kind


@lru_cache(_KEPT)
def request_line(kind: str, task_id: str) -> tuple[str, str]:
    """Method and path, relative to the base URL, of the status request."""
    request = TASK_STATUS_OPERATIONS[kind][0](task_id)
    return request["method"], request["url"]


def _request(made: dict[str, Any]) -> Request:
    query = urlencode(made.get("params", {}))
    return made["method"], made["url"] + (query and f"?{query}"), made.get("json")


# Kind → operation → its generated module, and the generated class that its body or its query is made of.
_OPERATIONS = {
    SPEECH: {
        "create": ("tts.create_tts", "create_tts_body.CreateTtsBody"),
        "result": ("tts.get_tts_result", "get_tts_result_output_type.GetTtsResultOutputType"),
        "results": ("tts.get_tts_results", "get_tts_results_body.GetTtsResultsBody"),
        "stream": ("tts.stream_tts", "stream_tts_body.StreamTtsBody"),
    },
    SOUND: {
        "create": ("text_to_sound.create_text_to_sound", "create_text_to_sound_body.CreateTextToSoundBody"),
        "result": (
            "text_to_sound.get_text_to_sound_result",
            "get_text_to_sound_result_output_type.GetTextToSoundResultOutputType",
        ),
        "results": (
            "text_to_sound.get_text_to_sound_results",
            "get_text_to_sound_results_body.GetTextToSoundResultsBody",
        ),
    },
}  # fmt: skip
# Field of a create or stream call → the generated enum of what it may be, where that is a closed list.
_CHOICES = {
    "language": "create_tts_body_language.CreateTtsBodyLanguage",
    "gender": "create_tts_body_gender.CreateTtsBodyGender",
    "audio_type": "create_text_to_sound_body_audio_type.CreateTextToSoundBodyAudioType",
    "format": "stream_tts_body_output_configuration_format.StreamTtsBodyOutputConfigurationFormat",
}


def operations(kind: str) -> tuple[str, ...]:
    """What the client can do with tasks of a kind, ``status`` first.

    Raises:
        ValueError: The spec has no such kind.
    """
    return ("status", *_OPERATIONS.get(check_kind(kind), ()))


def _model(path: str) -> Any:
    """A class of the generated models, imported when it is used."""
    module, _, name = path.partition(".")
    return getattr(import_module(f"camb_openapi.models.{module}"), name)


def _operation(kind: str, name: str) -> tuple[Any, Any]:
    """The generated module of an operation, and what its body or its query is made of.

    Raises:
        ValueError: The client has no such operation for tasks of this kind; nothing was sent.
    """
    if name not in operations(kind):
        raise ValueError(f"{kind!r} has no operation {name!r}; the client has {', '.join(operations(kind))} for it")
    module, model = _OPERATIONS[kind][name]
    return import_module(f"camb_openapi.api.{module}"), _model(model)


def create_request(kind: str, fields: dict[str, Any]) -> Request:
    """Create a task of a kind."""
    module, body = _operation(kind, "create")
    return _request(module._get_kwargs(body=body.from_dict(fields)))


def stream_request(kind: str, fields: dict[str, Any]) -> Request:
    """Have audio made and sent at once."""
    module, body = _operation(kind, "stream")
    return _request(module._get_kwargs(body=body.from_dict(fields)))


def result_request(kind: str, run_id: int) -> Request:
    """Ask for the address of a result."""
    module, output_type = _operation(kind, "result")
    return _request(module._get_kwargs(run_id, output_type=output_type.FILE_URL))


def results_request(kind: str, run_ids: list[int]) -> Request:
    """Ask for the addresses of two to five results."""
    module, body = _operation(kind, "results")
    return _request(module._get_kwargs(body=body(run_ids)))


def choices(field: str) -> type[Enum]:
    """What the spec lets a field of a create or stream call be.

    Raises:
        KeyError: No closed list.
    """
    found: type[Enum] = _model(_CHOICES[field])
    return found


def parse(kind: str, body: dict[str, Any]) -> tuple[object, object]:
    """Status and run id of a task result, as the generated model reads them; ``None`` where it has none.

    The model checks few types, so the caller does. The two fields that may be of any shape, the reason and
    the message, are the caller's to read: the model would wrap an object in a class of its own.
    """
    result = TASK_STATUS_OPERATIONS[kind][1].from_dict(body)
    status, run_id = (None if isinstance(value, Unset) else value for value in (result.status, result.run_id))
    return status, run_id
