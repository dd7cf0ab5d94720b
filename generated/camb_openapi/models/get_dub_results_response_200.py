from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.dubbed_languages import DubbedLanguages
    from ..models.dubbed_media import DubbedMedia


T = TypeVar("T", bound="GetDubResultsResponse200")


@_attrs_define
class GetDubResultsResponse200:
    additional_properties: dict[str, DubbedLanguages | DubbedMedia] = _attrs_field(
        init=False, factory=dict
    )

    def to_dict(self) -> dict[str, Any]:
        from ..models.dubbed_media import DubbedMedia  # noqa: PLC0415

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            if isinstance(prop, DubbedMedia):
                field_dict[prop_name] = prop.to_dict()
            else:
                field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dubbed_languages import DubbedLanguages  # noqa: PLC0415
        from ..models.dubbed_media import DubbedMedia  # noqa: PLC0415

        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"GetDubResultsResponse200 must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        get_dub_results_response_200 = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():

            def _parse_additional_property(
                data: object,
            ) -> DubbedLanguages | DubbedMedia:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    additional_property_type_0 = DubbedMedia.from_dict(data)

                    return additional_property_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                additional_property_type_1 = DubbedLanguages.from_dict(data)

                return additional_property_type_1

            additional_property = _parse_additional_property(prop_dict)

            additional_properties[prop_name] = additional_property

        get_dub_results_response_200.additional_properties = additional_properties
        return get_dub_results_response_200

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> DubbedLanguages | DubbedMedia:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: DubbedLanguages | DubbedMedia) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
