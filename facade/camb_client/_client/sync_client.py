"""The clients: how one is made and closed, and the families it has by name.

Rule of this file: no more than that. What a client does stands in ``_tasks.sync_tasks`` and ``_tasks.async_tasks``,
and for the two families that can also create and fetch, in ``_audio.sync_audio``.
"""

from typing import TYPE_CHECKING, Literal, Self

import httpx

from .._api.operations import SOUND, SPEECH
from .._http.exchange import AsyncWire, Wire
from .._polling.errors import ConfigurationError
from .._tasks.async_tasks import AsyncTaskFamily, AsyncTasks
from .._tasks.base import BaseClient
from .._tasks.sync_tasks import TaskFamily, Tasks

if TYPE_CHECKING:
    from .._audio.sync_audio import AsyncTextToSound, AsyncTextToSpeech, TextToSound, TextToSpeech


class CambClient(BaseClient[Wire, httpx.BaseTransport, TaskFamily], Tasks):
    """A client of CAMB.AI's task API. Use it as a context manager, or call :meth:`close`.

    It is safe to share between threads. In a forked process it opens connections of its own (a
    ``transport`` that was passed in is used as it is).

    Args:
        api_key: The API key; by default that of the environment variable ``CAMB_API_KEY``.
        base_url: Where the API is; by default ``CAMB_BASE_URL``, else ``https://client.camb.ai/apis``.
        timeout: Seconds that one request may take, or an ``httpx.Timeout`` (its longest phase then bounds the
            request as a whole); ``None`` is a day for each phase.
        transport: Any ``httpx.BaseTransport``; it stays the caller's to close. Without one, proxies and
            CA bundles are taken from the usual environment variables.
        allow_insecure_http: Allow plain http to another machine, which shows the API key to the network.

    Raises:
        ConfigurationError: No API key, or one that cannot stand in a header; an unsafe base URL, or none.
        TypeError: An argument of another type.
        ValueError: A timeout of less than a millisecond, or of more than a day.
    """

    _wire_class = Wire
    _family_class = TaskFamily
    _transport_class = httpx.BaseTransport

    @property
    def tts(self) -> "TextToSpeech":
        """Text-to-speech."""
        from .._audio.sync_audio import TextToSpeech

        return TextToSpeech(self._wire, SPEECH)

    @property
    def text_to_sound(self) -> "TextToSound":
        """Sound and music."""
        from .._audio.sync_audio import TextToSound

        return TextToSound(self._wire, SOUND)

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


class AsyncCambClient(
    BaseClient[AsyncWire, httpx.AsyncBaseTransport | Literal["aiohttp"], AsyncTaskFamily], AsyncTasks
):
    """The async client: names, arguments and behaviour are those of :class:`CambClient`.

    It belongs to the event loop it is first used in; in another it raises ``RuntimeError``. Use it with
    ``async with``, or call :meth:`aclose`.

    Args:
        api_key: As for :class:`CambClient`.
        base_url: As for :class:`CambClient`.
        timeout: As for :class:`CambClient`.
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
    _family_class = AsyncTaskFamily
    _transport_class = httpx.AsyncBaseTransport

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
    def tts(self) -> "AsyncTextToSpeech":
        """Text-to-speech."""
        from .._audio.sync_audio import AsyncTextToSpeech

        return AsyncTextToSpeech(self._wire, SPEECH)

    @property
    def text_to_sound(self) -> "AsyncTextToSound":
        """Sound and music."""
        from .._audio.sync_audio import AsyncTextToSound

        return AsyncTextToSound(self._wire, SOUND)

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
