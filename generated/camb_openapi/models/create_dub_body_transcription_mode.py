from typing import Literal, cast

CreateDubBodyTranscriptionMode = Literal["fast", "slow"]

CREATE_DUB_BODY_TRANSCRIPTION_MODE_VALUES: tuple[
    CreateDubBodyTranscriptionMode, ...
] = (
    "fast",
    "slow",
)
CREATE_DUB_BODY_TRANSCRIPTION_MODE_NAMES: dict[
    object, CreateDubBodyTranscriptionMode
] = {
    "fast": "fast",
    "slow": "slow",
}


def check_create_dub_body_transcription_mode(
    value: object,
) -> CreateDubBodyTranscriptionMode:
    return cast(CreateDubBodyTranscriptionMode, value)
