from typing import Literal, cast

CreateDubBodyTranscriptionMode = Literal["fast", "slow"]

CREATE_DUB_BODY_TRANSCRIPTION_MODE_VALUES: tuple[
    CreateDubBodyTranscriptionMode, ...
] = (
    "fast",
    "slow",
)


def check_create_dub_body_transcription_mode(
    value: object,
) -> CreateDubBodyTranscriptionMode:
    return cast(CreateDubBodyTranscriptionMode, value)
