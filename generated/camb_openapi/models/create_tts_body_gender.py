from typing import Literal, cast

CreateTtsBodyGender = Literal[0, 1, 2, 9, "unknown", "male", "female", "not-applicable"]

CREATE_TTS_BODY_GENDER_VALUES: tuple[CreateTtsBodyGender, ...] = (
    0,
    1,
    2,
    9,
)
CREATE_TTS_BODY_GENDER_NAMES: dict[object, CreateTtsBodyGender] = {
    "unknown": 0,
    "male": 1,
    "female": 2,
    "not-applicable": 9,
}


def check_create_tts_body_gender(value: object) -> CreateTtsBodyGender:
    if isinstance(value, str):
        value = CREATE_TTS_BODY_GENDER_NAMES.get(value.lower().replace("_", "-"), value)
    return cast(CreateTtsBodyGender, value)
