from typing import Literal, cast

GetTextToSoundResultOutputType = Literal["file_url", "raw_bytes"]

GET_TEXT_TO_SOUND_RESULT_OUTPUT_TYPE_VALUES: tuple[
    GetTextToSoundResultOutputType, ...
] = (
    "file_url",
    "raw_bytes",
)
GET_TEXT_TO_SOUND_RESULT_OUTPUT_TYPE_NAMES: dict[
    object, GetTextToSoundResultOutputType
] = {
    "file_url": "file_url",
    "raw_bytes": "raw_bytes",
}


def check_get_text_to_sound_result_output_type(
    value: object,
) -> GetTextToSoundResultOutputType:
    return cast(GetTextToSoundResultOutputType, value)
