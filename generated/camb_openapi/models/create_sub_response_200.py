from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CreateSubResponse200")


@_attrs_define
class CreateSubResponse200:
    """
    Attributes:
        task_id (str): This parameter represents a unique identifier for a task. It is used in various API endpoints to
            query the status or result of a specific task. The `task_id` is typically returned when a task is created.
    """

    task_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        task_id = self.task_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "task_id": task_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"CreateSubResponse200 must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        task_id = d.pop("task_id")

        create_sub_response_200 = cls(
            task_id=task_id,
        )

        create_sub_response_200.additional_properties = d
        return create_sub_response_200

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
