"""Speech and sound, from the text to the file: the drivers of both clients.

Rule of this file: drivers only, each a few lines, in pairs that differ by ``await`` alone; what they decide stands in
``_api.calls`` and ``_files.download``, what they take and mean in ``_audio.families``. It is imported when a client
is first asked for one of these families.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._files.target import Target
from .._http.call import Call
from .._http.sync_wire import Wire
from .._polling.callbacks import refuse_coroutines
from .._polling.errors import CambError
from .._polling.task import CompletedTask, TaskRef
from .._tasks.sync_tasks import TaskFamily
from .families import BaseAudio, BaseSound, BaseSpeech, OnProgress

if TYPE_CHECKING:
    from .._files.download import Download


class AudioFamily(TaskFamily, BaseAudio[Wire, TaskRef, CompletedTask]):
    """A family whose results are audio files."""

    def result_url(self, run_id: int) -> str:
        """The address of a result: it needs no key, and expires (the docs do not say when).

        Args:
            run_id: Of a :class:`CompletedTask` of this family.

        Raises:
            ApiConnectionError: No answer.
            ApiError: An HTTP answer other than 200; a 400 is no such run, or one of another family.
            MalformedResponseError: A 200 without an address.
            TypeError: ``run_id`` is not an integer.
        """
        return self._wire.ask(self._address(run_id)).unwrap()

    def results(self, run_ids: Iterable[int]) -> dict[int, str]:
        """The addresses of many results, by run id: two to five with each request.

        Args:
            run_ids: As for :meth:`result_url`.

        Raises:
            CambError: As :meth:`result_url`: where one has no address, there is no answer at all.
            TypeError: A run id that is not an integer.
        """
        every, bulks = self._bulks(run_ids)
        found: dict[int, str] = {}
        for bulk in bulks:
            found |= self._wire.ask(bulk).unwrap()
        return {run_id: found.get(run_id) or self.result_url(run_id) for run_id in every}

    def download(
        self,
        run_id: int,
        dest: str | os.PathLike[str],
        *,
        on_progress: OnProgress = None,
        overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path:
        """Download a result. Under the name there is the whole file, checked to be audio, or nothing.

        It is written piece by piece, beside its target. A lost connection is made again, and the rest fetched (or all
        of it, where the server gives no rest): up to 6 times in a row without anything new.

        Args:
            run_id: Of a :class:`CompletedTask` of this family.
            dest: The file; or a folder, where it is called, say, ``tts-11768.flac``.
            on_progress: Called with the bytes received, and all there are (``None`` if the server does not say), for
                each piece, in this thread. An ``Exception`` in it is logged, and the download goes on.
            overwrite: Whether a file of that name is replaced.
            timeout: Seconds for all of it; ``None`` is no limit. Each wait for bytes is bounded by the client's own.

        Returns:
            The path of the file.

        Raises:
            ApiConnectionError: No connection, or none that lasted, for longer than a download puts up with.
            ApiError: An HTTP answer that it cannot ride out, or no longer.
            MalformedResponseError: What came is not audio; or as :meth:`result_url`.
            FileExistsError: There is a file of that name.
            OSError: The file cannot be written.
            TypeError: An argument of another type.
            ValueError: A timeout that cannot be.
        """
        refuse_coroutines("on_progress", on_progress)
        download, clock = self._download(run_id, on_progress, timeout), self._wire.clock
        with Target(dest, overwrite=overwrite) as file:
            download.start(clock.monotonic())
            while not download.done:
                clock.sleep(download.pause(clock.monotonic()))
                try:
                    self._fetch(download, file, on_progress)
                except CambError as error:
                    download.failed(error, clock.monotonic())
            return file.keep(download.name + download.suffix)

    def _fetch(self, download: "Download", file: "Target", on_progress: OnProgress) -> None:
        now = self._wire.clock.monotonic
        if not download.address:
            download.found(self._wire.ask(download.where, download.limit(now())).unwrap())
        with self._wire.stream(download.call(), download.limit(now())) as (answer, pieces):
            file.begin(download.begin(answer.status_code, answer.headers))
            for piece in pieces:
                received = download.take(piece)
                file.write(piece)
                with self._telling(download):
                    if on_progress is not None:
                        on_progress(received, download.total)
        download.end()


class TextToSpeech(
    BaseSpeech[Wire, TaskRef, CompletedTask, AbstractContextManager[Iterator[bytes]]], AudioFamily, TaskFamily
):
    """Text-to-speech (``tts``): a :class:`TaskFamily` that can also create tasks, and fetch and stream audio."""

    @contextmanager
    def _stream(self, call: Call[Any]) -> Iterator[Iterator[bytes]]:
        with self._wire.stream(call) as (_, pieces):
            yield pieces


class TextToSound(BaseSound[Wire, TaskRef, CompletedTask], AudioFamily, TaskFamily):
    """Sound and music (``text-to-sound``): a :class:`TaskFamily` that can also create tasks, and fetch audio."""
