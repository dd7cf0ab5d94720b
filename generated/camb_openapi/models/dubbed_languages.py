from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.dubbed_media import DubbedMedia


T = TypeVar("T", bound="DubbedLanguages")


@_attrs_define
class DubbedLanguages:
    """By language, where there are several"""

    additional_properties: dict[str, DubbedMedia] = _attrs_field(
        init=False, factory=dict
    )

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dubbed_media import DubbedMedia  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"DubbedLanguages must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        dubbed_languages = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():
            additional_property = DubbedMedia.from_dict(prop_dict)

            additional_properties[prop_name] = additional_property

        dubbed_languages.additional_properties = additional_properties
        return dubbed_languages

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> DubbedMedia:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: DubbedMedia) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
