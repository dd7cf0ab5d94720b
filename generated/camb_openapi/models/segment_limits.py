from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SegmentLimits")


@_attrs_define
class SegmentLimits:
    """
    Attributes:
        max_characters_in_segment (int | None | Unset):
        max_reading_speed_in_cps (float | None | Unset):
        max_segment_duration_in_seconds (float | None | Unset):
        min_gap_between_segments_in_frames (int | None | Unset):
        min_segment_duration_in_seconds (float | None | Unset):
    """

    max_characters_in_segment: int | None | Unset = UNSET
    max_reading_speed_in_cps: float | None | Unset = UNSET
    max_segment_duration_in_seconds: float | None | Unset = UNSET
    min_gap_between_segments_in_frames: int | None | Unset = UNSET
    min_segment_duration_in_seconds: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        max_characters_in_segment: int | None | Unset
        if isinstance(self.max_characters_in_segment, Unset):
            max_characters_in_segment = UNSET
        else:
            max_characters_in_segment = self.max_characters_in_segment

        max_reading_speed_in_cps: float | None | Unset
        if isinstance(self.max_reading_speed_in_cps, Unset):
            max_reading_speed_in_cps = UNSET
        else:
            max_reading_speed_in_cps = self.max_reading_speed_in_cps

        max_segment_duration_in_seconds: float | None | Unset
        if isinstance(self.max_segment_duration_in_seconds, Unset):
            max_segment_duration_in_seconds = UNSET
        else:
            max_segment_duration_in_seconds = self.max_segment_duration_in_seconds

        min_gap_between_segments_in_frames: int | None | Unset
        if isinstance(self.min_gap_between_segments_in_frames, Unset):
            min_gap_between_segments_in_frames = UNSET
        else:
            min_gap_between_segments_in_frames = self.min_gap_between_segments_in_frames

        min_segment_duration_in_seconds: float | None | Unset
        if isinstance(self.min_segment_duration_in_seconds, Unset):
            min_segment_duration_in_seconds = UNSET
        else:
            min_segment_duration_in_seconds = self.min_segment_duration_in_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if max_characters_in_segment is not UNSET:
            field_dict["max_characters_in_segment"] = max_characters_in_segment
        if max_reading_speed_in_cps is not UNSET:
            field_dict["max_reading_speed_in_cps"] = max_reading_speed_in_cps
        if max_segment_duration_in_seconds is not UNSET:
            field_dict["max_segment_duration_in_seconds"] = (
                max_segment_duration_in_seconds
            )
        if min_gap_between_segments_in_frames is not UNSET:
            field_dict["min_gap_between_segments_in_frames"] = (
                min_gap_between_segments_in_frames
            )
        if min_segment_duration_in_seconds is not UNSET:
            field_dict["min_segment_duration_in_seconds"] = (
                min_segment_duration_in_seconds
            )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"SegmentLimits must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)

        def _parse_max_characters_in_segment(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_characters_in_segment = _parse_max_characters_in_segment(
            d.pop("max_characters_in_segment", UNSET)
        )

        def _parse_max_reading_speed_in_cps(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        max_reading_speed_in_cps = _parse_max_reading_speed_in_cps(
            d.pop("max_reading_speed_in_cps", UNSET)
        )

        def _parse_max_segment_duration_in_seconds(
            data: object,
        ) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        max_segment_duration_in_seconds = _parse_max_segment_duration_in_seconds(
            d.pop("max_segment_duration_in_seconds", UNSET)
        )

        def _parse_min_gap_between_segments_in_frames(
            data: object,
        ) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        min_gap_between_segments_in_frames = _parse_min_gap_between_segments_in_frames(
            d.pop("min_gap_between_segments_in_frames", UNSET)
        )

        def _parse_min_segment_duration_in_seconds(
            data: object,
        ) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        min_segment_duration_in_seconds = _parse_min_segment_duration_in_seconds(
            d.pop("min_segment_duration_in_seconds", UNSET)
        )

        segment_limits = cls(
            max_characters_in_segment=max_characters_in_segment,
            max_reading_speed_in_cps=max_reading_speed_in_cps,
            max_segment_duration_in_seconds=max_segment_duration_in_seconds,
            min_gap_between_segments_in_frames=min_gap_between_segments_in_frames,
            min_segment_duration_in_seconds=min_segment_duration_in_seconds,
        )

        segment_limits.additional_properties = d
        return segment_limits

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
