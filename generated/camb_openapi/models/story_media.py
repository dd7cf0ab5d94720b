from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.transcript_segment import TranscriptSegment


T = TypeVar("T", bound="StoryMedia")


@_attrs_define
class StoryMedia:
    """
    Attributes:
        audio_url (None | str | Unset): URL of the narration with all that belongs to it
        dialogue_url (None | str | Unset): URL of the words alone
        transcript (list[TranscriptSegment] | None | Unset): What is said, where it was asked for
    """

    audio_url: None | str | Unset = UNSET
    dialogue_url: None | str | Unset = UNSET
    transcript: list[TranscriptSegment] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        audio_url: None | str | Unset
        if isinstance(self.audio_url, Unset):
            audio_url = UNSET
        else:
            audio_url = self.audio_url

        dialogue_url: None | str | Unset
        if isinstance(self.dialogue_url, Unset):
            dialogue_url = UNSET
        else:
            dialogue_url = self.dialogue_url

        transcript: list[dict[str, Any]] | None | Unset
        if isinstance(self.transcript, Unset):
            transcript = UNSET
        elif isinstance(self.transcript, list):
            transcript = []
            for transcript_type_0_item_data in self.transcript:
                transcript_type_0_item = transcript_type_0_item_data.to_dict()
                transcript.append(transcript_type_0_item)

        else:
            transcript = self.transcript

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if audio_url is not UNSET:
            field_dict["audio_url"] = audio_url
        if dialogue_url is not UNSET:
            field_dict["dialogue_url"] = dialogue_url
        if transcript is not UNSET:
            field_dict["transcript"] = transcript

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"StoryMedia must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        if d.get("transcript") is not None:
            from ..models.transcript_segment import TranscriptSegment  # noqa: PLC0415

        def _parse_audio_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        audio_url = _parse_audio_url(d.pop("audio_url", UNSET))

        def _parse_dialogue_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dialogue_url = _parse_dialogue_url(d.pop("dialogue_url", UNSET))

        def _parse_transcript(data: object) -> list[TranscriptSegment] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                transcript_type_0 = []
                _transcript_type_0 = data
                if not isinstance(_transcript_type_0, list | tuple):
                    raise TypeError("transcript_type_0 is not a list")
                for transcript_type_0_item_data in _transcript_type_0:
                    transcript_type_0_item = TranscriptSegment.from_dict(
                        transcript_type_0_item_data
                    )

                    transcript_type_0.append(transcript_type_0_item)

                return transcript_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[TranscriptSegment] | None | Unset, data)

        transcript = _parse_transcript(d.pop("transcript", UNSET))

        story_media = cls(
            audio_url=audio_url,
            dialogue_url=dialogue_url,
            transcript=transcript,
        )

        story_media.additional_properties = d
        return story_media

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
