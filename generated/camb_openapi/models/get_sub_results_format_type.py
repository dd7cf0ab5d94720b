from typing import Literal, cast

GetSubResultsFormatType = Literal["srt", "txt", "vtt"]

GET_SUB_RESULTS_FORMAT_TYPE_VALUES: tuple[GetSubResultsFormatType, ...] = (
    "srt",
    "txt",
    "vtt",
)
GET_SUB_RESULTS_FORMAT_TYPE_NAMES: dict[object, GetSubResultsFormatType] = {
    "srt": "srt",
    "txt": "txt",
    "vtt": "vtt",
}


def check_get_sub_results_format_type(value: object) -> GetSubResultsFormatType:
    return cast(GetSubResultsFormatType, value)
