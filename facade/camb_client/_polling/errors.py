"""Errors: one tree, each with what is needed to act on it.

::

    CambError
    ├── ConfigurationError (also ValueError)
    ├── ApiConnectionError
    ├── ApiError
    │   ├── AuthenticationError       401
    │   ├── ApiPaymentRequiredError   402 (also PaymentRequiredError)
    │   ├── PermissionDeniedError     403
    │   ├── TaskNotFoundError         404
    │   ├── InvalidRequestError       422
    │   ├── RateLimitError            429
    │   └── ServerError               5xx
    ├── MalformedResponseError
    ├── DownloadError
    ├── CreateOutcomeUnknownError
    ├── TaskError
    │   ├── TaskFailedError
    │   ├── TaskTimedOutError
    │   ├── TaskPaymentRequiredError (also PaymentRequiredError)
    │   └── TaskResultMissingError
    ├── PaymentRequiredError
    └── WaitTimeoutError (also TimeoutError)
"""

from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from .status import Meaning
from .task import TaskRef, TaskState
from .text import plain, printable, without_queries

if TYPE_CHECKING:
    from .._batch.outcome import TaskOutcome

BILLING_PAGE = "https://studio.camb.ai/billing"


class CambError(Exception):
    """Whatever goes wrong with a task, the API or the way to it. What it carries is given by keyword.

    Attributes:
        ref: The task it is about, or ``None``.
    """

    ref: TaskRef | None = None

    def __init__(self, message: str, **facts: Any) -> None:
        known = {name for cls in type(self).__mro__ for name in getattr(cls, "__annotations__", ())}
        if unknown := facts.keys() - known:
            raise TypeError(f"{type(self).__name__} carries no {', '.join(sorted(unknown))}")
        super().__init__(printable(message))
        vars(self).update(facts)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON: ``type``, ``message``, ``task``, and each attribute of this type of error."""
        names = {name for cls in type(self).__mro__ for name in getattr(cls, "__annotations__", ())} - {"ref"}
        facts = {name: plain(getattr(self, name)) for name in sorted(names)}
        task = None if self.ref is None else str(self.ref)
        return {"type": type(self).__name__, "message": plain(str(self)), "task": task, **facts}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy with every attribute, and with the cause; or with its text, where it cannot be pickled."""
        import pickle

        cause = self.__cause__
        try:
            pickle.loads(pickle.dumps(cause))  # noqa: S301 (what was dumped here)
        except Exception:  # noqa: BLE001 (it may be of the caller's own transport, and so of any kind)
            cause = RuntimeError(f"{type(cause).__name__}: {cause}")
        return type(self), self.args, {**vars(self), "__cause__": cause}


class ConfigurationError(CambError, ValueError):
    """The client cannot be made like that: no usable API key, or a base URL that is not safe or no URL."""


class ApiConnectionError(CambError):
    """No response: refused, reset, timed out. ``__cause__`` is the httpx error, its request without headers.

    Attributes:
        permanent: Whether trying again cannot help (a certificate refused, a URL not supported).
        sent: Whether the request may have reached the server: false where there was no connection to send it on.
    """

    permanent: bool = False
    sent: bool = True


class ApiError(CambError):
    """An HTTP response whose status is no success.

    Attributes:
        status_code: The HTTP status code.
        body: The response's text, cut at 2,000 characters.
        request_id: The header ``x-request-id``, or ``None``.
        retry_after: Seconds the server asks to wait, or ``None``.
    """

    status_code: int = 0
    body: str = ""
    request_id: str | None = None
    retry_after: float | None = None


class PaymentRequiredError(CambError):
    """The account has too few credits, however the API says so: catch this one."""


class AuthenticationError(ApiError):
    """401: the API key is missing or not valid.

    Attributes:
        outcomes: Where it ended a batch, the outcomes that were not handed out, as they came: all until then of
            ``wait_all``, none of ``as_completed``. Else empty.
    """

    outcomes: "tuple[TaskOutcome, ...]" = ()


class ApiPaymentRequiredError(ApiError, PaymentRequiredError):
    """402: the account has too few credits."""


class PermissionDeniedError(ApiError):
    """403: the API key lacks permission for this.

    Attributes:
        outcomes: As for :class:`AuthenticationError`.
    """

    outcomes: "tuple[TaskOutcome, ...]" = ()


class TaskNotFoundError(ApiError):
    """404: no such task or run, or one that cannot be seen yet."""


class InvalidRequestError(ApiError):
    """422: the API refused what was sent.

    Attributes:
        detail: What the response gave as ``detail``, as sent: a list of problems, a string, or ``None``.
    """

    detail: Any = None


class RateLimitError(ApiError):
    """429: too many requests."""


class ServerError(ApiError):
    """5xx: the server failed."""


class MalformedResponseError(CambError):
    """A 200 that is not the contract.

    Attributes:
        body: The response's text, cut at 2,000 characters.
    """

    body: str = ""


class DownloadError(CambError):
    """A file cannot be fetched, though its address is known. It says nothing of the API key, which no file needs.

    ``__cause__`` is what went wrong at last, if that was an error of its own: no response, an HTTP status code, or
    something else than audio.

    Attributes:
        status_code: The HTTP status code that the server of the file sent, or ``None``.
        host: That server, or ``None``.
    """

    status_code: int | None = None
    host: str | None = None


class CreateOutcomeUnknownError(CambError):
    """Whether a task was created is unknown: the request may have arrived, but no whole response came back.

    It was sent once. ``__cause__`` is what went wrong: no response, a 5xx, or a 200 that names no task. To send it
    again may pay for it twice.

    Attributes:
        ref: The task, where the part of a response that came names it: wait for that. Else ``None``.
    """


class TaskError(CambError):
    """The task ended, but not well.

    Attributes:
        ref: The task.
        state: Its last state.
    """

    # None only in an error that was made anew from its args.
    ref: TaskRef = None  # type: ignore[assignment]
    state: TaskState = None  # type: ignore[assignment]


class TaskFailedError(TaskError):
    """The task ended as ``ERROR``, or as ``FAILED`` (in a sample of the docs, in no enum)."""


class TaskTimedOutError(TaskError):
    """The task ended as ``TIMEOUT``: the server gave up. Not the builtin ``TimeoutError``."""


class TaskPaymentRequiredError(TaskError, PaymentRequiredError):
    """The task ended for want of credits: as a status, or as the reason given with ``ERROR``."""


class TaskResultMissingError(TaskError):
    """The task succeeded, but the API does not say under which ``run_id`` its result is."""


class WaitTimeoutError(CambError, TimeoutError):
    """Our own deadline has passed: the task is still running and may finish.

    ``__cause__`` is the error of the last poll, if that failed.

    Attributes:
        ref: The task.
        last_state: Its state at the last poll that had a good response, or ``None``.
        elapsed: Seconds waited.
        polls: How many polls were made.
        retry_after: Seconds the server asked to wait in its last response, or ``None``.
    """

    ref: TaskRef = None  # type: ignore[assignment]
    last_state: TaskState | None = None
    elapsed: float = 0.0
    polls: int = 0
    retry_after: float | None = None


class Transience(Enum):
    """When another poll may go better."""

    NEVER = "never"
    ALWAYS = "always"
    # The API has shown that it knows the task and the key, so what now comes in its place will pass.
    ONCE_HEALTHY = "once healthy"


@attrs.frozen
class HttpRule:
    """What an HTTP status code that is no success leads to."""

    error: type[ApiError] = ApiError
    transient: Transience = Transience.NEVER
    advice: str = ""


_HTTP_RULES = {
    401: HttpRule(AuthenticationError, advice="Check the API key."),
    402: HttpRule(ApiPaymentRequiredError, advice=f"Add credits: {BILLING_PAGE}"),
    403: HttpRule(PermissionDeniedError, advice="The API key is known, but lacks permission for this."),
    404: HttpRule(TaskNotFoundError, advice="Check the id, the kind and the base URL; ids are case-sensitive."),
    422: HttpRule(InvalidRequestError, advice="The API does not accept what was sent."),
    429: HttpRule(RateLimitError, Transience.ALWAYS, "Send fewer requests a second."),
    409: HttpRule(transient=Transience.ONCE_HEALTHY),
    **dict.fromkeys((408, 425), HttpRule(transient=Transience.ALWAYS)),
    **dict.fromkeys((501, 505), HttpRule(ServerError)),
}


# The API explains a 403 in JSON; a page comes from a firewall or a proxy on the way.
_FIREWALL = HttpRule(
    transient=Transience.ONCE_HEALTHY,
    advice="This is no response of the API: a firewall or a proxy refused the request. Check what is on the way.",
)
_SERVER = HttpRule(ServerError, Transience.ALWAYS)


def http_rule(status_code: int, *, is_json: bool = True) -> HttpRule:
    """The rule for a status code: the table's, else that of its class."""
    if status_code == 403 and not is_json:
        return _FIREWALL
    return _HTTP_RULES.get(status_code, _SERVER if 500 <= status_code <= 599 else HttpRule())


def is_transient(error: CambError, *, healthy: bool = False) -> bool:
    """Whether another poll may go better, so that a wait continues.

    Args:
        error: What went wrong.
        healthy: Whether the API has given this wait, or its batch, a good response before.
    """
    if isinstance(error, ApiError):
        rule = http_rule(error.status_code, is_json=isinstance(error, PermissionDeniedError))
        return rule.transient is Transience.ALWAYS or (healthy and rule.transient is Transience.ONCE_HEALTHY)
    # A malformed 200 may be half a response, or a proxy's page.
    return isinstance(error, MalformedResponseError) or (isinstance(error, ApiConnectionError) and not error.permanent)


_TASK_ERRORS: dict[Meaning, tuple[type[TaskError], str]] = {
    Meaning.FAILED: (TaskFailedError, "Check the reason, then submit it again."),
    Meaning.TIMED_OUT: (TaskTimedOutError, "The server gave up: submit smaller pieces."),
    Meaning.PAYMENT_REQUIRED: (TaskPaymentRequiredError, f"Add credits, then submit it again: {BILLING_PAGE}"),
    Meaning.SUCCESS: (TaskResultMissingError, "It has no run_id, so its result cannot be fetched."),
}


def task_error(state: TaskState) -> TaskError:
    """The error for a state that is terminal, but not a completed task."""
    error, advice = _TASK_ERRORS[state._meaning]
    facts = (without_queries(" ".join(str(fact).split())) for fact in (state.exception_reason, state.message) if fact)
    given = ", ".join(fact[:300] for fact in facts)
    message = f"{state.ref} ended as {state.status}{given and f' ({given})'}. {advice}"
    return error(message, ref=state.ref, state=state)
