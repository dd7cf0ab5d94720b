from typing import Literal, cast

GetDubTranscriptDataType = Literal["file", "raw_data"]

GET_DUB_TRANSCRIPT_DATA_TYPE_VALUES: tuple[GetDubTranscriptDataType, ...] = (
    "file",
    "raw_data",
)
GET_DUB_TRANSCRIPT_DATA_TYPE_NAMES: dict[object, GetDubTranscriptDataType] = {
    "file": "file",
    "raw_data": "raw_data",
}


def check_get_dub_transcript_data_type(value: object) -> GetDubTranscriptDataType:
    return cast(GetDubTranscriptDataType, value)
