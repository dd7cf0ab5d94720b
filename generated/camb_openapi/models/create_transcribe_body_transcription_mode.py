from typing import Literal, cast

CreateTranscribeBodyTranscriptionMode = Literal["fast", "slow"]

CREATE_TRANSCRIBE_BODY_TRANSCRIPTION_MODE_VALUES: tuple[
    CreateTranscribeBodyTranscriptionMode, ...
] = (
    "fast",
    "slow",
)
CREATE_TRANSCRIBE_BODY_TRANSCRIPTION_MODE_NAMES: dict[
    object, CreateTranscribeBodyTranscriptionMode
] = {
    "fast": "fast",
    "slow": "slow",
}


def check_create_transcribe_body_transcription_mode(
    value: object,
) -> CreateTranscribeBodyTranscriptionMode:
    return cast(CreateTranscribeBodyTranscriptionMode, value)
