"""``create``: a task of any kind, of a body in JSON."""

import json
import stat
from pathlib import Path
from typing import Any, NoReturn

import click

from .. import CambError, TaskRef, kinds
from ._board import Board
from ._command import PROGRAM, Command, Parsed
from ._display import Display
from ._exits import SUCCEEDED, Exit, most_serious
from ._job import Job
from ._lines import once
from ._loop import run
from ._stdin import STDIN, read_bytes
from ._text import clean, command_line

KIND = Parsed("kind", kinds.check, kinds.ALL)


@click.command(cls=Command)
@click.argument("kind", type=KIND, metavar="KIND")
@click.option(
    "--json-file",
    "file",
    required=True,
    metavar="FILE",
    help="The body, a JSON object; or `-` for standard input. A field that is a file has its path, relative to FILE.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def create(ctx: click.Context, kind: str, file: str, *, as_json: bool) -> Exit:
    """Create a task of any kind, and print its reference.

    It is sent once. `wait` and `result` continue with the task; `kinds` lists the kinds.
    """
    try:
        body = _body(kind, file)
    except ValueError as problem:
        raise click.UsageError(str(problem), ctx) from problem
    board = Board()
    board.add(kind)
    job = _Job(ctx, kind, board, Display(board, as_json=as_json), board.rows[kind])

    async def work() -> None:
        async with job.client() as camb:
            creating = job.call(camb.family(kind).create, {"body": body})
            job.row.doing = "creating"
            job.handed_out(await creating)

    with job.work():
        run(work())
    return most_serious(board.exits)


class _Job(Job):
    """One create. Standard output has the reference and nothing else, for ``$(...)``, or events in JSON."""

    def ended(self, error: CambError | OSError | None, end: Exit | None = None) -> None:
        if error is not None:
            row = self.board.ended(self.row.ref, None, error, end)
            if self.display.is_json:
                with self.printing():
                    self.display.result(row)

    def how_to_go_on(self) -> None:
        if not isinstance(self.row.ref, TaskRef):
            self.perhaps_made()
        elif self.row.end is not SUCCEEDED:  # What standard output should have had.
            self.display.hint(f"the task: {clean(str(self.row.ref))}")
            self.display.hint(f"to go on: {command_line([PROGRAM, 'wait', str(self.row.ref)])}")


def _body(kind: str, file: str) -> dict[str, Any]:
    """The body that a file has, with the paths in it relative to its folder.

    Raises:
        ValueError: It is no JSON object, or names a file that cannot be read.
    """
    place, content = ("standard input", read_bytes()) if file == STDIN else (repr(file), _read(file))
    try:
        body = json.loads(content, object_pairs_hook=once, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{place} is no JSON: {problem}") from problem
    if not isinstance(body, dict):
        said = f"{place} has no JSON object, but a {type(body).__name__}: write the fields of the body as {{...}}"
        raise ValueError(said)  # noqa: TRY004 (of the content, not of an argument)
    folder = Path() if file == STDIN else Path(file).parent
    for name in body.keys() & {*kinds.handle(kind).files}:
        given = body[name]
        body[name] = (
            [_path(folder, name, one) for one in given] if isinstance(given, list) else _path(folder, name, given)
        )
    return body


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as problem:
        raise ValueError(f"{file!r} cannot be read: {problem.strerror or problem}") from problem


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def _path(folder: Path, name: str, given: object) -> Path:
    if not isinstance(given, str):
        raise ValueError(f"{name} is a file: write its path, relative to the JSON file, not {given!r}")  # noqa: TRY004
    path = folder / given
    try:
        if not _is_special(path):
            with path.open("rb"):
                return path
        why = "this is no regular file: write its content to one"
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", "") or str(problem)
    raise ValueError(f"{name}: {str(path)!r} cannot be read: {why}")


def _is_special(path: Path) -> bool:
    """Whether it is a pipe, a device or the like: to open a pipe waits for who writes it."""
    mode = path.stat().st_mode
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
