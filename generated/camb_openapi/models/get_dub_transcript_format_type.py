from typing import Literal, cast

GetDubTranscriptFormatType = Literal["srt", "txt", "vtt"]

GET_DUB_TRANSCRIPT_FORMAT_TYPE_VALUES: tuple[GetDubTranscriptFormatType, ...] = (
    "srt",
    "txt",
    "vtt",
)
GET_DUB_TRANSCRIPT_FORMAT_TYPE_NAMES: dict[object, GetDubTranscriptFormatType] = {
    "srt": "srt",
    "txt": "txt",
    "vtt": "vtt",
}


def check_get_dub_transcript_format_type(value: object) -> GetDubTranscriptFormatType:
    return cast(GetDubTranscriptFormatType, value)
