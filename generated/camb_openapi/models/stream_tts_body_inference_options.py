from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="StreamTtsBodyInferenceOptions")


@_attrs_define
class StreamTtsBodyInferenceOptions:
    """How the model goes about it

    Attributes:
        acoustic_quality_boost (bool | None | Unset):
        inference_steps (int | None | Unset):
        localize_speaker_weight (float | None | Unset):
        speaker_similarity (float | None | Unset):
        stability (float | None | Unset):
        temperature (float | None | Unset):
    """

    acoustic_quality_boost: bool | None | Unset = UNSET
    inference_steps: int | None | Unset = UNSET
    localize_speaker_weight: float | None | Unset = UNSET
    speaker_similarity: float | None | Unset = UNSET
    stability: float | None | Unset = UNSET
    temperature: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        acoustic_quality_boost: bool | None | Unset
        if isinstance(self.acoustic_quality_boost, Unset):
            acoustic_quality_boost = UNSET
        else:
            acoustic_quality_boost = self.acoustic_quality_boost

        inference_steps: int | None | Unset
        if isinstance(self.inference_steps, Unset):
            inference_steps = UNSET
        else:
            inference_steps = self.inference_steps

        localize_speaker_weight: float | None | Unset
        if isinstance(self.localize_speaker_weight, Unset):
            localize_speaker_weight = UNSET
        else:
            localize_speaker_weight = self.localize_speaker_weight

        speaker_similarity: float | None | Unset
        if isinstance(self.speaker_similarity, Unset):
            speaker_similarity = UNSET
        else:
            speaker_similarity = self.speaker_similarity

        stability: float | None | Unset
        if isinstance(self.stability, Unset):
            stability = UNSET
        else:
            stability = self.stability

        temperature: float | None | Unset
        if isinstance(self.temperature, Unset):
            temperature = UNSET
        else:
            temperature = self.temperature

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if acoustic_quality_boost is not UNSET:
            field_dict["acoustic_quality_boost"] = acoustic_quality_boost
        if inference_steps is not UNSET:
            field_dict["inference_steps"] = inference_steps
        if localize_speaker_weight is not UNSET:
            field_dict["localize_speaker_weight"] = localize_speaker_weight
        if speaker_similarity is not UNSET:
            field_dict["speaker_similarity"] = speaker_similarity
        if stability is not UNSET:
            field_dict["stability"] = stability
        if temperature is not UNSET:
            field_dict["temperature"] = temperature

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"StreamTtsBodyInferenceOptions must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)

        def _parse_acoustic_quality_boost(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        acoustic_quality_boost = _parse_acoustic_quality_boost(
            d.pop("acoustic_quality_boost", UNSET)
        )

        def _parse_inference_steps(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        inference_steps = _parse_inference_steps(d.pop("inference_steps", UNSET))

        def _parse_localize_speaker_weight(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        localize_speaker_weight = _parse_localize_speaker_weight(
            d.pop("localize_speaker_weight", UNSET)
        )

        def _parse_speaker_similarity(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        speaker_similarity = _parse_speaker_similarity(
            d.pop("speaker_similarity", UNSET)
        )

        def _parse_stability(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        stability = _parse_stability(d.pop("stability", UNSET))

        def _parse_temperature(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        temperature = _parse_temperature(d.pop("temperature", UNSET))

        stream_tts_body_inference_options = cls(
            acoustic_quality_boost=acoustic_quality_boost,
            inference_steps=inference_steps,
            localize_speaker_weight=localize_speaker_weight,
            speaker_similarity=speaker_similarity,
            stability=stability,
            temperature=temperature,
        )

        stream_tts_body_inference_options.additional_properties = d
        return stream_tts_body_inference_options

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
