from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="GetTtsResultResponse200Type1")


@_attrs_define
class GetTtsResultResponse200Type1:
    """
    Attributes:
        file_url (str | Unset):
        output_url (str | Unset):
    """

    file_url: str | Unset = UNSET
    output_url: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file_url = self.file_url

        output_url = self.output_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if file_url is not UNSET:
            field_dict["file_url"] = file_url
        if output_url is not UNSET:
            field_dict["output_url"] = output_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"GetTtsResultResponse200Type1 must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        file_url = d.pop("file_url", UNSET)

        output_url = d.pop("output_url", UNSET)

        get_tts_result_response_200_type_1 = cls(
            file_url=file_url,
            output_url=output_url,
        )

        get_tts_result_response_200_type_1.additional_properties = d
        return get_tts_result_response_200_type_1

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
