"""``batch``: a file of many lines becomes a folder of audio, and the same command resumes it after anything."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import AsyncCambClient, BulkItem, ItemState, kinds
from ._bar import Bar
from ._board import Board, Part, client_log
from ._command import (
    AUDIO,
    SPEECH,
    Command,
    debugging,
    output_options,
    rate_option,
    schedule_option,
    timeout_option,
    words,
)
from ._display import Display
from ._exits import USAGE, Exit, most_serious
from ._loop import run
from ._output import OutputError
from ._planning import Planning
from ._standing import BAD, counted, exit_code, is_through, sum_up
from ._text import clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from .. import AsyncJournal

_KINDS = [kind for kind in kinds.ALL if "create" in kinds.operations(kind)]
_RETRIED = ("failed", "refused", "unknown")
_STYLES = {ItemState.DOWNLOADED: "green", **dict.fromkeys(BAD, "red")}
# How many faults of the input are shown.
_SHOWN = 20


@click.command(cls=Command)
@click.argument("lines", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="LINES")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder for the files.",
)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it is kept how far each line has come.  [default: DIR.camb.db]",
)
@click.option("--voice", "voice_id", type=int, metavar="NUMBER", help="The voice of a line that names none.")
@click.option("--language", metavar="LOCALE", help="The language of a line that names none.")
@click.option("--kind", type=click.Choice(_KINDS), default=SPEECH, show_default=True, help="What is made.")
@rate_option("creates_per_second", "No more creates a second.")
@rate_option("max_requests_per_second", "No more polls a second.")
@timeout_option("The deadline of each wait, in this run; `none` waits for ever.", default="3600")
@schedule_option
@click.option("--retry", multiple=True, type=click.Choice(_RETRIED), help="Create again what ended so; repeatable.")
@click.option(
    "--redo", multiple=True, metavar="KEY", help="Create the line of that key anew, and pay again; repeatable."
)
@click.option("--overwrite", is_flag=True, help="Replace files that were there before.")
@click.option("--dry-run", is_flag=True, help="Check the lines, and say what would be done.")
@output_options
@click.pass_context
def batch(ctx: click.Context, /, *, as_json: bool, quiet: bool, **options: Any) -> Exit:
    """Make the audio of many lines, and resume after anything.

    LINES is CSV with a header, or JSON Lines: a column for each argument (text, voice_id, language, ...), `file` for
    the name under DIR, `key` for the line. All of it is checked before anything is sent. The same command goes on where
    the last one stopped, and pays nothing twice.
    """
    job = _Batch(
        ctx, Display(Board(), as_json=as_json, quiet=quiet), options, as_json=as_json and not quiet, quiet=quiet
    )
    return job.run()


class _Batch:
    """One run of the command."""

    def __init__(
        self, ctx: click.Context, display: Display, options: dict[str, Any], *, as_json: bool, quiet: bool
    ) -> None:
        self._ctx, self._display, self._options = ctx, display, options
        self._json, self._quiet = as_json, quiet
        self._planning = Planning(ctx, options)
        self._lines = self._planning.lines
        self._states: dict[str, ItemState] = {}
        self._ended: set[str] = set()
        self._finished = 0

    def run(self) -> Exit:
        """All of it."""

        async def work() -> list[BulkItem]:
            async with AsyncCambClient() as camb:
                with self._journal_path() as path, camb.journal(path) as journal:
                    if not self._planning.plan(journal):
                        return []
                    self._states = {item.key: item.state for item in self._planning.items}
                    self._ended = {item.key for item in self._planning.items if is_through(item)}
                    try:
                        await self._work(journal)
                    finally:
                        items = [item for item in journal.items() if item.key in self._lines]
                        self._ctx.call_on_close(lambda: self._sum_up(items))
                    return items

        with client_log(self._display.note, debug=debugging(self._ctx)):
            try:
                items = run(work())
            except OSError as problem:
                what = "" if problem.filename is None else f" {clean(str(problem.filename))!r}"
                raise OutputError(f"the journal{what}: {problem.strerror or problem}") from problem
        if self._planning.faults:
            return self._refuse()
        if self._options["dry_run"]:
            self._say_plan()
        return most_serious(map(exit_code, items))

    def _sum_up(self, items: list[BulkItem]) -> None:
        makes_audio = self._options["kind"] in AUDIO
        sum_up(self._ctx, self._display, items, self._name, makes_audio=makes_audio, quiet=self._quiet)

    def _refuse(self) -> Exit:
        """Say what is wrong with the lines."""
        for fault in self._planning.faults[:_SHOWN]:
            where = f"{self._options['lines']}{f':{fault.number}' if fault.number else ''}"
            self._display.error(f"error: {clean(where)}: {clean(str(fault))}")
        more = len(self._planning.faults) - _SHOWN
        self._display.hint(f"{f'and {more} more; ' if more > 0 else ''}nothing was sent")
        return USAGE

    @contextmanager
    def _journal_path(self) -> Iterator[Path]:
        """Where the journal is; a dry run makes none."""
        folder = Path(os.path.abspath(self._options["output"]))  # noqa: PTH100 (links stay)
        if not (folder.name or self._options["journal"]):
            raise click.UsageError(
                f"beside {self._options['output']} there is no place for the journal: name it with --journal"
            )
        path: Path = self._options["journal"] or folder.with_name(f"{folder.name}.camb.db")
        if self._options["dry_run"] and not path.exists():
            with tempfile.TemporaryDirectory(prefix="camb-") as nowhere:
                yield Path(nowhere) / "journal.db"
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield path

    def _say_plan(self) -> None:
        counts = Counter(item.state for item in self._planning.items if item.key in self._lines)
        create = counts.pop(ItemState.PLANNED, 0)
        self._display.line([(f"{create} to create", "bold"), *((said, "") for _, said in counted(counts))])

    async def _work(self, journal: "AsyncJournal") -> None:
        options = self._options
        with self._display.live(self._picture):
            async for item in journal.run(
                creates_per_second=options["creates_per_second"],
                max_requests_per_second=options["max_requests_per_second"],
                timeout=options["timeout"],
                schedule=options["schedule"],
                on_update=self._update,
            ):
                self._finished += is_through(item)
                self._through(item)

    def _update(self, item: BulkItem) -> None:
        self._states[item.key] = item.state
        if is_through(item):
            self._ended.add(item.key)
        if self._json and item.state is not ItemState.PLANNED:
            self._tell(item)

    def _through(self, item: BulkItem) -> None:
        if self._json and item.state is ItemState.PLANNED:
            self._tell(item)
        if not (self._json or self._quiet):
            file = "" if item.path is None else clean(str(item.path))
            self._display.line(
                [(clean(item.key), "bold"), (str(item.state), _STYLES.get(item.state, "yellow")), (file, "")]
            )
        if item.error is not None:
            self._display.error(f"{self._name(item.key)}: {words(item.error)}")

    def _name(self, key: str) -> str:
        """An item as messages call it: by its line, where it still has one."""
        number = self._lines.number(key)
        return clean(key) if number is None else f"line {number} ({clean(key)})"

    def _tell(self, item: BulkItem) -> None:
        said = item.to_dict()
        error = item.error and {"type": type(item.error).__name__, "message": str(item.error)}
        is_done = is_through(item) or item.error is not None
        record = {
            "event": said["state"], "key": item.key, "line": self._lines.number(item.key), "task": said["task"],
            "run_id": item.run_id,
            "exit_code": exit_code(item).code if is_done else None, "error": error,
            "file": said["path"] if item.state is ItemState.DOWNLOADED else None,
        }  # fmt: skip
        self._display.line([(json.dumps(record, allow_nan=False), "")])

    def _picture(self, console: "Console") -> "Callable[[], RenderableType]":
        bar = Bar(console)

        def draw() -> "RenderableType":
            counts = Counter(self._states.values())
            parts: list[Part] = [(said, _STYLES.get(state, "")) for state, said in counted(counts)]
            return bar(len(self._ended), len(self._states), self._finished, parts)

        return draw
