from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.transcript_segment import TranscriptSegment


T = TypeVar("T", bound="MediaTranscript")


@_attrs_define
class MediaTranscript:
    """
    Attributes:
        transcript (list[TranscriptSegment]): What is said, in the order in which it is said; times in seconds
    """

    transcript: list[TranscriptSegment]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        transcript = []
        for transcript_item_data in self.transcript:
            transcript_item = transcript_item_data.to_dict()
            transcript.append(transcript_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "transcript": transcript,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.transcript_segment import TranscriptSegment  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"MediaTranscript must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        transcript = []
        _transcript = d.pop("transcript")
        if not isinstance(_transcript, list | tuple):
            raise TypeError("transcript is not a list")
        for transcript_item_data in _transcript:
            transcript_item = TranscriptSegment.from_dict(transcript_item_data)

            transcript.append(transcript_item)

        media_transcript = cls(
            transcript=transcript,
        )

        media_transcript.additional_properties = d
        return media_transcript

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
