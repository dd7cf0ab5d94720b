"""``doctor``: whether a wait could work from here.

Rule of this file: it finds out and says so, one line a check; it never shows the key, nor sends it where the
client would not.
"""

import platform
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import click

from .. import (
    SPEC_DIGEST,
    ApiConnectionError,
    CambClient,
    CambError,
    InvalidRequestError,
    TaskNotFoundError,
    __version__,
)
from .._http.credentials import KEY_VARIABLE, base_url
from ._board import Board
from ._command import Command
from ._display import Display
from ._exits import SUCCEEDED, Exit, exit_of, most_serious

_LIMIT = 10.0
# A Date header has no fractions, and the answer took a while.
_CLOCK_SLACK = 5.0
# No task has it: the API says so to whoever has a key.
_NO_TASK = "tts:camb-client-doctor"

# A name, what was found, and how that ends a wait; None is worth knowing, but harmless.
Check = tuple[str, str, Exit | None]


@click.command(cls=Command)
def doctor() -> Exit:
    """Check key, address, reachability and clock.

    Sends two requests that change nothing. Never shows the key.
    """
    display = Display(Board())
    exits = []
    for name, said, end in _checks():
        display.check(name, said, end)
        exits.append(end or SUCCEEDED)
    return most_serious(exits)


def _checks() -> Iterator[Check]:
    yield "version", f"camb-client {__version__}, spec {SPEC_DIGEST[:12]}", SUCCEEDED
    libraries = ", ".join(f"{name} {version(name)}" for name in ("httpx", "attrs", "click", "rich"))
    yield "runs on", f"Python {platform.python_version()}, {libraries}", SUCCEEDED
    try:
        camb = CambClient(timeout=_LIMIT)
    except CambError as error:
        yield "settings", str(error), exit_of(error)
        return
    with camb:
        url = base_url(None, allow_insecure_http=False)
        yield "settings", f"{KEY_VARIABLE} is set; the API is at {url}", SUCCEEDED
        try:
            yield from _server(url)
            yield _key(camb)
        except ApiConnectionError as error:
            yield "server", str(error), exit_of(error)


def _server(url: str) -> Iterator[Check]:
    """Whether it answers at all, without the key; and what its clock says."""
    import httpx

    began = time.time()
    try:
        answer = httpx.get(url, timeout=_LIMIT)
    except httpx.HTTPError as error:
        raise ApiConnectionError(f"no answer: {type(error).__name__}: {error}") from error
    took = time.time() - began
    yield "server", f"answers, in {1000 * took:.0f} ms", SUCCEEDED
    try:
        there = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        yield "clock", "cannot be compared: the server sent no Date", None
        return
    ahead = began + took / 2 - there - 0.5  # A Date has whole seconds only.
    if abs(ahead) <= _CLOCK_SLACK:
        yield "clock", f"as the server's, within {_CLOCK_SLACK:g} s", SUCCEEDED
    else:
        wrong = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's"
        yield "clock", f"{wrong}: set it, or what you give as submitted_at is wrong by as much", None


def _key(camb: CambClient) -> Check:
    """Whether the API takes the key."""
    try:
        camb.status(_NO_TASK)
    except (TaskNotFoundError, InvalidRequestError):
        pass
    except CambError as error:
        return "key", str(error), exit_of(error)
    return "key", "the API takes it", SUCCEEDED
