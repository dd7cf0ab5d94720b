"""The waits of a journal: which there are, how they stand, which outcomes nobody has taken yet."""

from collections.abc import Callable, Iterable

import attrs

from .._batch.outcome import TaskOutcome
from .._polling.errors import TaskError
from .._polling.log import log
from .._polling.poller import Health
from .._polling.response import Poll
from .._polling.schedule import Schedule
from .._polling.task import TaskRef
from .codec import dump_outcome, load_outcome
from .database import Database
from .durations import Durations
from .state import Resumed, WaitState, begin, save

# How often the states that polls have changed are written, in seconds: to lose some costs a few polls, no task.
_FLUSH_EVERY = 1.0
# In place of the time of the next poll: the wait begins anew when it is taken up.
_ANEW = -1.0


@attrs.define(eq=False)
class _Kept(Resumed):
    """A wait whose state is written down now and then."""

    _waits: "Waits" = attrs.field(init=False)
    _shift: float = attrs.field(default=0.0, init=False)

    def start(
        self, now: float, time_of_day: float, *, since: float | None = None, health: Health | None = None
    ) -> None:
        """Continue."""
        super().start(now, time_of_day, since=since, health=health)
        self._shift = time_of_day - now

    def observe(self, poll: Poll, now: float) -> None:
        """As for any wait; how it stands then is to be written."""
        super().observe(poll, now)
        self._waits.note(self.ref, None if self.done else save(self, self._shift), now)


class Waits:
    """The waits in a database.

    Args:
        database: Where they are.
        durations: How long tasks took before.
        random: Numbers from 0 to 1 for the jitter.

    Attributes:
        left: How many of those that were taken up have not ended.
    """

    def __init__(self, database: Database, durations: Durations, random: Callable[[], float]) -> None:
        self._database, self._durations, self._random = database, durations, random
        self._states: dict[TaskRef, WaitState] = {}
        self._changed: dict[TaskRef, WaitState] = {}
        self._flush_at = 0.0
        self.left = 0

    def add(self, refs: Iterable[TaskRef], timeout: float, schedule: Schedule, time_of_day: float) -> list[TaskRef]:
        """Write down waits that begin now; those that were not known before."""
        states, new = [begin(ref, timeout, schedule, time_of_day) for ref in refs], []
        with self._database.transaction(full=True) as connection:
            for state in sorted(states, key=lambda one: str(one.ref)):  # So that the file is packed well.
                row = (str(state.ref), state.to_json(), state.next_at)
                if connection.execute("INSERT OR IGNORE INTO waits VALUES (?, ?, ?, NULL)", row).rowcount:
                    self._states[state.ref] = state
                    new.append(state.ref)
        return new

    def untaken(self) -> list[TaskOutcome]:
        """The outcomes that were found, and perhaps handed out, but not taken."""
        rows = self._database.select("SELECT outcome FROM waits WHERE outcome IS NOT NULL AND next_at IS NOT NULL")
        return [load_outcome(outcome) for (outcome,) in rows]

    def pending(self) -> list[TaskRef]:
        """The tasks that are not done with."""
        rows = self._database.select("SELECT id FROM waits WHERE next_at IS NOT NULL ORDER BY next_at")
        return [TaskRef.parse(name) for (name,) in rows]

    def take_up(self, time_of_day: float) -> list[TaskRef]:
        """The tasks that are waited for."""
        self._states, self._changed = {}, {}
        query = "SELECT id, state, next_at FROM waits WHERE outcome IS NULL ORDER BY next_at"
        for name, text, next_at in self._database.select(query):
            try:
                state = WaitState.from_json(text)
            except (TypeError, ValueError) as problem:
                log.error("%s: its state cannot be read, and is left as it is: %s", name, problem)
                continue
            if next_at == _ANEW:
                state = begin(state.ref, state.timeout, state.schedule, time_of_day)
            self._states[state.ref] = state
        self.left = len(self._states)
        return list(self._states)

    def poller(self, ref: TaskRef) -> Resumed:
        """The wait for a task, for a batch."""
        poller = _Kept.of(self._states.pop(ref), self._random, self._durations.paces)
        poller._waits = self
        return poller

    def note(self, ref: TaskRef, state: WaitState | None, now: float) -> None:
        """Note how a wait stands after a poll, in whichever thread polls, and write that down now and then."""
        if state is None:
            self._changed.pop(ref, None)
            return
        self._changed[ref] = state
        if now >= self._flush_at:
            self._flush_at = now + _FLUSH_EVERY
            with self._database.if_free() as is_free:  # Whoever has it may be waiting for the polls.
                if is_free:
                    self.flush()

    def flush(self) -> None:
        """Write the states that polls have changed."""
        # Threads go on changing them: what is copied here, one by one, is forgotten.
        changed = [state for ref in list(self._changed) if (state := self._changed.pop(ref, None)) is not None]
        if changed:
            rows = [(state.to_json(), state.next_at, str(state.ref)) for state in changed]
            with self._database.transaction() as connection:
                connection.executemany("UPDATE waits SET state = ?, next_at = ? WHERE id = ? AND outcome IS NULL", rows)

    def end(self, outcome: TaskOutcome) -> None:
        """Write down an outcome, before it is handed out; and how long the task took, where that is learned."""
        self.left -= 1
        query = "UPDATE waits SET state = CASE WHEN ? THEN NULL ELSE state END, next_at = 0, outcome = ? WHERE id = ?"
        with self._durations.saved_with(outcome.ref), self._database.transaction() as connection:
            connection.execute(query, (_is_end(outcome), dump_outcome(outcome), str(outcome.ref)))

    def take(self, outcome: TaskOutcome) -> None:
        """Write down that an outcome was taken. Where the task has not ended, it is waited for again, later on."""
        with self._database.transaction() as connection:
            if _is_end(outcome):
                connection.execute("UPDATE waits SET next_at = NULL WHERE id = ?", (str(outcome.ref),))
            else:
                query = "UPDATE waits SET outcome = NULL, next_at = ? WHERE id = ?"
                connection.execute(query, (_ANEW, str(outcome.ref)))


def _is_end(outcome: TaskOutcome) -> bool:
    """Whether the task itself has ended, and not only the wait for it."""
    return outcome.error is None or isinstance(outcome.error, TaskError)
