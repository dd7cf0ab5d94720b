"""``doctor``: whether a wait can work from here, one line a check. The key is never shown."""

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import click
import httpx

from .. import (
    SPEC_DIGEST,
    ApiConnectionError,
    CambClient,
    CambError,
    ConfigurationError,
    InvalidRequestError,
    TaskNotFoundError,
    __version__,
)
from ._board import Board
from ._command import Command
from ._display import Display
from ._exits import SUCCEEDED, Exit, exit_of, most_serious
from ._loop import run

_LIMIT = 10.0
# A Date header has no fractions, and the response took a while.
_CLOCK_SLACK = 5.0
# No task has it: the API says so to whoever has a key.
_NO_TASK = "tts:camb-client-doctor"
# What the environment may say of the way to the API, in small letters too.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_OTHERS = ("NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
# What stands for a setting that another check is about.
_SOME_KEY, _SOME_URL = "key", "https://camb.invalid"

# A name, what was found, and how that ends a wait; None is worth knowing, but harmless.
Check = tuple[str, str, Exit | None]


@click.command(cls=Command)
def doctor() -> Exit:
    """Check settings, reachability, key and clock.

    It sends two requests that change nothing, and never shows the key.
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
    problems = [problem for check in (_find_key, _find_address, _find_way) if (problem := _problem(check))]
    yield from problems
    if problems:
        return
    url, used = _find_address(), _set((*_PROXIES, *_OTHERS))
    yield "settings", "; ".join(["CAMB_API_KEY is set", f"the API is at {url}", *used]), SUCCEEDED
    with CambClient(timeout=_LIMIT) as camb:
        try:
            if not _set(_PROXIES):
                yield from _server(url)
            yield _key(camb)
        except ApiConnectionError as error:
            yield "server", str(error), exit_of(error)


def _problem(find: Callable[[], object]) -> Check | None:
    """What is wrong with a part of the settings. Each is looked at by itself, as several may be wrong."""
    try:
        find()
    except ConfigurationError as error:
        return "settings", str(error), exit_of(error)
    return None


def _find_key() -> None:
    CambClient(base_url=_SOME_URL, transport=httpx.BaseTransport())


def _find_address() -> str:
    """Where the client sends its requests."""
    urls: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        return httpx.Response(404)

    with CambClient(_SOME_KEY, transport=httpx.MockTransport(respond)) as camb, suppress(CambError):
        camb.status(_NO_TASK)
    return urls[0].removesuffix(f"/{_NO_TASK.replace(':', '/')}")


def _find_way() -> None:
    CambClient(_SOME_KEY, base_url=_SOME_URL).close()


def _set(names: tuple[str, ...]) -> list[str]:
    """Which of these variables are set, in words."""
    return [f"{name} is set" for name in os.environ if name.upper() in names and os.environ[name]]


def _server(url: str) -> Iterator[Check]:
    """Whether it responds at all, without the key; and what its clock says."""
    began = time.time()
    date = run(_date(url))
    took = time.time() - began
    yield "server", f"responds in {1000 * took:.0f} ms", SUCCEEDED
    try:
        there = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        yield "clock", "cannot be compared: the server sent no Date", None
        return
    ahead = began + took / 2 - there - 0.5  # A Date has whole seconds only.
    if abs(ahead) <= _CLOCK_SLACK:
        yield "clock", f"as the server's, within {_CLOCK_SLACK:g} s", SUCCEEDED
    else:
        wrong = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's"
        yield "clock", f"{wrong}: set it, or what you give as submitted_at is wrong by as much", None


async def _date(url: str) -> str:
    """The header Date of a response, whose body is not read.

    Raises:
        ApiConnectionError: No response.
    """
    import asyncio

    try:
        async with (
            asyncio.timeout(_LIMIT),
            httpx.AsyncClient(verify=httpx.create_ssl_context(), trust_env=False, timeout=_LIMIT) as client,
            client.stream("GET", url) as response,
        ):
            return str(response.headers.get("date", ""))
    except TimeoutError:
        raise ApiConnectionError(f"no response within {_LIMIT:g} s") from None
    except (httpx.HTTPError, OSError) as error:
        raise ApiConnectionError(f"no response: {type(error).__name__}: {error}") from error


def _key(camb: CambClient) -> Check:
    """Whether the API accepts the key."""
    try:
        camb.status(_NO_TASK)
    except (TaskNotFoundError, InvalidRequestError):
        pass
    except ApiConnectionError:
        raise
    except CambError as error:
        return "key", str(error), exit_of(error)
    return "key", "the API accepts it", SUCCEEDED
