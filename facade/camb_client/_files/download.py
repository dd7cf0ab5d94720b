"""Downloads: what each response means for the file that is being fetched. Pure decisions; ``fetch`` drives them.

A driver sends :meth:`Download.call`, hands over the headers and the pieces that come, writes what it gets back, and
tells of what failed. All times are seconds.

By address, and not through the API (``output_type=raw_bytes``): only a store of files says how long a file is and
gives the rest of one after a break. A result endpoint that sends the file itself all the same is taken as it is.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, NoReturn
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import attrs

from .._http.call import Call, is_address, is_text, media_type, no_json
from .._http.response import Response, body_text, malformed
from .._polling.errors import (
    ApiConnectionError,
    ApiError,
    CambError,
    DownloadError,
    MalformedResponseError,
    is_transient,
)
from .._polling.schedule import SHORTEST_LIMIT, back_off
from .formats import HEAD, is_written, misnamed, suffix, wav_length

# So many tries in a row that bring nothing new end a download; so many redirects in a row end a try.
TRIES, HOPS = 6, 5
# A store may know a new file some seconds after its address is given out: https://github.com/boto/boto3/issues/2549
NEW_FILE = 10.0
REDIRECTS = {301, 302, 303, 307, 308}


class Download:
    """One download.

    Args:
        subject: What messages call it.
        name: What the file is called in a folder; one without a suffix gets that of its format.
        timeout: Seconds until the deadline; infinity is none.
        random: Numbers from 0 to 1 for the jitter.
        address: The address of the file, where it is known.
        where: Otherwise, what asks the API for it; then audio is expected, and nothing else is taken.
        base_url: Where the API is.

    Attributes:
        received: How many bytes of the file are here.
        total: How many it has, or ``None`` while that is not known.
        done: Whether it is all here.
    """

    total: int | None = None

    def __init__(
        self,
        subject: str,
        name: str,
        timeout: float,
        random: Callable[[], float],
        *,
        address: str = "",
        where: Call[str] | None = None,
        base_url: str = "",
    ) -> None:
        self.subject, self.done, self.received = subject, False, 0
        self._name, self._timeout, self._random, self._where, self._base_url = name, timeout, random, where, base_url
        # The address that was told; that of the next request; and where the request before it went.
        self._address, self._next, self._last = address, address, address
        self._hops = self._furthest = self._failures = 0
        self._etag, self._kind, self._head, self._held, self._written = "", "", b"", b"", False
        self._end: int | None = None
        self._may_be_cut = self._proved = False
        self._missing_since: float | None = None

    def start(self, now: float, *, rewinds: bool) -> None:
        """Begin: place the deadline.

        Args:
            now: The time.
            rewinds: Whether what was written can be dropped, to begin again.
        """
        self._next_at, self._deadline, self._rewinds = now, now + max(self._timeout, SHORTEST_LIMIT), rewinds

    def pause(self, now: float) -> float:
        """How long to sleep before the next try."""
        return max(0.0, self._next_at - now)

    def limit(self, now: float) -> float:
        """How long the request that begins now may take.

        Raises:
            ApiConnectionError: No time is left.
        """
        if now >= self._deadline:
            raise ApiConnectionError(f"{self.subject}: the deadline has passed")
        return self._deadline - now

    def call(self) -> Call[Any]:
        """The next request: for the address, or for what is missing of the file."""
        if self.received and not self._etag:
            self._restart("the server cannot send the rest of it")
        rest = {"range": f"bytes={self.received}-", "if-range": self._etag} if self.received else {}
        if not self._next and self._where:
            self._last = self._base_url + self._where.url
            return attrs.evolve(self._where, streams=self._streams, headers=rest)
        self._last = self._next
        expects, accept = "audio" if self._where else "a plain file", {"accept": "*/*", **rest}
        return Call(self.subject, "GET", self._next, None, no_json, expects, headers=accept, streams=self._streams)

    def _streams(self, response: Response) -> bool:
        """Whether a response has the file, or leads to it; any other tells the address, or what is wrong."""
        if response.status_code in REDIRECTS:
            return "location" in response.headers
        kind = media_type(response)
        is_file = not self._where or not (is_text(kind) or not (kind or self._next))
        return response.is_success and response.status_code not in {204, 205} and is_file

    def begin(self, response: Response, content: object) -> int | None:
        """Take in the headers of a response.

        Returns:
            At which byte of the file to go on writing; or ``None`` where there is nothing to write, as the response
            tells where the file is.

        Raises:
            ApiConnectionError: Another part of the file than was asked for.
            DownloadError: It leads nowhere.
        """
        if isinstance(content, str):
            self._address = self._next = content
            self._proved, self._missing_since = False, None
        elif response.status_code in REDIRECTS:
            self._follow(response.headers["location"])
        else:
            self._proved = True
            self._take_headers(response)
            return self.received - len(self._held)
        return None

    def _follow(self, location: str) -> None:
        # A location may have characters that stand in no request; a fragment is for the reader alone.
        try:
            target = urldefrag(urljoin(self._last, quote(location, safe="!#$%&'()*+,/:;=?@[]~"))).url
        except ValueError:  # Half an IPv6 address.
            target = ""
        self._hops += 1
        if self._hops > HOPS:
            raise self._error(f"more than {HOPS} redirects in a row")
        if not is_address(target) or (self._last.lower().startswith("https:") and target.lower().startswith("http:")):
            raise self._error("it redirects to what is no https or http address, or from https to http")
        self._next = target

    def _take_headers(self, response: Response) -> None:
        headers = response.headers
        etag, told, part = headers.get("etag", ""), headers.get("content-length", ""), None
        is_told = "transfer-encoding" not in headers and re.fullmatch(r"[0-9]{1,15}", told)
        total = int(told) if is_told else None
        if response.status_code == 206:
            part = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)", headers.get("content-range", ""))
            total = int(part[3]) if part and part[3] != "*" else self.total if self.received else None
            if not part or int(part[1]) != self.received or (total is not None and int(part[2]) >= total):
                self._refuse_part()
            if self.received and (etag not in {"", self._etag} or self.total not in {None, total}):
                self._refuse_part()
        elif self.received:
            self._restart("the server sent all of it again")
        if not self.received:
            self._etag = etag if etag.startswith('"') else ""  # A weak one says nothing of the bytes.
        self.total, self._kind = total, media_type(response)
        self._end = int(part[2]) + 1 if part else total
        self._may_be_cut = total is None if part else response.ends_with_connection

    def _refuse_part(self) -> NoReturn:
        self._restart("the server sent another part of it")
        raise ApiConnectionError(f"{self.subject}: the response is not the part of the file that was asked for")

    def _restart(self, why: str) -> None:
        """Begin again with the first byte; DownloadError where what was written cannot be dropped."""
        if self._written and not self._rewinds:
            raise self._error(f"the download broke off after {self.received} bytes, and {why}; dest cannot be rewound")
        self.received, self._head, self._held, self._written, self._etag = 0, b"", b"", False, ""

    def take(self, piece: bytes) -> bytes:
        """Take in a piece of the body; what is to be written of the file now.

        Raises:
            MalformedResponseError: It is a text, where audio is expected.
        """
        self.received += len(piece)
        if self._head:
            return piece
        self._held += piece
        return self._release() if len(self._held) >= HEAD else b""

    def end(self) -> bytes:
        """Take in that the body has ended; what is left to be written.

        Raises:
            ApiConnectionError: Too early, or too late.
            MalformedResponseError: It is a text, where audio is expected.
        """
        came, whole = self.received, self.total
        if self._end not in {None, came}:
            raise ApiConnectionError(f"{self.subject}: {came} bytes came, {self._end} were announced")
        if whole is not None and came < whole:
            if not self._etag or came <= self._furthest:
                raise ApiConnectionError(f"{self.subject}: only a part of the file came, {came} of {whole} bytes")
            self._furthest, self._failures = came, 0  # A part, in order: go on with the next.
            self._ask_anew()
            return b""
        # One byte more pads a length that is odd.
        if self._may_be_cut and came - wav_length(self._head or self._held) not in {0, 1}:
            raise ApiConnectionError(f"{self.subject}: the response told no length, so a part may be missing")
        self.done = True
        return b"" if self._head else self._release()

    def _release(self) -> bytes:
        """The first bytes, held until it is known what they are."""
        held, self._held, self._written = self._held, b"", True
        self._head = held[:HEAD]
        is_bare = not self._kind or self._kind.startswith("audio/") or self._kind.endswith("octet-stream")
        if self._where and (not held or (is_bare and is_written(self._head))):
            why = "expected audio, got text" if held else "expected audio, got an empty file"
            raise malformed(self.subject, None, "audio", why, body_text(Response(body=bytearray(self._head)), str))
        return held

    def failed(self, error: CambError, now: float) -> None:
        """Take in that a try failed, and plan the next.

        Raises:
            DownloadError: Another try would not help, or there is no time for one.
            CambError: The same for the request for the address: the error itself.
        """
        code = error.status_code if isinstance(error, ApiError) else 0
        is_of_file = bool(self._next) or self._proved
        # An address expires; one that has worked may have done so since.
        has_expired = self._proved and 400 <= code < 500 and self._where is not None
        is_new = code == 404 and is_of_file and not self._proved
        since = now if self._missing_since is None else self._missing_since
        self._missing_since = since if is_new else None
        may_come = is_new and now - since < NEW_FILE
        # A text in place of audio does not change, unlike that of a poll.
        may_help = has_expired or may_come or (is_transient(error) and not isinstance(error, MalformedResponseError))
        if code == 416 and self.received:
            self._restart("the server has no rest of it")
            may_help = True
        if has_expired:
            self._address, self._proved = "", False
        self._failures = 1 if self.received > self._furthest else self._failures + 1
        self._furthest = max(self._furthest, self.received)
        self._ask_anew()
        self._next_at = now + max(back_off(self._failures, self._random), getattr(error, "retry_after", None) or 0.0)
        if may_help and self._failures < TRIES and self._next_at < self._deadline:
            return
        if not is_of_file or isinstance(error, DownloadError):
            raise error
        raise self._error(str(error).removeprefix(f"{self.subject}: "), code or None) from error

    def _ask_anew(self) -> None:
        """The next request goes to the address itself, and not to where it led the last time."""
        self._hops, self._next = 0, self._address

    def _error(self, why: str, status_code: int | None = None) -> DownloadError:
        host = urlsplit(self._last).hostname
        why = " ".join(re.sub(r"<[^>]*>?", " ", why).split()).rstrip(" .")  # Stores explain themselves in XML.
        message = f"{self.subject}: the download from {host} failed: {why}. {self.advice}"
        return DownloadError(message, status_code=status_code, host=host)

    @property
    def advice(self) -> str:
        """What to do where it fails, or is interrupted."""
        where = "The result stays where it is" if self._where else "If its address has expired, ask for a new one"
        return f"{where}: download it again."

    @property
    def file_name(self) -> str:
        """What it is called in a folder."""
        return self._name if PurePosixPath(self._name).suffix else self._name + suffix(self._head, self._kind)

    def misnomer(self, name: str) -> str:
        """What to say of a name whose suffix promises another format; "" if it does not."""
        found = suffix(self._head, self._kind)
        said = f"{self.subject}: the file is called {name}, but what came is {found}: rename it, or convert it"
        return said if misnamed(name, found) else ""
