"""What a file of lines means for a journal: each line checked and planned, all of them or none."""

import hashlib
import inspect
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import BulkItem, ItemState, kinds, models
from ._command import AUDIO, SOUND, SPEECH
from ._downloads import replaces
from ._lines import Line, LineError, Lines
from ._text import command_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from .. import AsyncJournal


def _parameters(kind: str) -> dict[str, inspect.Parameter]:
    """What the create of a kind takes."""
    from .. import TextToSound, TextToSpeech  # They load asyncio, which the help can do without.

    typed: dict[str, Callable[..., Any]] = {SPEECH: TextToSpeech.create, SOUND: TextToSound.create}
    create = typed.get(kind) or getattr(models, f"{kind.title().replace('-', '')}Body")
    return {name: it for name, it in inspect.signature(create).parameters.items() if name not in {"self", "file"}}


def _removed(key: str) -> str:
    """The file of a line that was removed, where another line has its name now: a key may have any characters."""
    name = re.sub(r"[^\w-]", "_", key)[:40]
    return f"removed-{name}" if name == key else f"removed-{name}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


class _Undone(Exception):  # noqa: N818 (no error)
    """Nothing that was planned is kept."""


class Planning:
    """The lines of a command, to be planned.

    Args:
        ctx: That of the command.
        options: What was asked for.

    Attributes:
        lines: The lines.
        faults: What is wrong with them.
        items: All items of the journal as they are planned.
    """

    def __init__(self, ctx: click.Context, options: dict[str, Any]) -> None:
        self._ctx, self._options = ctx, options
        self._folder: Path = options["output"]
        takes = _parameters(options["kind"])
        for name in ("voice_id", "language"):
            if options[name] is not None and name not in takes:
                raise click.UsageError(f"{options['kind']} has no {name}", ctx)
        language = options["language"]
        if language is not None and language.isascii() and language.isdecimal():
            language = int(language)
        defaults = {"voice_id": options["voice_id"], "language": language}
        self.lines = Lines(options["lines"], tuple(takes), {name: defaults[name] for name in takes if name in defaults})
        self._needed = [name for name, it in takes.items() if it.default is it.empty]
        self.faults: list[LineError] = []
        self.items: list[BulkItem] = []

    def plan(self, journal: "AsyncJournal") -> bool:
        """Check the whole input and plan it; whether there is something to run."""
        with suppress(_Undone), journal.planning():
            self._all(journal)
            if self.faults or self._options["dry_run"]:
                raise _Undone
        return not (self.faults or self._options["dry_run"])

    def _all(self, journal: "AsyncJournal") -> None:
        known = {item.key: item for item in journal.items()}
        redo = set(self._options["redo"])
        for line in self.lines.read(self.faults.append):
            try:
                self._line(journal, line, redo=line.key in redo and line.key in known)
            except UnicodeEncodeError as problem:  # Of a folder: what stands in a line is UTF-8.
                before, after = problem.object[: problem.start], problem.object[problem.start :]
                name = before.rpartition("/")[2] + after.partition("/")[0]
                said = f"the folder {name!r} has no name in UTF-8, as the journal keeps it: rename it, or use another"
                raise click.UsageError(said, self._ctx) from problem
            except (ValueError, TypeError, OSError) as problem:
                said = replaces(problem) if isinstance(problem, FileExistsError) else str(problem)
                if isinstance(problem, OSError) and problem.strerror:
                    said = f"{problem.filename!r} cannot be read: {problem.strerror}"
                said = said.replace(f"redo({line.key!r}, …)", command_line(["--redo", line.key]))
                self.faults.append(LineError(line.number, said))
        if missing := sorted(redo - {key for key in redo if key in self.lines}):
            raise click.UsageError(f"--redo: no line has the key {', '.join(map(repr, missing))}", self._ctx)
        if self.faults:
            return
        others = [item for key, item in known.items() if key not in self.lines]
        unpaid = {ItemState.PLANNED, ItemState.REFUSED}
        journal.forget(item.key for item in others if item.state in unpaid)
        for item in others:
            if item.state not in unpaid and item.to is not None and self._is_in_the_way(item.to):
                journal.move(item.key, self._folder / _removed(item.key))
        for state in self._options["retry"]:
            journal.retry(state, [key for key, item in known.items() if item.state == state and key in self.lines])
        self.items = journal.items()

    def _line(self, journal: "AsyncJournal", line: Line, *, redo: bool) -> None:
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
        return place.is_relative_to(folder) and self.lines.taken(str(place.relative_to(folder))) is not None
