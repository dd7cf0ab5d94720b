from enum import StrEnum
from typing import Self


class TaskStatus(StrEnum):
    ERROR = "ERROR"
    PAYMENT_REQUIRED = "PAYMENT_REQUIRED"
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    TIMEOUT = "TIMEOUT"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Read a value that the API description does not have as an unnamed member that keeps it."""
        if not isinstance(value, str):
            return None
        # Not kept among the members: what the server sends must not make this process grow.
        member = str.__new__(cls, value)
        member._name_ = ""
        member._value_ = str(value)
        return member

    def __reduce_ex__(self, _: object) -> tuple[type[Self], tuple[str]]:
        """Pickle and copy by value: some versions of Python 3.11 would go by the name, which not all have."""
        return type(self), (self.value,)


def check_task_status(value: str) -> TaskStatus:
    return TaskStatus(value)
