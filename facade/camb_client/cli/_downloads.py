"""Many downloads of one command, a few at a time."""

import click

from .. import AsyncCambClient, CambError
from ._board import Board, Row
from ._command import SPEECH, STDOUT, words
from ._display import Display
from ._exits import USAGE, Exit
from ._text import clean

# How many are under way.
_AT_ONCE = 4


class Downloads:
    """Downloads into one folder.

    Args:
        camb: The client.
        board: Where they are shown.
        display: Where their lines go.
        folder: The folder.
        overwrite: Whether a file that exists is replaced.
        timeout: Seconds for each.
    """

    def __init__(
        self, camb: AsyncCambClient, board: Board, display: Display, folder: str, *, overwrite: bool, timeout: float
    ) -> None:
        self._camb, self._board, self._display = camb, board, display
        self._folder, self._overwrite, self._timeout = folder, overwrite, timeout
        import asyncio

        self._loop, self._turns = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, row: Row, kind: str, run: int) -> None:
        """Download the file of a run, soon."""
        self._tasks.append(self._loop.create_task(self.fetch(row, kind, run)))

    async def fetch(self, row: Row, kind: str, run: int) -> None:
        """Download the file of a run, and say how that ended."""
        family = self._camb.tts if kind == SPEECH else self._camb.text_to_sound
        row.run, row.until, row.end = run, None, None
        error: CambError | OSError | None = None
        end: Exit | None = None
        async with self._turns:
            row.doing = "downloading"
            try:
                row.file = str(
                    await family.download(
                        run, self._folder, on_progress=row.took, overwrite=self._overwrite, timeout=self._timeout
                    )
                )
                row.doing = "downloaded"
            except CambError as problem:
                row.doing, error = "not downloaded", problem
            except OSError as problem:
                row.doing, error, end = "not downloaded", problem, USAGE
        self._display.result(self._board.ended(row.ref, row.state, error, end))
        if error is not None:
            self._display.error(f"error: {replaces(error)}" if isinstance(error, FileExistsError) else words(error))

    async def end(self) -> None:
        """Wait for those that have begun."""
        for task in self._tasks:
            await task


def replaces(problem: FileExistsError) -> str:
    """That there is a file, and which option replaces it."""
    return f"{clean(str(problem)).partition(': pass ')[0]}; --overwrite replaces it"


def as_folder(ctx: click.Context, output: str) -> str:
    """The name of a folder, as downloads take it: it is made where it is missing."""
    if output == STDOUT:
        raise click.UsageError("several files cannot go to standard output: name a folder", ctx)
    return output if output.endswith("/") else f"{output}/"
