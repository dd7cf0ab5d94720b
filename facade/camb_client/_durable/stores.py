"""Stores of waits that many processes share: what each of them can do, and how one is opened.

A store keeps, under its id, each entry that is due at some time. One sweeper at a time has the turn: it claims what is
due, which puts it off by a lease, and writes back what it came to; a write takes effect only where the claim still
stands. So a process may be killed, or stopped for longer than its lease, between any two calls. All times are those of
the store's own clock, which makes of workers with different clocks what a single one would be.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Protocol
from urllib.parse import unquote

import attrs

from .._polling.errors import ConfigurationError

# A claim stands for so long; a poll must have ended by then.
CLAIM_SECONDS = 30.0
# The sweeper's turn ends so long after its last call. Then another may have it.
TURN_SECONDS = 10.0
# A sweep that was asked for and has not begun is asked for again: the message may be lost.
ASK_AGAIN_SECONDS = 10.0
# A clock of the store that was set back by more takes all times that were written by it along.
BACK_SECONDS = 1.0
# The rate of a worker counts for so long after it was told last.
RATE_SECONDS = 60.0


@attrs.frozen
class Entry:
    """What a store has under an id.

    Attributes:
        id: The id.
        state: The text it was added with, or that was last written.
        outcome: How it ended, or "".
        token: What a write to it must still find in the store.
        due_in: Seconds until it is due; negative once it is.
    """

    id: str
    state: str
    outcome: str
    token: str
    due_in: float = 0.0


@attrs.frozen
class Change:
    """What to write to an entry that was claimed; "" for an outcome is none."""

    entry: Entry
    state: str
    outcome: str
    delay: float


@attrs.frozen
class Turn:
    """The turn of a sweeper.

    Attributes:
        rate: The lowest rate that any worker has told; infinity is none.
        silence: Seconds since the last request that another sweeper may have sent; infinity if there was none.
    """

    rate: float
    silence: float


@attrs.frozen
class Exchanged:
    """What came of one call of the sweeper that has the turn.

    Attributes:
        rate: As for :class:`Turn`.
        written: The ids of the changes that took effect.
        claimed: What was due, and is this sweeper's now.
        due_in: Seconds until more is due; infinity if there is nothing.
    """

    rate: float
    written: frozenset[str]
    claimed: list[Entry]
    due_in: float


class Store(Protocol):
    """A store of waits."""

    # What any call may raise while the store cannot be reached.
    outages: ClassVar[tuple[type[Exception], ...]]

    def check(self) -> None:
        """Reach it once.

        Raises:
            ConfigurationError: It cannot keep what is in it.
        """

    def add(self, entries: Sequence[tuple[str, str, float]]) -> None:
        """Add entries: id, state, seconds until it is due. One whose id is known, or was closed lately, is left out."""

    def get(self, wait_id: str) -> Entry | None:
        """The entry, if there is one."""

    def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """Write to entries that were got or claimed; the ids of those where it took effect."""

    def close(self, ids: Sequence[str], keep: float) -> int:
        """Remove entries, and refuse their ids for ``keep`` seconds; how many there were."""

    def states(self) -> Iterator[tuple[str, str]]:
        """Id and state of each entry."""

    def tick(self, rate: float) -> bool:
        """Tell a worker's rate; whether a sweep should be asked for now. If so, it counts as asked for.

        Where the store's clock was set back, all that is due, and the turn, are moved with it.
        """

    def enter(self, owner: str, rate: float) -> Turn | None:
        """Take the turn; ``None`` while another has it, or the API asks to be left alone."""

    def exchange(self, owner: str, changes: Sequence[Change], most: int) -> Exchanged | None:
        """Keep the turn, write, and claim at most so many entries; ``None`` once another has the turn."""

    def leave(self, owner: str, held: float, quiet: float = 0.0) -> None:
        """Give the turn back; no sweep begins for ``held`` seconds, and no request was sent for ``quiet`` seconds."""


def open_store(url: str, namespace: str, timeout: float | None = None) -> Store:
    """The store at an address. Nothing is sent yet.

    Args:
        url: ``redis://…``, ``rediss://…``, or ``sqlite:///<path>``: three slashes and a path as for ``open()``.
        namespace: Whose entries: several applications may share a Redis.
        timeout: How many seconds a call may wait for the store; by default those of the store.

    Raises:
        ConfigurationError: No such address; or redis-py is missing.
        TypeError: No string.
    """
    if not isinstance(url, str) or not isinstance(namespace, str):
        raise TypeError("store and namespace must be str")
    if not namespace or not namespace.isprintable() or set(namespace) & set("{}"):
        raise ConfigurationError(f"namespace cannot be {namespace!r}: use printable characters, and no braces")
    if url.startswith(("redis://", "rediss://")):
        try:
            from .redis_store import RedisStore
        except ImportError as missing:
            raise ConfigurationError("a Redis store needs redis-py: pip install 'camb-client[celery]'") from missing
        return RedisStore(url, namespace, timeout)
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from .sqlite_store import SqliteStore

        return SqliteStore(Path(unquote(url.removeprefix("sqlite:///"))), namespace, timeout)
    # The address is not shown: a password may be in it.
    raise ConfigurationError("store must be redis://…, rediss://… or sqlite:///<path>")


def lowest(rates: Sequence[float]) -> float:
    """The lowest of some rates; none is infinity."""
    return min(rates, default=math.inf)
