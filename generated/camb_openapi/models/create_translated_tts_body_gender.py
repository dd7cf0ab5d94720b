from typing import Literal, cast

CreateTranslatedTtsBodyGender = Literal[
    0, 1, 2, 9, "unknown", "male", "female", "not-applicable"
]

CREATE_TRANSLATED_TTS_BODY_GENDER_VALUES: tuple[CreateTranslatedTtsBodyGender, ...] = (
    0,
    1,
    2,
    9,
)
CREATE_TRANSLATED_TTS_BODY_GENDER_NAMES: dict[object, CreateTranslatedTtsBodyGender] = {
    "unknown": 0,
    "male": 1,
    "female": 2,
    "not-applicable": 9,
}


def check_create_translated_tts_body_gender(
    value: object,
) -> CreateTranslatedTtsBodyGender:
    if isinstance(value, str):
        value = CREATE_TRANSLATED_TTS_BODY_GENDER_NAMES.get(
            value.lower().replace("_", "-"), value
        )
    return cast(CreateTranslatedTtsBodyGender, value)
