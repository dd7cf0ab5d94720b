from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.task_status import TaskStatus, check_task_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.orchestrator_pipeline_result_message import (
        OrchestratorPipelineResultMessage,
    )


T = TypeVar("T", bound="OrchestratorPipelineResult")


@_attrs_define
class OrchestratorPipelineResult:
    """
    Attributes:
        exception_reason (None | str | Unset): Why the task ended badly. Any text; the reasons known so far are
            HARMFUL_CONTENT_DETECTED, VOICE_CONVERSION_ERROR, PROCESSING_ERROR, SOURCE_TOO_LONG, SOURCE_TOO_LARGE,
            SOURCE_TYPE_NOT_SUPPORTED, ERROR_DOWNLOADING_SOURCE, TOO_MANY_GDRIVE_REQUESTS, SOURCE_BLOCKED_IN_REGION,
            SOURCE_IS_AGE_RESTRICTED, SOURCE_NOT_FOUND, MISMATCHED_SOURCE_CODEC, CONTENT_DOES_NOT_MATCH_EXTENSION,
            INVALID_SOURCE_DATA, VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS, MASTERING_OUT_OF_RANGE, INVALID_AUDIO_TRACKS_SELECTION,
            PAYMENT_REQUIRED, FORBIDDEN, INTERNAL_ERROR and NONE.
        message (None | OrchestratorPipelineResultMessage | str | Unset): More about how the task is doing or how it
            ended, as text or as an object. No shape is promised.
        run_id (int | None | Unset):
        status (TaskStatus | Unset):
    """

    exception_reason: None | str | Unset = UNSET
    message: None | OrchestratorPipelineResultMessage | str | Unset = UNSET
    run_id: int | None | Unset = UNSET
    status: TaskStatus | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.orchestrator_pipeline_result_message import (
            OrchestratorPipelineResultMessage,  # noqa: PLC0415
        )

        exception_reason: None | str | Unset
        if isinstance(self.exception_reason, Unset):
            exception_reason = UNSET
        else:
            exception_reason = self.exception_reason

        message: dict[str, Any] | None | str | Unset
        if isinstance(self.message, Unset):
            message = UNSET
        elif isinstance(self.message, OrchestratorPipelineResultMessage):
            message = self.message.to_dict()
        else:
            message = self.message

        run_id: int | None | Unset
        if isinstance(self.run_id, Unset):
            run_id = UNSET
        else:
            run_id = self.run_id

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = cast(str, check_task_status(self.status))

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if exception_reason is not UNSET:
            field_dict["exception_reason"] = exception_reason
        if message is not UNSET:
            field_dict["message"] = message
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"OrchestratorPipelineResult must be an object, not {type(src_dict).__name__}"
            )
        d = dict(src_dict)
        if d.get("message") is not None:
            from ..models.orchestrator_pipeline_result_message import (
                OrchestratorPipelineResultMessage,  # noqa: PLC0415
            )

        def _parse_exception_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        exception_reason = _parse_exception_reason(d.pop("exception_reason", UNSET))

        def _parse_message(
            data: object,
        ) -> None | OrchestratorPipelineResultMessage | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                message_type_1 = OrchestratorPipelineResultMessage.from_dict(data)

                return message_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OrchestratorPipelineResultMessage | str | Unset, data)

        message = _parse_message(d.pop("message", UNSET))

        def _parse_run_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        run_id = _parse_run_id(d.pop("run_id", UNSET))

        _status = d.pop("status", UNSET)
        status: TaskStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_task_status(_status)

        orchestrator_pipeline_result = cls(
            exception_reason=exception_reason,
            message=message,
            run_id=run_id,
            status=status,
        )

        orchestrator_pipeline_result.additional_properties = d
        return orchestrator_pipeline_result

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
