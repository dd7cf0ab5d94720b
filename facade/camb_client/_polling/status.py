"""Statuses: what the API may say of a task, and what each of them means."""

from enum import Enum, StrEnum


class TaskStatus(StrEnum):
    """The status of a task.

    Five are documented (https://docs.camb.ai/api-reference/endpoint/get-tts-result); ``FAILED`` stands
    in the sample code of the text-to-sound page, but in no enum. Case and blanks around a value do not
    matter. Any other string becomes an unnamed member that keeps it (``name`` is ``None``), so that a
    status the API adds later does not break a caller: ``TaskStatus("QUEUED").is_known`` is false.
    """

    SUCCESS = "SUCCESS"
    PENDING = "PENDING"
    TIMEOUT = "TIMEOUT"
    ERROR = "ERROR"
    PAYMENT_REQUIRED = "PAYMENT_REQUIRED"
    FAILED = "FAILED"

    @classmethod
    def _missing_(cls, value: object) -> "TaskStatus | None":
        known = cls.__members__.get(value.strip().upper()) if isinstance(value, str) else None
        if known is not None or not isinstance(value, str):
            return known
        # Not cached: what a server can send must not be able to fill our memory.
        unnamed = str.__new__(cls, value)
        unnamed._name_ = None  # type: ignore[assignment]
        unnamed._value_ = value
        return unnamed

    @property
    def is_known(self) -> bool:
        """Whether the meaning of this status is known."""
        return self in _MEANINGS

    def __reduce_ex__(self, _: object) -> tuple[type["TaskStatus"], tuple[str]]:
        """Pickle and copy by value: Python 3.11 before 3.11.4 would go by the name, which not all have."""
        return TaskStatus, (self.value,)


# What a status means to whoever waits for the task.
Meaning = Enum("Meaning", ["PENDING", "SUCCESS", "FAILED", "TIMED_OUT", "PAYMENT_REQUIRED"])


_MEANINGS = {
    TaskStatus.PENDING: Meaning.PENDING,
    TaskStatus.SUCCESS: Meaning.SUCCESS,
    TaskStatus.TIMEOUT: Meaning.TIMED_OUT,
    TaskStatus.ERROR: Meaning.FAILED,
    TaskStatus.FAILED: Meaning.FAILED,
    TaskStatus.PAYMENT_REQUIRED: Meaning.PAYMENT_REQUIRED,
}


def meaning(status: TaskStatus, exception_reason: object) -> Meaning:
    """What a status means; one that is not in the table may still change, so it counts as pending.

    The docs have PAYMENT_REQUIRED as a status; the server's own schema of 2026 (camb-sdk 1.6.6) has it
    as a reason given with ERROR. Both mean the same.
    """
    means = _MEANINGS.get(status, Meaning.PENDING)
    unpaid = isinstance(exception_reason, str) and TaskStatus(exception_reason) is TaskStatus.PAYMENT_REQUIRED
    return Meaning.PAYMENT_REQUIRED if means is Meaning.FAILED and unpaid else means
