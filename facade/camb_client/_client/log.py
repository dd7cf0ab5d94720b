"""``CAMB_LOG``: the client's log on standard error, for programs that set up no logging."""

import logging
import os
import sys

from .._polling.errors import ConfigurationError
from .._polling.log import log

LOG_VARIABLE = "CAMB_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}


def log_as_environment_says() -> None:
    """Show the log if ``CAMB_LOG`` is set, and the program has set up no logging itself.

    Raises:
        ConfigurationError: It is set to another word than ``debug`` or ``info``.
    """
    word = os.environ.get(LOG_VARIABLE, "").strip().lower()
    if word not in {*_LEVELS, ""}:
        raise ConfigurationError(f"{LOG_VARIABLE} must be {' or '.join(_LEVELS)}, not {word[:40]!r}")
    if not word or logging.getLogger().handlers or not all(isinstance(it, logging.NullHandler) for it in log.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(_LEVELS[word])
