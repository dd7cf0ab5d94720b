"""Exit codes: how it ended, as a number for scripts.

Rule of this file: the one table error → exit code. ``--help`` prints it, and README has it too (a test holds
them equal).
"""

from collections.abc import Iterable

import attrs

from .. import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    CreateOutcomeUnknownError,
    MalformedResponseError,
    PaymentRequiredError,
    PermissionDeniedError,
    TaskFailedError,
    TaskResultMissingError,
    TaskTimedOutError,
    WaitTimeoutError,
)


@attrs.frozen
class Exit:
    """One way to end.

    Attributes:
        code: The exit code of the process.
        word: What a task's line says of it.
        meaning: What the tables of ``--help`` and README say of it.
        errors: The errors that lead to it.
    """

    code: int
    word: str
    meaning: str
    errors: tuple[type[BaseException], ...] = ()


# The most serious first: of several tasks, the row that comes first counts. What stops every task comes before
# what stops one; what a person has to mend comes before what another submission mends, and that before what may
# mend itself.
INTERRUPTED = Exit(130, "interrupted", "interrupted, by Ctrl-C or SIGTERM; the tasks go on", (KeyboardInterrupt,))
CLOSED = Exit(141, "closed", "whoever read the output has gone, as `head -1` does", (BrokenPipeError,))
UNEXPECTED = Exit(1, "unexpected", "something unexpected, so a bug: `--debug` shows where")
USAGE = Exit(2, "usage", "an argument, option or setting that cannot be, such as no API key", (ConfigurationError,))
NOT_DONE = Exit(124, "not done", "not done: `--timeout` came first, or `status` saw it pending", (WaitTimeoutError,))
SUCCEEDED = Exit(0, "succeeded", "all succeeded")
EXITS = (
    INTERRUPTED,
    CLOSED,
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
    Exit(6, "not the contract", "an answer that is not the contract", (MalformedResponseError, TaskResultMissingError)),
    Exit(3, "failed", "a task failed", (TaskFailedError,)),
    Exit(5, "server timed out", "the server gave a task up", (TaskTimedOutError,)),
    Exit(8, "no answer", "a network error, or an HTTP error not named here", (ApiConnectionError, ApiError)),
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
