"""What the result of a create call means, for tasks of any kind."""

from .._polling.errors import ApiConnectionError, ApiError, CambError, CreateOutcomeUnknownError
from .._polling.response import CallResult
from .._polling.task import TaskRef

UNKNOWN = "whether a task was created is unknown; sending it again may pay for it twice"


def created(subject: str, came: CallResult[TaskRef]) -> TaskRef:
    """The reference of the task that a create call made.

    Raises:
        ApiError: A 4xx: nothing was created.
        ApiConnectionError: There was no connection to send it on: nothing was created.
        CreateOutcomeUnknownError: Anything else.
    """
    error = came.value
    if not isinstance(error, CambError):
        return error
    refused = isinstance(error, ApiError) and 400 <= error.status_code < 500
    if refused or (isinstance(error, ApiConnectionError) and not error.sent):
        raise error
    raise CreateOutcomeUnknownError(f"{subject}: {UNKNOWN}. What went wrong: {error}") from error
