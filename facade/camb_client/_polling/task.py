"""Tasks as values: how to name one, what the API said of it, and how a wait for it ended."""

import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import attrs

from .status import Meaning, TaskStatus, meaning
from .text import plain

# Control characters; and surrogates, which cannot be encoded at all.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _check_name(_: object, attribute: "attrs.Attribute[str]", value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{attribute.name} must be a str, not {type(value).__name__}")
    # "." and ".." would be taken as steps in the URL's path.
    if value in {"", ".", ".."} or _ODD.search(value) or (attribute.name == "kind" and ":" in value):
        raise ValueError(f"{value!r} cannot be a {attribute.name}: it is empty, a path step, or has odd characters")


def _check_moment(_: object, attribute: "attrs.Attribute[datetime | None]", value: object) -> None:
    if not isinstance(value, datetime | None):
        raise TypeError(f"{attribute.name} must be a datetime, not {type(value).__name__}")
    if value is not None and value.utcoffset() is None:
        raise ValueError(f"{attribute.name} must be an aware datetime: give it a time zone")


@attrs.frozen
class TaskRef:
    """Which task: its kind and its id. ``str()`` and :meth:`parse` turn it into ``"tts:ID"`` and back.

    Args:
        kind: The path of the task's status endpoint up to the id: ``"tts"``, ``"text-to-sound"``.
        task_id: The id as the create call returned it; any string but an empty one, ``.``, ``..``, or
            one with control characters. It is percent-encoded on the wire.
        submitted_at: When the task was submitted, as an aware datetime. Waits keep time from it where it
            is given. It is left out of equality, hash and ``str()``.

    Raises:
        TypeError: A value of another type.
        ValueError: A value that cannot name a task, or a naive datetime.
    """

    kind: str = attrs.field(validator=_check_name)
    task_id: str = attrs.field(validator=_check_name)
    submitted_at: datetime | None = attrs.field(default=None, eq=False, validator=_check_moment)
    # Whether a create call of ours returned it, so that it is known to exist. It travels with pickle, as that
    # stays true in another process.
    _created: bool = attrs.field(default=False, init=False, eq=False, repr=False)

    def __str__(self) -> str:
        """``<kind>:<task_id>``."""
        return f"{self.kind}:{self.task_id}"

    @classmethod
    def _of_create(cls, kind: str, task_id: str, submitted_at: datetime) -> "TaskRef":
        """The reference that a create call returned."""
        ref = cls(kind, task_id, submitted_at)
        object.__setattr__(ref, "_created", True)
        return ref

    @classmethod
    def parse(cls, text: str, submitted_at: datetime | None = None) -> "TaskRef":
        """Read ``"<kind>:<task_id>"``.

        Args:
            text: What ``str()`` of a reference gives.
            submitted_at: When the task was submitted, which ``str()`` leaves out.

        Raises:
            TypeError: ``text`` is not a string, or ``submitted_at`` not a datetime.
            ValueError: ``text`` is not of that form, or ``submitted_at`` is naive.
        """
        kind, colon, task_id = str.partition(text, ":")  # TypeError for what is no str.
        if not colon:
            raise ValueError(f"{text!r} is not a task reference: write it as 'tts:{text or 'ID'}', the kind first")
        return cls(sys.intern(kind), task_id, submitted_at)  # One string for the kind of ten thousand tasks.

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON, for :meth:`from_dict`."""
        moment = self.submitted_at and self.submitted_at.isoformat()
        return {"kind": self.kind, "task_id": self.task_id, "submitted_at": moment, "created": self._created}

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "TaskRef":
        """The reference that :meth:`to_dict` gave.

        Raises:
            TypeError: A value of another type.
            ValueError: A name that is missing or not known, or a value that cannot name a task.
        """
        names = {"kind", "task_id", "submitted_at", "created"}
        if not isinstance(fields, dict) or not {"kind", "task_id"} <= fields.keys() <= names:
            raise ValueError(f"a task reference is a dict of {', '.join(sorted(names))}, not {fields!r:.200}")
        at = fields.get("submitted_at")
        ref = cls(fields["kind"], fields["task_id"], at and datetime.fromisoformat(at))
        object.__setattr__(ref, "_created", bool(fields.get("created")))
        return ref


@attrs.frozen
class TaskState:
    """What the API said of a task at one poll.

    Attributes:
        ref: The task.
        status: Its status; one that is not known keeps the string that was sent.
        run_id: What fetches the result; ``None`` until the task has succeeded.
        exception_reason: Why the task failed, as sent (most often a string), or ``None``. Not in the docs
            pages; in the server's own schema (camb-sdk 1.6.6).
        message: What the server added, as sent (a string or an object), or ``None``. Source as above.
        raw: The whole body as a plain dict; left out of equality, hash and repr.
    """

    ref: TaskRef
    status: TaskStatus = attrs.field(converter=TaskStatus)
    run_id: int | None = None
    # Of any shape, so perhaps not hashable.
    exception_reason: Any = attrs.field(default=None, hash=False)
    message: Any = attrs.field(default=None, hash=False)
    raw: dict[str, Any] = attrs.field(factory=dict, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON: ``task``, ``status``, ``run_id``, ``exception_reason`` and ``message``."""
        return {
            "task": str(self.ref),
            "status": plain(self.status),
            "run_id": self.run_id,
            "exception_reason": plain(self.exception_reason),
            "message": plain(self.message),
        }

    def raise_for_status(self) -> Self:
        """The state itself, unless the task has ended without a result.

        Raises:
            TaskError: What a wait would raise for it.
        """
        if self.is_failure or (self.is_success and not isinstance(self, CompletedTask)):
            from .errors import task_error

            raise task_error(self)
        return self

    @property
    def _meaning(self) -> Meaning:
        """What the status and the reason mean together."""
        return meaning(self.status, self.exception_reason)

    @property
    def is_pending(self) -> bool:
        """Whether it may still change, as with ``PENDING`` and any status that is not known."""
        return self._meaning is Meaning.PENDING

    @property
    def is_terminal(self) -> bool:
        """Whether the task has ended."""
        return not self.is_pending

    @property
    def is_success(self) -> bool:
        """Whether the task has succeeded."""
        return self._meaning is Meaning.SUCCESS

    @property
    def is_failure(self) -> bool:
        """Whether the task has ended, but not well."""
        return self.is_terminal and not self.is_success


@attrs.frozen
class CompletedTask(TaskState):
    """A task that has succeeded and says under which ``run_id`` its result is.

    Attributes:
        elapsed: Seconds since the wait or the batch began; ``None`` from ``status()``. Left out of equality.
        polls: How many polls it took. Left out of equality.
    """

    elapsed: float | None = attrs.field(default=None, eq=False, kw_only=True)
    polls: int = attrs.field(default=1, eq=False, kw_only=True)

    if TYPE_CHECKING:
        run_id: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON: as :meth:`TaskState.to_dict`, with ``elapsed`` and ``polls``."""
        return {**super().to_dict(), "elapsed": self.elapsed, "polls": self.polls}
