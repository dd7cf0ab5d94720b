"""The wire of the sync client."""

import math
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import httpx

from .._polling.response import Answer, Outcome
from .call import Call
from .exchange import Reading
from .wire import BaseWire

_T = TypeVar("_T")


class Wire(BaseWire[httpx.Client]):
    """The wire of the sync client; safe to share between threads."""

    _client_class = httpx.Client

    def ask(self, call: Call[_T], limit: float = math.inf) -> Outcome[_T]:
        """Send a call, and read its answer whole, within ``limit`` seconds and the client's own timeout.

        RuntimeError after close.
        """
        http = self._client()
        with Reading(self, call, limit) as reading, closing(http.send(reading.request(), stream=True)) as response:
            if reading.begin(response.status_code, response.headers):
                any(map(reading.enough, response.iter_bytes()))
        return reading.outcome()

    @contextmanager
    def stream(self, call: Call[Any], limit: float = math.inf) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Send a call, and give its answer and the bytes as they come, all within ``limit`` seconds.

        Each wait for bytes is bounded by the client's own timeout. What goes wrong on the wire is raised as one of
        our errors, what the caller does with the bytes is the caller's.
        """
        http, reading = self._client(), Reading(self, call, limit)
        with reading:
            response = http.send(reading.request(), stream=True)
        reading.check()
        with closing(response):
            if not reading.streams(response, limit):
                with reading:
                    any(map(reading.enough, () if reading.answer.flaw else response.iter_bytes()))
                reading.outcome().value()
            yield reading.answer, self._pieces(reading, iter(response.stream))  # type: ignore[arg-type]

    def _pieces(self, reading: Reading[Any], chunks: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            chunk = None
            with reading:
                chunk = next(chunks, None)
                reading.late()
            reading.check()
            if chunk is None:
                return
            yield chunk

    def close(self) -> None:
        """Close the connections; a transport that was passed in stays open."""
        self._closed = True
        if self._transport is None and self._pid == os.getpid():
            self._http.close()
