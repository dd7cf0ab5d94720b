"""The file of a store: one SQLite file that is ours, of this version, and nobody else's to read.

A row of ``waits`` is ``(id, state, next_at, outcome)``. A wait has a state and no outcome. One that has ended has an
outcome and no state; once its outcome was taken, it has no ``next_at`` either. ``items`` has what is planned, and how
far it has come. ``durations`` has how long tasks took, as a JSON list of seconds for each name of :class:`Paces`.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from .._polling.errors import ConfigurationError
from .lock import Lock


@attrs.frozen
class Role:
    """What a file is for. A file of one role is refused in any other: they differ in who may have it open.

    Attributes:
        name: What messages call it.
        application_id: What stands in the header of the file.
        schema: What makes it, step by step: the version of a file is how many steps it has taken.
    """

    name: str
    application_id: int
    schema: tuple[tuple[str, ...], ...]


WAITS = ("CREATE TABLE waits (id TEXT PRIMARY KEY, state TEXT, next_at REAL, outcome TEXT) WITHOUT ROWID",)
ITEMS = (
    """
    CREATE TABLE items (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL, dest TEXT,
        state TEXT NOT NULL, ref TEXT, run_id INTEGER, path TEXT, error TEXT
    )
    """,
    "CREATE INDEX items_by_state ON items (state, number)",
    "CREATE INDEX items_by_path ON items (path)",
    "CREATE INDEX items_by_dest ON items (dest)",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
DURATIONS = ("CREATE TABLE durations (name TEXT PRIMARY KEY, seconds TEXT NOT NULL) WITHOUT ROWID",)
JOURNAL = Role("journal", 0x434A4E4C, (WAITS, ITEMS, DURATIONS))
# Where the header of an SQLite file has the two numbers.
_MAGIC, _APPLICATION_ID = b"SQLite format 3\0", slice(68, 72)


class Database:
    """A store's file, open. Safe to share between threads: one of them at a time.

    Args:
        path: The file; it is made where it is missing, for its owner alone to read.
        role: What it is for.
        is_exclusive: Whether one process alone may have it open.
        timeout: How many seconds to wait for another one that has it locked.

    Raises:
        ConfigurationError: It is another's, of a newer version, of another role or no store; it is untouched then.
        OSError: It cannot be opened.
    """

    def __init__(
        self, path: "str | os.PathLike[str]", role: Role, *, is_exclusive: bool, timeout: float = 30.0
    ) -> None:
        self.path, self._role, self._timeout = Path(os.path.realpath(path)), role, timeout
        self._turn, self._pid = threading.RLock(), os.getpid()
        self._lock = Lock(self.path.with_name(f"{self.path.name}.lock"), str(path)) if is_exclusive else None
        try:
            self._check_header()
            with self._explaining():
                self._connection: sqlite3.Connection | None = self._open()
        except BaseException:
            self._unlock()
            raise

    def _check_header(self) -> None:
        """Refuse what is not ours, before SQLite touches it; make what is missing."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with self.path.open("rb") as file:
            header = file.read(100)
        if not header:
            return
        found = int.from_bytes(header[_APPLICATION_ID], "big")
        if not header.startswith(_MAGIC) or found != self._role.application_id:
            raise ConfigurationError(
                f"{str(self.path)!r} is no {self._role.name} of camb-client: name another file; this one is untouched"
            )

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        try:
            self.path.chmod(0o600)
            self._upgrade(connection)
            self._choose_log(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        """Bring the file to this version, in one transaction."""
        connection.execute("BEGIN IMMEDIATE")
        with closing(connection.execute("PRAGMA user_version")) as found:
            version = found.fetchone()[0]
        if version > len(self._role.schema):
            raise ConfigurationError(
                f"{str(self.path)!r} was written by a newer camb-client (version {version} of a {self._role.name}, "
                f"this one knows {len(self._role.schema)}): upgrade camb-client; the file is untouched"
            )
        for step in self._role.schema[version:]:
            for statement in step:
                connection.execute(statement)
        if version < len(self._role.schema):
            connection.execute(f"PRAGMA application_id = {self._role.application_id}")
            connection.execute(f"PRAGMA user_version = {len(self._role.schema)}")
        connection.execute("COMMIT")

    @staticmethod
    def _choose_log(connection: sqlite3.Connection) -> None:
        """Write ahead where that works; network drives have no shared memory for it."""
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError:
            connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """What went wrong with the file, as errors of ours."""
        try:
            yield
        except sqlite3.OperationalError as problem:
            code = errno.ENOSPC if "full" in str(problem) else errno.EIO
            raise OSError(code, f"cannot be written ({problem})", str(self.path)) from problem
        except sqlite3.DatabaseError as problem:
            raise ConfigurationError(
                f"{str(self.path)!r} is damaged ({problem}): put back a copy of it, or name another file"
            ) from problem

    @contextmanager
    def transaction(self, *, full: bool = False) -> Iterator[sqlite3.Connection]:
        """All of it is written, or nothing.

        Args:
            full: Whether it is on the disk when the context ends, and not only handed to the system.
        """
        with self._turn:
            connection = self._checked()
            if connection.in_transaction:  # A part of it.
                yield connection
                return
            with self._explaining():
                connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):  # A full disk has rolled it back already.
                        connection.execute("ROLLBACK")
                    raise

    @contextmanager
    def if_free(self) -> Iterator[bool]:
        """Whether no other thread uses it; then none does while the context is open."""
        is_free = self._turn.acquire(blocking=False)
        try:
            yield is_free and self.is_open
        finally:
            if is_free:
                self._turn.release()

    def select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._turn, self._explaining():
            return self._checked().execute(query, values).fetchall()

    @property
    def is_open(self) -> bool:
        """Whether it can be used, by this process."""
        return self._connection is not None and self._pid == os.getpid()

    def _checked(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            raise RuntimeError(f"this {self._role.name} belongs to another process: open it in this one")
        if self._connection is None:
            raise RuntimeError(f"this {self._role.name} is closed: open it again")
        return self._connection

    def close(self) -> None:
        """Close it; to close it again does nothing."""
        with self._turn:
            connection, self._connection = self._connection, None
            if connection is not None and self._pid == os.getpid():
                connection.close()
                self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
