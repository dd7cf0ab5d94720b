from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="StreamTtsBodyVoiceSettings")


@_attrs_define
class StreamTtsBodyVoiceSettings:
    """How the voice is used

    Attributes:
        apply_ref_loudness_norm (bool | None | Unset):
        enhance_reference_audio_quality (bool | None | Unset):
        maintain_source_accent (bool | None | Unset):
        speaking_rate (float | None | Unset):
    """

    apply_ref_loudness_norm: bool | None | Unset = UNSET
    enhance_reference_audio_quality: bool | None | Unset = UNSET
    maintain_source_accent: bool | None | Unset = UNSET
    speaking_rate: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        apply_ref_loudness_norm: bool | None | Unset
        if isinstance(self.apply_ref_loudness_norm, Unset):
            apply_ref_loudness_norm = UNSET
        else:
            apply_ref_loudness_norm = self.apply_ref_loudness_norm

        enhance_reference_audio_quality: bool | None | Unset
        if isinstance(self.enhance_reference_audio_quality, Unset):
            enhance_reference_audio_quality = UNSET
        else:
            enhance_reference_audio_quality = self.enhance_reference_audio_quality

        maintain_source_accent: bool | None | Unset
        if isinstance(self.maintain_source_accent, Unset):
            maintain_source_accent = UNSET
        else:
            maintain_source_accent = self.maintain_source_accent

        speaking_rate: float | None | Unset
        if isinstance(self.speaking_rate, Unset):
            speaking_rate = UNSET
        else:
            speaking_rate = self.speaking_rate

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if apply_ref_loudness_norm is not UNSET:
            field_dict["apply_ref_loudness_norm"] = apply_ref_loudness_norm
        if enhance_reference_audio_quality is not UNSET:
            field_dict["enhance_reference_audio_quality"] = (
                enhance_reference_audio_quality
            )
        if maintain_source_accent is not UNSET:
            field_dict["maintain_source_accent"] = maintain_source_accent
        if speaking_rate is not UNSET:
            field_dict["speaking_rate"] = speaking_rate

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"StreamTtsBodyVoiceSettings must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)

        def _parse_apply_ref_loudness_norm(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        apply_ref_loudness_norm = _parse_apply_ref_loudness_norm(
            d.pop("apply_ref_loudness_norm", UNSET)
        )

        def _parse_enhance_reference_audio_quality(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        enhance_reference_audio_quality = _parse_enhance_reference_audio_quality(
            d.pop("enhance_reference_audio_quality", UNSET)
        )

        def _parse_maintain_source_accent(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        maintain_source_accent = _parse_maintain_source_accent(
            d.pop("maintain_source_accent", UNSET)
        )

        def _parse_speaking_rate(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        speaking_rate = _parse_speaking_rate(d.pop("speaking_rate", UNSET))

        stream_tts_body_voice_settings = cls(
            apply_ref_loudness_norm=apply_ref_loudness_norm,
            enhance_reference_audio_quality=enhance_reference_audio_quality,
            maintain_source_accent=maintain_source_accent,
            speaking_rate=speaking_rate,
        )

        stream_tts_body_voice_settings.additional_properties = d
        return stream_tts_body_voice_settings

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
