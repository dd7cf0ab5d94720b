from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.stream_tts_body_inference_options import StreamTtsBodyInferenceOptions
    from ..models.stream_tts_body_output_configuration import (
        StreamTtsBodyOutputConfiguration,
    )
    from ..models.stream_tts_body_voice_settings import StreamTtsBodyVoiceSettings


T = TypeVar("T", bound="StreamTtsBody")


@_attrs_define
class StreamTtsBody:
    """
    Attributes:
        language (str): Language of the text, a locale in lower case; one that the model lacks is refused (422)
        text (str): What is to be said
        voice_id (int): Number of the voice, from GET /list-voices
        enhance_named_entities_pronunciation (bool | Unset): Whether names are pronounced with more care; not so if it
            is left out
        inference_options (StreamTtsBodyInferenceOptions | Unset): How the model goes about it
        output_configuration (StreamTtsBodyOutputConfiguration | Unset): What the audio is to be like
        speech_model (str | Unset): Which model speaks
        user_instructions (None | str | Unset): How it is to be said; only mars-instruct heeds it
        voice_settings (StreamTtsBodyVoiceSettings | Unset): How the voice is used
    """

    language: str
    text: str
    voice_id: int
    enhance_named_entities_pronunciation: bool | Unset = UNSET
    inference_options: StreamTtsBodyInferenceOptions | Unset = UNSET
    output_configuration: StreamTtsBodyOutputConfiguration | Unset = UNSET
    speech_model: str | Unset = UNSET
    user_instructions: None | str | Unset = UNSET
    voice_settings: StreamTtsBodyVoiceSettings | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        language = self.language

        text = self.text

        voice_id = self.voice_id

        enhance_named_entities_pronunciation = self.enhance_named_entities_pronunciation

        inference_options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.inference_options, Unset):
            inference_options = self.inference_options.to_dict()

        output_configuration: dict[str, Any] | Unset = UNSET
        if not isinstance(self.output_configuration, Unset):
            output_configuration = self.output_configuration.to_dict()

        speech_model = self.speech_model

        user_instructions: None | str | Unset
        if isinstance(self.user_instructions, Unset):
            user_instructions = UNSET
        else:
            user_instructions = self.user_instructions

        voice_settings: dict[str, Any] | Unset = UNSET
        if not isinstance(self.voice_settings, Unset):
            voice_settings = self.voice_settings.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "language": language,
                "text": text,
                "voice_id": voice_id,
            }
        )
        if enhance_named_entities_pronunciation is not UNSET:
            field_dict["enhance_named_entities_pronunciation"] = (
                enhance_named_entities_pronunciation
            )
        if inference_options is not UNSET:
            field_dict["inference_options"] = inference_options
        if output_configuration is not UNSET:
            field_dict["output_configuration"] = output_configuration
        if speech_model is not UNSET:
            field_dict["speech_model"] = speech_model
        if user_instructions is not UNSET:
            field_dict["user_instructions"] = user_instructions
        if voice_settings is not UNSET:
            field_dict["voice_settings"] = voice_settings

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stream_tts_body_inference_options import (
            StreamTtsBodyInferenceOptions,  # noqa: PLC0415
        )
        from ..models.stream_tts_body_output_configuration import (
            StreamTtsBodyOutputConfiguration,  # noqa: PLC0415
        )
        from ..models.stream_tts_body_voice_settings import StreamTtsBodyVoiceSettings  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"StreamTtsBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        language = d.pop("language")

        text = d.pop("text")

        voice_id = d.pop("voice_id")

        enhance_named_entities_pronunciation = d.pop(
            "enhance_named_entities_pronunciation", UNSET
        )

        _inference_options = d.pop("inference_options", UNSET)
        inference_options: StreamTtsBodyInferenceOptions | Unset
        if isinstance(_inference_options, Unset):
            inference_options = UNSET
        else:
            inference_options = StreamTtsBodyInferenceOptions.from_dict(
                _inference_options
            )

        _output_configuration = d.pop("output_configuration", UNSET)
        output_configuration: StreamTtsBodyOutputConfiguration | Unset
        if isinstance(_output_configuration, Unset):
            output_configuration = UNSET
        else:
            output_configuration = StreamTtsBodyOutputConfiguration.from_dict(
                _output_configuration
            )

        speech_model = d.pop("speech_model", UNSET)

        def _parse_user_instructions(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_instructions = _parse_user_instructions(d.pop("user_instructions", UNSET))

        _voice_settings = d.pop("voice_settings", UNSET)
        voice_settings: StreamTtsBodyVoiceSettings | Unset
        if isinstance(_voice_settings, Unset):
            voice_settings = UNSET
        else:
            voice_settings = StreamTtsBodyVoiceSettings.from_dict(_voice_settings)

        stream_tts_body = cls(
            language=language,
            text=text,
            voice_id=voice_id,
            enhance_named_entities_pronunciation=enhance_named_entities_pronunciation,
            inference_options=inference_options,
            output_configuration=output_configuration,
            speech_model=speech_model,
            user_instructions=user_instructions,
            voice_settings=voice_settings,
        )

        stream_tts_body.additional_properties = d
        return stream_tts_body

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
