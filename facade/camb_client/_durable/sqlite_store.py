"""A store in one SQLite file, which many processes of one machine have open at once.

The rows are those of a journal; what a journal has not is a second table, of who has the turn and of the rates. A
closed id stays as a row without state and outcome until it is due. The clock of the store is that of the machine.
"""

import math
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from .._polling.errors import ConfigurationError
from .database import WAITS, Database, Role
from .stores import (
    ASK_AGAIN_SECONDS,
    BACK_SECONDS,
    CLAIM_SECONDS,
    RATE_SECONDS,
    TURN_SECONDS,
    Change,
    Entry,
    Exchanged,
    Turn,
    lowest,
)

SHARED = Role(
    "Celery store",
    0x43414D53,
    (
        (
            *WAITS,
            "CREATE INDEX due ON waits (next_at)",
            "CREATE TABLE sweep (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID",
        ),
    ),
)


class SqliteStore:
    """A store in an SQLite file."""

    outages: ClassVar[tuple[type[Exception], ...]] = (sqlite3.OperationalError, OSError)

    def __init__(self, path: Path, namespace: str, timeout: float | None = None) -> None:
        self._path, self._namespace, self._pid, self._timeout = path, namespace, 0, timeout or 30.0
        self._database: Database | None = None
        self._inherited: list[Database] = []  # Those of the process that forked this one: to close them is its affair.

    def _open(self) -> Database:
        """The file, as this process has it open."""
        if self._database is None or self._pid != os.getpid():
            if self._database is not None:
                self._inherited.append(self._database)
            self._database = Database(self._path, SHARED, is_exclusive=False, timeout=self._timeout)
            self._pid = os.getpid()
        return self._database

    def __del__(self) -> None:
        """Close the file, where this process has opened it: who drops the store can use it no more."""
        if self._database is not None and self._pid == os.getpid():
            self._database.close()

    def check(self) -> None:
        """Refuse the store of another application: its outcomes must go to that one's broker."""
        with self._open().transaction() as rows:
            rows.execute("INSERT OR IGNORE INTO sweep VALUES ('namespace', ?)", (self._namespace,))
            owner = self._value(rows, "namespace")
        if owner != self._namespace:
            raise ConfigurationError(
                f"{str(self._path)!r} is the Celery store of {owner!r}, not of {self._namespace!r}: give each "
                "application a file of its own"
            )

    def add(self, entries: Sequence[tuple[str, str, float]]) -> None:
        """See :class:`Store`."""
        now = time.time()
        with self._open().transaction(full=True) as rows:
            rows.executemany(
                "INSERT OR IGNORE INTO waits VALUES (?, ?, ?, NULL)",
                [(one, text, now + at) for one, text, at in entries],
            )

    def get(self, wait_id: str) -> Entry | None:
        """See :class:`Store`."""
        found = self._open().select(
            "SELECT state, ifnull(outcome, ''), next_at FROM waits WHERE id = ? AND state NOTNULL", wait_id
        )
        if not found:
            return None
        ((state, outcome, next_at),) = found
        return Entry(wait_id, state, outcome, repr(next_at), next_at - time.time())

    def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """See :class:`Store`."""
        with self._open().transaction() as rows:
            return self._write(rows, changes, time.time())

    @staticmethod
    def _write(rows: sqlite3.Connection, changes: Sequence[Change], now: float) -> frozenset[str]:
        return frozenset(
            one.entry.id
            for one in changes
            if rows.execute(
                "UPDATE waits SET state = ?, next_at = ?, outcome = ifnull(?, outcome) WHERE id = ? AND next_at = ?"
                " AND state NOTNULL",
                (one.state, now + one.delay, one.outcome or None, one.entry.id, float(one.entry.token)),
            ).rowcount
        )

    def close(self, ids: Sequence[str], keep: float) -> int:
        """See :class:`Store`."""
        until = time.time() + keep
        with self._open().transaction() as rows:
            return rows.executemany(
                "UPDATE waits SET state = NULL, outcome = NULL, next_at = ? WHERE id = ? AND state NOTNULL",
                [(until, one) for one in ids],
            ).rowcount

    def states(self) -> Iterator[tuple[str, str]]:
        """See :class:`Store`."""
        yield from self._open().select("SELECT id, state FROM waits WHERE state NOTNULL")

    @staticmethod
    def _value(rows: sqlite3.Connection, name: str) -> str | float | None:
        found = rows.execute("SELECT value FROM sweep WHERE name = ?", (name,)).fetchone()
        return found and found[0]  # type: ignore[no-any-return]

    def _at(self, rows: sqlite3.Connection, name: str) -> float:
        return float(self._value(rows, name) or 0.0)

    @staticmethod
    def _set(rows: sqlite3.Connection, **values: str | float) -> None:
        rows.executemany("INSERT OR REPLACE INTO sweep VALUES (?, ?)", values.items())

    def _lowest(self, rows: sqlite3.Connection, told: float) -> float:
        now = time.time()
        if told < math.inf:
            self._set(rows, **{f"rate {told!r}": now})
        rows.execute("DELETE FROM sweep WHERE name GLOB 'rate *' AND value < ?", (now - RATE_SECONDS,))
        names = rows.execute("SELECT name FROM sweep WHERE name GLOB 'rate *'").fetchall()
        return lowest([float(name.removeprefix("rate ")) for (name,) in names])

    @staticmethod
    def _due_in(rows: sqlite3.Connection) -> float:
        (first,) = rows.execute("SELECT min(next_at) FROM waits").fetchone()
        return math.inf if first is None else first - time.time()

    def tick(self, rate: float) -> bool:
        """See :class:`Store`."""
        with self._open().transaction() as rows:
            now = time.time()
            if (back := self._at(rows, "clock") - now) > BACK_SECONDS:
                rows.execute("UPDATE waits SET next_at = next_at - ?", (back,))
                rows.execute("UPDATE sweep SET value = value - ? WHERE name IN ('until', 'held', 'asked')", (back,))
            self._set(rows, clock=now)
            self._lowest(rows, rate)
            is_busy = self._at(rows, "until") > now or self._at(rows, "held") > now
            if is_busy or self._at(rows, "asked") > now - ASK_AGAIN_SECONDS or self._due_in(rows) > 0.5:
                return False
            self._set(rows, asked=now)
            return True

    def enter(self, owner: str, rate: float) -> Turn | None:
        """See :class:`Store`."""
        with self._open().transaction() as rows:
            now, last = time.time(), self._at(rows, "until")
            if self._at(rows, "held") > now or last > now:
                return None
            self._set(rows, owner=owner, until=now + TURN_SECONDS, asked=0.0)
            return Turn(self._lowest(rows, rate), now - last if last else math.inf)

    def exchange(self, owner: str, changes: Sequence[Change], most: int) -> Exchanged | None:
        """See :class:`Store`."""
        with self._open().transaction() as rows:
            if self._value(rows, "owner") != owner:
                return None
            now = time.time()
            self._set(rows, until=now + TURN_SECONDS)
            written, token = self._write(rows, changes, now), now + CLAIM_SECONDS
            rows.execute("DELETE FROM waits WHERE state ISNULL AND next_at <= ?", (now,))
            due = rows.execute(
                "SELECT id, state, ifnull(outcome, '') FROM waits WHERE next_at <= ? ORDER BY next_at LIMIT ?",
                (now, most),
            ).fetchall()
            rows.executemany("UPDATE waits SET next_at = ? WHERE id = ?", [(token, one) for one, _, _ in due])
            claimed = [Entry(one, state, outcome, repr(token), CLAIM_SECONDS) for one, state, outcome in due]
            return Exchanged(self._lowest(rows, math.inf), written, claimed, self._due_in(rows))

    def leave(self, owner: str, held: float, quiet: float = 0.0) -> None:
        """See :class:`Store`."""
        with self._open().transaction() as rows:
            now = time.time()
            if self._value(rows, "owner") == owner:
                self._set(rows, until=now - quiet, held=now + held)
