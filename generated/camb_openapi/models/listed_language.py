from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.spoken_language import SpokenLanguage, check_spoken_language

T = TypeVar("T", bound="ListedLanguage")


@_attrs_define
class ListedLanguage:
    """
    Attributes:
        id (SpokenLanguage): A language by its number; the names are the locales
        language (str): What people call it
        short_name (str): Its locale
    """

    id: SpokenLanguage
    language: str
    short_name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id: int = cast(int, check_spoken_language(self.id))

        language = self.language

        short_name = self.short_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "language": language,
                "short_name": short_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"ListedLanguage must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        id = check_spoken_language(d.pop("id"))

        language = d.pop("language")

        short_name = d.pop("short_name")

        listed_language = cls(
            id=id,
            language=language,
            short_name=short_name,
        )

        listed_language.additional_properties = d
        return listed_language

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
