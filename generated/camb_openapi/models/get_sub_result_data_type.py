from typing import Literal, cast

GetSubResultDataType = Literal["file", "raw_data"]

GET_SUB_RESULT_DATA_TYPE_VALUES: tuple[GetSubResultDataType, ...] = (
    "file",
    "raw_data",
)
GET_SUB_RESULT_DATA_TYPE_NAMES: dict[object, GetSubResultDataType] = {
    "file": "file",
    "raw_data": "raw_data",
}


def check_get_sub_result_data_type(value: object) -> GetSubResultDataType:
    return cast(GetSubResultDataType, value)
