"""Contains all the data models used in inputs/outputs, each in a module of its own, and their names by role"""

from typing import TYPE_CHECKING, Any, TypeAlias

from ..types import UNSET, File, Unset

if TYPE_CHECKING:
    from .api_key_error import ApiKeyError
    from .create_custom_voice_body import CreateCustomVoiceBody
    from .create_custom_voice_body_gender import CreateCustomVoiceBodyGender
    from .create_custom_voice_response_200 import CreateCustomVoiceResponse200
    from .create_dub_body import CreateDubBody
    from .create_dub_body_transcription_mode import CreateDubBodyTranscriptionMode
    from .create_dub_response_200 import CreateDubResponse200
    from .create_story_body import CreateStoryBody
    from .create_story_response_200 import CreateStoryResponse200
    from .create_sub_body import CreateSubBody
    from .create_sub_body_transcription_mode import CreateSubBodyTranscriptionMode
    from .create_sub_response_200 import CreateSubResponse200
    from .create_text_to_sound_body import CreateTextToSoundBody
    from .create_text_to_sound_body_audio_type import CreateTextToSoundBodyAudioType
    from .create_text_to_sound_response_200 import CreateTextToSoundResponse200
    from .create_text_to_voice_body import CreateTextToVoiceBody
    from .create_text_to_voice_response_200 import CreateTextToVoiceResponse200
    from .create_transcribe_body import CreateTranscribeBody
    from .create_transcribe_body_transcription_mode import (
        CreateTranscribeBodyTranscriptionMode,
    )
    from .create_transcribe_response_200 import CreateTranscribeResponse200
    from .create_translate_body import CreateTranslateBody
    from .create_translate_body_formality import CreateTranslateBodyFormality
    from .create_translate_body_gender import CreateTranslateBodyGender
    from .create_translate_response_200 import CreateTranslateResponse200
    from .create_translated_story_body import CreateTranslatedStoryBody
    from .create_translated_story_response_200 import CreateTranslatedStoryResponse200
    from .create_translated_tts_body import CreateTranslatedTtsBody
    from .create_translated_tts_body_formality import CreateTranslatedTtsBodyFormality
    from .create_translated_tts_body_gender import CreateTranslatedTtsBodyGender
    from .create_translated_tts_response_200 import CreateTranslatedTtsResponse200
    from .create_tts_body import CreateTtsBody
    from .create_tts_body_gender import CreateTtsBodyGender
    from .create_tts_body_language import CreateTtsBodyLanguage
    from .create_tts_response_200 import CreateTtsResponse200
    from .dubbed_languages import DubbedLanguages
    from .dubbed_media import DubbedMedia
    from .get_dub_results_body import GetDubResultsBody
    from .get_dub_results_response_200 import GetDubResultsResponse200
    from .get_dub_transcript_data_type import GetDubTranscriptDataType
    from .get_dub_transcript_format_type import GetDubTranscriptFormatType
    from .get_dub_transcript_response_200 import GetDubTranscriptResponse200
    from .get_story_results_body import GetStoryResultsBody
    from .get_story_results_response_200 import GetStoryResultsResponse200
    from .get_sub_result_data_type import GetSubResultDataType
    from .get_sub_result_format_type import GetSubResultFormatType
    from .get_sub_result_in_language_data_type import GetSubResultInLanguageDataType
    from .get_sub_result_in_language_format_type import GetSubResultInLanguageFormatType
    from .get_sub_results_body import GetSubResultsBody
    from .get_sub_results_data_type import GetSubResultsDataType
    from .get_sub_results_format_type import GetSubResultsFormatType
    from .get_sub_results_response_200 import GetSubResultsResponse200
    from .get_text_to_sound_result_output_type import GetTextToSoundResultOutputType
    from .get_text_to_sound_result_response_200 import GetTextToSoundResultResponse200
    from .get_text_to_sound_results_body import GetTextToSoundResultsBody
    from .get_text_to_sound_results_response_200 import GetTextToSoundResultsResponse200
    from .get_text_to_sound_results_response_200_additional_property_type_1 import (
        GetTextToSoundResultsResponse200AdditionalPropertyType1,
    )
    from .get_transcribe_results_body import GetTranscribeResultsBody
    from .get_transcribe_results_response_200 import GetTranscribeResultsResponse200
    from .get_translate_results_body import GetTranslateResultsBody
    from .get_translate_results_response_200 import GetTranslateResultsResponse200
    from .get_tts_result_output_type import GetTtsResultOutputType
    from .get_tts_result_response_200_type_1 import GetTtsResultResponse200Type1
    from .get_tts_results_body import GetTtsResultsBody
    from .get_tts_results_response_200 import GetTtsResultsResponse200
    from .get_tts_results_response_200_additional_property_type_1 import (
        GetTtsResultsResponse200AdditionalPropertyType1,
    )
    from .http_validation_error import HTTPValidationError
    from .listed_language import ListedLanguage
    from .listed_voice import ListedVoice
    from .media_transcript import MediaTranscript
    from .orchestrator_pipeline_result import OrchestratorPipelineResult
    from .orchestrator_pipeline_result_message import OrchestratorPipelineResultMessage
    from .segment_limits import SegmentLimits
    from .spoken_language import SpokenLanguage
    from .story_media import StoryMedia
    from .stream_tts_body import StreamTtsBody
    from .stream_tts_body_inference_options import StreamTtsBodyInferenceOptions
    from .stream_tts_body_output_configuration import StreamTtsBodyOutputConfiguration
    from .stream_tts_body_output_configuration_format import (
        StreamTtsBodyOutputConfigurationFormat,
    )
    from .stream_tts_body_voice_settings import StreamTtsBodyVoiceSettings
    from .sub_rip_text import SubRipText
    from .sub_rip_text_in import SubRipTextIn
    from .task_status import TaskStatus
    from .transcript_segment import TranscriptSegment
    from .translated_texts import TranslatedTexts
    from .validation_error import ValidationError
    from .voice_previews import VoicePreviews

    DubBody: TypeAlias = CreateDubBody
    DubResult: TypeAlias = DubbedLanguages | DubbedMedia
    DubTranscriptResult: TypeAlias = GetDubTranscriptResponse200
    ListVoicesResult: TypeAlias = list[ListedVoice]
    SourceLanguagesResult: TypeAlias = list[ListedLanguage]
    StoryBody: TypeAlias = CreateStoryBody
    StoryResult: TypeAlias = StoryMedia
    SubBody: TypeAlias = CreateSubBody
    SubResult: TypeAlias = Any
    SubResultResult: TypeAlias = Any
    TargetLanguagesResult: TypeAlias = list[ListedLanguage]
    TextToSoundBody: TypeAlias = CreateTextToSoundBody
    TextToSoundResult: TypeAlias = GetTextToSoundResultResponse200
    TextToVoiceBody: TypeAlias = CreateTextToVoiceBody
    TextToVoiceResult: TypeAlias = VoicePreviews
    TranscribeBody: TypeAlias = CreateTranscribeBody
    TranscribeResult: TypeAlias = MediaTranscript
    TranslateBody: TypeAlias = CreateTranslateBody
    TranslatedStoryResultResult: TypeAlias = StoryMedia
    TranslatedTtsBody: TypeAlias = CreateTranslatedTtsBody
    TranslatedTtsResult: TypeAlias = GetTtsResultResponse200Type1 | str
    TranslateResult: TypeAlias = TranslatedTexts
    TtsBody: TypeAlias = CreateTtsBody
    TtsResult: TypeAlias = GetTtsResultResponse200Type1 | str


def _DubBody() -> Any:
    from .create_dub_body import CreateDubBody

    return CreateDubBody


def _DubResult() -> Any:
    from .dubbed_languages import DubbedLanguages
    from .dubbed_media import DubbedMedia

    return DubbedLanguages | DubbedMedia


def _DubTranscriptResult() -> Any:
    from .get_dub_transcript_response_200 import GetDubTranscriptResponse200

    return GetDubTranscriptResponse200


def _ListVoicesResult() -> Any:
    from .listed_voice import ListedVoice

    return list[ListedVoice]


def _SourceLanguagesResult() -> Any:
    from .listed_language import ListedLanguage

    return list[ListedLanguage]


def _StoryBody() -> Any:
    from .create_story_body import CreateStoryBody

    return CreateStoryBody


def _StoryResult() -> Any:
    from .story_media import StoryMedia

    return StoryMedia


def _SubBody() -> Any:
    from .create_sub_body import CreateSubBody

    return CreateSubBody


def _SubResult() -> Any:

    return Any


def _SubResultResult() -> Any:

    return Any


def _TargetLanguagesResult() -> Any:
    from .listed_language import ListedLanguage

    return list[ListedLanguage]


def _TextToSoundBody() -> Any:
    from .create_text_to_sound_body import CreateTextToSoundBody

    return CreateTextToSoundBody


def _TextToSoundResult() -> Any:
    from .get_text_to_sound_result_response_200 import GetTextToSoundResultResponse200

    return GetTextToSoundResultResponse200


def _TextToVoiceBody() -> Any:
    from .create_text_to_voice_body import CreateTextToVoiceBody

    return CreateTextToVoiceBody


def _TextToVoiceResult() -> Any:
    from .voice_previews import VoicePreviews

    return VoicePreviews


def _TranscribeBody() -> Any:
    from .create_transcribe_body import CreateTranscribeBody

    return CreateTranscribeBody


def _TranscribeResult() -> Any:
    from .media_transcript import MediaTranscript

    return MediaTranscript


def _TranslateBody() -> Any:
    from .create_translate_body import CreateTranslateBody

    return CreateTranslateBody


def _TranslatedStoryResultResult() -> Any:
    from .story_media import StoryMedia

    return StoryMedia


def _TranslatedTtsBody() -> Any:
    from .create_translated_tts_body import CreateTranslatedTtsBody

    return CreateTranslatedTtsBody


def _TranslatedTtsResult() -> Any:
    from .get_tts_result_response_200_type_1 import GetTtsResultResponse200Type1

    return GetTtsResultResponse200Type1 | str


def _TranslateResult() -> Any:
    from .translated_texts import TranslatedTexts

    return TranslatedTexts


def _TtsBody() -> Any:
    from .create_tts_body import CreateTtsBody

    return CreateTtsBody


def _TtsResult() -> Any:
    from .get_tts_result_response_200_type_1 import GetTtsResultResponse200Type1

    return GetTtsResultResponse200Type1 | str


if not TYPE_CHECKING:
    # Model to its module.
    _MODULES = {
        "ApiKeyError": "api_key_error",
        "CreateCustomVoiceBody": "create_custom_voice_body",
        "CreateCustomVoiceBodyGender": "create_custom_voice_body_gender",
        "CreateCustomVoiceResponse200": "create_custom_voice_response_200",
        "CreateDubBody": "create_dub_body",
        "CreateDubBodyTranscriptionMode": "create_dub_body_transcription_mode",
        "CreateDubResponse200": "create_dub_response_200",
        "CreateStoryBody": "create_story_body",
        "CreateStoryResponse200": "create_story_response_200",
        "CreateSubBody": "create_sub_body",
        "CreateSubBodyTranscriptionMode": "create_sub_body_transcription_mode",
        "CreateSubResponse200": "create_sub_response_200",
        "CreateTextToSoundBody": "create_text_to_sound_body",
        "CreateTextToSoundBodyAudioType": "create_text_to_sound_body_audio_type",
        "CreateTextToSoundResponse200": "create_text_to_sound_response_200",
        "CreateTextToVoiceBody": "create_text_to_voice_body",
        "CreateTextToVoiceResponse200": "create_text_to_voice_response_200",
        "CreateTranscribeBody": "create_transcribe_body",
        "CreateTranscribeBodyTranscriptionMode": "create_transcribe_body_transcription_mode",
        "CreateTranscribeResponse200": "create_transcribe_response_200",
        "CreateTranslateBody": "create_translate_body",
        "CreateTranslateBodyFormality": "create_translate_body_formality",
        "CreateTranslateBodyGender": "create_translate_body_gender",
        "CreateTranslateResponse200": "create_translate_response_200",
        "CreateTranslatedStoryBody": "create_translated_story_body",
        "CreateTranslatedStoryResponse200": "create_translated_story_response_200",
        "CreateTranslatedTtsBody": "create_translated_tts_body",
        "CreateTranslatedTtsBodyFormality": "create_translated_tts_body_formality",
        "CreateTranslatedTtsBodyGender": "create_translated_tts_body_gender",
        "CreateTranslatedTtsResponse200": "create_translated_tts_response_200",
        "CreateTtsBody": "create_tts_body",
        "CreateTtsBodyGender": "create_tts_body_gender",
        "CreateTtsBodyLanguage": "create_tts_body_language",
        "CreateTtsResponse200": "create_tts_response_200",
        "DubbedLanguages": "dubbed_languages",
        "DubbedMedia": "dubbed_media",
        "GetDubResultsBody": "get_dub_results_body",
        "GetDubResultsResponse200": "get_dub_results_response_200",
        "GetDubTranscriptDataType": "get_dub_transcript_data_type",
        "GetDubTranscriptFormatType": "get_dub_transcript_format_type",
        "GetDubTranscriptResponse200": "get_dub_transcript_response_200",
        "GetStoryResultsBody": "get_story_results_body",
        "GetStoryResultsResponse200": "get_story_results_response_200",
        "GetSubResultDataType": "get_sub_result_data_type",
        "GetSubResultFormatType": "get_sub_result_format_type",
        "GetSubResultInLanguageDataType": "get_sub_result_in_language_data_type",
        "GetSubResultInLanguageFormatType": "get_sub_result_in_language_format_type",
        "GetSubResultsBody": "get_sub_results_body",
        "GetSubResultsDataType": "get_sub_results_data_type",
        "GetSubResultsFormatType": "get_sub_results_format_type",
        "GetSubResultsResponse200": "get_sub_results_response_200",
        "GetTextToSoundResultOutputType": "get_text_to_sound_result_output_type",
        "GetTextToSoundResultResponse200": "get_text_to_sound_result_response_200",
        "GetTextToSoundResultsBody": "get_text_to_sound_results_body",
        "GetTextToSoundResultsResponse200": "get_text_to_sound_results_response_200",
        "GetTextToSoundResultsResponse200AdditionalPropertyType1": "get_text_to_sound_results_response_200_additional_property_type_1",
        "GetTranscribeResultsBody": "get_transcribe_results_body",
        "GetTranscribeResultsResponse200": "get_transcribe_results_response_200",
        "GetTranslateResultsBody": "get_translate_results_body",
        "GetTranslateResultsResponse200": "get_translate_results_response_200",
        "GetTtsResultOutputType": "get_tts_result_output_type",
        "GetTtsResultResponse200Type1": "get_tts_result_response_200_type_1",
        "GetTtsResultsBody": "get_tts_results_body",
        "GetTtsResultsResponse200": "get_tts_results_response_200",
        "GetTtsResultsResponse200AdditionalPropertyType1": "get_tts_results_response_200_additional_property_type_1",
        "HTTPValidationError": "http_validation_error",
        "ListedLanguage": "listed_language",
        "ListedVoice": "listed_voice",
        "MediaTranscript": "media_transcript",
        "OrchestratorPipelineResult": "orchestrator_pipeline_result",
        "OrchestratorPipelineResultMessage": "orchestrator_pipeline_result_message",
        "SegmentLimits": "segment_limits",
        "SpokenLanguage": "spoken_language",
        "StoryMedia": "story_media",
        "StreamTtsBody": "stream_tts_body",
        "StreamTtsBodyInferenceOptions": "stream_tts_body_inference_options",
        "StreamTtsBodyOutputConfiguration": "stream_tts_body_output_configuration",
        "StreamTtsBodyOutputConfigurationFormat": "stream_tts_body_output_configuration_format",
        "StreamTtsBodyVoiceSettings": "stream_tts_body_voice_settings",
        "SubRipText": "sub_rip_text",
        "SubRipTextIn": "sub_rip_text_in",
        "TaskStatus": "task_status",
        "TranscriptSegment": "transcript_segment",
        "TranslatedTexts": "translated_texts",
        "ValidationError": "validation_error",
        "VoicePreviews": "voice_previews",
    }
    # Name by role to what has it.
    _ROLES = {
        "DubBody": _DubBody,
        "DubResult": _DubResult,
        "DubTranscriptResult": _DubTranscriptResult,
        "ListVoicesResult": _ListVoicesResult,
        "SourceLanguagesResult": _SourceLanguagesResult,
        "StoryBody": _StoryBody,
        "StoryResult": _StoryResult,
        "SubBody": _SubBody,
        "SubResult": _SubResult,
        "SubResultResult": _SubResultResult,
        "TargetLanguagesResult": _TargetLanguagesResult,
        "TextToSoundBody": _TextToSoundBody,
        "TextToSoundResult": _TextToSoundResult,
        "TextToVoiceBody": _TextToVoiceBody,
        "TextToVoiceResult": _TextToVoiceResult,
        "TranscribeBody": _TranscribeBody,
        "TranscribeResult": _TranscribeResult,
        "TranslateBody": _TranslateBody,
        "TranslatedStoryResultResult": _TranslatedStoryResultResult,
        "TranslatedTtsBody": _TranslatedTtsBody,
        "TranslatedTtsResult": _TranslatedTtsResult,
        "TranslateResult": _TranslateResult,
        "TtsBody": _TtsBody,
        "TtsResult": _TtsResult,
    }

    def __getattr__(name: str) -> object:
        if name in _ROLES:
            found = _ROLES[name]()
        elif name in _MODULES:
            from importlib import import_module

            found = getattr(import_module("." + _MODULES[name], __name__), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = (
    "UNSET",
    "File",
    "Unset",
    "ApiKeyError",
    "CreateCustomVoiceBody",
    "CreateCustomVoiceBodyGender",
    "CreateCustomVoiceResponse200",
    "CreateDubBody",
    "CreateDubBodyTranscriptionMode",
    "CreateDubResponse200",
    "CreateStoryBody",
    "CreateStoryResponse200",
    "CreateSubBody",
    "CreateSubBodyTranscriptionMode",
    "CreateSubResponse200",
    "CreateTextToSoundBody",
    "CreateTextToSoundBodyAudioType",
    "CreateTextToSoundResponse200",
    "CreateTextToVoiceBody",
    "CreateTextToVoiceResponse200",
    "CreateTranscribeBody",
    "CreateTranscribeBodyTranscriptionMode",
    "CreateTranscribeResponse200",
    "CreateTranslateBody",
    "CreateTranslateBodyFormality",
    "CreateTranslateBodyGender",
    "CreateTranslateResponse200",
    "CreateTranslatedStoryBody",
    "CreateTranslatedStoryResponse200",
    "CreateTranslatedTtsBody",
    "CreateTranslatedTtsBodyFormality",
    "CreateTranslatedTtsBodyGender",
    "CreateTranslatedTtsResponse200",
    "CreateTtsBody",
    "CreateTtsBodyGender",
    "CreateTtsBodyLanguage",
    "CreateTtsResponse200",
    "DubBody",
    "DubResult",
    "DubTranscriptResult",
    "DubbedLanguages",
    "DubbedMedia",
    "GetDubResultsBody",
    "GetDubResultsResponse200",
    "GetDubTranscriptDataType",
    "GetDubTranscriptFormatType",
    "GetDubTranscriptResponse200",
    "GetStoryResultsBody",
    "GetStoryResultsResponse200",
    "GetSubResultDataType",
    "GetSubResultFormatType",
    "GetSubResultInLanguageDataType",
    "GetSubResultInLanguageFormatType",
    "GetSubResultsBody",
    "GetSubResultsDataType",
    "GetSubResultsFormatType",
    "GetSubResultsResponse200",
    "GetTextToSoundResultOutputType",
    "GetTextToSoundResultResponse200",
    "GetTextToSoundResultsBody",
    "GetTextToSoundResultsResponse200",
    "GetTextToSoundResultsResponse200AdditionalPropertyType1",
    "GetTranscribeResultsBody",
    "GetTranscribeResultsResponse200",
    "GetTranslateResultsBody",
    "GetTranslateResultsResponse200",
    "GetTtsResultOutputType",
    "GetTtsResultResponse200Type1",
    "GetTtsResultsBody",
    "GetTtsResultsResponse200",
    "GetTtsResultsResponse200AdditionalPropertyType1",
    "HTTPValidationError",
    "ListVoicesResult",
    "ListedLanguage",
    "ListedVoice",
    "MediaTranscript",
    "OrchestratorPipelineResult",
    "OrchestratorPipelineResultMessage",
    "SegmentLimits",
    "SourceLanguagesResult",
    "SpokenLanguage",
    "StoryBody",
    "StoryMedia",
    "StoryResult",
    "StreamTtsBody",
    "StreamTtsBodyInferenceOptions",
    "StreamTtsBodyOutputConfiguration",
    "StreamTtsBodyOutputConfigurationFormat",
    "StreamTtsBodyVoiceSettings",
    "SubBody",
    "SubResult",
    "SubResultResult",
    "SubRipText",
    "SubRipTextIn",
    "TargetLanguagesResult",
    "TaskStatus",
    "TextToSoundBody",
    "TextToSoundResult",
    "TextToVoiceBody",
    "TextToVoiceResult",
    "TranscribeBody",
    "TranscribeResult",
    "TranscriptSegment",
    "TranslateBody",
    "TranslateResult",
    "TranslatedStoryResultResult",
    "TranslatedTexts",
    "TranslatedTtsBody",
    "TranslatedTtsResult",
    "TtsBody",
    "TtsResult",
    "ValidationError",
    "VoicePreviews",
)
