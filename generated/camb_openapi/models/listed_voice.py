from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedVoice")


@_attrs_define
class ListedVoice:
    """
    Attributes:
        id (int): What is sent as voice_id
        voice_name (str): What people call it
        age (int | None | Unset): In years
        description (None | str | Unset): What it is like
        gender (int | None | Unset): By its number in ISO/IEC 5218
        is_published (bool | None | Unset): Whether others may use it
        language (int | None | Unset): By its number
        signed_url (None | str | Unset): URL of its sample that expires
        transcript (None | str | Unset): What is said in its sample
    """

    id: int
    voice_name: str
    age: int | None | Unset = UNSET
    description: None | str | Unset = UNSET
    gender: int | None | Unset = UNSET
    is_published: bool | None | Unset = UNSET
    language: int | None | Unset = UNSET
    signed_url: None | str | Unset = UNSET
    transcript: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        voice_name = self.voice_name

        age: int | None | Unset
        if isinstance(self.age, Unset):
            age = UNSET
        else:
            age = self.age

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        gender: int | None | Unset
        if isinstance(self.gender, Unset):
            gender = UNSET
        else:
            gender = self.gender

        is_published: bool | None | Unset
        if isinstance(self.is_published, Unset):
            is_published = UNSET
        else:
            is_published = self.is_published

        language: int | None | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        else:
            language = self.language

        signed_url: None | str | Unset
        if isinstance(self.signed_url, Unset):
            signed_url = UNSET
        else:
            signed_url = self.signed_url

        transcript: None | str | Unset
        if isinstance(self.transcript, Unset):
            transcript = UNSET
        else:
            transcript = self.transcript

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "voice_name": voice_name,
            }
        )
        if age is not UNSET:
            field_dict["age"] = age
        if description is not UNSET:
            field_dict["description"] = description
        if gender is not UNSET:
            field_dict["gender"] = gender
        if is_published is not UNSET:
            field_dict["is_published"] = is_published
        if language is not UNSET:
            field_dict["language"] = language
        if signed_url is not UNSET:
            field_dict["signed_url"] = signed_url
        if transcript is not UNSET:
            field_dict["transcript"] = transcript

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"ListedVoice must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        id = d.pop("id")

        voice_name = d.pop("voice_name")

        def _parse_age(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        age = _parse_age(d.pop("age", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_gender(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        gender = _parse_gender(d.pop("gender", UNSET))

        def _parse_is_published(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_published = _parse_is_published(d.pop("is_published", UNSET))

        def _parse_language(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        def _parse_signed_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        signed_url = _parse_signed_url(d.pop("signed_url", UNSET))

        def _parse_transcript(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        transcript = _parse_transcript(d.pop("transcript", UNSET))

        listed_voice = cls(
            id=id,
            voice_name=voice_name,
            age=age,
            description=description,
            gender=gender,
            is_published=is_published,
            language=language,
            signed_url=signed_url,
            transcript=transcript,
        )

        listed_voice.additional_properties = d
        return listed_voice

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
