from typing import Literal, cast

GetSubResultInLanguageDataType = Literal["file", "raw_data"]

GET_SUB_RESULT_IN_LANGUAGE_DATA_TYPE_VALUES: tuple[
    GetSubResultInLanguageDataType, ...
] = (
    "file",
    "raw_data",
)
GET_SUB_RESULT_IN_LANGUAGE_DATA_TYPE_NAMES: dict[
    object, GetSubResultInLanguageDataType
] = {
    "file": "file",
    "raw_data": "raw_data",
}


def check_get_sub_result_in_language_data_type(
    value: object,
) -> GetSubResultInLanguageDataType:
    return cast(GetSubResultInLanguageDataType, value)
