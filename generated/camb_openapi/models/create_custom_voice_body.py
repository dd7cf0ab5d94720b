from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..models.create_custom_voice_body_gender import (
    CreateCustomVoiceBodyGender,
    check_create_custom_voice_body_gender,
)
from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, File, FileLike, Unset

T = TypeVar("T", bound="CreateCustomVoiceBody")


@_attrs_define
class CreateCustomVoiceBody:
    """
    Attributes:
        file (File): A sample of the voice, half a minute to a minute of clear speech
        gender (CreateCustomVoiceBodyGender): Gender of the voice, by its number in ISO/IEC 5218
        voice_name (str): What people will call it
        age (int | Unset): Age of the voice in years
        description (None | str | Unset): What it is like
        enhance_audio (bool | Unset): Whether the sample is made clearer first
        language (SpokenLanguage | Unset): A language by its number; the names are the locales
        publish_voice_to_market_place (bool | Unset): Whether others may use the voice: true consents to that
    """

    file: FileLike
    gender: CreateCustomVoiceBodyGender
    voice_name: str
    age: int | Unset = UNSET
    description: None | str | Unset = UNSET
    enhance_audio: bool | Unset = UNSET
    language: SpokenLanguage | Unset = UNSET
    publish_voice_to_market_place: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file = File.of(self.file)

        gender: int = cast(int, check_create_custom_voice_body_gender(self.gender))

        voice_name = self.voice_name

        age = self.age

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        enhance_audio = self.enhance_audio

        language: int | Unset = UNSET
        if not isinstance(self.language, Unset):
            language = cast(int, check_spoken_language(self.language))

        publish_voice_to_market_place = self.publish_voice_to_market_place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file": file,
                "gender": gender,
                "voice_name": voice_name,
            }
        )
        if age is not UNSET:
            field_dict["age"] = age
        if description is not UNSET:
            field_dict["description"] = description
        if enhance_audio is not UNSET:
            field_dict["enhance_audio"] = enhance_audio
        if language is not UNSET:
            field_dict["language"] = language
        if publish_voice_to_market_place is not UNSET:
            field_dict["publish_voice_to_market_place"] = publish_voice_to_market_place

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("file", File.of(self.file).to_tuple()))

        files.append(
            (
                "gender",
                (
                    None,
                    str(check_create_custom_voice_body_gender(self.gender)).encode(),
                    "text/plain",
                ),
            )
        )

        files.append(
            ("voice_name", (None, str(self.voice_name).encode(), "text/plain"))
        )

        if not isinstance(self.age, Unset):
            files.append(("age", (None, str(self.age).encode(), "text/plain")))

        if not isinstance(self.description, Unset):
            if isinstance(self.description, str):
                files.append(
                    (
                        "description",
                        (None, str(self.description).encode(), "text/plain"),
                    )
                )
            else:
                files.append(
                    (
                        "description",
                        (None, str(self.description).encode(), "text/plain"),
                    )
                )

        if not isinstance(self.enhance_audio, Unset):
            files.append(
                (
                    "enhance_audio",
                    (None, str(self.enhance_audio).encode(), "text/plain"),
                )
            )

        if not isinstance(self.language, Unset):
            files.append(
                (
                    "language",
                    (
                        None,
                        str(check_spoken_language(self.language)).encode(),
                        "text/plain",
                    ),
                )
            )

        if not isinstance(self.publish_voice_to_market_place, Unset):
            files.append(
                (
                    "publish_voice_to_market_place",
                    (
                        None,
                        str(self.publish_voice_to_market_place).encode(),
                        "text/plain",
                    ),
                )
            )

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateCustomVoiceBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        file = File.of(d.pop("file"))

        gender = check_create_custom_voice_body_gender(d.pop("gender"))

        voice_name = d.pop("voice_name")

        age = d.pop("age", UNSET)

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        enhance_audio = d.pop("enhance_audio", UNSET)

        _language = d.pop("language", UNSET)
        language: SpokenLanguage | Unset
        if isinstance(_language, Unset):
            language = UNSET
        else:
            language = check_spoken_language(_language)

        publish_voice_to_market_place = d.pop("publish_voice_to_market_place", UNSET)

        create_custom_voice_body = cls(
            file=file,
            gender=gender,
            voice_name=voice_name,
            age=age,
            description=description,
            enhance_audio=enhance_audio,
            language=language,
            publish_voice_to_market_place=publish_voice_to_market_place,
        )

        create_custom_voice_body.additional_properties = d
        return create_custom_voice_body

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
