"""What both journals share: one file that has what is waited for and what is planned, whatever ends the process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self, Unpack

from .._api.operations import SOUND, SPEECH, create_request, kind_of
from .._audio.families import SoundArguments, SpeechArguments
from .._batch.learned import schedule_of
from .._batch.scheduler import Batch
from .._files.options import StrPath
from .._polling.checks import DAY, integer, number, seconds
from .._polling.errors import AuthenticationError, PermissionDeniedError
from .._polling.schedule import ScheduleLike
from .._polling.task import TaskRef
from .._tasks.base import TaskLike
from .bulk import Creating
from .database import JOURNAL, Database
from .durations import Durations
from .items import BulkItem, Items, ItemState, Row
from .waits import Waits
from .work import Work

# How many polls of a run may be in flight.
_POLLS = 8


class BaseJournal:
    """What both journals share: the file, and what is put into it."""

    def __init__(self, camb: Any, path: StrPath) -> None:
        self._camb = camb
        camb._wire.check_open()
        self._database = Database(path, JOURNAL, is_exclusive=True)
        self._durations = Durations(self._database)
        self._waits = Waits(self._database, self._durations, camb._wire.random)
        self._runner: Any = None  # Of the iteration that is under way.
        self._is_running = False
        self._items = Items(self._database)
        self._work: Work | None = None  # Of the run that is under way.

    def __repr__(self) -> str:
        """Where it is."""
        return f"{type(self).__name__}({str(self._database.path)!r})"

    def add(self, tasks: Iterable[TaskLike], *, timeout: float | None = 600.0, schedule: ScheduleLike = None) -> int:
        """Put tasks into the journal, to be waited for. A task that it knows, its outcome taken or not, stays as it is.

        Args:
            tasks: References or ``"<kind>:<task_id>"``, of mixed kinds.
            timeout: Seconds until the deadline of each, by the clock on the wall; ``None`` waits for ever.
            schedule: When to poll, as for :meth:`CambClient.as_completed`; what is learned stays in the journal.

        Returns:
            How many were not known before.

        Raises:
            OSError: The file cannot be written; nothing of it was.
            RuntimeError: The journal or the client is closed.
            TypeError: An argument of another type.
            ValueError: An argument that cannot be.
        """
        refs, clock = list(self._camb._refs(tasks)), self._camb._wire.clock
        new = self._waits.add(refs, seconds(timeout), schedule_of(schedule), clock.time())
        for ref in new if self._runner else ():
            self._waits.left += 1
            self._runner.submit(ref)
        return len(new)

    @contextmanager
    def planning(self) -> Iterator[None]:
        """Plan many at once: what is planned in the block is written at its end, or nothing, where it raises."""
        with self._database.transaction():
            yield

    def tts(self, key: str, *, to: StrPath, overwrite: bool = False, **arguments: Unpack[SpeechArguments]) -> None:
        """Plan speech under a key of your own; :meth:`run` creates it, waits for it and downloads it. Nothing is sent.

        A key that is known stays as it is. Until its task is created it takes other arguments; after that they are an
        error, as they would have to be paid for again: see :meth:`redo`.

        Args:
            key: What you call it: unique in the journal.
            to: Its file. A name without a suffix gets that of the audio; a folder that is missing is made. Where the
                name has changed, the file is renamed by the next run, and nothing is paid.
            overwrite: Whether a file may be replaced that was there before.
            arguments: As for :meth:`TextToSpeech.create`.

        Raises:
            FileExistsError: A file was there before.
            OSError: The journal cannot be written.
            RuntimeError: The journal is closed.
            TypeError: An argument of another type.
            ValueError: An argument that the API would refuse; or others than those it was created with.
        """
        body = self._camb.tts._create_call(**arguments).json
        self._plan(key, SPEECH, body, to, overwrite=overwrite)

    def text_to_sound(
        self, key: str, *, to: StrPath, overwrite: bool = False, **arguments: Unpack[SoundArguments]
    ) -> None:
        """Plan a sound or music under a key of your own, as :meth:`tts` plans speech.

        Args:
            key: As for :meth:`tts`.
            to: As for :meth:`tts`.
            overwrite: As for :meth:`tts`.
            arguments: As for :meth:`TextToSound.create`.

        Raises:
            Exception: As :meth:`tts`.
        """
        body = self._camb.text_to_sound._create_call(**arguments).json
        self._plan(key, SOUND, body, to, overwrite=overwrite)

    def create(self, key: str, kind: Any, body: Any, to: StrPath | None = None, *, overwrite: bool = False) -> None:
        """Plan a task of any family under a key of your own, as :meth:`tts` plans speech.

        Args:
            key: As for :meth:`tts`.
            kind: The handle of its family (``kinds.DUB``), or the kind (``"dub"``).
            body: What its create takes: the model, or a mapping. A file in it is a ``Path``, or a ``models.File`` with
                one; its size and digest are kept, and it is refused where they have changed when it is sent.
            to: Its file, where its result has the address of one; ``None`` ends it when it has succeeded.
            overwrite: As for :meth:`tts`.

        Raises:
            TypeError: An open file in the body; or as :meth:`tts`.
            Exception: As :meth:`tts`.
        """
        name = kind_of(kind)
        self._plan(key, name, create_request(name, body)[2], to, overwrite=overwrite)

    def _plan(self, key: str, kind: str, body: Any, to: StrPath | None, *, overwrite: bool) -> None:
        self._items.plan(key, kind, body, to, overwrite=overwrite)
        self._plan_again()

    def _plan_again(self) -> None:
        if self._work is not None:
            self._work.plan_again()

    def items(self) -> list[BulkItem]:
        """All planned items as they stand, in the order in which they were planned."""
        return self._items.all()

    def retry(self, state: ItemState | str, keys: Iterable[str] | None = None) -> int:
        """Plan items again that ended badly; the next run creates them.

        ``"failed"`` and ``"refused"`` cannot pay twice for one result. ``"unknown"`` may: a task may have been
        created, and only its response was lost.

        Args:
            state: ``"failed"``, ``"refused"`` or ``"unknown"``.
            keys: Those alone; by default all in that state.

        Returns:
            How many they are.

        Raises:
            ValueError: Another state.
        """
        count = self._items.retry(state, keys)
        self._plan_again()
        return count

    def redo(self, key: str, *, to: StrPath | None = None, **arguments: Any) -> None:
        """Plan an item anew, whatever has become of it: it is paid for again.

        Its old file stays until the new one is whole.

        Args:
            key: Its key.
            to: Another file; by default the same.
            arguments: Those of its create that change; for :meth:`create` a whole ``body``.

        Raises:
            ValueError: There is no such item, or the API would refuse such an argument.
            TypeError: An argument of another type.
        """
        creates = {SPEECH: self._camb.tts._create_call, SOUND: self._camb.text_to_sound._create_call}

        def change(row: Row) -> Any:
            if row.kind in creates:
                return creates[row.kind](**{**row.body, **arguments}).json
            if arguments.keys() - {"body"}:
                raise TypeError(f"an item of kind {row.kind!r} takes a whole body, not {', '.join(arguments)}")
            return create_request(row.kind, arguments["body"])[2] if arguments else row.body

        self._items.redo(key, change, to)
        self._plan_again()

    def move(self, key: str, to: StrPath) -> None:
        """Give an item another file; one that is there already is renamed by the next run.

        Raises:
            FileExistsError: A file was there before.
            ValueError: There is no such item.
        """
        self._items.move(key, to)

    def forget(self, keys: Iterable[str]) -> None:
        """Take planned and refused items out of the journal: nothing was created for them.

        Raises:
            ValueError: One in another state.
        """
        self._items.forget(keys)

    def _plan_run(
        self,
        creates_per_second: float | None,
        max_requests_per_second: float | None,
        downloads: int,
        timeout: float | None,
        schedule: ScheduleLike,
        on_update: object,
    ) -> tuple[Work, Batch]:
        """The work of a run and the batch of its waits, the arguments checked."""
        if creates_per_second is not None:
            number("creates_per_second", creates_per_second, least=1 / DAY, most=1e6, what="number or None")
        number("downloads", integer("downloads", downloads), least=1, most=1_000)
        wire = self._camb._wire
        limit, pace = seconds(timeout), schedule_of(schedule)
        batch: Batch = self._camb._batch(None, None, _POLLS, max_requests_per_second, on_update)
        creating = Creating(creates_per_second, wire.random)
        work = Work(self._items, self._durations, wire, creating, downloads, limit, pace)
        batch.feed(work.poller)
        return work, batch

    @contextmanager
    def _working(self, work: Work) -> Iterator[None]:
        """One run at a time; what it found out at last of the key is kept with the items."""
        with self._running():
            work.start()
            self._work = work
            try:
                yield
            except (AuthenticationError, PermissionDeniedError) as error:
                if self._database.is_open:
                    self._items.refuse_key(error)
                raise
            finally:
                self._work = None

    def pending(self) -> list[TaskRef]:
        """The tasks that are waited for, and those whose outcome was not taken yet."""
        return self._waits.pending()

    def _plan_waits(self, max_concurrency: int, max_requests_per_second: float | None, on_update: object) -> Batch:
        """The batch of the waits, its arguments checked."""
        batch: Batch = self._camb._batch(None, None, max_concurrency, max_requests_per_second, on_update)
        batch.feed(self._waits.poller)
        return batch

    @contextmanager
    def _running(self) -> Iterator[None]:
        """One iteration at a time: two would hand out the same."""
        if self._is_running:
            raise RuntimeError("this journal is being iterated over already: end that first")
        self._is_running = True
        try:
            yield
        finally:
            self._is_running, self._runner = False, None
            if self._database.is_open:
                self._waits.flush()

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file, for its next owner. Any use after that raises ``RuntimeError``."""
        if self._runner is not None:
            self._runner.stop()
        self._database.close()
