from typing import Literal, cast

CreateSubBodyTranscriptionMode = Literal["fast", "slow"]

CREATE_SUB_BODY_TRANSCRIPTION_MODE_VALUES: tuple[
    CreateSubBodyTranscriptionMode, ...
] = (
    "fast",
    "slow",
)
CREATE_SUB_BODY_TRANSCRIPTION_MODE_NAMES: dict[
    object, CreateSubBodyTranscriptionMode
] = {
    "fast": "fast",
    "slow": "slow",
}


def check_create_sub_body_transcription_mode(
    value: object,
) -> CreateSubBodyTranscriptionMode:
    return cast(CreateSubBodyTranscriptionMode, value)
