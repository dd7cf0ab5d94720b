from typing import Literal, cast

GetSubResultFormatType = Literal["srt", "txt", "vtt"]

GET_SUB_RESULT_FORMAT_TYPE_VALUES: tuple[GetSubResultFormatType, ...] = (
    "srt",
    "txt",
    "vtt",
)
GET_SUB_RESULT_FORMAT_TYPE_NAMES: dict[object, GetSubResultFormatType] = {
    "srt": "srt",
    "txt": "txt",
    "vtt": "vtt",
}


def check_get_sub_result_format_type(value: object) -> GetSubResultFormatType:
    return cast(GetSubResultFormatType, value)
