"""Downloads: what each answer of a file server means for the file that is being fetched.

Rule of this file: pure decisions, written once, as in ``_polling.poller``. A driver asks for an address where there
is none, sends :meth:`Download.call`, hands over the headers and the pieces that come, and tells of what failed. No
clock, no sleep, no httpx, no disk. All times are seconds.

By address, and not through the API (``output_type=raw_bytes``): only a store of files says how long a file is and
gives the rest of one after a break; and the API's own description has no audio in its answers, only JSON.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from .._http.call import Call, not_audio
from .._polling import errors as _errors
from .._polling.errors import ApiConnectionError, ApiError, CambError
from .._polling.response import BODY_EXCERPT, malformed
from .._polling.schedule import SHORTEST_LIMIT, back_off

# So many tries in a row that bring nothing new end a download.
TRIES = 6
# How the formats begin that the docs name, and their next of kin; and what such a file is called. An MP3 without a
# tag begins with a frame: eleven bits, then version and layer (layer I is left out: a UTF-16 text begins like it).
_FORMATS = {
    rb"fLaC": ".flac",
    rb"RIFF....WAVE|RF64....WAVE": ".wav",
    rb"ID3|\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd]": ".mp3",
    rb"\xff[\xf0\xf1\xf8\xf9]": ".aac",
    rb"OggS": ".ogg",
    rb"....ftyp": ".m4a",
}
_HEAD = 12


def suffix(head: bytes) -> str:
    """The suffix of a file that begins so; "" if that is no audio."""
    return next((name for start, name in _FORMATS.items() if re.match(start, head, re.DOTALL)), "")


class Download:
    """One download.

    Args:
        where: Asks for the address of the file.
        name: What the file is called in a folder, but for its suffix.
        timeout: Seconds until the deadline; infinity is none.
        random: Numbers from 0 to 1 for the jitter.

    Attributes:
        address: The address; "" when a new one is needed. It is in no repr: its query signs it.
        received: How many bytes of the file are here.
        total: How many it has, or ``None`` while that is not known.
        suffix: What a file of this format is called, "" while that is not known.
        done: Whether it is all here.
    """

    total: int | None = None

    def __init__(self, where: Call[str], name: str, timeout: float, random: Callable[[], float]) -> None:
        self.where, self.name = where, name
        self.address, self.suffix, self.done = "", "", False
        self.received = 0
        self._timeout, self._random = timeout, random
        self._head, self._etag = b"", ""
        self._furthest = self._failures = 0
        self._proved = False  # Whether the address has ever worked.

    def start(self, now: float) -> None:
        """Begin: place the deadline."""
        self._next_at, self._deadline = now, now + self._timeout

    def pause(self, now: float) -> float:
        """How long to sleep before the next try."""
        return max(0.0, self._next_at - now)

    def limit(self, now: float) -> float:
        """How long the request that begins now may take."""
        return max(self._deadline - now, SHORTEST_LIMIT)

    def found(self, address: str) -> None:
        """Take in a new address."""
        self.address, self._proved = address, False

    def call(self) -> Call[Any]:
        """What fetches the file: what is missing of it, if what is here is surely of the same file."""
        if not (self.received and self._etag):
            self.received = 0
        rest = {"range": f"bytes={self.received}-", "if-range": self._etag} if self.received else {}
        return file_call(self.where.subject, self.address, rest)

    def begin(self, status_code: int, headers: Mapping[str, str]) -> int:
        """Take in the headers of what was asked for: at which byte of the file the body begins.

        Raises:
            ApiConnectionError: Another part of the file than was asked for.
        """
        self._proved = True
        etag = headers.get("etag", "")
        if status_code == 206:
            given = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("content-range", ""))
            if not given or int(given[1]) != self.received or etag not in {"", self._etag}:
                self.received = 0
                raise ApiConnectionError(f"{self.where.subject}: not the part of the file that was asked for")
            return self.received
        length = headers.get("content-length", "")
        self.total = int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None
        self.received, self._head, self.suffix = 0, b"", ""
        self._etag = etag if etag.startswith('"') else ""  # A weak one says nothing of the bytes.
        return 0

    def take(self, piece: bytes) -> int:
        """Take in a piece of the body; how many bytes are here now.

        Raises:
            MalformedResponseError: It is no audio.
        """
        self._head += piece[: max(0, _HEAD - self.received)]
        self.received += len(piece)
        if len(self._head) >= _HEAD and not self.suffix:
            self._recognise()
        return self.received

    def end(self) -> None:
        """Take in that the body has ended.

        Raises:
            ApiConnectionError: Too early, or too late.
            MalformedResponseError: It is no audio.
        """
        if self.total not in {None, self.received}:
            raise ApiConnectionError(f"{self.where.subject}: {self.received} bytes came, {self.total} were announced")
        self._recognise()
        self.done = True

    def _recognise(self) -> None:
        self.suffix = suffix(self._head)
        if not self.suffix:
            text = self._head.decode("utf-8", errors="replace")[:BODY_EXCERPT]
            raise malformed(self.where.subject, None, "audio", "it begins like no known format", text)

    def failed(self, error: CambError, now: float) -> None:
        """Take in that a try failed, and plan the next.

        Raises:
            CambError: The error itself, where another try would not help or there is no time for one.
        """
        code = error.status_code if isinstance(error, ApiError) else 0
        # An address expires; one that has worked may have done so since.
        expired = self._proved and 400 <= code < 500
        if code == 416 or (self.total is not None and self.received > self.total):
            self.received = 0
        if expired:
            self.address, self._proved = "", False
        self._failures = 1 if self.received > self._furthest else self._failures + 1
        self._furthest = max(self._furthest, self.received)
        passing = expired or (_errors.is_transient(error) and not isinstance(error, _errors.MalformedResponseError))
        hint = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
        self._next_at = now + max(back_off(self._failures, self._random), hint)
        if not passing or self._failures >= TRIES or self._next_at >= self._deadline:
            raise error


def file_call(subject: str, where: str, headers: dict[str, str]) -> Call[NoReturn]:
    """Fetch a result, or the rest of it, from where it is."""
    return Call(subject, "GET", where, None, not_audio, "audio", headers={"accept": "*/*", **headers})
