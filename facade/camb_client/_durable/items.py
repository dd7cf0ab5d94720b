"""The items of a journal: what is planned, and how far each has come. Each state is written before the act it names."""

import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import attrs

from .._files.formats import SUFFIXES
from .._files.target import Target
from .._polling.errors import CambError, CreateOutcomeUnknownError
from .._polling.task import TaskRef
from .._polling.text import plain
from .codec import dump, dump_error, load_error
from .database import Database
from .files import stored

# What is no suffix: "scene 1. Morning".
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_COLUMNS = "number, key, kind, body, dest, state, ref, run_id, path, error"


class ItemState(StrEnum):
    """How far an item of a journal has come."""

    PLANNED = "planned"  #: Nothing was sent.
    CREATING = "creating"  #: The create call is on its way.
    CREATED = "created"  #: The task has its reference, and is waited for.
    SUCCEEDED = "succeeded"  #: It has succeeded, and has a ``run_id``.
    DOWNLOADED = "downloaded"  #: Its file is there, and whole.
    FAILED = "failed"  #: The API said that the task ended badly.
    REFUSED = "refused"  #: The API refused to create it: nothing was created.
    UNKNOWN = "unknown"  #: Whether it was created is not known: the response was lost, or the process died.


# Nothing was created, so that new arguments cost nothing.
_UNPAID = {ItemState.PLANNED, ItemState.REFUSED}
_RETRIED = (ItemState.FAILED, ItemState.REFUSED, ItemState.UNKNOWN)


@attrs.frozen
class BulkItem:
    """One item of a journal, as it stands.

    Attributes:
        key: What you call it.
        state: How far it has come.
        ref: Its task, once that is created.
        run_id: What fetches its result, once the task has succeeded.
        path: Where its file is, once that was downloaded.
        error: What went wrong at last, or ``None``: why it failed, was refused or is unknown; or, in any other state,
            why this run came no further with it. The next run continues with it then.
        to: Where its file goes, as it was planned.
    """

    key: str
    state: ItemState
    ref: TaskRef | None = None
    run_id: int | None = None
    path: Path | None = None
    error: CambError | None = attrs.field(default=None, eq=False)
    to: Path | None = attrs.field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON: ``key``, ``state``, ``task``, ``run_id``, ``path`` and ``error``."""
        return {
            "key": self.key,
            "state": str(self.state),
            "task": None if self.ref is None else str(self.ref),
            "run_id": self.run_id,
            "path": None if self.path is None else plain(str(self.path)),
            "error": None if self.error is None else self.error.to_dict(),
        }


@attrs.frozen
class Row:
    """An item with what is needed to work on it."""

    number: int
    key: str
    kind: str
    body: dict[str, Any]
    dest: Path | None
    item: BulkItem

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Row":
        """From the database."""
        number, key, kind, body, dest, state, ref, run_id, path, error = row
        task = ref and TaskRef.from_dict(json.loads(ref))
        place, problem = dest and Path(dest), error and load_error(error, task)
        item = BulkItem(key, ItemState(state), task, run_id, path and Path(path), problem, place)
        return cls(number, key, kind, json.loads(body), place, item)

    def final(self, suffix: str) -> Path:
        """Where its file goes, whose format has that suffix: a name without one gets it."""
        assert self.dest is not None  # noqa: S101 (asked for only where there is one)
        return self.dest if _SUFFIX.search(self.dest.name) else self.dest.with_name(self.dest.name + suffix)


def _place(dest: "str | os.PathLike[str]") -> str:
    """The path of a file, absolute; links stay."""
    if os.path.basename(dest) in {"", ".", ".."}:  # noqa: PTH119 (a Path has no final slash)
        raise ValueError(f"to must be the path of a file, not that of a folder, {os.fspath(dest)!r}")
    return os.path.abspath(dest)  # noqa: PTH100 (links stay)


class ItemTarget(Target):
    """The file of an item: in its own place it replaces what is there, and its partial file can be told from others'.

    Args:
        row: The item.
        part: What the partial file is called.
    """

    def __init__(self, row: Row, part: str) -> None:
        assert row.dest is not None  # noqa: S101 (asked for only where there is one)
        row.dest.parent.mkdir(parents=True, exist_ok=True)
        # A folder of that name is nothing to it, as the name of the file will have a suffix.
        super().__init__(row.dest.with_name(part) if row.dest.is_dir() else row.dest, overwrite=True)
        self._row, self._part = row, self._folder / part

    def keep(self, name: str) -> Path:
        """Put the file in its place, on the disk as well."""
        self._path = self._row.final(Path(name).suffix)
        self._file.flush()
        os.fsync(self._file.fileno())
        return super().keep(name)


class Items:
    """The items in a database.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO facts VALUES ('id', ?)", (secrets.token_hex(4),))
        self._id: str = database.select("SELECT value FROM facts WHERE name = 'id'")[0][0]
        self.settle()

    # What a caller plans.

    def plan(
        self, key: str, kind: str, body: Mapping[str, Any], dest: "str | os.PathLike[str] | None", *, overwrite: bool
    ) -> None:
        """Plan an item, or check that it is the one that is known.

        Raises:
            FileExistsError: A file was there before.
            ValueError: It was created with other arguments.
        """
        if not isinstance(key, str):
            raise TypeError(f"key must be a str, not {type(key).__name__}")
        if not key:
            raise ValueError("key must not be empty")
        text, place = dump(stored(body)), None if dest is None else _place(dest)
        with self._database.transaction() as connection:
            known = connection.execute("SELECT kind, body, dest, state FROM items WHERE key = ?", (key,)).fetchone()
            if known == (kind, text, place, known and known[3]):
                return
            if place is not None and not overwrite and (known is None or known[2] != place):
                self._check_free(place)
            if known is None:
                query = "INSERT INTO items (kind, body, dest, key, state) VALUES (?, ?, ?, ?, 'planned')"
            elif known[:2] == (kind, text) or known[3] in _UNPAID:
                query = "UPDATE items SET kind = ?, body = ?, dest = ? WHERE key = ?"
            else:
                raise ValueError(
                    f"{key!r} is {known[3]} with other arguments: give it those it had, "
                    f"or plan it anew with redo({key!r}, …), which pays for it again"
                )
            connection.execute(query, (kind, text, place, key))

    def redo(self, key: str, change: Callable[[Row], Mapping[str, Any]], dest: "str | os.PathLike[str] | None") -> None:
        """Plan an item anew."""
        known = self.find(key)
        if known is None:
            raise ValueError(f"the journal has no item {key!r}")
        if known.item.state is ItemState.CREATING:
            raise ValueError(f"{key!r} is being created just now: wait for that")
        place = known.dest if dest is None else Path(_place(dest))
        if place is not None and place != known.dest:
            self._check_free(str(place))
        values = (dump(stored(change(known))), place and str(place), known.number)
        with self._database.transaction() as connection:
            query = "UPDATE items SET body = ?, dest = ?, state = 'planned', ref = NULL, run_id = NULL, error = NULL"
            connection.execute(f"{query} WHERE number = ?", values)

    def move(self, key: str, dest: "str | os.PathLike[str]") -> None:
        """Give an item another file."""
        known, place = self.find(key), Path(_place(dest))
        if known is None:
            raise ValueError(f"the journal has no item {key!r}")
        if known.dest != place:
            self._check_free(str(place))
        with self._database.transaction() as connection:
            connection.execute("UPDATE items SET dest = ? WHERE number = ?", (str(place), known.number))

    def retry(self, state: str, keys: Iterable[str] | None) -> int:
        """Plan those in a state again; how many they are."""
        if state not in _RETRIED:
            raise ValueError(f"state must be {', '.join(_RETRIED)}, not {state!r}")
        again = self.keys(ItemState(state)) if keys is None else list(keys)
        query = (
            "UPDATE items SET state = 'planned', ref = NULL, run_id = NULL, error = NULL WHERE state = ? AND key = ?"
        )
        with self._database.transaction() as connection:
            return sum(connection.execute(query, (str(state), key)).rowcount for key in again)

    def forget(self, keys: Iterable[str]) -> None:
        """Take items out for which nothing was created."""
        with self._database.transaction() as connection:
            for key in keys:
                known = self.find(key)
                if known is not None and known.item.state not in _UNPAID:
                    raise ValueError(
                        f"{key!r} is {known.item.state}, and stays in the journal: it may have been paid for"
                    )
                connection.execute("DELETE FROM items WHERE key = ?", (key,))

    def all(self) -> list[BulkItem]:
        """All items, as they were planned."""
        return [row.item for row in self.rows("1 ORDER BY number")]

    def keys(self, state: ItemState) -> list[str]:
        """The keys of those in a state."""
        return [key for (key,) in self._database.select("SELECT key FROM items WHERE state = ?", str(state))]

    def rows(self, where: str, *values: Any) -> list[Row]:
        """Items, by a condition of this module or the next."""
        query = f"SELECT {_COLUMNS} FROM items WHERE {where}"  # noqa: S608 (values of callers are bound)
        return list(map(Row.of, self._database.select(query, *values)))

    def find(self, key: str) -> Row | None:
        """The item of that key."""
        return next(iter(self.rows("key = ?", key)), None)

    # How far they come.

    def mark(self, number: int, state: ItemState, error: CambError | None = None, **values: Any) -> BulkItem:
        """Write down how far an item has come; what must not be lost is on the disk then."""
        values = {**values, "state": str(state), "error": None if error is None else dump_error(error)}
        full = state in {ItemState.CREATING, ItemState.CREATED}
        with self._database.transaction(full=full) as connection:
            names = ", ".join(f"{name} = ?" for name in values)
            query = f"UPDATE items SET {names} WHERE number = ?"  # noqa: S608 (as above)
            connection.execute(query, (*values.values(), number))
        return self.rows("number = ?", number)[0].item

    def mark_task(
        self, number: int, ref: TaskRef | None, state: ItemState, error: CambError | None = None, **values: Any
    ) -> BulkItem | None:
        """As :meth:`mark`; ``None``, and nothing is written, where the item was planned anew meanwhile."""
        with self._database.transaction():
            found = self.rows("number = ?", number)
            return self.mark(number, state, error, **values) if found and found[0].item.ref == ref else None

    def settle(self) -> None:
        """Take in what a process left that died: whether its last items were created is not known."""
        for row in self.rows("state = 'creating'"):
            error = CreateOutcomeUnknownError(
                f"{row.key}: the process ended while it was being created. Check your account; "
                'retry("unknown") creates it again, and may pay for it twice.'
            )
            self.mark(row.number, ItemState.UNKNOWN, error)

    def refuse_key(self, error: CambError) -> None:
        """Note with all that are waited for that the key was refused."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE items SET error = ? WHERE state = 'created'", (dump_error(error),))

    # Their files.

    def prepare(self) -> None:
        """Before anything is sent: no two items with one file, no partial file of a process that died, new names taken.

        Raises:
            ValueError: Two items have one file.
        """
        dests = self._database.select("SELECT key, dest FROM items WHERE dest IS NOT NULL ORDER BY number")
        whole: dict[str, str] = {}  # By its whole name; a name without a suffix may become any with one.
        bare: dict[str, str] = {}
        stems: dict[str, str] = {}
        for key, dest in dests:
            name, suffix = dest.casefold(), _SUFFIX.search(dest)
            stem = name.removesuffix(suffix[0].casefold()) if suffix and suffix[0].casefold() in SUFFIXES else name
            other = whole.get(name) or (bare if suffix else stems).get(stem)
            if other is not None:
                raise ValueError(f"{other!r} and {key!r} have the same file, {dest!r}: give one of them another")
            whole[name] = (stems if suffix else bare)[stem] = key
        for folder in {os.path.dirname(dest) for _, dest in dests}:  # noqa: PTH120
            if os.path.isdir(folder):  # noqa: PTH112
                for part in Path(folder).glob(f".camb-{self._id}-*.part"):
                    part.unlink(missing_ok=True)
        self._move()

    def part(self, row: Row) -> str:
        """What the partial file of an item is called."""
        return f".camb-{self._id}-{row.number}.part"

    def _move(self) -> None:
        """Give downloaded files the names that their items have now, all at once: one may take the name of another.

        One that is not there any more is to be downloaded again.
        """
        moving = []
        for row in self.rows("state = 'downloaded' AND dest IS NOT NULL AND path IS NOT NULL"):
            path = row.item.path
            assert path is not None  # noqa: S101 (as was asked for)
            final = row.final(path.suffix.removesuffix(".moved") or path.with_suffix("").suffix)
            aside = final.with_name(f".camb-{self._id}-{row.number}{final.suffix}.moved")
            if not (path.exists() or aside.exists() or (path == aside and final.exists())):
                self.mark(row.number, ItemState.SUCCEEDED, path=None)  # Somebody removed it: it costs nothing.
            elif path != final:
                moving.append((row, path, aside, final))
        for _, path, aside, final in moving:
            final.parent.mkdir(parents=True, exist_ok=True)
            if not aside.exists() and path != aside and path.exists():
                path.rename(aside)
        with self._database.transaction() as connection:
            for row, _, aside, _ in moving:
                connection.execute("UPDATE items SET path = ? WHERE number = ?", (str(aside), row.number))
        for row, _, aside, final in moving:
            if aside.exists():
                aside.replace(final)
            self.mark(row.number, ItemState.DOWNLOADED, path=str(final))

    def _check_free(self, place: str) -> None:
        """FileExistsError where a file is that is no item's own."""
        folder, name = os.path.split(place)
        if not os.path.isdir(folder):  # noqa: PTH112 (strings, as it is asked ten thousand times)
            return
        for found in [place] if _SUFFIX.search(name) else [place, *(place + suffix for suffix in SUFFIXES)]:
            if os.path.lexists(found) and not self._is_ours(found):
                raise FileExistsError(f"{found!r} exists already: pass overwrite=True to replace it")

    def _is_ours(self, file: str) -> bool:
        """Whether a file is an item's own, noted or left by a process that died before it was noted."""
        query = "SELECT 1 FROM items WHERE path = ? OR dest = ? OR dest = ?"
        return bool(self._database.select(query, file, file, _SUFFIX.sub("", file)))
