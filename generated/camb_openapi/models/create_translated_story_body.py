from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.spoken_language import SpokenLanguage, check_spoken_language

T = TypeVar("T", bound="CreateTranslatedStoryBody")


@_attrs_define
class CreateTranslatedStoryBody:
    """
    Attributes:
        target_language (SpokenLanguage): A language by its number; the names are the locales
    """

    target_language: SpokenLanguage
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        target_language: int = cast(int, check_spoken_language(self.target_language))

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "target_language": target_language,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateTranslatedStoryBody must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        target_language = check_spoken_language(d.pop("target_language"))

        create_translated_story_body = cls(
            target_language=target_language,
        )

        create_translated_story_body.additional_properties = d
        return create_translated_story_body

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
