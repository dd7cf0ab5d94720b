from typing import Literal, cast

GetSubResultsDataType = Literal["file", "raw_data"]

GET_SUB_RESULTS_DATA_TYPE_VALUES: tuple[GetSubResultsDataType, ...] = (
    "file",
    "raw_data",
)
GET_SUB_RESULTS_DATA_TYPE_NAMES: dict[object, GetSubResultsDataType] = {
    "file": "file",
    "raw_data": "raw_data",
}


def check_get_sub_results_data_type(value: object) -> GetSubResultsDataType:
    return cast(GetSubResultsDataType, value)
