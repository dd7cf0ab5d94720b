"""``fake``: the local server at a terminal, for trying things out without an account.

Rule of this file: the one table of what a timeline may say; the server itself is that of ``camb_client.testing``.
"""

import re
import shlex
import time
from collections.abc import Mapping
from typing import Any

import click

from .. import TaskRef, TaskStatus
from ._command import PROGRAM, Command, Parsed, clean, parse_task
from ._exits import SUCCEEDED, Exit


def _timeline(text: str) -> Any:
    """``PENDING,SUCCESS`` poll by poll, or ``0:PENDING,5:SUCCESS`` by seconds."""
    steps = [step.rpartition(":") for step in text.split(",")]
    items = [_item(what) for _, _, what in steps]
    timed = [at for at, colon, _ in steps if colon]
    if not timed:
        return items
    try:
        return dict(zip(map(float, timed), items, strict=True))
    except ValueError:
        raise ValueError(f"{text!r} should have a number of seconds for each step, as in 5:SUCCESS, or none") from None


def _item(text: str) -> Any:
    from .. import testing

    faults = {"RESET": testing.RESET, "HANG": testing.HANG, "STALL": testing.STALL, "HTML": testing.HTML}
    if text in faults:
        return faults[text]
    if re.fullmatch("[45][0-9]{2}", text):
        return testing.rate_limited() if text == "429" else testing.error(int(text))
    if TaskStatus(text).is_known:
        return text
    raise ValueError(f"{text!r} is none of {', '.join([*TaskStatus, *faults])}, nor an HTTP status such as 503")


def _task(text: str) -> tuple[TaskRef, Any]:
    task, _, timeline = text.rpartition("=")
    return parse_task(task), _timeline(timeline)


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
    "--others",
    type=Parsed("timeline", _timeline),
    default="0:PENDING,5:SUCCESS",
    show_default=True,
    metavar="TIMELINE",
    help="That of any other id, from its first poll on.",
)
@click.option("--key", default="test-key", show_default=True, metavar="KEY", help="The one key it takes.")
def fake(port: int, tasks: tuple[tuple[TaskRef, Any], ...], others: Any, key: str) -> Exit:
    """Serve a local CAMB, to try things out.

    A TIMELINE says what is answered: poll by poll, as in PENDING,PENDING,SUCCESS, the last again and again; or by
    seconds, as in 0:PENDING,2.5:ERROR. A step is a status, an HTTP status such as 503, or RESET, HANG, STALL,
    HTML. Any id works: `--others 404` makes those without a timeline unknown.
    """
    server = _server(key, others)
    for ref, timeline in tasks:
        server.add(ref, timeline)
    try:
        with server.serve(port) as url:
            click.echo(f"A local CAMB is at {url}; Ctrl-C ends it. In another terminal:\n")
            click.echo(f"  export CAMB_BASE_URL={url} CAMB_API_KEY={shlex.quote(key)}")
            click.echo(f"  {PROGRAM} wait {' '.join(str(ref) for ref, _ in tasks) or 'tts:demo text-to-sound:demo'}\n")
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:  # How it is meant to end.
        return SUCCEEDED
    except OSError as error:
        raise click.UsageError(f"port {port} cannot be had ({error.strerror}): take another with --port") from error


def _server(key: str, others: Any) -> Any:
    """The server, which prints a line for each request."""
    from ..testing import FakeCamb, Reply

    class Shown(FakeCamb):
        def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
            reply = super().answer(method, path, headers, body)
            kind = reply.headers.get("content-type", "")
            is_audio = kind.startswith("audio/")
            shown = f"{len(reply.body):,} bytes of {kind}" if is_audio else reply.body.decode(errors="replace")
            said = reply.fault or f"{reply.status_code} {shown}"
            click.echo(f"{time.strftime('%H:%M:%S')}  {method} {clean(path)}  {clean(said)}")
            return reply

    return Shown(key, others=others)
