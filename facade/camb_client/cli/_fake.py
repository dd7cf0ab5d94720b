"""``fake``: a local server at a terminal, for trying things out without an account."""

import shlex
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

from .. import TaskRef
from ._command import PROGRAM, Command, Parsed, parse_task
from ._exits import SUCCEEDED, Exit
from ._output import OutputError, say
from ._text import clean


def _timeline(text: str) -> Any:
    """``PENDING,SUCCESS`` poll by poll, or ``0:PENDING,5:SUCCESS`` by seconds."""
    steps = [step.rpartition(":") for step in text.replace(",", " ").split()]
    words = [word for _, _, word in steps]
    timed = [at for at, colon, _ in steps if colon]
    if not timed:
        return words
    try:
        return dict(zip(map(float, timed), words, strict=True))
    except ValueError:
        raise ValueError(f"{text!r} needs a number of seconds for each step, as in 5:SUCCESS, or for none") from None


def _task(text: str) -> tuple[TaskRef, Any]:
    task, equals, timeline = text.rpartition("=")
    if not equals:
        raise ValueError(f"{text!r} has no timeline: write it as {text}=PENDING,SUCCESS")
    return parse_task(task), _timeline(timeline)


_TIMELINE = Parsed("timeline", _timeline)


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--task",
    "tasks",
    type=Parsed("task", _task),
    multiple=True,
    metavar="KIND:ID=TIMELINE",
    help="A task with a timeline of its own.",
)
@click.option(
    "--created",
    type=_TIMELINE,
    default="PENDING,SUCCESS",
    show_default=True,
    metavar="TIMELINE",
    help="The timeline of the tasks that creates make.",
)
@click.option(
    "--others",
    type=_TIMELINE,
    default="0:PENDING,5:SUCCESS",
    show_default=True,
    metavar="TIMELINE",
    help="The timeline of any other id, from its first poll on.",
)
@click.option("--key", default="test-key", show_default=True, metavar="KEY", help="The one key it accepts.")
@click.pass_context
def fake(
    ctx: click.Context, /, *, port: int, tasks: tuple[tuple[TaskRef, Any], ...], created: Any, others: Any, key: str
) -> Exit:
    """Serve a local CAMB, to try things out without an account.

    A TIMELINE says how a task responds: poll by poll, as in PENDING,PENDING,SUCCESS (the last one repeats), or by
    seconds, as in 0:PENDING,2.5:ERROR. A step is a status, an HTTP error such as 503, or a fault: RESET, HANG, STALL,
    TRUNCATED, HTML or BAD_JSON. Any id works; `--others 404` makes those without a timeline unknown.
    """
    try:
        server = _server(key, created, others)
        for ref, timeline in tasks:
            server.add(ref, timeline)
    except ValueError as wrong:
        raise click.UsageError(str(wrong), ctx) from wrong
    try:
        with server.serve(port) as url:
            say(f"A local CAMB is at {url}; Ctrl-C ends it. In another terminal:\n")
            say(f"  export CAMB_BASE_URL={url} CAMB_API_KEY={shlex.quote(key)}")
            say(f"  {PROGRAM} wait {' '.join(str(ref) for ref, _ in tasks) or 'tts:demo text-to-sound:demo'}\n")
            with suppress(KeyboardInterrupt):  # The way to end it.
                threading.Event().wait()
    except OSError as error:
        raise click.UsageError(f"port {port} cannot be used ({error.strerror}): try another --port", ctx) from error
    return SUCCEEDED


def _server(key: str, created: Any, others: Any) -> Any:
    """The server, which prints a line for each request."""
    from ..testing import FakeCamb, Reply

    class Shown(FakeCamb):
        def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
            reply = super().answer(method, path, headers, body)
            kind = reply.headers.get("content-type", "")
            is_audio = kind.startswith("audio/")
            shown = f"{len(reply.body):,} bytes of {kind}" if is_audio else reply.body.decode(errors="replace")
            said = reply.fault or f"{reply.status_code} {shown}"
            with suppress(OutputError):  # It serves on.
                say(f"{time.strftime('%H:%M:%S')}  {method} {clean(path)}  {clean(said)}")
            return reply

    return Shown(key, timeline=created, others=others)
