from typing import Literal, cast

CreateCustomVoiceBodyGender = Literal[
    0, 1, 2, 9, "unknown", "male", "female", "not-applicable"
]

CREATE_CUSTOM_VOICE_BODY_GENDER_VALUES: tuple[CreateCustomVoiceBodyGender, ...] = (
    0,
    1,
    2,
    9,
)
CREATE_CUSTOM_VOICE_BODY_GENDER_NAMES: dict[object, CreateCustomVoiceBodyGender] = {
    "unknown": 0,
    "male": 1,
    "female": 2,
    "not-applicable": 9,
}


def check_create_custom_voice_body_gender(value: object) -> CreateCustomVoiceBodyGender:
    if isinstance(value, str):
        value = CREATE_CUSTOM_VOICE_BODY_GENDER_NAMES.get(
            value.lower().replace("_", "-"), value
        )
    return cast(CreateCustomVoiceBodyGender, value)
