"""What there is at the local server: the voices of the examples of the docs, and some languages by their numbers."""

from typing import Any


def _voice(number: int, name: str, gender: int, language: int, description: str) -> dict[str, Any]:
    return {
        "id": number, "voice_name": name, "gender": gender, "age": 30, "language": language, "transcript": None,
        "description": description, "is_published": True, "signed_url": None,
    }  # fmt: skip


def _language(number: int, language: str, short_name: str) -> dict[str, Any]:
    return {"id": number, "language": language, "short_name": short_name}


VOICES = [
    _voice(147320, "Gary", 1, 1, "warm and calm"),
    _voice(147321, "Greta", 2, 31, "bright and quick"),
    _voice(147322, "Claire", 2, 76, "soft"),
]
LANGUAGES = [
    _language(1, "english (united states)", "en-us"),
    _language(31, "german (germany)", "de-de"),
    _language(35, "english (united kingdom)", "en-gb"),
    _language(54, "spanish (spain)", "es-es"),
    _language(76, "french (france)", "fr-fr"),
    _language(81, "hindi (india)", "hi-in"),
    _language(88, "japanese (japan)", "ja-jp"),
    _language(139, "chinese (mandarin, simplified)", "zh-cn"),
]
