from typing import Literal, cast

CreateTranslateBodyGender = Literal[
    0, 1, 2, 9, "unknown", "male", "female", "not-applicable"
]

CREATE_TRANSLATE_BODY_GENDER_VALUES: tuple[CreateTranslateBodyGender, ...] = (
    0,
    1,
    2,
    9,
)
CREATE_TRANSLATE_BODY_GENDER_NAMES: dict[object, CreateTranslateBodyGender] = {
    "unknown": 0,
    "male": 1,
    "female": 2,
    "not-applicable": 9,
}


def check_create_translate_body_gender(value: object) -> CreateTranslateBodyGender:
    if isinstance(value, str):
        value = CREATE_TRANSLATE_BODY_GENDER_NAMES.get(
            value.lower().replace("_", "-"), value
        )
    return cast(CreateTranslateBodyGender, value)
