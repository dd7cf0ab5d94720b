"""Contains methods for accessing the API, and which of them belong to which kind of task"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, cast
from urllib.parse import quote

from attrs import field, frozen

from ..models.orchestrator_pipeline_result import OrchestratorPipelineResult
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from typing import Never

    from ..models.create_dub_body import CreateDubBody
    from ..models.create_dub_response_200 import CreateDubResponse200
    from ..models.create_story_body import CreateStoryBody
    from ..models.create_story_response_200 import CreateStoryResponse200
    from ..models.create_sub_body import CreateSubBody
    from ..models.create_sub_response_200 import CreateSubResponse200
    from ..models.create_text_to_sound_body import CreateTextToSoundBody
    from ..models.create_text_to_sound_response_200 import CreateTextToSoundResponse200
    from ..models.create_text_to_voice_body import CreateTextToVoiceBody
    from ..models.create_text_to_voice_response_200 import CreateTextToVoiceResponse200
    from ..models.create_transcribe_body import CreateTranscribeBody
    from ..models.create_transcribe_response_200 import CreateTranscribeResponse200
    from ..models.create_translate_body import CreateTranslateBody
    from ..models.create_translate_response_200 import CreateTranslateResponse200
    from ..models.create_translated_tts_body import CreateTranslatedTtsBody
    from ..models.create_translated_tts_response_200 import (
        CreateTranslatedTtsResponse200,
    )
    from ..models.create_tts_body import CreateTtsBody
    from ..models.create_tts_response_200 import CreateTtsResponse200
    from ..models.dubbed_languages import DubbedLanguages
    from ..models.dubbed_media import DubbedMedia
    from ..models.get_dub_transcript_data_type import (
        GetDubTranscriptDataType,
        check_get_dub_transcript_data_type,
    )
    from ..models.get_dub_transcript_format_type import (
        GetDubTranscriptFormatType,
        check_get_dub_transcript_format_type,
    )
    from ..models.get_dub_transcript_response_200 import GetDubTranscriptResponse200
    from ..models.get_sub_result_in_language_data_type import (
        GetSubResultInLanguageDataType,
        check_get_sub_result_in_language_data_type,
    )
    from ..models.get_sub_result_in_language_format_type import (
        GetSubResultInLanguageFormatType,
        check_get_sub_result_in_language_format_type,
    )
    from ..models.get_text_to_sound_result_response_200 import (
        GetTextToSoundResultResponse200,
    )
    from ..models.get_tts_result_response_200_type_1 import GetTtsResultResponse200Type1
    from ..models.listed_language import ListedLanguage
    from ..models.listed_voice import ListedVoice
    from ..models.media_transcript import MediaTranscript
    from ..models.spoken_language import SpokenLanguage, check_spoken_language
    from ..models.story_media import StoryMedia
    from ..models.translated_texts import TranslatedTexts
    from ..models.voice_previews import VoicePreviews
    from ..types import UNSET, Unset

Body = TypeVar("Body")
Result = TypeVar("Result")
P = ParamSpec("P")
Request = dict[str, Any]


@frozen(eq=False)
class Operations(Generic[Body, Result]):
    """What the API can do with the tasks of one kind; a role that no operation has is `None`.

    Attributes:
        kind: The path of the status up to the id.
        bodies: The models that `POST /<kind>` takes, by content type.
        files: The fields of these that are files.
        created: The HTTP status of the response to a create, and what reads its JSON.
        result: The request for the result of a run.
        read: Reads the JSON of a result.
        results: The request for the results of several runs at once.
        stream: The request for what is made and sent at once, of the fields of its body.
        choices: What a field of these bodies may be, where that is a closed list: each value by its name.
    """

    kind: str
    bodies: Callable[[], Mapping[str, type[Any]]] | None = field(
        default=None, repr=False
    )
    files: tuple[str, ...] = field(default=(), repr=False)
    created: tuple[int, Callable[[Any], Any]] | None = field(default=None, repr=False)
    result: Callable[[int], Request] | None = field(default=None, repr=False)
    read: Callable[[Any], Result] | None = field(default=None, repr=False)
    results: Callable[[list[int]], Request] | None = field(default=None, repr=False)
    stream: Callable[[Mapping[str, Any]], Request] | None = field(
        default=None, repr=False
    )
    choices: Callable[[], Mapping[str, Mapping[Any, Any]]] = field(
        default=dict, repr=False
    )

    def __str__(self) -> str:
        return self.kind


@frozen(eq=False)
class Part(Generic[P, Result]):
    """What a run has beside its result.

    Attributes:
        kind: The kind of the task.
        request: The request for it: of a run, and whatever else it needs.
        read: Reads its JSON.
    """

    kind: str
    request: Callable[Concatenate[int, P], Request] = field(repr=False)
    read: Callable[[Any], Result] = field(repr=False)


@frozen(eq=False)
class Lookup(Generic[Result]):
    """What can be asked for without saying more.

    Attributes:
        request: The request for it.
        read: Reads its JSON.
    """

    request: Callable[[], Request]
    read: Callable[[Any], Result]


def _in_path(name: str, value: Result) -> Result:
    """A value that can stand in a path: an empty one, or dots, would make it the path of something else"""
    if isinstance(value, (bytes, list, tuple, set, Mapping)):
        raise TypeError(f"{name} cannot be of type {type(value).__name__}")
    if str(value) in ("None", "", ".", ".."):
        raise ValueError(f"{name} cannot be {value!r}")
    return value


def _get_dub_status(task_id: str) -> dict[str, Any]:
    url = "/dub/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _dub_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_dub_body import CreateDubBody

    return {
        "application/json": CreateDubBody,
    }


def _read_create_dub(data: Any) -> CreateDubResponse200:
    from ..models.create_dub_response_200 import CreateDubResponse200

    response_200 = CreateDubResponse200.from_dict(data)

    return response_200


def _dub_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_dub_body_transcription_mode import (
        CREATE_DUB_BODY_TRANSCRIPTION_MODE_NAMES,
    )
    from ..models.spoken_language import SPOKEN_LANGUAGE_NAMES

    return {
        "source_language": SPOKEN_LANGUAGE_NAMES,
        "target_language": SPOKEN_LANGUAGE_NAMES,
        "transcription_mode": CREATE_DUB_BODY_TRANSCRIPTION_MODE_NAMES,
    }


def _get_dub_result(run_id: int) -> dict[str, Any]:
    from .dub import get_dub_result

    return get_dub_result._get_kwargs(
        run_id=run_id,
    )


def _read_get_dub_result(data: Any) -> DubbedLanguages | DubbedMedia:
    from ..models.dubbed_languages import DubbedLanguages
    from ..models.dubbed_media import DubbedMedia

    def _parse_response_200(data: object) -> DubbedLanguages | DubbedMedia:
        try:
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_0 = DubbedMedia.from_dict(data)

            return response_200_type_0
        except (TypeError, ValueError, AttributeError, KeyError):
            pass
        if not isinstance(data, dict):
            raise TypeError()
        response_200_type_1 = DubbedLanguages.from_dict(data)

        return response_200_type_1

    response_200 = _parse_response_200(data)

    return response_200


def _get_dub_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_dub_results_body import GetDubResultsBody
    from .dub import get_dub_results

    body = GetDubResultsBody.from_dict({"run_ids": run_ids})
    return get_dub_results._get_kwargs(body=body)


def _get_dub_transcript(
    run_id: int,
    language: SpokenLanguage,
    *,
    format_type: GetDubTranscriptFormatType | Unset = UNSET,
    data_type: GetDubTranscriptDataType | Unset = UNSET,
) -> dict[str, Any]:
    from ..models.spoken_language import SpokenLanguage, check_spoken_language
    from .dub import get_dub_transcript

    return get_dub_transcript._get_kwargs(
        run_id=run_id,
        language=_in_path("language", check_spoken_language(language)),
        format_type=format_type,
        data_type=data_type,
    )


def _read_get_dub_transcript(data: Any) -> GetDubTranscriptResponse200:
    from ..models.get_dub_transcript_response_200 import GetDubTranscriptResponse200

    response_200 = GetDubTranscriptResponse200.from_dict(data)

    return response_200


def _get_story_status(task_id: str) -> dict[str, Any]:
    url = "/story/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _story_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_story_body import CreateStoryBody

    return {
        "multipart/form-data": CreateStoryBody,
    }


def _read_create_story(data: Any) -> CreateStoryResponse200:
    from ..models.create_story_response_200 import CreateStoryResponse200

    response_200 = CreateStoryResponse200.from_dict(data)

    return response_200


def _story_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.spoken_language import SPOKEN_LANGUAGE_NAMES

    return {
        "source_language": SPOKEN_LANGUAGE_NAMES,
    }


def _get_story_result(run_id: int) -> dict[str, Any]:
    from .story import get_story_result

    return get_story_result._get_kwargs(
        run_id=run_id,
    )


def _read_get_story_result(data: Any) -> StoryMedia:
    from ..models.story_media import StoryMedia

    response_200 = StoryMedia.from_dict(data)

    return response_200


def _get_story_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_story_results_body import GetStoryResultsBody
    from .story import get_story_results

    body = GetStoryResultsBody.from_dict({"run_ids": run_ids})
    return get_story_results._get_kwargs(body=body)


def _get_sub_status(task_id: str) -> dict[str, Any]:
    url = "/sub/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _sub_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_sub_body import CreateSubBody

    return {
        "application/json": CreateSubBody,
    }


def _read_create_sub(data: Any) -> CreateSubResponse200:
    from ..models.create_sub_response_200 import CreateSubResponse200

    response_200 = CreateSubResponse200.from_dict(data)

    return response_200


def _sub_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_sub_body_transcription_mode import (
        CREATE_SUB_BODY_TRANSCRIPTION_MODE_NAMES,
    )
    from ..models.spoken_language import SPOKEN_LANGUAGE_NAMES

    return {
        "source_language": SPOKEN_LANGUAGE_NAMES,
        "transcription_mode": CREATE_SUB_BODY_TRANSCRIPTION_MODE_NAMES,
    }


def _get_sub_result(run_id: int) -> dict[str, Any]:
    from .sub import get_sub_result

    return get_sub_result._get_kwargs(
        run_id=run_id,
    )


def _read_get_sub_result(data: Any) -> Any:

    return cast("Any", data)


def _get_sub_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_sub_results_body import GetSubResultsBody
    from .sub import get_sub_results

    body = GetSubResultsBody.from_dict({"run_ids": run_ids})
    return get_sub_results._get_kwargs(body=body)


def _get_sub_result_in_language(
    run_id: int,
    language: SpokenLanguage,
    *,
    format_type: GetSubResultInLanguageFormatType | Unset = UNSET,
    data_type: GetSubResultInLanguageDataType | Unset = UNSET,
) -> dict[str, Any]:
    from ..models.spoken_language import SpokenLanguage, check_spoken_language
    from .sub import get_sub_result_in_language

    return get_sub_result_in_language._get_kwargs(
        run_id=run_id,
        language=_in_path("language", check_spoken_language(language)),
        format_type=format_type,
        data_type=data_type,
    )


def _read_get_sub_result_in_language(data: Any) -> Any:

    return cast("Any", data)


def _get_text_to_sound_status(task_id: str) -> dict[str, Any]:
    url = "/text-to-sound/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _text_to_sound_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_text_to_sound_body import CreateTextToSoundBody

    return {
        "application/json": CreateTextToSoundBody,
    }


def _read_create_text_to_sound(data: Any) -> CreateTextToSoundResponse200:
    from ..models.create_text_to_sound_response_200 import CreateTextToSoundResponse200

    response_200 = CreateTextToSoundResponse200.from_dict(data)

    return response_200


def _text_to_sound_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_text_to_sound_body_audio_type import (
        CREATE_TEXT_TO_SOUND_BODY_AUDIO_TYPE_NAMES,
    )

    return {
        "audio_type": CREATE_TEXT_TO_SOUND_BODY_AUDIO_TYPE_NAMES,
    }


def _get_text_to_sound_result(run_id: int) -> dict[str, Any]:
    from .text_to_sound import get_text_to_sound_result

    return get_text_to_sound_result._get_kwargs(run_id=run_id, output_type="file_url")


def _read_get_text_to_sound_result(data: Any) -> GetTextToSoundResultResponse200:
    from ..models.get_text_to_sound_result_response_200 import (
        GetTextToSoundResultResponse200,
    )

    response_200 = GetTextToSoundResultResponse200.from_dict(data)

    return response_200


def _get_text_to_sound_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_text_to_sound_results_body import GetTextToSoundResultsBody
    from .text_to_sound import get_text_to_sound_results

    body = GetTextToSoundResultsBody.from_dict({"run_ids": run_ids})
    return get_text_to_sound_results._get_kwargs(body=body)


def _get_text_to_voice_status(task_id: str) -> dict[str, Any]:
    url = "/text-to-voice/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _text_to_voice_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_text_to_voice_body import CreateTextToVoiceBody

    return {
        "application/json": CreateTextToVoiceBody,
    }


def _read_create_text_to_voice(data: Any) -> CreateTextToVoiceResponse200:
    from ..models.create_text_to_voice_response_200 import CreateTextToVoiceResponse200

    response_200 = CreateTextToVoiceResponse200.from_dict(data)

    return response_200


def _get_text_to_voice_result(run_id: int) -> dict[str, Any]:
    from .text_to_voice import get_text_to_voice_result

    return get_text_to_voice_result._get_kwargs(
        run_id=run_id,
    )


def _read_get_text_to_voice_result(data: Any) -> VoicePreviews:
    from ..models.voice_previews import VoicePreviews

    response_200 = VoicePreviews.from_dict(data)

    return response_200


def _get_transcribe_status(task_id: str) -> dict[str, Any]:
    url = "/transcribe/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _transcribe_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_transcribe_body import CreateTranscribeBody

    return {
        "multipart/form-data": CreateTranscribeBody,
    }


def _read_create_transcribe(data: Any) -> CreateTranscribeResponse200:
    from ..models.create_transcribe_response_200 import CreateTranscribeResponse200

    response_200 = CreateTranscribeResponse200.from_dict(data)

    return response_200


def _transcribe_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_transcribe_body_transcription_mode import (
        CREATE_TRANSCRIBE_BODY_TRANSCRIPTION_MODE_NAMES,
    )
    from ..models.spoken_language import SPOKEN_LANGUAGE_NAMES

    return {
        "language": SPOKEN_LANGUAGE_NAMES,
        "transcription_mode": CREATE_TRANSCRIBE_BODY_TRANSCRIPTION_MODE_NAMES,
    }


def _get_transcribe_result(run_id: int) -> dict[str, Any]:
    from .transcribe import get_transcribe_result

    return get_transcribe_result._get_kwargs(
        run_id=run_id,
    )


def _read_get_transcribe_result(data: Any) -> MediaTranscript:
    from ..models.media_transcript import MediaTranscript

    response_200 = MediaTranscript.from_dict(data)

    return response_200


def _get_transcribe_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_transcribe_results_body import GetTranscribeResultsBody
    from .transcribe import get_transcribe_results

    body = GetTranscribeResultsBody.from_dict({"run_ids": run_ids})
    return get_transcribe_results._get_kwargs(body=body)


def _get_translate_status(task_id: str) -> dict[str, Any]:
    url = "/translate/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _translate_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_translate_body import CreateTranslateBody

    return {
        "application/json": CreateTranslateBody,
    }


def _read_create_translate(data: Any) -> CreateTranslateResponse200:
    from ..models.create_translate_response_200 import CreateTranslateResponse200

    response_200 = CreateTranslateResponse200.from_dict(data)

    return response_200


def _translate_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_translate_body_formality import (
        CREATE_TRANSLATE_BODY_FORMALITY_NAMES,
    )
    from ..models.create_translate_body_gender import CREATE_TRANSLATE_BODY_GENDER_NAMES
    from ..models.spoken_language import SPOKEN_LANGUAGE_NAMES

    return {
        "source_language": SPOKEN_LANGUAGE_NAMES,
        "target_language": SPOKEN_LANGUAGE_NAMES,
        "formality": CREATE_TRANSLATE_BODY_FORMALITY_NAMES,
        "gender": CREATE_TRANSLATE_BODY_GENDER_NAMES,
    }


def _get_translate_result(run_id: int) -> dict[str, Any]:
    from .translate import get_translate_result

    return get_translate_result._get_kwargs(
        run_id=run_id,
    )


def _read_get_translate_result(data: Any) -> TranslatedTexts:
    from ..models.translated_texts import TranslatedTexts

    response_200 = TranslatedTexts.from_dict(data)

    return response_200


def _get_translate_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_translate_results_body import GetTranslateResultsBody
    from .translate import get_translate_results

    body = GetTranslateResultsBody.from_dict({"run_ids": run_ids})
    return get_translate_results._get_kwargs(body=body)


def _get_translated_story_status(task_id: str) -> dict[str, Any]:
    url = "/translated-story/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _get_translated_story_result(
    run_id: int,
    target_language: SpokenLanguage,
    *,
    include_transcript: bool | Unset = UNSET,
) -> dict[str, Any]:
    from ..models.spoken_language import SpokenLanguage, check_spoken_language
    from .translated_story import get_translated_story_result

    return get_translated_story_result._get_kwargs(
        run_id=run_id,
        target_language=_in_path(
            "target_language", check_spoken_language(target_language)
        ),
        include_transcript=include_transcript,
    )


def _read_get_translated_story_result(data: Any) -> StoryMedia:
    from ..models.story_media import StoryMedia

    response_200 = StoryMedia.from_dict(data)

    return response_200


def _get_translated_tts_status(task_id: str) -> dict[str, Any]:
    url = "/translated-tts/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _translated_tts_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_translated_tts_body import CreateTranslatedTtsBody

    return {
        "application/json": CreateTranslatedTtsBody,
    }


def _read_create_translated_tts(data: Any) -> CreateTranslatedTtsResponse200:
    from ..models.create_translated_tts_response_200 import (
        CreateTranslatedTtsResponse200,
    )

    response_200 = CreateTranslatedTtsResponse200.from_dict(data)

    return response_200


def _translated_tts_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_translated_tts_body_formality import (
        CREATE_TRANSLATED_TTS_BODY_FORMALITY_NAMES,
    )
    from ..models.create_translated_tts_body_gender import (
        CREATE_TRANSLATED_TTS_BODY_GENDER_NAMES,
    )
    from ..models.spoken_language import SPOKEN_LANGUAGE_NAMES

    return {
        "source_language": SPOKEN_LANGUAGE_NAMES,
        "target_language": SPOKEN_LANGUAGE_NAMES,
        "formality": CREATE_TRANSLATED_TTS_BODY_FORMALITY_NAMES,
        "gender": CREATE_TRANSLATED_TTS_BODY_GENDER_NAMES,
    }


def _get_tts_result(run_id: int) -> dict[str, Any]:
    from .tts import get_tts_result

    return get_tts_result._get_kwargs(run_id=run_id, output_type="file_url")


def _read_get_tts_result(data: Any) -> GetTtsResultResponse200Type1 | str:
    from ..models.get_tts_result_response_200_type_1 import GetTtsResultResponse200Type1

    def _parse_response_200(data: object) -> GetTtsResultResponse200Type1 | str:
        try:
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_1 = GetTtsResultResponse200Type1.from_dict(data)

            return response_200_type_1
        except (TypeError, ValueError, AttributeError, KeyError):
            pass
        return cast(GetTtsResultResponse200Type1 | str, data)

    response_200 = _parse_response_200(data)

    return response_200


def _get_tts_status(task_id: str) -> dict[str, Any]:
    url = "/tts/{task_id}".format(task_id=quote(task_id, safe=""))
    return {"method": "get", "url": url}


def _tts_bodies() -> Mapping[str, type[Any]]:
    from ..models.create_tts_body import CreateTtsBody

    return {
        "application/json": CreateTtsBody,
    }


def _read_create_tts(data: Any) -> CreateTtsResponse200:
    from ..models.create_tts_response_200 import CreateTtsResponse200

    response_200 = CreateTtsResponse200.from_dict(data)

    return response_200


def _stream_tts(fields: Mapping[str, Any]) -> dict[str, Any]:
    from ..models.stream_tts_body import StreamTtsBody
    from .tts import stream_tts

    return stream_tts._get_kwargs(body=StreamTtsBody.from_dict(fields))


def _tts_choices() -> Mapping[str, Mapping[Any, Any]]:
    from ..models.create_tts_body_gender import CREATE_TTS_BODY_GENDER_NAMES
    from ..models.create_tts_body_language import CREATE_TTS_BODY_LANGUAGE_NAMES
    from ..models.stream_tts_body_output_configuration_format import (
        STREAM_TTS_BODY_OUTPUT_CONFIGURATION_FORMAT_NAMES,
    )

    return {
        "language": CREATE_TTS_BODY_LANGUAGE_NAMES,
        "gender": CREATE_TTS_BODY_GENDER_NAMES,
        "format": STREAM_TTS_BODY_OUTPUT_CONFIGURATION_FORMAT_NAMES,
    }


def _get_tts_results(run_ids: list[int]) -> dict[str, Any]:
    from ..models.get_tts_results_body import GetTtsResultsBody
    from .tts import get_tts_results

    body = GetTtsResultsBody.from_dict({"run_ids": run_ids})
    return get_tts_results._get_kwargs(body=body)


def _list_voices() -> dict[str, Any]:
    from .voices import list_voices

    return list_voices._get_kwargs()


def _read_list_voices(data: Any) -> list[ListedVoice]:
    from ..models.listed_voice import ListedVoice

    response_200 = []
    _response_200 = data
    if not isinstance(_response_200, list | tuple):
        raise TypeError("response_200 is not a list")
    for response_200_item_data in _response_200:
        response_200_item = ListedVoice.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200


def _get_source_languages() -> dict[str, Any]:
    from .languages import get_source_languages

    return get_source_languages._get_kwargs()


def _read_get_source_languages(data: Any) -> list[ListedLanguage]:
    from ..models.listed_language import ListedLanguage

    response_200 = []
    _response_200 = data
    if not isinstance(_response_200, list | tuple):
        raise TypeError("response_200 is not a list")
    for response_200_item_data in _response_200:
        response_200_item = ListedLanguage.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200


def _get_target_languages() -> dict[str, Any]:
    from .languages import get_target_languages

    return get_target_languages._get_kwargs()


def _read_get_target_languages(data: Any) -> list[ListedLanguage]:
    from ..models.listed_language import ListedLanguage

    response_200 = []
    _response_200 = data
    if not isinstance(_response_200, list | tuple):
        raise TypeError("response_200 is not a list")
    for response_200_item_data in _response_200:
        response_200_item = ListedLanguage.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200


# The handle of each family, and of each part that a family has beside its result.
DUB: Operations[CreateDubBody, DubbedLanguages | DubbedMedia] = Operations(
    "dub",
    bodies=_dub_bodies,
    created=(200, _read_create_dub),
    result=_get_dub_result,
    read=_read_get_dub_result,
    results=_get_dub_results,
    choices=_dub_choices,
)
DUB_TRANSCRIPT = Part("dub", _get_dub_transcript, _read_get_dub_transcript)
STORY: Operations[CreateStoryBody, StoryMedia] = Operations(
    "story",
    bodies=_story_bodies,
    files=("file",),
    created=(200, _read_create_story),
    result=_get_story_result,
    read=_read_get_story_result,
    results=_get_story_results,
    choices=_story_choices,
)
SUB: Operations[CreateSubBody, Any] = Operations(
    "sub",
    bodies=_sub_bodies,
    created=(200, _read_create_sub),
    result=_get_sub_result,
    read=_read_get_sub_result,
    results=_get_sub_results,
    choices=_sub_choices,
)
SUB_RESULT = Part("sub", _get_sub_result_in_language, _read_get_sub_result_in_language)
TEXT_TO_SOUND: Operations[CreateTextToSoundBody, GetTextToSoundResultResponse200] = (
    Operations(
        "text-to-sound",
        bodies=_text_to_sound_bodies,
        created=(200, _read_create_text_to_sound),
        result=_get_text_to_sound_result,
        read=_read_get_text_to_sound_result,
        results=_get_text_to_sound_results,
        choices=_text_to_sound_choices,
    )
)
TEXT_TO_VOICE: Operations[CreateTextToVoiceBody, VoicePreviews] = Operations(
    "text-to-voice",
    bodies=_text_to_voice_bodies,
    created=(200, _read_create_text_to_voice),
    result=_get_text_to_voice_result,
    read=_read_get_text_to_voice_result,
)
TRANSCRIBE: Operations[CreateTranscribeBody, MediaTranscript] = Operations(
    "transcribe",
    bodies=_transcribe_bodies,
    files=("media_file",),
    created=(200, _read_create_transcribe),
    result=_get_transcribe_result,
    read=_read_get_transcribe_result,
    results=_get_transcribe_results,
    choices=_transcribe_choices,
)
TRANSLATE: Operations[CreateTranslateBody, TranslatedTexts] = Operations(
    "translate",
    bodies=_translate_bodies,
    created=(200, _read_create_translate),
    result=_get_translate_result,
    read=_read_get_translate_result,
    results=_get_translate_results,
    choices=_translate_choices,
)
TRANSLATED_STORY: Operations[Never, object] = Operations(
    "translated-story",
)
TRANSLATED_STORY_RESULT = Part(
    "translated-story", _get_translated_story_result, _read_get_translated_story_result
)
TRANSLATED_TTS: Operations[
    CreateTranslatedTtsBody, GetTtsResultResponse200Type1 | str
] = Operations(
    "translated-tts",
    bodies=_translated_tts_bodies,
    created=(200, _read_create_translated_tts),
    result=_get_tts_result,
    read=_read_get_tts_result,
    choices=_translated_tts_choices,
)
TTS: Operations[CreateTtsBody, GetTtsResultResponse200Type1 | str] = Operations(
    "tts",
    bodies=_tts_bodies,
    created=(200, _read_create_tts),
    result=_get_tts_result,
    read=_read_get_tts_result,
    results=_get_tts_results,
    stream=_stream_tts,
    choices=_tts_choices,
)

FAMILIES: dict[str, Operations[Any, Any]] = {
    "dub": DUB,
    "story": STORY,
    "sub": SUB,
    "text-to-sound": TEXT_TO_SOUND,
    "text-to-voice": TEXT_TO_VOICE,
    "transcribe": TRANSCRIBE,
    "translate": TRANSLATE,
    "translated-story": TRANSLATED_STORY,
    "translated-tts": TRANSLATED_TTS,
    "tts": TTS,
}
LOOKUPS: dict[str, Lookup[Any]] = {
    "/list-voices": Lookup(_list_voices, _read_list_voices),
    "/source-languages": Lookup(_get_source_languages, _read_get_source_languages),
    "/target-languages": Lookup(_get_target_languages, _read_get_target_languages),
}
# Kind of task (the path of its status up to the id) to the operation that tells its status.
TASK_STATUS_OPERATIONS: dict[
    str, tuple[Callable[[str], dict[str, Any]], type[OrchestratorPipelineResult]]
] = {
    "dub": (_get_dub_status, OrchestratorPipelineResult),
    "story": (_get_story_status, OrchestratorPipelineResult),
    "sub": (_get_sub_status, OrchestratorPipelineResult),
    "text-to-sound": (_get_text_to_sound_status, OrchestratorPipelineResult),
    "text-to-voice": (_get_text_to_voice_status, OrchestratorPipelineResult),
    "transcribe": (_get_transcribe_status, OrchestratorPipelineResult),
    "translate": (_get_translate_status, OrchestratorPipelineResult),
    "translated-story": (_get_translated_story_status, OrchestratorPipelineResult),
    "translated-tts": (_get_translated_tts_status, OrchestratorPipelineResult),
    "tts": (_get_tts_status, OrchestratorPipelineResult),
}

__all__ = (
    "DUB",
    "DUB_TRANSCRIPT",
    "STORY",
    "SUB",
    "SUB_RESULT",
    "TEXT_TO_SOUND",
    "TEXT_TO_VOICE",
    "TRANSCRIBE",
    "TRANSLATE",
    "TRANSLATED_STORY",
    "TRANSLATED_STORY_RESULT",
    "TRANSLATED_TTS",
    "TTS",
)
