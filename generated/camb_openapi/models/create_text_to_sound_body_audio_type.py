from typing import Literal, cast

CreateTextToSoundBodyAudioType = Literal["music", "sound"]

CREATE_TEXT_TO_SOUND_BODY_AUDIO_TYPE_VALUES: tuple[
    CreateTextToSoundBodyAudioType, ...
] = (
    "music",
    "sound",
)
CREATE_TEXT_TO_SOUND_BODY_AUDIO_TYPE_NAMES: dict[
    object, CreateTextToSoundBodyAudioType
] = {
    "music": "music",
    "sound": "sound",
}


def check_create_text_to_sound_body_audio_type(
    value: object,
) -> CreateTextToSoundBodyAudioType:
    return cast(CreateTextToSoundBodyAudioType, value)
