"""Audiobooks: each chapter is a task at CAMB.AI, submitted elsewhere, and finished here."""

import asyncio
import json
from pathlib import Path

from camb_client import (
    AsyncCambClient,
    CambClient,
    CambError,
    CompletedTask,
    PaymentRequiredError,
    TaskError,
    TaskRef,
    WaitTimeoutError,
)


class OutOfCreditsError(Exception):
    """Nothing can be narrated until somebody has paid."""


class Book:
    """Where each chapter stands; kept in a file from run to run."""

    def __init__(self, pending: dict[str, TaskRef]) -> None:
        self.pending = pending
        self.done: dict[str, int] = {}
        self.failed: dict[str, str] = {}

    @classmethod
    def load(cls, path: Path) -> "Book":
        kept = json.loads(path.read_text(encoding="utf-8"))
        book = cls({chapter: TaskRef.parse(task) for chapter, task in kept["pending"].items()})
        book.done, book.failed = kept["done"], kept["failed"]
        return book

    def save(self, path: Path) -> None:
        pending = {chapter: str(task) for chapter, task in self.pending.items()}
        path.write_text(json.dumps({"pending": pending, "done": self.done, "failed": self.failed}), encoding="utf-8")

    def take(self, chapter: str, outcome: CompletedTask | CambError) -> None:
        """Take in what came of a chapter."""
        match outcome:
            case WaitTimeoutError():
                return  # It goes on: the next run waits again.
            case CompletedTask():
                self.done[chapter] = outcome.run_id
            case PaymentRequiredError():
                raise OutOfCreditsError(chapter) from outcome
            case TaskError():
                self.failed[chapter] = str(outcome.state.exception_reason or outcome.state.status)
            case _:
                raise outcome
        del self.pending[chapter]


def finish(book: Book, camb: CambClient, *, timeout: float = 600) -> None:
    """Wait for the chapters one by one."""
    for chapter, task in list(book.pending.items()):
        try:
            outcome: CompletedTask | CambError = camb.wait(task, timeout=timeout)
        except CambError as error:
            outcome = error
        book.take(chapter, outcome)


async def finish_together(book: Book, camb: AsyncCambClient, *, timeout: float = 600) -> None:
    """Wait for all chapters at once."""

    async def finish_one(chapter: str, task: TaskRef) -> None:
        try:
            outcome: CompletedTask | CambError = await camb.wait(task, timeout=timeout)
        except CambError as error:
            outcome = error
        book.take(chapter, outcome)

    await asyncio.gather(*(finish_one(*item) for item in book.pending.items()))


def run(path: Path) -> bool:
    """One nightly run, with a client of its own; whether the book is complete."""
    book = Book.load(path)
    with CambClient() as camb:
        finish(book, camb)
    book.save(path)
    return not book.pending
