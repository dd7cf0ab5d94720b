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

from ..types import UNSET, Unset

T = TypeVar("T", bound="SubRipText")


@_attrs_define
class SubRipText:
    """
    Attributes:
        content (str): The text itself, as SubRip has it: no file name, no URL
        format_ (Literal['srt'] | Unset):
    """

    content: str
    format_: Literal["srt"] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content = self.content

        format_ = self.format_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "content": content,
            }
        )
        if format_ is not UNSET:
            field_dict["format"] = format_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"SubRipText must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        content = d.pop("content")

        format_ = cast(Literal["srt"] | Unset, d.pop("format", UNSET))
        if format_ != "srt" and not isinstance(format_, Unset):
            raise ValueError(f"format must match const 'srt', got '{format_}'")

        sub_rip_text = cls(
            content=content,
            format_=format_,
        )

        sub_rip_text.additional_properties = d
        return sub_rip_text

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
