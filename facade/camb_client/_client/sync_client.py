"""The sync client: how it is made and closed, and the families it has by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self, Unpack, overload

import httpx

import camb_client

from .._api.operations import SOUND, SPEECH, Operations, kind_of
from .._files.options import FetchOptions, OnProgress, StrPath
from .._http.sync_wire import Wire
from .._polling.callbacks import Callbacks, PollEvent, refuse_coroutines
from .._tasks.base import Body, Result
from .._tasks.sync_tasks import TaskFamily, Tasks
from .base import BaseClient, EventHooks


class CambClient(BaseClient[Wire], Tasks):
    """A client of CAMB.AI's task API. Use it as a context manager, or call :meth:`close`.

    It is safe to share between threads. In a forked process it opens connections of its own (a
    ``transport`` that was passed in is used as it is).

    Args:
        api_key: The API key; by default that of the environment variable ``CAMB_API_KEY``.
        base_url: Where the API is; by default ``CAMB_BASE_URL``, else ``https://client.camb.ai/apis``.
        timeout: Seconds that one request may take, or an ``httpx.Timeout`` (its longest phase then bounds the
            request as a whole); ``None`` is a day for each phase.
        headers: Sent with every request to the API, and with none to the address of a file. A ``user-agent`` among
            them goes in front of ours.
        event_hooks: ``{"poll": [hook]}``: each hook is called with a :class:`PollEvent` for each poll of every wait,
            watch and batch (not of ``status()``), in the caller's thread, before ``on_update``. An ``Exception`` in
            one is logged, but :class:`StopWaiting` ends the wait.
        transport: Any ``httpx.BaseTransport``; it stays the caller's to close. Without one, proxies and
            CA bundles are taken from the usual environment variables.
        allow_insecure_http: Allow plain http to another machine, which shows the API key to the network.

    Raises:
        ConfigurationError: No API key, or one that cannot stand in a header; an unsafe base URL, or none; a header
            that the client sends itself; a setting of the environment (proxy, certificates, ``CAMB_LOG``) that cannot
            be used.
        TypeError: An argument of another type.
        ValueError: A timeout of less than a millisecond, or of more than a day.
    """

    _wire_class = Wire
    _transport_class = httpx.BaseTransport

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | None = 30.0,
        headers: Mapping[str, str] | None = None,
        event_hooks: EventHooks | None = None,
        transport: httpx.BaseTransport | None = None,
        allow_insecure_http: bool = False,
    ) -> None:
        try:
            self._set_up(api_key, base_url, timeout, headers, event_hooks, transport, allow_insecure_http)
        finally:
            del api_key  # So that no traceback that shows local variables shows it.

    def _hooks(self, event_hooks: EventHooks | None) -> tuple[Callable[[PollEvent], object], ...]:
        for hook in (hooks := super()._hooks(event_hooks)):
            refuse_coroutines("a poll hook", hook)
        return hooks

    @property
    def tts(self) -> "camb_client.TextToSpeech":
        """Text-to-speech."""
        return camb_client.TextToSpeech(self._wire, SPEECH, self._on_poll)

    @property
    def text_to_sound(self) -> "camb_client.TextToSound":
        """Sound and music."""
        return camb_client.TextToSound(self._wire, SOUND, self._on_poll)

    def step(self, state: "camb_client.WaitState") -> "camb_client.Step":
        """One poll and one decision: what :meth:`wait` does between two sleeps.

        A step that comes before ``state.next_at`` polls nothing, and gives the state back. One that comes after the
        deadline polls all the same, with 10 s for the response: a task that ended meanwhile is found.

        Args:
            state: The state that :meth:`begin` or the last step gave.

        Returns:
            ``.outcome`` where the wait has ended; else ``.state`` for the next step, due in ``.delay`` seconds.
            ``.changed`` is the state of the task, where its status or message has changed.

        Raises:
            AuthenticationError: The key was refused. The state stays good.
            PermissionDeniedError: As above.
            RuntimeError: The client is closed.
            StopWaiting: A poll hook of yours has raised it. The state stays good.
            TypeError: ``state`` is of another type.
        """
        from .._durable.step import step

        return step(self._wire, state, Callbacks(on_poll=self._on_poll))

    @property
    def voices(self) -> "camb_client.Voices":
        """The voices that there are."""
        return camb_client.Voices(self._wire)

    @property
    def languages(self) -> "camb_client.Languages":
        """The languages that there are."""
        return camb_client.Languages(self._wire)

    @overload
    def family(self, kind: Operations[Body, Result]) -> TaskFamily[Body, Result]: ...
    @overload
    def family(self, kind: str) -> TaskFamily: ...
    def family(self, kind: Operations[Any, Any] | str) -> TaskFamily[Any, Any]:
        """The tasks of any kind of the spec, and all that can be done with them.

        Args:
            kind: Its handle, such as ``kinds.TRANSLATE``: then bodies and results are typed. Or its name, which is the
                path of its status endpoint up to the id: ``"translate"``.

        Raises:
            ValueError: The spec has no such kind; the message names those it has.
        """
        return TaskFamily(self._wire, kind_of(kind), self._on_poll)

    def journal(self, path: StrPath) -> "camb_client.Journal":
        """Open a journal: a file that has what is waited for and what is planned, whatever becomes of this process.

        It has one owner at a time, by a lock (``PATH.lock``) that the system frees when its owner dies.
        Only you may read it (mode 0600); it has no key in it, and no address of a result. Use it with ``with``, in
        one thread.

        Args:
            path: The file (SQLite); it is made where it is missing.

        Raises:
            ConfigurationError: Another process has it open, and the message names that; or the file is no journal, or
                one of a newer client; it is untouched then.
            OSError: It cannot be opened.
            RuntimeError: The client is closed.
        """
        from .. import Journal

        return Journal(self, path)

    @overload
    def fetch(self, address: str, dest: StrPath, **options: Unpack[FetchOptions]) -> Path: ...
    @overload
    def fetch(self, address: str, dest: IO[bytes], **options: Unpack[FetchOptions]) -> None: ...
    def fetch(
        self, address: str, dest: StrPath | IO[bytes], *, on_progress: OnProgress = None, overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path | None:  # fmt: skip
        """Download whatever has an address: the result of any task, say. No key is sent.

        All is as for :meth:`TextToSpeech.download`, but that a 200 of any content is taken.

        Args:
            address: An ``http`` or ``https`` URL. No message and no log line shows its query, which often signs it.
            dest: The file; or a folder, where it is called as in the address. All else as for
                :meth:`TextToSpeech.download`.
            on_progress: As for :meth:`TextToSpeech.download`.
            overwrite: As for :meth:`TextToSpeech.download`.
            timeout: As for :meth:`TextToSpeech.download`.

        Returns:
            The path of the file; ``None`` for a file object.

        Raises:
            DownloadError: The file cannot be fetched.
            FileExistsError: There is a file of that name.
            OSError: The file cannot be written.
            RuntimeError: The client is closed.
            TypeError: An argument of another type.
            ValueError: ``address`` is no such URL, or a timeout that cannot be.
        """
        from .._files.fetch import fetch, of_address

        download = of_address(self._wire, address, timeout)
        return fetch(self._wire, download, dest, on_progress, overwrite=overwrite)

    def __enter__(self) -> Self:
        """The client itself.

        Raises:
            RuntimeError: It is closed.
        """
        self._wire.check_open()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connections. Any use after that raises ``RuntimeError``; closing again does nothing."""
        self._wire.close()
