from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.create_tts_body_gender import (
    CreateTtsBodyGender,
    check_create_tts_body_gender,
)
from ..models.create_tts_body_language import (
    CreateTtsBodyLanguage,
    check_create_tts_body_language,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateTtsBody")


@_attrs_define
class CreateTtsBody:
    """
    Attributes:
        language (CreateTtsBodyLanguage): Language of the text, by its number; the names are the locales
        text (str): What is to be said
        voice_id (int): Number of the voice, from GET /list-voices
        age (int | None | Unset): Age of the voice in years
        folder_id (int | None | Unset): Folder that the project is put into
        gender (CreateTtsBodyGender | Unset): Gender of the voice, by its number in ISO/IEC 5218
        project_description (None | str | Unset): What the project is about
        project_name (None | str | Unset): Name of the project that the task is filed under
    """

    language: CreateTtsBodyLanguage
    text: str
    voice_id: int
    age: int | None | Unset = UNSET
    folder_id: int | None | Unset = UNSET
    gender: CreateTtsBodyGender | Unset = UNSET
    project_description: None | str | Unset = UNSET
    project_name: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        language: int = cast(int, check_create_tts_body_language(self.language))

        text = self.text

        voice_id = self.voice_id

        age: int | None | Unset
        if isinstance(self.age, Unset):
            age = UNSET
        else:
            age = self.age

        folder_id: int | None | Unset
        if isinstance(self.folder_id, Unset):
            folder_id = UNSET
        else:
            folder_id = self.folder_id

        gender: int | Unset = UNSET
        if not isinstance(self.gender, Unset):
            gender = cast(int, check_create_tts_body_gender(self.gender))

        project_description: None | str | Unset
        if isinstance(self.project_description, Unset):
            project_description = UNSET
        else:
            project_description = self.project_description

        project_name: None | str | Unset
        if isinstance(self.project_name, Unset):
            project_name = UNSET
        else:
            project_name = self.project_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "language": language,
                "text": text,
                "voice_id": voice_id,
            }
        )
        if age is not UNSET:
            field_dict["age"] = age
        if folder_id is not UNSET:
            field_dict["folder_id"] = folder_id
        if gender is not UNSET:
            field_dict["gender"] = gender
        if project_description is not UNSET:
            field_dict["project_description"] = project_description
        if project_name is not UNSET:
            field_dict["project_name"] = project_name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateTtsBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        language = check_create_tts_body_language(d.pop("language"))

        text = d.pop("text")

        voice_id = d.pop("voice_id")

        def _parse_age(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        age = _parse_age(d.pop("age", UNSET))

        def _parse_folder_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        folder_id = _parse_folder_id(d.pop("folder_id", UNSET))

        _gender = d.pop("gender", UNSET)
        gender: CreateTtsBodyGender | Unset
        if isinstance(_gender, Unset):
            gender = UNSET
        else:
            gender = check_create_tts_body_gender(_gender)

        def _parse_project_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        project_description = _parse_project_description(
            d.pop("project_description", UNSET)
        )

        def _parse_project_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        project_name = _parse_project_name(d.pop("project_name", UNSET))

        create_tts_body = cls(
            language=language,
            text=text,
            voice_id=voice_id,
            age=age,
            folder_id=folder_id,
            gender=gender,
            project_description=project_description,
            project_name=project_name,
        )

        create_tts_body.additional_properties = d
        return create_tts_body

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
