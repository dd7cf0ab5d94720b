from typing import Literal, cast

CreateTranslateBodyFormality = Literal[1, 2, "formal", "informal"]

CREATE_TRANSLATE_BODY_FORMALITY_VALUES: tuple[CreateTranslateBodyFormality, ...] = (
    1,
    2,
)
CREATE_TRANSLATE_BODY_FORMALITY_NAMES: dict[object, CreateTranslateBodyFormality] = {
    "formal": 1,
    "informal": 2,
}


def check_create_translate_body_formality(
    value: object,
) -> CreateTranslateBodyFormality:
    if isinstance(value, str):
        value = CREATE_TRANSLATE_BODY_FORMALITY_NAMES.get(
            value.lower().replace("_", "-"), value
        )
    return cast(CreateTranslateBodyFormality, value)
