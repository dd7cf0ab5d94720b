"""``batch``: a file of many lines becomes a folder of audio, and the same command resumes it after anything."""

import hashlib
import inspect
import json
import os
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import AsyncCambClient, BulkItem, ItemState, kinds, models
from ._bar import Bar
from ._board import Board, Part, client_log
from ._command import (
    AUDIO,
    PROGRAM,
    SOUND,
    SPEECH,
    Command,
    arguments_of,
    debugging,
    output_options,
    rate_option,
    schedule_option,
    timeout_option,
    words,
)
from ._display import Display
from ._downloads import replaces
from ._exits import NOT_DONE, SUCCEEDED, USAGE, Exit, exit_of, most_serious
from ._lines import Line, LineError, Lines
from ._loop import run
from ._output import OutputError
from ._text import clean, command_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from .. import AsyncJournal

_KINDS = [kind for kind in kinds.ALL if "create" in kinds.operations(kind)]
_BAD = {ItemState.FAILED, ItemState.REFUSED, ItemState.UNKNOWN}
_RETRIED = ("failed", "refused", "unknown")
_STYLES = {ItemState.DOWNLOADED: "green", **dict.fromkeys(_BAD, "red")}
# What differs between errors that are alike: "not done after 2.3 s and 4 polls".
_NUMBERS = re.compile(r"[\d.]+ (?=s\b|polls?\b)|(?<=poll)s\b")
# How many faults of the input, or reasons, and keys of one reason are shown.
_SHOWN = 20
_KEYS_SHOWN = 5


def _parameters(kind: str) -> dict[str, inspect.Parameter]:
    """What the create of a kind takes."""
    from .. import TextToSound, TextToSpeech  # They load asyncio, which the help can do without.

    typed: dict[str, Callable[..., Any]] = {SPEECH: TextToSpeech.create, SOUND: TextToSound.create}
    create = typed.get(kind) or getattr(models, f"{kind.title().replace('-', '')}Body")
    return {name: it for name, it in inspect.signature(create).parameters.items() if name not in {"self", "file"}}


def _is_through(item: BulkItem) -> bool:
    """Whether nothing is left to do for an item, unless it is asked for."""
    return item.state in {ItemState.DOWNLOADED, *_BAD} or (item.state is ItemState.SUCCEEDED and item.to is None)


def _removed(key: str) -> str:
    """The file of a line that was removed, where another line has its name now: a key may have any characters."""
    name = re.sub(r"[^\w-]", "_", key)[:40]
    return f"removed-{name}" if name == key else f"removed-{name}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _reason(item: BulkItem) -> str:
    """Why an item is not done, without what differs from item to item."""
    said = str(item.error).removeprefix(f"{item.key}: ")
    if item.ref is not None:
        said = said.removeprefix(f"{item.ref.kind} run {item.run_id}: ")
        said = said.replace(f"{item.ref}: ", "").replace(str(item.ref), "it")
    return said.replace('retry("unknown")', "--retry unknown")


class _Undone(Exception):  # noqa: N818 (no error)
    """Nothing that was planned is kept."""


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
        self._folder: Path = options["output"]
        parameters = _parameters(options["kind"])
        columns = tuple(parameters)
        language = options["language"]
        if language is not None and language.isascii() and language.isdecimal():
            language = int(language)
        defaults = {"voice_id": options["voice_id"], "language": language}
        self._lines = Lines(options["lines"], columns, {name: defaults[name] for name in columns if name in defaults})
        self._needed = [name for name, it in parameters.items() if it.default is it.empty]
        self._states: dict[str, ItemState] = {}
        self._ended: set[str] = set()
        self._finished = 0
        self._faults: list[LineError] = []

    def run(self) -> Exit:
        """All of it."""
        for problem in self._unknown_options():
            raise click.UsageError(problem, self._ctx)

        async def work() -> list[BulkItem]:
            async with AsyncCambClient() as camb:
                with self._journal_path() as path, camb.journal(path) as journal:
                    if not self._plan(journal):
                        return []
                    try:
                        await self._work(journal)
                    finally:
                        items = journal.items()
                        self._ctx.call_on_close(lambda: self._sum_up(items))
                    return items

        with client_log(self._display.note, debug=debugging(self._ctx)):
            try:
                items = run(work())
            except OSError as problem:
                what = "" if problem.filename is None else f" {clean(str(problem.filename))!r}"
                raise OutputError(f"the journal{what}: {problem.strerror or problem}") from problem
        if self._faults:
            return self._refuse()
        return most_serious(self._exit(item) for item in items if item.key in self._lines)

    def _refuse(self) -> Exit:
        """Say what is wrong with the lines."""
        for fault in self._faults[:_SHOWN]:
            where = f"{self._options['lines']}{f':{fault.number}' if fault.number else ''}"
            self._display.error(f"error: {clean(where)}: {clean(str(fault))}")
        more = len(self._faults) - _SHOWN
        self._display.hint(f"{f'and {more} more; ' if more > 0 else ''}nothing was sent")
        return USAGE

    def _unknown_options(self) -> Iterator[str]:
        for name in ("voice_id", "language"):
            if self._options[name] is not None and name not in _parameters(self._options["kind"]):
                yield f"{self._options['kind']} has no {name}"

    @contextmanager
    def _journal_path(self) -> Iterator[Path]:
        """Where the journal is; a dry run makes none."""
        folder = Path(os.path.abspath(self._folder))  # noqa: PTH100 (links stay)
        if not (folder.name or self._options["journal"]):
            raise click.UsageError(f"beside {self._folder} there is no place for the journal: name it with --journal")
        path: Path = self._options["journal"] or folder.with_name(f"{folder.name}.camb.db")
        if self._options["dry_run"] and not path.exists():
            with tempfile.TemporaryDirectory(prefix="camb-") as nowhere:
                yield Path(nowhere) / "journal.db"
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield path

    # Planning.

    def _plan(self, journal: "AsyncJournal") -> bool:
        """Check the whole input and plan it; whether there is something to run."""
        with suppress(_Undone), journal.planning():
            self._plan_all(journal)
            if self._faults or self._options["dry_run"]:
                raise _Undone
        return not (self._faults or self._options["dry_run"])

    def _plan_all(self, journal: "AsyncJournal") -> None:
        known = {item.key: item for item in journal.items()}
        redo = set(self._options["redo"])
        for line in self._lines.read(self._faults.append):
            try:
                self._plan_line(journal, line, redo=line.key in redo and line.key in known)
            except (ValueError, TypeError, OSError) as problem:
                said = replaces(problem) if isinstance(problem, FileExistsError) else str(problem)
                if isinstance(problem, OSError) and problem.strerror:
                    said = f"{problem.filename!r} cannot be read: {problem.strerror}"
                said = said.replace(f"redo({line.key!r}, …)", command_line(["--redo", line.key]))
                self._faults.append(LineError(line.number, said))
        if missing := sorted(redo - {key for key in redo if key in self._lines}):
            raise click.UsageError(f"--redo: no line has the key {', '.join(map(repr, missing))}", self._ctx)
        if self._faults:
            return
        others = [item for key, item in known.items() if key not in self._lines]
        unpaid = {ItemState.PLANNED, ItemState.REFUSED}
        journal.forget(item.key for item in others if item.state in unpaid)
        for item in others:
            if item.state not in unpaid and item.to is not None and self._is_in_the_way(item.to):
                journal.move(item.key, self._folder / _removed(item.key))
        for state in self._options["retry"]:
            journal.retry(state, [key for key, item in known.items() if item.state == state and key in self._lines])
        items = journal.items()
        self._states = {item.key: item.state for item in items}
        self._ended = {item.key for item in items if _is_through(item)}
        if self._options["dry_run"]:
            self._say_plan(items)

    def _plan_line(self, journal: "AsyncJournal", line: Line, *, redo: bool) -> None:
        if missing := [name for name in self._needed if name not in line.arguments]:
            raise ValueError(f"has no {', '.join(missing)}")
        place = self._place(line.file)
        kind, overwrite = self._options["kind"], self._options["overwrite"]
        if kind in AUDIO:
            if redo:
                journal.redo(line.key, to=place, **line.arguments)
            else:
                plan = journal.tts if kind == SPEECH else journal.text_to_sound
                plan(line.key, to=place, overwrite=overwrite, **line.arguments)
            return
        uploads = kinds.handle(kind).files
        body = {name: Path(value) if name in uploads else value for name, value in line.arguments.items()}
        to = place if line.is_named else None  # Its result may be no file.
        if redo:
            journal.redo(line.key, to=to, body=body)
        else:
            journal.create(line.key, kind, body, to, overwrite=overwrite)

    def _place(self, file: str) -> Path:
        """The path of a file, which no link may lead out of the folder."""
        place = self._folder / file
        if "/" in file or place.is_symlink():
            folder, found = os.path.realpath(self._folder), os.path.realpath(place)
            if os.path.commonpath([folder, found]) != folder:
                raise ValueError(f"cannot have the file {file!r}: a link leads out of the folder")
        return place

    def _is_in_the_way(self, place: Path) -> bool:
        """Whether a line has that file now."""
        folder = os.path.abspath(self._folder)  # noqa: PTH100
        return place.is_relative_to(folder) and self._lines.taken(str(place.relative_to(folder))) is not None

    def _say_plan(self, items: Iterable[BulkItem]) -> None:
        counts = Counter(str(item.state) for item in items if item.key in self._lines)
        create = counts.pop("planned", 0)
        self._display.line(
            [
                (f"{create} to create", "bold"),
                *((f"{counts[state]} {state}", "") for state in ItemState if counts[state]),
            ]
        )

    # Running.

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
                self._finished += _is_through(item)
                self._through(item)

    def _update(self, item: BulkItem) -> None:
        self._states[item.key] = item.state
        if _is_through(item):
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
        is_done = _is_through(item) or item.error is not None
        record = {
            "event": said["state"], "key": item.key, "line": self._lines.number(item.key), "task": said["task"],
            "run_id": item.run_id,
            "exit_code": self._exit(item).code if is_done else None, "error": error,
            "file": said["path"] if item.state is ItemState.DOWNLOADED else None,
        }  # fmt: skip
        self._display.line([(json.dumps(record, allow_nan=False), "")])

    @staticmethod
    def _exit(item: BulkItem) -> Exit:
        if item.error is not None:
            return exit_of(item.error)
        return SUCCEEDED if _is_through(item) else NOT_DONE

    def _picture(self, console: "Console") -> "Callable[[], RenderableType]":
        bar = Bar(console)

        def draw() -> "RenderableType":
            counts = Counter(self._states.values())
            done = len(self._ended)
            parts: list[Part] = [
                (f"{counts[state]} {state}", _STYLES.get(state, "")) for state in ItemState if counts[state]
            ]
            return bar(done, len(self._states), self._finished, parts)

        return draw

    # At the end.

    def _sum_up(self, items: list[BulkItem]) -> None:
        """What is not done and why, and the commands that go on."""
        ours = [item for item in items if item.key in self._lines]
        bad: dict[tuple[str, str], list[BulkItem]] = defaultdict(list)
        for item in ours:
            if item.error is not None:
                alike = _NUMBERS.sub("", _reason(item))
                bad[str(item.state), alike].append(item)
        counts = Counter(str(item.state) for item in ours)
        if not self._quiet:
            word = "downloaded" if self._options["kind"] in AUDIO else "done"
            done = sum(_is_through(item) and item.state not in _BAD for item in ours)
            for state in ("downloaded", *(["succeeded"] if word == "done" else [])):
                counts.pop(state, None)
            rest = [f"{counts[state]} {state}" for state in ItemState if counts[state]]
            self._display.hint(f"{done} of {len(ours)} {word}{'; ' if rest else ''}{', '.join(rest)}")
            for (state, _), found in list(bad.items())[:_SHOWN]:
                named = ", ".join(self._name(item.key) for item in found[:_KEYS_SHOWN])
                more = f" and {len(found) - _KEYS_SHOWN} more" if len(found) > _KEYS_SHOWN else ""
                self._display.hint(f"{len(found)} {state}: {named}{more}: {clean(_reason(found[0]))}")
            if len(bad) > _SHOWN:
                self._display.hint(f"and {len(bad) - _SHOWN} more reasons")
        if counts["creating"]:
            self._display.hint("creating: no response came in time; the next run calls them unknown")
        if not all(map(_is_through, ours)):
            self._display.hint(f"to go on: {self._again()}")
        safe = [word for word in ("failed", "refused") if counts[word]]
        if safe:
            self._display.hint(f"to try those again: {self._again(*safe)}")
        if counts["unknown"]:
            self._display.hint(f"to create the unknown again, and perhaps pay for them twice: {self._again('unknown')}")

    def _again(self, *states: str) -> str:
        """This command, once more, with these states to try again."""
        given = arguments_of(self._ctx, without=("--retry", "--redo"))
        return command_line([PROGRAM, "batch", *given, *(word for state in states for word in ("--retry", state))])
