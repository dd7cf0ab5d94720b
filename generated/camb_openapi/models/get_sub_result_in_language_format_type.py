from typing import Literal, cast

GetSubResultInLanguageFormatType = Literal["srt", "txt", "vtt"]

GET_SUB_RESULT_IN_LANGUAGE_FORMAT_TYPE_VALUES: tuple[
    GetSubResultInLanguageFormatType, ...
] = (
    "srt",
    "txt",
    "vtt",
)
GET_SUB_RESULT_IN_LANGUAGE_FORMAT_TYPE_NAMES: dict[
    object, GetSubResultInLanguageFormatType
] = {
    "srt": "srt",
    "txt": "txt",
    "vtt": "vtt",
}


def check_get_sub_result_in_language_format_type(
    value: object,
) -> GetSubResultInLanguageFormatType:
    return cast(GetSubResultInLanguageFormatType, value)
