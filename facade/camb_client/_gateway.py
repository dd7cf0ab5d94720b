"""The gateway to the generated code: the only module that imports ``camb_openapi``.

Rule of this file: it hands over what the generator made of the spec (which kinds there are, the request of
each, the reader of a task result), and adds nothing but plain values for the generator's own types.
"""

from typing import Any

from camb_openapi import SPEC_DIGEST as SPEC_DIGEST
from camb_openapi.api import TASK_STATUS_OPERATIONS
from camb_openapi.types import Unset

from ._task import TaskRef

KINDS = tuple(TASK_STATUS_OPERATIONS)


def check_kind(kind: str) -> str:
    """The kind itself, if the spec has it.

    Raises:
        ValueError: It has not; the message names those it has.
    """
    if kind not in TASK_STATUS_OPERATIONS:
        raise ValueError(f"unknown kind of task {kind!r}; known are {', '.join(KINDS)}")
    return kind


def request_line(ref: TaskRef) -> tuple[str, str]:
    """Method and path, relative to the base URL, of the status request."""
    request = TASK_STATUS_OPERATIONS[ref.kind][0](ref.task_id)
    return request["method"], request["url"]


def parse(kind: str, body: dict[str, Any]) -> tuple[object, object]:
    """Status and run id of a task result, as the generated model reads them; ``None`` where it has none.

    The model checks few types, so the caller does. The two fields that may be of any shape, the reason and
    the message, are the caller's to read: the model would wrap an object in a class of its own.
    """
    result = TASK_STATUS_OPERATIONS[kind][1].from_dict(body)
    status, run_id = (None if isinstance(value, Unset) else value for value in (result.status, result.run_id))
    return status, run_id
