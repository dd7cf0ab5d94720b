"""Exit codes: how it ended, as a number for scripts. ``--help`` prints this table, and the docs have it too."""

from collections.abc import Iterable

import attrs

from .. import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    CreateOutcomeUnknownError,
    DownloadError,
    MalformedResponseError,
    PaymentRequiredError,
    PermissionDeniedError,
    TaskFailedError,
    TaskResultMissingError,
    TaskTimedOutError,
    WaitTimeoutError,
)
from ._output import OutputClosedError, OutputError
from ._signals import HungUp, Terminated


@attrs.frozen
class Exit:
    """One way to end.

    Attributes:
        code: The exit code of the process.
        word: What a task's line says of it.
        meaning: What the tables of ``--help`` and the docs say of it.
        errors: The errors that lead to it.
    """

    code: int
    word: str
    meaning: str
    errors: tuple[type[BaseException], ...] = ()


# The most serious first: of several tasks, the row that comes first counts. What stops every task comes before
# what stops one; what a person has to mend comes before what another submission mends, and that before what may
# mend itself.
USAGE = Exit(2, "usage", "an argument, option or setting is wrong, such as no API key", (ConfigurationError,))
UNEXPECTED = Exit(1, "unexpected", "something unexpected, so a bug: `--debug` shows where")
NOT_DONE = Exit(124, "not done", "not done: `--timeout` came first, or `status` saw it pending", (WaitTimeoutError,))
SUCCEEDED = Exit(0, "succeeded", "all succeeded")
EXITS = (
    Exit(129, "interrupted", "ended by SIGHUP: the terminal has gone; the tasks continue", (HungUp,)),
    Exit(143, "interrupted", "ended by SIGTERM; the tasks continue", (Terminated,)),
    Exit(130, "interrupted", "interrupted by Ctrl-C; the tasks continue", (KeyboardInterrupt,)),
    Exit(141, "output closed", "the output pipe was closed, as `head -1` does", (OutputClosedError,)),
    Exit(74, "output lost", "the output cannot be written", (OutputError,)),
    UNEXPECTED,
    USAGE,
    Exit(7, "key refused", "the API refused the key", (AuthenticationError, PermissionDeniedError)),
    Exit(4, "payment required", "too few credits: add some", (PaymentRequiredError,)),
    Exit(
        9,
        "perhaps created",
        "whether a task was created is unknown; the same command again may pay for it twice",
        (CreateOutcomeUnknownError,),
    ),
    Exit(
        6,
        "malformed response",
        "a response that does not fit the API's description",
        (MalformedResponseError, TaskResultMissingError),
    ),
    Exit(3, "failed", "a task failed", (TaskFailedError,)),
    Exit(5, "timed out", "the server gave a task up", (TaskTimedOutError,)),
    Exit(
        8,
        "request failed",
        "a network error, a failed download, or an HTTP error not named here",
        (ApiConnectionError, ApiError, DownloadError),
    ),
    NOT_DONE,
    SUCCEEDED,
)


def exit_of(error: BaseException | None) -> Exit:
    """How it ends with this error; with none it succeeded."""
    if error is None:
        return SUCCEEDED
    return next((row for row in EXITS if isinstance(error, row.errors)), UNEXPECTED)


def most_serious(exits: Iterable[Exit]) -> Exit:
    """The one that counts; of none it is success."""
    return min(exits, key=EXITS.index, default=SUCCEEDED)
