from typing import Literal, cast

CreateTranslatedTtsBodyFormality = Literal[1, 2, "formal", "informal"]

CREATE_TRANSLATED_TTS_BODY_FORMALITY_VALUES: tuple[
    CreateTranslatedTtsBodyFormality, ...
] = (
    1,
    2,
)
CREATE_TRANSLATED_TTS_BODY_FORMALITY_NAMES: dict[
    object, CreateTranslatedTtsBodyFormality
] = {
    "formal": 1,
    "informal": 2,
}


def check_create_translated_tts_body_formality(
    value: object,
) -> CreateTranslatedTtsBodyFormality:
    if isinstance(value, str):
        value = CREATE_TRANSLATED_TTS_BODY_FORMALITY_NAMES.get(
            value.lower().replace("_", "-"), value
        )
    return cast(CreateTranslatedTtsBodyFormality, value)
