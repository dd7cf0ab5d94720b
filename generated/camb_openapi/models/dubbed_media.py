from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.transcript_segment import TranscriptSegment


T = TypeVar("T", bound="DubbedMedia")


@_attrs_define
class DubbedMedia:
    """
    Attributes:
        audio_url (str): URL of the dubbed audio
        transcript (list[TranscriptSegment]): What is said, in the order in which it is said
        video_url (None | str | Unset): URL of the dubbed video
    """

    audio_url: str
    transcript: list[TranscriptSegment]
    video_url: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        audio_url = self.audio_url

        transcript = []
        for transcript_item_data in self.transcript:
            transcript_item = transcript_item_data.to_dict()
            transcript.append(transcript_item)

        video_url: None | str | Unset
        if isinstance(self.video_url, Unset):
            video_url = UNSET
        else:
            video_url = self.video_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "audio_url": audio_url,
                "transcript": transcript,
            }
        )
        if video_url is not UNSET:
            field_dict["video_url"] = video_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.transcript_segment import TranscriptSegment  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"DubbedMedia must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        audio_url = d.pop("audio_url")

        transcript = []
        _transcript = d.pop("transcript")
        if not isinstance(_transcript, list | tuple):
            raise TypeError("transcript is not a list")
        for transcript_item_data in _transcript:
            transcript_item = TranscriptSegment.from_dict(transcript_item_data)

            transcript.append(transcript_item)

        def _parse_video_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        video_url = _parse_video_url(d.pop("video_url", UNSET))

        dubbed_media = cls(
            audio_url=audio_url,
            transcript=transcript,
            video_url=video_url,
        )

        dubbed_media.additional_properties = d
        return dubbed_media

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
