"""camb-client: wait for CAMB.AI's background audio tasks.

::

    from camb_client import CambClient

    with CambClient() as camb:                    # CAMB_API_KEY from the environment
        done = camb.tts.wait("c8b8e3cd-ad17")     # returns on SUCCESS, raises otherwise
        print(done.run_id)

Rule of this file: the public names, and nothing else. What is not here is not promised, but for
``camb_client.testing``.
"""

from ._async import AsyncCambClient, AsyncTaskFamily
from ._errors import (
    ApiConnectionError,
    ApiError,
    ApiPaymentRequiredError,
    AuthenticationError,
    CambError,
    ConfigurationError,
    InvalidRequestError,
    MalformedResponseError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TaskError,
    TaskFailedError,
    TaskNotFoundError,
    TaskPaymentRequiredError,
    TaskResultMissingError,
    TaskTimedOutError,
    WaitTimeoutError,
)
from ._gateway import SPEC_DIGEST
from ._outcomes import AsyncOutcomes, Outcomes
from ._schedule import Schedule
from ._status import TaskStatus
from ._sync import CambClient, TaskFamily
from ._task import CompletedTask, TaskOutcome, TaskRef, TaskState
from ._version import __version__

# fmt: off
__all__ = [
    "SPEC_DIGEST", "ApiConnectionError", "ApiError", "ApiPaymentRequiredError", "AsyncCambClient", "AsyncOutcomes",
    "AsyncTaskFamily", "AuthenticationError", "CambClient", "CambError", "CompletedTask", "ConfigurationError",
    "InvalidRequestError", "MalformedResponseError", "Outcomes", "PaymentRequiredError", "PermissionDeniedError",
    "RateLimitError", "Schedule", "ServerError", "TaskError", "TaskFailedError", "TaskFamily", "TaskNotFoundError",
    "TaskOutcome", "TaskPaymentRequiredError", "TaskRef", "TaskResultMissingError", "TaskState", "TaskStatus",
    "TaskTimedOutError", "WaitTimeoutError", "__version__",
]
# fmt: on
