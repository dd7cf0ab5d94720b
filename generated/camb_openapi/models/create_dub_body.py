from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.create_dub_body_transcription_mode import (
    CreateDubBodyTranscriptionMode,
    check_create_dub_body_transcription_mode,
)
from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sub_rip_text import SubRipText
    from ..models.sub_rip_text_in import SubRipTextIn


T = TypeVar("T", bound="CreateDubBody")


@_attrs_define
class CreateDubBody:
    """
    Attributes:
        source_language (SpokenLanguage): A language by its number; the names are the locales
        video_url (str): URL of the video or of the audio, which anybody may fetch
        add_output_as_an_audio_track (bool | None | Unset): Whether the dubbed audio is added to the video as a track of
            its own
        ai_optimization (bool | Unset): Whether the result is optimized; what that means is said nowhere
        chosen_dictionaries (list[int] | None | Unset): Numbers of the dictionaries whose terms are to be used
        folder_id (int | None | Unset): Folder that the project is put into
        project_description (None | str | Unset): What the project is about
        project_name (None | str | Unset): Name of the project that the task is filed under
        selected_audio_tracks (list[int] | None | Unset): Numbers of the audio tracks to be dubbed
        source_transcript (SubRipText | Unset):
        target_language (SpokenLanguage | Unset): A language by its number; the names are the locales
        target_languages (list[SpokenLanguage] | Unset): Languages to dub into, by their numbers, as GET /target-
            languages has them
        target_transcripts (list[SubRipTextIn] | Unset): What is to be said, in each language
        transcription_mode (CreateDubBodyTranscriptionMode | Unset): Whether the transcription is to be quick; it is if
            it is left out
    """

    source_language: SpokenLanguage
    video_url: str
    add_output_as_an_audio_track: bool | None | Unset = UNSET
    ai_optimization: bool | Unset = UNSET
    chosen_dictionaries: list[int] | None | Unset = UNSET
    folder_id: int | None | Unset = UNSET
    project_description: None | str | Unset = UNSET
    project_name: None | str | Unset = UNSET
    selected_audio_tracks: list[int] | None | Unset = UNSET
    source_transcript: SubRipText | Unset = UNSET
    target_language: SpokenLanguage | Unset = UNSET
    target_languages: list[SpokenLanguage] | Unset = UNSET
    target_transcripts: list[SubRipTextIn] | Unset = UNSET
    transcription_mode: CreateDubBodyTranscriptionMode | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source_language: int = cast(int, check_spoken_language(self.source_language))

        video_url = self.video_url

        add_output_as_an_audio_track: bool | None | Unset
        if isinstance(self.add_output_as_an_audio_track, Unset):
            add_output_as_an_audio_track = UNSET
        else:
            add_output_as_an_audio_track = self.add_output_as_an_audio_track

        ai_optimization = self.ai_optimization

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

        selected_audio_tracks: list[int] | None | Unset
        if isinstance(self.selected_audio_tracks, Unset):
            selected_audio_tracks = UNSET
        elif isinstance(self.selected_audio_tracks, list):
            selected_audio_tracks = self.selected_audio_tracks

        else:
            selected_audio_tracks = self.selected_audio_tracks

        source_transcript: dict[str, Any] | Unset = UNSET
        if not isinstance(self.source_transcript, Unset):
            source_transcript = self.source_transcript.to_dict()

        target_language: int | Unset = UNSET
        if not isinstance(self.target_language, Unset):
            target_language = cast(int, check_spoken_language(self.target_language))

        target_languages: list[int] | Unset = UNSET
        if not isinstance(self.target_languages, Unset):
            target_languages = []
            for target_languages_item_data in self.target_languages:
                target_languages_item: int = cast(
                    int, check_spoken_language(target_languages_item_data)
                )
                target_languages.append(target_languages_item)

        target_transcripts: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.target_transcripts, Unset):
            target_transcripts = []
            for target_transcripts_item_data in self.target_transcripts:
                target_transcripts_item = target_transcripts_item_data.to_dict()
                target_transcripts.append(target_transcripts_item)

        transcription_mode: str | Unset = UNSET
        if not isinstance(self.transcription_mode, Unset):
            transcription_mode = cast(
                str, check_create_dub_body_transcription_mode(self.transcription_mode)
            )

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source_language": source_language,
                "video_url": video_url,
            }
        )
        if add_output_as_an_audio_track is not UNSET:
            field_dict["add_output_as_an_audio_track"] = add_output_as_an_audio_track
        if ai_optimization is not UNSET:
            field_dict["ai_optimization"] = ai_optimization
        if chosen_dictionaries is not UNSET:
            field_dict["chosen_dictionaries"] = chosen_dictionaries
        if folder_id is not UNSET:
            field_dict["folder_id"] = folder_id
        if project_description is not UNSET:
            field_dict["project_description"] = project_description
        if project_name is not UNSET:
            field_dict["project_name"] = project_name
        if selected_audio_tracks is not UNSET:
            field_dict["selected_audio_tracks"] = selected_audio_tracks
        if source_transcript is not UNSET:
            field_dict["source_transcript"] = source_transcript
        if target_language is not UNSET:
            field_dict["target_language"] = target_language
        if target_languages is not UNSET:
            field_dict["target_languages"] = target_languages
        if target_transcripts is not UNSET:
            field_dict["target_transcripts"] = target_transcripts
        if transcription_mode is not UNSET:
            field_dict["transcription_mode"] = transcription_mode

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sub_rip_text import SubRipText  # noqa: PLC0415
        from ..models.sub_rip_text_in import SubRipTextIn  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateDubBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        source_language = check_spoken_language(d.pop("source_language"))

        video_url = d.pop("video_url")

        def _parse_add_output_as_an_audio_track(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        add_output_as_an_audio_track = _parse_add_output_as_an_audio_track(
            d.pop("add_output_as_an_audio_track", UNSET)
        )

        ai_optimization = d.pop("ai_optimization", UNSET)

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

        def _parse_selected_audio_tracks(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                selected_audio_tracks_type_0 = cast(list[int], data)

                return selected_audio_tracks_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        selected_audio_tracks = _parse_selected_audio_tracks(
            d.pop("selected_audio_tracks", UNSET)
        )

        _source_transcript = d.pop("source_transcript", UNSET)
        source_transcript: SubRipText | Unset
        if isinstance(_source_transcript, Unset):
            source_transcript = UNSET
        else:
            source_transcript = SubRipText.from_dict(_source_transcript)

        _target_language = d.pop("target_language", UNSET)
        target_language: SpokenLanguage | Unset
        if isinstance(_target_language, Unset):
            target_language = UNSET
        else:
            target_language = check_spoken_language(_target_language)

        _target_languages = d.pop("target_languages", UNSET)
        target_languages: list[SpokenLanguage] | Unset = UNSET
        if _target_languages is not UNSET:
            if not isinstance(_target_languages, list | tuple):
                raise TypeError("target_languages is not a list")
            target_languages = []
            for target_languages_item_data in _target_languages:
                target_languages_item = check_spoken_language(
                    target_languages_item_data
                )

                target_languages.append(target_languages_item)

        _target_transcripts = d.pop("target_transcripts", UNSET)
        target_transcripts: list[SubRipTextIn] | Unset = UNSET
        if _target_transcripts is not UNSET:
            if not isinstance(_target_transcripts, list | tuple):
                raise TypeError("target_transcripts is not a list")
            target_transcripts = []
            for target_transcripts_item_data in _target_transcripts:
                target_transcripts_item = SubRipTextIn.from_dict(
                    target_transcripts_item_data
                )

                target_transcripts.append(target_transcripts_item)

        _transcription_mode = d.pop("transcription_mode", UNSET)
        transcription_mode: CreateDubBodyTranscriptionMode | Unset
        if isinstance(_transcription_mode, Unset):
            transcription_mode = UNSET
        else:
            transcription_mode = check_create_dub_body_transcription_mode(
                _transcription_mode
            )

        create_dub_body = cls(
            source_language=source_language,
            video_url=video_url,
            add_output_as_an_audio_track=add_output_as_an_audio_track,
            ai_optimization=ai_optimization,
            chosen_dictionaries=chosen_dictionaries,
            folder_id=folder_id,
            project_description=project_description,
            project_name=project_name,
            selected_audio_tracks=selected_audio_tracks,
            source_transcript=source_transcript,
            target_language=target_language,
            target_languages=target_languages,
            target_transcripts=target_transcripts,
            transcription_mode=transcription_mode,
        )

        create_dub_body.additional_properties = d
        return create_dub_body

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
