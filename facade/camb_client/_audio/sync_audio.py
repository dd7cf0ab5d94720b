"""Speech and sound in the sync client."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Unpack, overload

from .._files.fetch import fetch
from .._files.options import FetchOptions, OnProgress, StrPath
from .._http.call import Call
from .._http.sync_wire import Wire
from .._polling.task import CompletedTask, TaskRef
from .._tasks.sync_tasks import TaskFamily
from .families import BaseAudio, BaseSound, BaseSpeech, Run


class AudioFamily(TaskFamily, BaseAudio[Wire, TaskRef, CompletedTask]):
    """A family whose results are audio files."""

    def result_url(self, run_id: Run) -> str:
        """The address of a result: it needs no key, and expires (the docs do not say when).

        Args:
            run_id: Of a :class:`CompletedTask` of this family; or that itself, or its outcome.

        Raises:
            ApiConnectionError: No response.
            ApiError: An HTTP status that is no success; a 400 is no such run, or one of another family.
            MalformedResponseError: A 200 without an address.
            TypeError: ``run_id`` is neither an integer nor a run.
            ValueError: A run that did not succeed, or is of another family.
        """
        return self._wire.ask(self._address(run_id)).unwrap()

    def results(self, run_ids: Iterable[Run]) -> dict[int, str]:
        """The addresses of many results, by run id: two to five with each request.

        Args:
            run_ids: As for :meth:`result_url`.

        Raises:
            CambError: As :meth:`result_url`: where one has no address, nothing is returned.
            TypeError: One that is neither an integer nor a run.
            ValueError: A run that did not succeed, or is of another family.
        """
        every, bulks = self._bulks(run_ids)
        found: dict[int, str] = {}
        for bulk in bulks:
            found |= self._wire.ask(bulk).unwrap()
        return {run_id: found.get(run_id) or self.result_url(run_id) for run_id in every}

    @overload
    def download(self, run_id: Run, dest: StrPath, **options: Unpack[FetchOptions]) -> Path: ...
    @overload
    def download(self, run_id: Run, dest: IO[bytes], **options: Unpack[FetchOptions]) -> None: ...
    def download(
        self,
        run_id: Run,
        dest: StrPath | IO[bytes],
        *,
        on_progress: OnProgress = None,
        overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path | None:
        """Download a result. Under the name there is the whole file, or what was there before.

        It is written piece by piece, beside its place. A lost connection is made again, and the rest fetched (or all
        of it, where the server gives no rest): up to 6 times in a row without anything new. A file that the server
        does not find is asked for again for 10 s, as it may be new. Redirects are followed, at most 5, without the
        key. Texts, web pages, JSON and XML are refused; anything else is taken for the audio that the server calls
        it. A name whose suffix promises another format is kept, and the log says so at WARNING.

        Args:
            run_id: Of a :class:`CompletedTask` of this family; or that itself, or its outcome.
            dest: The file; or a folder, where it is called, say, ``tts-11768.flac``. A name with a final slash is a
                folder, which is made. A symbolic link is followed. Or a binary file object that is open for writing:
                it is written as the bytes come (by the async client in batches, in a thread), and neither rewound
                nor closed. After a failure, what is in it is yours.
            on_progress: Called with the bytes received, and all there are (``None`` if the server does not say), for
                each piece, in this thread. A :class:`StopWaiting` in it ends the download and comes out; any other
                ``Exception`` is logged, and the download continues.
            overwrite: Whether a file of that name is replaced. It keeps its mode.
            timeout: Seconds for all of it; ``None`` is no limit. Each wait for bytes is bounded by the client's own.

        Returns:
            The path of the file; ``None`` for a file object.

        Raises:
            DownloadError: The address is known, but the file cannot be fetched, or is not audio.
            CambError: The address cannot be had, as for :meth:`result_url`.
            FileExistsError: There is a file of that name.
            OSError: The file cannot be written, or there is something that is no regular file: a device, a pipe.
            TypeError: An argument of another type: a text file as ``dest``, say.
            ValueError: A run that did not succeed or is of another family, a timeout that cannot be, or a file object
                that is not open for writing.
        """
        return fetch(self._wire, self._download(run_id, timeout), dest, on_progress, overwrite=overwrite)


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
