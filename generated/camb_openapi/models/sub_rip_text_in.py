from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.spoken_language import SpokenLanguage, check_spoken_language
from ..types import UNSET, Unset

T = TypeVar("T", bound="SubRipTextIn")


@_attrs_define
class SubRipTextIn:
    """
    Attributes:
        content (str): The text itself, as SubRip has it: no file name, no URL
        language (SpokenLanguage): A language by its number; the names are the locales
        format_ (Literal['srt'] | Unset):
    """

    content: str
    language: SpokenLanguage
    format_: Literal["srt"] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content = self.content

        language: int = cast(int, check_spoken_language(self.language))

        format_ = self.format_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "content": content,
                "language": language,
            }
        )
        if format_ is not UNSET:
            field_dict["format"] = format_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"SubRipTextIn must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        content = d.pop("content")

        language = check_spoken_language(d.pop("language"))

        format_ = cast(Literal["srt"] | Unset, d.pop("format", UNSET))
        if format_ != "srt" and not isinstance(format_, Unset):
            raise ValueError(f"format must match const 'srt', got '{format_}'")

        sub_rip_text_in = cls(
            content=content,
            language=language,
            format_=format_,
        )

        sub_rip_text_in.additional_properties = d
        return sub_rip_text_in

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
