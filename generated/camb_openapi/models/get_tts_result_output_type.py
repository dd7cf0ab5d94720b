from typing import Literal, cast

GetTtsResultOutputType = Literal["file_url", "raw_bytes"]

GET_TTS_RESULT_OUTPUT_TYPE_VALUES: tuple[GetTtsResultOutputType, ...] = (
    "file_url",
    "raw_bytes",
)
GET_TTS_RESULT_OUTPUT_TYPE_NAMES: dict[object, GetTtsResultOutputType] = {
    "file_url": "file_url",
    "raw_bytes": "raw_bytes",
}


def check_get_tts_result_output_type(value: object) -> GetTtsResultOutputType:
    return cast(GetTtsResultOutputType, value)
