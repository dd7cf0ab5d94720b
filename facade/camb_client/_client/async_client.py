"""The async client: how it is made and closed, and the families it has by name."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Literal, Self, Unpack, overload

import httpx

import camb_client

from .._api.operations import SOUND, SPEECH, Operations, kind_of
from .._files.options import FetchOptions, OnProgress, StrPath
from .._http.async_wire import AsyncWire
from .._polling.callbacks import Callbacks
from .._polling.errors import ConfigurationError
from .._tasks.async_tasks import AsyncTaskFamily, AsyncTasks
from .._tasks.base import Body, Result
from .base import BaseClient, EventHooks


class AsyncCambClient(BaseClient[AsyncWire], AsyncTasks):
    """The async client: names, arguments and behaviour are those of :class:`CambClient`.

    It belongs to the event loop it is first used in; in another it raises ``RuntimeError``. Use it with
    ``async with``, or call :meth:`aclose`.

    Args:
        api_key: As for :class:`CambClient`.
        base_url: As for :class:`CambClient`.
        timeout: As for :class:`CambClient`.
        headers: As for :class:`CambClient`.
        event_hooks: As for :class:`CambClient`; a hook may be a coroutine function too, and is then awaited.
        transport: Any ``httpx.AsyncBaseTransport``; it stays the caller's to close. ``"aiohttp"`` takes aiohttp in
            place of httpx's own, but for streams and downloads: the same behaviour for less CPU. It needs
            ``pip install 'camb-client[aiohttp]'``.
        allow_insecure_http: As for :class:`CambClient`.

    Raises:
        ConfigurationError: As :class:`CambClient`; or aiohttp is asked for and not installed.
        TypeError: An argument of another type.
        ValueError: A timeout of less than a millisecond, or of more than a day; a transport of another name.
    """

    _wire_class = AsyncWire
    _transport_class = httpx.AsyncBaseTransport

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | None = 30.0,
        headers: Mapping[str, str] | None = None,
        event_hooks: EventHooks | None = None,
        transport: httpx.AsyncBaseTransport | Literal["aiohttp"] | None = None,
        allow_insecure_http: bool = False,
    ) -> None:
        try:
            self._set_up(api_key, base_url, timeout, headers, event_hooks, transport, allow_insecure_http)
        finally:
            del api_key  # So that no traceback that shows local variables shows it.

    def _choose_wire(self, transport: object) -> type[AsyncWire]:
        if not isinstance(transport, str):
            return super()._choose_wire(transport)
        if transport != "aiohttp":
            raise ValueError(f"transport can be 'aiohttp' or an httpx.AsyncBaseTransport, not {transport!r}")
        try:
            from .._http.aiohttp_wire import AiohttpWire
        except ImportError as missing:
            raise ConfigurationError("transport='aiohttp' needs it: pip install 'camb-client[aiohttp]'") from missing
        return AiohttpWire

    @property
    def tts(self) -> "camb_client.AsyncTextToSpeech":
        """Text-to-speech."""
        return camb_client.AsyncTextToSpeech(self._wire, SPEECH, self._on_poll)

    @property
    def text_to_sound(self) -> "camb_client.AsyncTextToSound":
        """Sound and music."""
        return camb_client.AsyncTextToSound(self._wire, SOUND, self._on_poll)

    async def step(self, state: "camb_client.WaitState") -> "camb_client.Step":
        """One poll and one decision; see :meth:`CambClient.step`."""
        from .._durable.step import step_async

        return await step_async(self._wire, state, Callbacks(on_poll=self._on_poll))

    @property
    def voices(self) -> "camb_client.AsyncVoices":
        """The voices that there are."""
        return camb_client.AsyncVoices(self._wire)

    @property
    def languages(self) -> "camb_client.AsyncLanguages":
        """The languages that there are."""
        return camb_client.AsyncLanguages(self._wire)

    @overload
    def family(self, kind: Operations[Body, Result]) -> AsyncTaskFamily[Body, Result]: ...
    @overload
    def family(self, kind: str) -> AsyncTaskFamily: ...
    def family(self, kind: Operations[Any, Any] | str) -> AsyncTaskFamily[Any, Any]:
        """The tasks of any kind of the spec; see :meth:`CambClient.family`."""
        return AsyncTaskFamily(self._wire, kind_of(kind), self._on_poll)

    def journal(self, path: StrPath) -> "camb_client.AsyncJournal":
        """Open a journal; see :meth:`CambClient.journal`. ``with`` and ``async with`` both do."""
        from .. import AsyncJournal

        return AsyncJournal(self, path)

    @overload
    async def fetch(self, address: str, dest: StrPath, **options: Unpack[FetchOptions]) -> Path: ...
    @overload
    async def fetch(self, address: str, dest: IO[bytes], **options: Unpack[FetchOptions]) -> None: ...
    async def fetch(
        self, address: str, dest: StrPath | IO[bytes], *, on_progress: OnProgress = None, overwrite: bool = False,
        timeout: float | None = 600.0,
    ) -> Path | None:  # fmt: skip
        """Download whatever has an address; see :meth:`CambClient.fetch` and :meth:`AsyncTextToSpeech.download`."""
        from .._files.fetch import fetch_async, of_address

        download = of_address(self._wire, address, timeout)
        return await fetch_async(self._wire, download, dest, on_progress, overwrite=overwrite)

    async def __aenter__(self) -> Self:
        """The client itself.

        Raises:
            RuntimeError: It is closed.
        """
        self._wire.check_open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Any use after that raises ``RuntimeError``; closing again does nothing."""
        await self._wire.aclose()
