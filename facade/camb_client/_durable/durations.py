"""How long tasks took, remembered from run to run: so many of the latest for each kind, and for each kind and size."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._batch.learned import Paces
from .._polling.checks import DAY, number
from .._polling.schedule import Schedule
from .._polling.task import TaskRef
from .database import Database
from .files import extent


class Durations:
    """The durations in a database.

    Args:
        database: Where they are.

    Attributes:
        paces: What they say about when to poll.
    """

    def __init__(self, database: Database) -> None:
        rows = database.select("SELECT name, seconds FROM durations")
        self._database = database
        self.paces = Paces(Schedule.DEFAULT, {name: _read(seconds) for name, seconds in rows})

    @contextmanager
    def saved_with(self, ref: TaskRef, size: str = "") -> Iterator[None]:
        """Write down what was learned of tasks like this one, in one transaction with what is written in the block."""
        found = self.paces.durations(ref, size).items()
        rows = [(name, json.dumps([round(one, 3) for one in took])) for name, took in found]
        with self._database.transaction() as connection:
            yield
            connection.executemany("INSERT OR REPLACE INTO durations VALUES (?, ?)", rows)


def _read(seconds: str) -> list[float]:
    """What cannot be read is forgotten: it would have saved polls, no more."""
    try:
        return [number("seconds", one, least=0.0, most=DAY) for one in json.loads(seconds)]
    except (TypeError, ValueError):
        return []


def size_of(body: Any) -> str:
    """The size of a request, as paces tell tasks apart: to the next power of two, and nothing else of it."""
    return f"< {1 << extent(body).bit_length()}"
