from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.create_sub_body_transcription_mode import (
    CreateSubBodyTranscriptionMode,
    check_create_sub_body_transcription_mode,
)
from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.segment_limits import SegmentLimits


T = TypeVar("T", bound="CreateSubBody")


@_attrs_define
class CreateSubBody:
    """
    Attributes:
        media_url (str): URL of the video or of the audio
        source_language (SpokenLanguage): A language by its number; the names are the locales
        target_languages (list[SpokenLanguage]): Languages of the subtitles, by their numbers, as GET /target-languages
            has them
        folder_id (int | None | Unset): Folder that the project is put into
        formatting_options (SegmentLimits | Unset):
        project_description (None | str | Unset): What the project is about
        project_name (None | str | Unset): Name of the project that the task is filed under
        transcription_mode (CreateSubBodyTranscriptionMode | Unset): Whether the transcription is to be quick; it is if
            it is left out
    """

    media_url: str
    source_language: SpokenLanguage
    target_languages: list[SpokenLanguage]
    folder_id: int | None | Unset = UNSET
    formatting_options: SegmentLimits | Unset = UNSET
    project_description: None | str | Unset = UNSET
    project_name: None | str | Unset = UNSET
    transcription_mode: CreateSubBodyTranscriptionMode | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        media_url = self.media_url

        source_language: int = cast(int, check_spoken_language(self.source_language))

        target_languages = []
        for target_languages_item_data in self.target_languages:
            target_languages_item: int = cast(
                int, check_spoken_language(target_languages_item_data)
            )
            target_languages.append(target_languages_item)

        folder_id: int | None | Unset
        if isinstance(self.folder_id, Unset):
            folder_id = UNSET
        else:
            folder_id = self.folder_id

        formatting_options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.formatting_options, Unset):
            formatting_options = self.formatting_options.to_dict()

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

        transcription_mode: str | Unset = UNSET
        if not isinstance(self.transcription_mode, Unset):
            transcription_mode = cast(
                str, check_create_sub_body_transcription_mode(self.transcription_mode)
            )

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "media_url": media_url,
                "source_language": source_language,
                "target_languages": target_languages,
            }
        )
        if folder_id is not UNSET:
            field_dict["folder_id"] = folder_id
        if formatting_options is not UNSET:
            field_dict["formatting_options"] = formatting_options
        if project_description is not UNSET:
            field_dict["project_description"] = project_description
        if project_name is not UNSET:
            field_dict["project_name"] = project_name
        if transcription_mode is not UNSET:
            field_dict["transcription_mode"] = transcription_mode

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.segment_limits import SegmentLimits  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateSubBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        media_url = d.pop("media_url")

        source_language = check_spoken_language(d.pop("source_language"))

        target_languages = []
        _target_languages = d.pop("target_languages")
        if not isinstance(_target_languages, list | tuple):
            raise TypeError("target_languages is not a list")
        for target_languages_item_data in _target_languages:
            target_languages_item = check_spoken_language(target_languages_item_data)

            target_languages.append(target_languages_item)

        def _parse_folder_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        folder_id = _parse_folder_id(d.pop("folder_id", UNSET))

        _formatting_options = d.pop("formatting_options", UNSET)
        formatting_options: SegmentLimits | Unset
        if isinstance(_formatting_options, Unset):
            formatting_options = UNSET
        else:
            formatting_options = SegmentLimits.from_dict(_formatting_options)

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

        _transcription_mode = d.pop("transcription_mode", UNSET)
        transcription_mode: CreateSubBodyTranscriptionMode | Unset
        if isinstance(_transcription_mode, Unset):
            transcription_mode = UNSET
        else:
            transcription_mode = check_create_sub_body_transcription_mode(
                _transcription_mode
            )

        create_sub_body = cls(
            media_url=media_url,
            source_language=source_language,
            target_languages=target_languages,
            folder_id=folder_id,
            formatting_options=formatting_options,
            project_description=project_description,
            project_name=project_name,
            transcription_mode=transcription_mode,
        )

        create_sub_body.additional_properties = d
        return create_sub_body

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
