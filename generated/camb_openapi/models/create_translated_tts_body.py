from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.create_translated_tts_body_formality import (
    CreateTranslatedTtsBodyFormality,
    check_create_translated_tts_body_formality,
)
from ..models.create_translated_tts_body_gender import (
    CreateTranslatedTtsBodyGender,
    check_create_translated_tts_body_gender,
)
from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateTranslatedTtsBody")


@_attrs_define
class CreateTranslatedTtsBody:
    """
    Attributes:
        source_language (SpokenLanguage): A language by its number; the names are the locales
        target_language (SpokenLanguage): A language by its number; the names are the locales
        text (str): What is to be translated and said
        voice_id (int): Number of the voice, from GET /list-voices
        age (int | Unset): Age in years of who is to hear it
        chosen_dictionaries (list[int] | None | Unset): Numbers of the dictionaries whose terms are to be used
        folder_id (int | None | Unset): Folder that the project is put into
        formality (CreateTranslatedTtsBodyFormality | Unset): How formal the words are
        gender (CreateTranslatedTtsBodyGender | Unset): Grammatical gender, by its number in ISO/IEC 5218
        project_description (None | str | Unset): What the project is about
        project_name (None | str | Unset): Name of the project that the task is filed under
    """

    source_language: SpokenLanguage
    target_language: SpokenLanguage
    text: str
    voice_id: int
    age: int | Unset = UNSET
    chosen_dictionaries: list[int] | None | Unset = UNSET
    folder_id: int | None | Unset = UNSET
    formality: CreateTranslatedTtsBodyFormality | Unset = UNSET
    gender: CreateTranslatedTtsBodyGender | Unset = UNSET
    project_description: None | str | Unset = UNSET
    project_name: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source_language: int = cast(int, check_spoken_language(self.source_language))

        target_language: int = cast(int, check_spoken_language(self.target_language))

        text = self.text

        voice_id = self.voice_id

        age = self.age

        chosen_dictionaries: list[int] | None | Unset
        if isinstance(self.chosen_dictionaries, Unset):
            chosen_dictionaries = UNSET
        elif isinstance(self.chosen_dictionaries, list):
            chosen_dictionaries = self.chosen_dictionaries

        else:
            chosen_dictionaries = self.chosen_dictionaries

        folder_id: int | None | Unset
        if isinstance(self.folder_id, Unset):
            folder_id = UNSET
        else:
            folder_id = self.folder_id

        formality: int | Unset = UNSET
        if not isinstance(self.formality, Unset):
            formality = cast(
                int, check_create_translated_tts_body_formality(self.formality)
            )

        gender: int | Unset = UNSET
        if not isinstance(self.gender, Unset):
            gender = cast(int, check_create_translated_tts_body_gender(self.gender))

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
                "source_language": source_language,
                "target_language": target_language,
                "text": text,
                "voice_id": voice_id,
            }
        )
        if age is not UNSET:
            field_dict["age"] = age
        if chosen_dictionaries is not UNSET:
            field_dict["chosen_dictionaries"] = chosen_dictionaries
        if folder_id is not UNSET:
            field_dict["folder_id"] = folder_id
        if formality is not UNSET:
            field_dict["formality"] = formality
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
                f"CreateTranslatedTtsBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        source_language = check_spoken_language(d.pop("source_language"))

        target_language = check_spoken_language(d.pop("target_language"))

        text = d.pop("text")

        voice_id = d.pop("voice_id")

        age = d.pop("age", UNSET)

        def _parse_chosen_dictionaries(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                chosen_dictionaries_type_0 = cast(list[int], data)

                return chosen_dictionaries_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        chosen_dictionaries = _parse_chosen_dictionaries(
            d.pop("chosen_dictionaries", UNSET)
        )

        def _parse_folder_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        folder_id = _parse_folder_id(d.pop("folder_id", UNSET))

        _formality = d.pop("formality", UNSET)
        formality: CreateTranslatedTtsBodyFormality | Unset
        if isinstance(_formality, Unset):
            formality = UNSET
        else:
            formality = check_create_translated_tts_body_formality(_formality)

        _gender = d.pop("gender", UNSET)
        gender: CreateTranslatedTtsBodyGender | Unset
        if isinstance(_gender, Unset):
            gender = UNSET
        else:
            gender = check_create_translated_tts_body_gender(_gender)

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

        create_translated_tts_body = cls(
            source_language=source_language,
            target_language=target_language,
            text=text,
            voice_id=voice_id,
            age=age,
            chosen_dictionaries=chosen_dictionaries,
            folder_id=folder_id,
            formality=formality,
            gender=gender,
            project_description=project_description,
            project_name=project_name,
        )

        create_translated_tts_body.additional_properties = d
        return create_translated_tts_body

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
