"""Create calls, for tasks of any kind: what is known of the task at any moment, and what the result means."""

import json
import re
from contextlib import suppress

from .._http.call import Call
from .._http.response import Response
from .._polling.callbacks import STILL_RUNNING
from .._polling.errors import ApiConnectionError, ApiError, CambError, CreateOutcomeUnknownError
from .._polling.response import CallResult
from .._polling.task import TaskRef

UNKNOWN = "whether a task was created is unknown; sending it again may pay for it twice"

# A success and the JSON in it, as they came over the network: after what is no response yet, with chunks or without.
_RESPONSE = re.compile(rb"(?:HTTP/1\.1 1.*?\r\n\r\n)*HTTP/1\.[01] 2.*?\r\n\r\n[^{]*(\{.*\})", re.DOTALL)


class Creation:
    """One create call, which is sent once. Its ``str()`` names the task as soon as the response does."""

    def __init__(self, call: Call[TaskRef]) -> None:
        self.call = call

    def _task(self) -> TaskRef | None:
        """The task, from the response as far as it has come: an interruption may leave nothing else."""
        response = self.call.response or Response()
        came = _RESPONSE.match(b"".join(self.call.received))
        for body in (response.body if response.is_success else b"", came[1] if came else b""):
            with suppress(Exception):  # A response that is not whole, or no task: nothing is known then.
                return self.call.read(json.loads(body), lambda value: value, response.received_at)
        return None

    def __str__(self) -> str:
        """The reference of the task, or what the call is called while there is none."""
        return str(self._task() or self.call.subject)

    def note(self) -> str:
        """What an interruption means for the task."""
        return UNKNOWN if self._task() is None else STILL_RUNNING

    def ref(self, result: CallResult[TaskRef]) -> TaskRef:
        """The reference of the task that was created.

        Raises:
            ApiError: A 4xx: nothing was created.
            ApiConnectionError: There was no connection to send it on: nothing was created.
            CreateOutcomeUnknownError: Anything else.
        """
        error = result.value
        if not isinstance(error, CambError):
            return error
        refused = isinstance(error, ApiError) and 400 <= error.status_code < 500
        if refused or (isinstance(error, ApiConnectionError) and not error.sent):
            raise error
        found, message = self._task(), f"{self.call.subject}: {UNKNOWN}. What went wrong: {error}"
        if found:  # What came of the response is enough for that.
            message = f"{message.rstrip('.')}. The part of the response that came names {found}: wait for it."
        raise CreateOutcomeUnknownError(message, ref=found) from error
