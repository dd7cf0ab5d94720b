"""Tasks as values: how to name one, and what the API said of it.

Rule of this file: frozen values only. Nothing here knows how an answer was got or when to poll next.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from .status import Meaning, TaskStatus, meaning

if TYPE_CHECKING:
    from .errors import CambError

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
    def parse(cls, text: str) -> "TaskRef":
        """Read ``"<kind>:<task_id>"``.

        Raises:
            TypeError: Not a string.
            ValueError: Not of that form.
        """
        kind, colon, task_id = str.partition(text, ":")  # TypeError for what is no str.
        if not colon:
            raise ValueError(f"{text!r} is not a task reference: it should look like 'tts:{text or 'ID'}'")
        return cls(kind, task_id)


TaskLike = TaskRef | str


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


class CompletedTask(TaskState):
    """A task that has succeeded and says under which ``run_id`` its result is."""

    if TYPE_CHECKING:
        run_id: int


@attrs.frozen
class TaskOutcome:
    """How the wait for one task of a batch ended: with a state, or with an error.

    Attributes:
        ref: The task.
        state: The completed task, or ``None``.
        error: What :meth:`CambClient.wait` would have raised, or ``None``.
    """

    ref: TaskRef
    state: CompletedTask | None = attrs.field(default=None, kw_only=True)
    error: "CambError | None" = attrs.field(default=None, kw_only=True, hash=False)

    def result(self) -> CompletedTask:
        """The completed task.

        Raises:
            CambError: The error, where there is one.
        """
        if self.state is None:
            raise self.error or ValueError(f"{self.ref}: an outcome needs a state or an error")
        return self.state
