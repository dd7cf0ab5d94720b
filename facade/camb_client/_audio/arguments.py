"""What a create or a stream may be given, checked before anything is sent.

The limits are those of ``openapi/camb.yaml``; a field that is ``None`` is left to the API.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from .._api.operations import SOUND, SPEECH, choices
from .._polling.checks import as_int, integer, number

_Check = Callable[[str, Any], Any]


def _text(least: int = 1, most: int | None = None) -> _Check:
    def check(name: str, value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
        if len(value) < least or len(value) > (most or len(value)) or not value.strip():
            allowed = f"{least} to {most} characters" if most else "text"
            raise ValueError(f"{name} must be {allowed} and not blank; it has {len(value)} characters")
        value.encode()  # UnicodeEncodeError, a ValueError: half a surrogate pair cannot be sent.
        return value

    return check


def _integer(least: int, most: int) -> _Check:
    return lambda name, value: int(number(name, integer(name, value), least=least, most=most))


def _number(least: float, most: float = 1e300) -> _Check:
    return lambda name, value: number(name, value, least=least, most=most)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
    return value


def choice(kind: str) -> _Check:
    """A check that a value is one of those that the spec lists for a field of a kind; where it lists none, any is."""

    def check(name: str, value: Any) -> Any:
        value, allowed = as_int(value), list(choices(kind, name).values()) or [value]
        said = f"{name} must be one of {', '.join(map(repr, allowed))}, not"
        if isinstance(value, bool) or not isinstance(value, type(allowed[0])):
            raise TypeError(f"{said} {type(value).__name__}")
        if value not in allowed:
            raise ValueError(f"{said} {value!r}")
        return value

    return check


def _language(name: str, value: Any) -> int:
    """The number of a language, from that or from its locale: the spec's names are the locales."""
    value = as_int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{name} must be a locale such as 'en-us', or its number, not {type(value).__name__}")
    numbers = choices(SPEECH, name)
    found: int = numbers.get(value.lower(), 0) if isinstance(value, str) else value
    if found not in numbers.values():
        raise ValueError(f"{name} must be a locale or its number, not {value!r}: {_nearest(value, numbers)}")
    return found


def _nearest(value: object, locales: Collection[str]) -> str:
    """What may have been meant: the locales of that language, else those that are spelt almost so."""
    text = str(value).lower().replace("_", "-")
    from difflib import get_close_matches

    same = [locale for locale in locales if locale.partition("-")[0] == text.partition("-")[0]]
    meant = [locale for locale in same if locale.startswith(text)] or same or get_close_matches(text, locales)
    if not meant:
        return f"there are {len(locales)}, such as en-us, which is 1"
    return f"did you mean {', '.join(meant[:5])}{', ...' if len(meant) > 5 else ''}?"


def _locale(name: str, value: object) -> str:
    """Any locale, in lower case: which there are depends on the model."""
    return str(_text()(name, value)).lower()


def _object(**checks: _Check) -> _Check:
    def check(name: str, value: object) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} must be a mapping, not {type(value).__name__}")
        if unknown := value.keys() - checks.keys():
            raise ValueError(f"{name} can have {', '.join(checks)}, not {', '.join(map(repr, unknown))}")
        return {field: checks[field](field, given) for field, given in value.items() if given is not None}

    return check


_FILED = {"project_name": _text(3, 255), "project_description": _text(3, 5000), "folder_id": integer}
# The body of each operation, field by field.
_SPEECH: dict[str, _Check] = {
    "text": _text(), "voice_id": integer, "language": _language, "gender": choice(SPEECH), "age": integer, **_FILED
}  # fmt: skip
_SOUND: dict[str, _Check] = {"prompt": _text(), "duration": _number(0.001), "audio_type": choice(SOUND), **_FILED}
_STREAM: dict[str, _Check] = {
    "text": _text(3, 3000),
    "voice_id": integer,
    "language": _locale,
    "speech_model": _text(),
    "user_instructions": _text(3, 1000),
    "enhance_named_entities_pronunciation": _flag,
    "output_configuration": _object(
        format=choice(SPEECH), duration=_number(0.001), apply_enhancement=_flag, sample_rate=_integer(1, 1_000_000)
    ),
    "voice_settings": _object(
        enhance_reference_audio_quality=_flag,
        maintain_source_accent=_flag,
        apply_ref_loudness_norm=_flag,
        speaking_rate=_number(0),
    ),
    "inference_options": _object(
        stability=_number(0, 1),
        temperature=_number(0.01, 4),
        inference_steps=_integer(1, 1000),
        speaker_similarity=_number(0, 1),
        localize_speaker_weight=_number(0, 1),
        acoustic_quality_boost=_flag,
    ),
}
FIELDS = {"speech": _SPEECH, "sound": _SOUND, "stream": _STREAM}


def body(
    checks: Mapping[str, _Check], required: Mapping[str, object], optional: Mapping[str, object]
) -> dict[str, Any]:
    """The body of a request.

    Raises:
        TypeError: A value of another type.
        ValueError: A value that the API would refuse; the message says what is allowed.
    """
    given = {**required, **{name: value for name, value in optional.items() if value is not None}}
    if unknown := given.keys() - checks.keys():
        raise TypeError(f"there is no argument {', '.join(map(repr, sorted(unknown)))}; there are {', '.join(checks)}")
    return {name: checks[name](name, value) for name, value in given.items()}
