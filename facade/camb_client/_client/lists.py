"""What a create needs and nobody can guess: which voices there are, and which languages."""

from typing import TYPE_CHECKING, Any

from .._api import calls
from .._http.async_wire import AsyncWire
from .._http.sync_wire import Wire

if TYPE_CHECKING:
    from .._api.models import ListVoicesResult, SourceLanguagesResult, TargetLanguagesResult


class _Lists:
    """What there is of something."""

    def __init__(self, wire: Wire | AsyncWire) -> None:
        self._wire: Any = wire


class Voices(_Lists):
    """The voices that there are."""

    def list(self) -> "ListVoicesResult":
        """Each voice: ``.id`` is what a ``voice_id`` takes, ``.voice_name`` is for people (``GET /list-voices``).

        Raises:
            CambError: As :meth:`TaskFamily.result`.
        """
        found: ListVoicesResult = self._wire.ask(calls.listed("/list-voices")).unwrap()
        return found


class Languages(_Lists):
    """The languages that there are, each with the number that the API takes for it as ``.id``."""

    def source(self) -> "SourceLanguagesResult":
        """What can be translated, transcribed or dubbed from (``GET /source-languages``).

        Raises:
            CambError: As :meth:`TaskFamily.result`.
        """
        found: SourceLanguagesResult = self._wire.ask(calls.listed("/source-languages")).unwrap()
        return found

    def target(self) -> "TargetLanguagesResult":
        """What can be translated, dubbed or spoken to (``GET /target-languages``).

        Raises:
            CambError: As :meth:`TaskFamily.result`.
        """
        found: TargetLanguagesResult = self._wire.ask(calls.listed("/target-languages")).unwrap()
        return found


class AsyncVoices(_Lists):
    """As :class:`Voices`; what it returns is to be awaited."""

    async def list(self) -> "ListVoicesResult":
        """Each voice; see :meth:`Voices.list`."""
        found: ListVoicesResult = (await self._wire.ask(calls.listed("/list-voices"))).unwrap()
        return found


class AsyncLanguages(_Lists):
    """As :class:`Languages`; what it returns is to be awaited."""

    async def source(self) -> "SourceLanguagesResult":
        """What can be translated, transcribed or dubbed from; see :meth:`Languages.source`."""
        found: SourceLanguagesResult = (await self._wire.ask(calls.listed("/source-languages"))).unwrap()
        return found

    async def target(self) -> "TargetLanguagesResult":
        """What can be translated, dubbed or spoken to; see :meth:`Languages.target`."""
        found: TargetLanguagesResult = (await self._wire.ask(calls.listed("/target-languages"))).unwrap()
        return found
