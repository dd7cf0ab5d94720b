from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.stream_tts_body_output_configuration_format import (
    StreamTtsBodyOutputConfigurationFormat,
    check_stream_tts_body_output_configuration_format,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="StreamTtsBodyOutputConfiguration")


@_attrs_define
class StreamTtsBodyOutputConfiguration:
    """What the audio is to be like

    Attributes:
        apply_enhancement (bool | None | Unset): Whether the audio is enhanced; it is if it is left out
        duration (float | None | Unset): Length in seconds
        format_ (StreamTtsBodyOutputConfigurationFormat | Unset): How the audio is encoded
        sample_rate (int | None | Unset): Samples per second
    """

    apply_enhancement: bool | None | Unset = UNSET
    duration: float | None | Unset = UNSET
    format_: StreamTtsBodyOutputConfigurationFormat | Unset = UNSET
    sample_rate: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        apply_enhancement: bool | None | Unset
        if isinstance(self.apply_enhancement, Unset):
            apply_enhancement = UNSET
        else:
            apply_enhancement = self.apply_enhancement

        duration: float | None | Unset
        if isinstance(self.duration, Unset):
            duration = UNSET
        else:
            duration = self.duration

        format_: str | Unset = UNSET
        if not isinstance(self.format_, Unset):
            format_ = cast(
                str, check_stream_tts_body_output_configuration_format(self.format_)
            )

        sample_rate: int | None | Unset
        if isinstance(self.sample_rate, Unset):
            sample_rate = UNSET
        else:
            sample_rate = self.sample_rate

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if apply_enhancement is not UNSET:
            field_dict["apply_enhancement"] = apply_enhancement
        if duration is not UNSET:
            field_dict["duration"] = duration
        if format_ is not UNSET:
            field_dict["format"] = format_
        if sample_rate is not UNSET:
            field_dict["sample_rate"] = sample_rate

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"StreamTtsBodyOutputConfiguration must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)

        def _parse_apply_enhancement(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        apply_enhancement = _parse_apply_enhancement(d.pop("apply_enhancement", UNSET))

        def _parse_duration(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        duration = _parse_duration(d.pop("duration", UNSET))

        _format_ = d.pop("format", UNSET)
        format_: StreamTtsBodyOutputConfigurationFormat | Unset
        if isinstance(_format_, Unset):
            format_ = UNSET
        else:
            format_ = check_stream_tts_body_output_configuration_format(_format_)

        def _parse_sample_rate(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sample_rate = _parse_sample_rate(d.pop("sample_rate", UNSET))

        stream_tts_body_output_configuration = cls(
            apply_enhancement=apply_enhancement,
            duration=duration,
            format_=format_,
            sample_rate=sample_rate,
        )

        stream_tts_body_output_configuration.additional_properties = d
        return stream_tts_body_output_configuration

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
