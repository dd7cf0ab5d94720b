from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..models.create_transcribe_body_transcription_mode import (
    CreateTranscribeBodyTranscriptionMode,
    check_create_transcribe_body_transcription_mode,
)
from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, File, FileLike, FileTypes, Unset

if TYPE_CHECKING:
    from ..models.segment_limits import SegmentLimits


T = TypeVar("T", bound="CreateTranscribeBody")


@_attrs_define
class CreateTranscribeBody:
    """
    Attributes:
        language (SpokenLanguage): A language by its number; the names are the locales
        folder_id (int | None | Unset): Folder that the project is put into
        formatting_options (SegmentLimits | Unset):
        include_music_in_fg (bool | Unset): Whether that leaves music in; it does if it is left out
        media_file (File | Unset): The audio or the video, if media_url is left out
        media_url (str | Unset): URL of the audio or the video, if media_file is left out
        project_description (None | str | Unset): What the project is about
        project_name (None | str | Unset): Name of the project that the task is filed under
        run_audio_cleaning (bool | Unset): Whether speech is first told from other sounds; it is if it is left out
        transcription_mode (CreateTranscribeBodyTranscriptionMode | Unset): Whether it is to be quick; it is if it is
            left out
    """

    language: SpokenLanguage
    folder_id: int | None | Unset = UNSET
    formatting_options: SegmentLimits | Unset = UNSET
    include_music_in_fg: bool | Unset = UNSET
    media_file: FileLike | Unset = UNSET
    media_url: str | Unset = UNSET
    project_description: None | str | Unset = UNSET
    project_name: None | str | Unset = UNSET
    run_audio_cleaning: bool | Unset = UNSET
    transcription_mode: CreateTranscribeBodyTranscriptionMode | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        language: int = cast(int, check_spoken_language(self.language))

        folder_id: int | None | Unset
        if isinstance(self.folder_id, Unset):
            folder_id = UNSET
        else:
            folder_id = self.folder_id

        formatting_options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.formatting_options, Unset):
            formatting_options = self.formatting_options.to_dict()

        include_music_in_fg = self.include_music_in_fg

        media_file: FileTypes | Unset = UNSET
        if not isinstance(self.media_file, Unset):
            media_file = File.of(self.media_file)

        media_url = self.media_url

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

        run_audio_cleaning = self.run_audio_cleaning

        transcription_mode: str | Unset = UNSET
        if not isinstance(self.transcription_mode, Unset):
            transcription_mode = cast(
                str,
                check_create_transcribe_body_transcription_mode(
                    self.transcription_mode
                ),
            )

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "language": language,
            }
        )
        if folder_id is not UNSET:
            field_dict["folder_id"] = folder_id
        if formatting_options is not UNSET:
            field_dict["formatting_options"] = formatting_options
        if include_music_in_fg is not UNSET:
            field_dict["include_music_in_fg"] = include_music_in_fg
        if media_file is not UNSET:
            field_dict["media_file"] = media_file
        if media_url is not UNSET:
            field_dict["media_url"] = media_url
        if project_description is not UNSET:
            field_dict["project_description"] = project_description
        if project_name is not UNSET:
            field_dict["project_name"] = project_name
        if run_audio_cleaning is not UNSET:
            field_dict["run_audio_cleaning"] = run_audio_cleaning
        if transcription_mode is not UNSET:
            field_dict["transcription_mode"] = transcription_mode

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

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

        if not isinstance(self.folder_id, Unset):
            if isinstance(self.folder_id, int):
                files.append(
                    ("folder_id", (None, str(self.folder_id).encode(), "text/plain"))
                )
            else:
                files.append(
                    ("folder_id", (None, str(self.folder_id).encode(), "text/plain"))
                )

        if not isinstance(self.formatting_options, Unset):
            files.append(
                (
                    "formatting_options",
                    (
                        None,
                        json.dumps(self.formatting_options.to_dict()).encode(),
                        "application/json",
                    ),
                )
            )

        if not isinstance(self.include_music_in_fg, Unset):
            files.append(
                (
                    "include_music_in_fg",
                    (None, str(self.include_music_in_fg).encode(), "text/plain"),
                )
            )

        if not isinstance(self.media_file, Unset):
            files.append(("media_file", File.of(self.media_file).to_tuple()))

        if not isinstance(self.media_url, Unset):
            files.append(
                ("media_url", (None, str(self.media_url).encode(), "text/plain"))
            )

        if not isinstance(self.project_description, Unset):
            if isinstance(self.project_description, str):
                files.append(
                    (
                        "project_description",
                        (None, str(self.project_description).encode(), "text/plain"),
                    )
                )
            else:
                files.append(
                    (
                        "project_description",
                        (None, str(self.project_description).encode(), "text/plain"),
                    )
                )

        if not isinstance(self.project_name, Unset):
            if isinstance(self.project_name, str):
                files.append(
                    (
                        "project_name",
                        (None, str(self.project_name).encode(), "text/plain"),
                    )
                )
            else:
                files.append(
                    (
                        "project_name",
                        (None, str(self.project_name).encode(), "text/plain"),
                    )
                )

        if not isinstance(self.run_audio_cleaning, Unset):
            files.append(
                (
                    "run_audio_cleaning",
                    (None, str(self.run_audio_cleaning).encode(), "text/plain"),
                )
            )

        if not isinstance(self.transcription_mode, Unset):
            files.append(
                (
                    "transcription_mode",
                    (
                        None,
                        str(
                            check_create_transcribe_body_transcription_mode(
                                self.transcription_mode
                            )
                        ).encode(),
                        "text/plain",
                    ),
                )
            )

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.segment_limits import SegmentLimits  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateTranscribeBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        language = check_spoken_language(d.pop("language"))

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

        include_music_in_fg = d.pop("include_music_in_fg", UNSET)

        _media_file = d.pop("media_file", UNSET)
        media_file: File | Unset
        if isinstance(_media_file, Unset):
            media_file = UNSET
        else:
            media_file = File.of(_media_file)

        media_url = d.pop("media_url", UNSET)

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

        run_audio_cleaning = d.pop("run_audio_cleaning", UNSET)

        _transcription_mode = d.pop("transcription_mode", UNSET)
        transcription_mode: CreateTranscribeBodyTranscriptionMode | Unset
        if isinstance(_transcription_mode, Unset):
            transcription_mode = UNSET
        else:
            transcription_mode = check_create_transcribe_body_transcription_mode(
                _transcription_mode
            )

        create_transcribe_body = cls(
            language=language,
            folder_id=folder_id,
            formatting_options=formatting_options,
            include_music_in_fg=include_music_in_fg,
            media_file=media_file,
            media_url=media_url,
            project_description=project_description,
            project_name=project_name,
            run_audio_cleaning=run_audio_cleaning,
            transcription_mode=transcription_mode,
        )

        create_transcribe_body.additional_properties = d
        return create_transcribe_body

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
