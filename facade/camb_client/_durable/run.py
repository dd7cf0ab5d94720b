"""The drivers of a run, sync and async. What is to be done next, and what its end means, is decided in ``work``."""

import inspect
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._api.operations import SOUND, SPEECH
from .._batch.outcomes import AsyncOutcomes, Outcomes
from .._batch.thread_runner import ThreadRunner
from .._files.download import Download
from .._files.fetch import fetch, fetch_async, of_address
from .._http.call import is_address
from .._polling.callbacks import run_callback
from .._polling.errors import DownloadError
from .._polling.task import TaskRef
from .files import restored
from .items import BulkItem, ItemState, Row
from .work import Done, Job, Work

# How long an interrupted run waits for the creates that are on their way, in seconds.
_GRACE = 10.0
# How long its downloads may take to notice, which end with the next piece that comes.
_ABORT = 1.0
# For one download, in seconds.
_DOWNLOAD = 600.0

# What a result calls the address of its file, the one to take first.
_ADDRESSES = ("output_url", "file_url", "output_video_url", "video_url", "audio_url")

OnItem = Callable[[BulkItem], object] | None


@contextmanager
def _telling(item: BulkItem) -> Iterator[None]:
    with run_callback(item.key, "on_update failed; the run continues"):
        yield


class Run:
    """A run of the sync client: a thread for each create and each download."""

    def __init__(self, camb: Any, work: Work, runner: ThreadRunner, outcomes: Outcomes, on_update: OnItem) -> None:
        self._camb, self._work, self._runner, self._outcomes = camb, work, runner, outcomes
        self._on_update = on_update
        self._threads: dict[threading.Thread, Job] = {}

    def items(self) -> Iterator[BulkItem]:
        """Each item as this run is through with it."""
        clock, work = self._camb._wire.clock, self._work
        with self._outcomes:
            try:
                for ref in work.waiting():
                    self._runner.submit(ref)
                while True:
                    while (job := work.next_job(clock.monotonic())) is not None:
                        self._begin(job)
                    if work.is_done:
                        break
                    event = self._outcomes._next_event(work.pause(clock.monotonic()))
                    told = None if event is None else work.take(event)
                    if told is None:
                        continue
                    item, is_through = told
                    with _telling(item):
                        if self._on_update is not None:
                            self._on_update(item)
                    if is_through:
                        yield item
                    elif item.state is ItemState.CREATED:
                        self._runner.submit(item.ref)  # type: ignore[arg-type]
            finally:
                self._stop()
        work.end()

    def _begin(self, job: Job) -> None:
        thread = threading.Thread(target=self._do, args=(job,), name="camb-bulk", daemon=True)
        self._threads[thread] = job
        thread.start()

    def _do(self, job: Job) -> None:
        try:
            done = self._create(job) if job.is_create else self._fetch(job)
        except BaseException as fault:  # noqa: BLE001 (there is nobody else to tell)
            done = Done(job, fault=fault)
        self._threads.pop(threading.current_thread())
        self._runner.post(done)

    def _create(self, job: Job) -> Done:
        came: TaskRef | Exception
        row = self._work.begin(job)
        try:
            came = self._send(row)
        except Exception as error:  # noqa: BLE001 (what it means is decided elsewhere)
            came = error
        return self._work.created(job, came)

    def _send(self, row: Row) -> TaskRef:
        ref: TaskRef = self._camb.family(row.kind).create(restored(row.body))
        return ref

    def _fetch(self, job: Job) -> Done:
        came: Path | Exception
        try:
            came = self._download(job)
        except Exception as error:  # noqa: BLE001 (as above)
            came = error
        return self._work.downloaded(job, came)

    def _download(self, job: Job) -> Path:
        wire, target = self._camb._wire, self._work.target(job)
        path = fetch(wire, self._find(job.row), target, self._work.check_stopped, overwrite=True)
        assert path is not None  # noqa: S101 (a target has one)
        return path

    def _find(self, row: Row) -> Download:
        """The download of a result."""
        if row.kind in {SPEECH, SOUND}:
            return _audio(self._camb, row)
        return of_address(
            self._camb._wire, _address(row, self._camb.family(row.kind).result(row.item.run_id)), _DOWNLOAD
        )

    def _stop(self) -> None:
        """Begin nothing new; what is on its way may end. Where the run is over, there is nothing on its way."""
        under_way = list(self._threads.items())
        self._work.stop(sum(job.is_create for _, job in under_way), _GRACE)
        for is_create, seconds in ((True, _GRACE), (False, _ABORT)):
            until = time.monotonic() + seconds
            for thread in (thread for thread, job in under_way if job.is_create is is_create):
                thread.join(max(0.0, until - time.monotonic()))


class AsyncRun:
    """As :class:`Run`, with tasks in place of threads."""

    def __init__(self, camb: Any, work: Work, runner: Any, outcomes: AsyncOutcomes, on_update: OnItem) -> None:
        self._camb, self._work, self._runner, self._outcomes = camb, work, runner, outcomes
        self._on_update = on_update
        self._tasks: dict[Any, Job] = {}

    async def items(self) -> AsyncGenerator[BulkItem]:
        """Each item as this run is through with it."""
        clock, work = self._camb._wire.clock, self._work
        async with self._outcomes:
            try:
                for ref in work.waiting():
                    self._runner.submit(ref)
                while True:
                    while (job := work.next_job(clock.monotonic())) is not None:
                        self._begin(job)
                    if work.is_done:
                        break
                    event = await self._outcomes._next_event(work.pause(clock.monotonic()))
                    told = None if event is None else work.take(event)
                    if told is None:
                        continue
                    item, is_through = told
                    with _telling(item):
                        if self._on_update is not None and inspect.isawaitable(said := self._on_update(item)):
                            await said
                    if is_through:
                        yield item
                    elif item.state is ItemState.CREATED:
                        self._runner.submit(item.ref)
            finally:
                await self._stop()
        work.end()

    def _begin(self, job: Job) -> None:
        import asyncio

        task = asyncio.get_running_loop().create_task(self._do(job))
        self._tasks[task] = job
        task.add_done_callback(self._tasks.pop)

    async def _do(self, job: Job) -> None:
        try:
            done = await (self._create(job) if job.is_create else self._fetch(job))
        except BaseException as fault:
            done = Done(job, fault=fault)
            if not isinstance(fault, Exception):
                raise
        finally:
            self._runner.post(done)

    async def _create(self, job: Job) -> Done:
        came: TaskRef | Exception
        row = self._work.begin(job)
        try:
            came = await self._send(row)
        except Exception as error:  # noqa: BLE001 (what it means is decided elsewhere)
            came = error
        return self._work.created(job, came)

    async def _send(self, row: Row) -> TaskRef:
        ref: TaskRef = await self._camb.family(row.kind).create(restored(row.body))
        return ref

    async def _fetch(self, job: Job) -> Done:
        came: Path | Exception
        try:
            came = await self._download(job)
        except Exception as error:  # noqa: BLE001 (as above)
            came = error
        return self._work.downloaded(job, came)

    async def _download(self, job: Job) -> Path:
        wire, target = self._camb._wire, self._work.target(job)
        path = await fetch_async(wire, await self._find(job.row), target, self._work.check_stopped, overwrite=True)
        assert path is not None  # noqa: S101 (a target has one)
        return path

    async def _find(self, row: Row) -> Download:
        if row.kind in {SPEECH, SOUND}:
            return _audio(self._camb, row)
        result = await self._camb.family(row.kind).result(row.item.run_id)
        return of_address(self._camb._wire, _address(row, result), _DOWNLOAD)

    async def _stop(self) -> None:
        import asyncio

        creates = [task for task, job in self._tasks.items() if job.is_create]
        self._work.stop(len(creates), _GRACE)
        if creates:
            await asyncio.wait(creates, timeout=_GRACE)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def _audio(camb: Any, row: Row) -> Download:
    family = camb.tts if row.kind == SPEECH else camb.text_to_sound
    return family._download(row.item.run_id, _DOWNLOAD)  # type: ignore[no-any-return]


def _address(row: Row, result: Any) -> str:
    """Where the file of a result is."""
    fields = result.to_dict() if hasattr(result, "to_dict") else {}
    found = [value for name in _ADDRESSES if is_address(value := fields.get(name))]
    if not found:
        said = f"{row.key}: a result of {row.kind!r} has no file: plan it without to=, and ask for its result"
        raise DownloadError(said, ref=row.item.ref)
    return str(found[0])
