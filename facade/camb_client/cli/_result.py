"""``result``: what came of a run of any kind, as JSON, or the files that it names."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import click

from .. import AsyncCambClient, CambError, DownloadError, TaskRef, kinds
from ._board import Board, client_log
from ._command import PROGRAM, Command, Parsed, debugging, output_options, parse_task, timeout_option, words
from ._display import Display
from ._exits import USAGE, Exit, most_serious
from ._loop import run as run_loop
from ._output import say
from ._text import command_line

# What has a meaning in an address, and stays as it is.
_RESERVED = "!#$%&'()*+,/:;=?@[]~"


def _run(text: str) -> TaskRef:
    ref = parse_task(text)
    if not re.fullmatch("[0-9]{1,18}", ref.task_id):
        raise ValueError(
            f"{text[:80]!r} is not a run: write it as '{ref.kind}:11768', with the run_id that wait prints"
        )
    return ref


@click.command(cls=Command)
@click.argument("run", type=Parsed("run", _run, [f"{kind}:" for kind in kinds.ALL]), metavar="KIND:RUN_ID")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Download the files that the result names into this folder, which is made if it is missing.",
)
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
@timeout_option("The deadline for each download; `none` waits for ever.")
@output_options
@click.pass_context
def result(
    ctx: click.Context, run: TaskRef, output: str | None, *, overwrite: bool, timeout: float, as_json: bool, quiet: bool
) -> Exit:
    """Print the result of a run as JSON, by the run_id that wait prints.

    With `-o`, download the files that it names instead. With `--json` the result is printed in one line.
    """
    board = Board()
    display = Display(board, as_json=as_json, quiet=quiet)

    async def work() -> None:
        async with AsyncCambClient() as camb:
            try:
                body = plain(await camb.family(run.kind).result(int(run.task_id)))
            except ValueError as missing:  # The API description has none for this kind.
                raise click.UsageError(str(missing), ctx) from missing
            if output is None:
                if not quiet:
                    say(_printable(json.dumps(body, ensure_ascii=False, indent=None if as_json else 2, default=str)))
                return
            files = _named(run, body)
            if not files:
                raise click.UsageError(f"the result of {run.kind} run {run.task_id} names no file: leave out -o", ctx)
            if len(files) == 1:
                ((name, address),) = files.items()
                files = {f"{run.kind}-{run.task_id}{Path(name).suffix}": address}
            for name, address in files.items():
                await fetch(camb, name, address)

    async def fetch(camb: AsyncCambClient, name: str, address: str) -> None:
        board.add(name)
        row = board.rows[name]
        row.run, row.doing = int(run.task_id), "downloading"
        display.progress(row)
        path = Path(str(output)) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            row.file = str(await camb.fetch(address, path, on_progress=row.took, overwrite=overwrite, timeout=timeout))
        except CambError as error:
            display.result(board.ended(name, None, error))
            display.error(words(error))
        except ValueError as error:  # What stands there as an address is none.
            problem = DownloadError(f"{name}: {error}")
            display.result(board.ended(name, None, problem))
            display.error(words(problem))
        except OSError as error:
            display.result(board.ended(name, None, error, USAGE))
            exists = isinstance(error, FileExistsError) and path.exists()
            said = (
                "exists already; --overwrite replaces it" if exists else f"cannot be written: {error.strerror or error}"
            )
            display.error(f"error: {str(path)!r} {said}")
        else:
            row.doing = "downloaded"
            display.result(board.ended(name, None, None))

    def how_to_go_on() -> None:
        rows = board.rows.values()
        if any(row.end is None or isinstance(row.error, CambError) for row in rows):
            some = ["--overwrite"] if overwrite or any(row.file for row in rows) else []
            display.hint(f"to go on: {command_line([PROGRAM, 'result', str(run), *some, '-o', str(output)])}")

    ctx.call_on_close(how_to_go_on)
    with client_log(display.note, debug=debugging(ctx)), display.live():
        run_loop(work())
    return most_serious(board.exits)


def plain(value: Any) -> Any:
    """A result as plain JSON, which has no NaN and no infinity."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, float):
        return value if isfinite(value) else None
    return plain(value.to_dict()) if hasattr(value, "to_dict") else value


def addresses(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text of a result that is an address as a whole, and where it stands."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from addresses(one, (*place, str(name)))
    elif isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield from addresses(one, (*place, str(number)))
    elif isinstance(value, str) and re.fullmatch(r"https?://\S+", value):
        yield place, value


def _named(run: TaskRef, body: object) -> dict[str, str]:
    """The address of each file that a result names, by what it is to be called."""
    files: dict[str, str] = {}
    for place, address in addresses(body):
        name = Path(_name(run, place, address))
        names = (name if number == 1 else name.with_stem(f"{name.stem}-{number}") for number in count(1))
        # What stands in no request is percent-encoded, as browsers do.
        files[next(str(one) for one in names if str(one) not in files)] = quote(address, safe=_RESERVED)
    return files


def _name(run: TaskRef, place: tuple[str, ...], address: str) -> str:
    """What a file is called: by the run, its place in the result, and how its address ends."""
    steps = [re.sub("_?url$", "", step) for step in place]
    steps = [re.sub("[^A-Za-z0-9]+", "-", step).strip("-")[:40] for step in steps]
    suffix = ""
    with suppress(ValueError):  # Half an IPv6 address has no path.
        found = re.search(r"\.[A-Za-z0-9]{1,5}$", urlsplit(address).path)
        suffix = found[0] if found else ""
    return "-".join([run.kind, run.task_id, *filter(None, steps)]) + suffix


def _printable(text: str) -> str:
    """JSON in which what a terminal would obey is written as JSON can write it."""
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)
