from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, File, FileLike, Unset

T = TypeVar("T", bound="CreateStoryBody")


@_attrs_define
class CreateStoryBody:
    """
    Attributes:
        file (File): The text, as .txt or .docx
        source_language (SpokenLanguage): A language by its number; the names are the locales
        chosen_dictionaries (list[int] | None | Unset): Numbers of the dictionaries whose terms are to be used
        description (None | str | Unset): What the story is about
        folder_id (int | None | Unset): Folder that the story is put into
        narrator_voice_id (int | None | Unset): Number of the voice that tells it, from GET /list-voices
        title (None | str | Unset): Title of the story
    """

    file: FileLike
    source_language: SpokenLanguage
    chosen_dictionaries: list[int] | None | Unset = UNSET
    description: None | str | Unset = UNSET
    folder_id: int | None | Unset = UNSET
    narrator_voice_id: int | None | Unset = UNSET
    title: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file = File.of(self.file)

        source_language: int = cast(int, check_spoken_language(self.source_language))

        chosen_dictionaries: list[int] | None | Unset
        if isinstance(self.chosen_dictionaries, Unset):
            chosen_dictionaries = UNSET
        elif isinstance(self.chosen_dictionaries, list):
            chosen_dictionaries = self.chosen_dictionaries

        else:
            chosen_dictionaries = self.chosen_dictionaries

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        folder_id: int | None | Unset
        if isinstance(self.folder_id, Unset):
            folder_id = UNSET
        else:
            folder_id = self.folder_id

        narrator_voice_id: int | None | Unset
        if isinstance(self.narrator_voice_id, Unset):
            narrator_voice_id = UNSET
        else:
            narrator_voice_id = self.narrator_voice_id

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file": file,
                "source_language": source_language,
            }
        )
        if chosen_dictionaries is not UNSET:
            field_dict["chosen_dictionaries"] = chosen_dictionaries
        if description is not UNSET:
            field_dict["description"] = description
        if folder_id is not UNSET:
            field_dict["folder_id"] = folder_id
        if narrator_voice_id is not UNSET:
            field_dict["narrator_voice_id"] = narrator_voice_id
        if title is not UNSET:
            field_dict["title"] = title

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("file", File.of(self.file).to_tuple()))

        files.append(
            (
                "source_language",
                (
                    None,
                    str(check_spoken_language(self.source_language)).encode(),
                    "text/plain",
                ),
            )
        )

        if not isinstance(self.chosen_dictionaries, Unset):
            if isinstance(self.chosen_dictionaries, list):
                for chosen_dictionaries_type_0_item_element in self.chosen_dictionaries:
                    files.append(
                        (
                            "chosen_dictionaries",
                            (
                                None,
                                str(chosen_dictionaries_type_0_item_element).encode(),
                                "text/plain",
                            ),
                        )
                    )
            else:
                files.append(
                    (
                        "chosen_dictionaries",
                        (None, str(self.chosen_dictionaries).encode(), "text/plain"),
                    )
                )

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

        if not isinstance(self.folder_id, Unset):
            if isinstance(self.folder_id, int):
                files.append(
                    ("folder_id", (None, str(self.folder_id).encode(), "text/plain"))
                )
            else:
                files.append(
                    ("folder_id", (None, str(self.folder_id).encode(), "text/plain"))
                )

        if not isinstance(self.narrator_voice_id, Unset):
            if isinstance(self.narrator_voice_id, int):
                files.append(
                    (
                        "narrator_voice_id",
                        (None, str(self.narrator_voice_id).encode(), "text/plain"),
                    )
                )
            else:
                files.append(
                    (
                        "narrator_voice_id",
                        (None, str(self.narrator_voice_id).encode(), "text/plain"),
                    )
                )

        if not isinstance(self.title, Unset):
            if isinstance(self.title, str):
                files.append(("title", (None, str(self.title).encode(), "text/plain")))
            else:
                files.append(("title", (None, str(self.title).encode(), "text/plain")))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateStoryBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        file = File.of(d.pop("file"))

        source_language = check_spoken_language(d.pop("source_language"))

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

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_folder_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        folder_id = _parse_folder_id(d.pop("folder_id", UNSET))

        def _parse_narrator_voice_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        narrator_voice_id = _parse_narrator_voice_id(d.pop("narrator_voice_id", UNSET))

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        create_story_body = cls(
            file=file,
            source_language=source_language,
            chosen_dictionaries=chosen_dictionaries,
            description=description,
            folder_id=folder_id,
            narrator_voice_id=narrator_voice_id,
            title=title,
        )

        create_story_body.additional_properties = d
        return create_story_body

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
