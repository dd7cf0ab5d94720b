"""The fault matrix: what a server may do on the wire, and what then comes of a call, sync, async and over aiohttp.

One row is one fault. ``test_matrix`` runs each over each transport. ``python -m tests.gauntlet.matrix`` writes the
table into ``docs/fault-matrix.md``.

An outcome is the type of what comes back or is raised, then the attributes that matter. Beside the attributes of the
value itself there are ``cause`` (the type of the error's cause), ``requests`` (how many reached the server), ``says``
(a word of the error's message), ``name`` and ``size`` (of a file), ``bytes`` (of a stream), ``id`` (of a task that was
created) and ``waited`` (whole seconds by the clock of the client, which sleeps take no time of).
"""

import gzip
import json
import re
import zlib
from collections import Counter
from email.utils import formatdate
from pathlib import Path
from typing import Any

import attrs

from tests.gauntlet.server import (
    CLOSE,
    HANG,
    LATER,
    ORIGIN,
    RESET,
    Behaviour,
    Do,
    Pause,
    Place,
    Said,
    Step,
    Steps,
    Times,
    steps,
)

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
# What a request may take where no row says otherwise: long enough for a machine that is busy.
LIMIT = 8.0
KEY = "key-0123456789abcdef"
# What signs the addresses of files: it stands in no text.
SECRET = "c2lnbmVkLWZvci1nYXVudGxldA"


@attrs.frozen
class Use:
    """What the client does.

    Attributes:
        what: ``status``, ``twice`` (the second of two), ``wait``, ``create``, ``create_and_wait``, ``download``,
            ``fetch`` or ``stream``.
        limit: The client's own timeout.
        deadline: That of the wait or the download.
    """

    what: str
    limit: float = LIMIT
    deadline: float | None = None

    @property
    def bound(self) -> float:
        """When it has to be over, in seconds."""
        # A stream has one limit to begin in, and one for each wait for bytes.
        return self.deadline if self.deadline is not None else self.limit * {"twice": 2, "stream": 2}.get(self.what, 1)

    @property
    def is_hurried(self) -> bool:
        """Whether it has less time than a machine that is busy may take."""
        return self.limit < LIMIT or (self.deadline is not None and self.deadline < LIMIT)

    def __str__(self) -> str:
        bounds = {"deadline": self.deadline, "limit": None if self.limit == LIMIT else self.limit}
        said = ", ".join(f"{name} {seconds:g} s" for name, seconds in bounds.items() if seconds is not None)
        return self.what + (said and f" ({said})")


@attrs.frozen
class Row:
    """One fault and its outcome; ``over`` has the outcome over a transport where it is another."""

    name: str
    server: Behaviour
    client: Use
    outcome: str
    over: dict[str, str] = attrs.field(factory=dict)


SECTIONS: dict[str, list[Row]] = {}
_section: list[Row] = []


def section(title: str) -> None:
    global _section
    _section = SECTIONS.setdefault(title, [])


def row(
    name: str, use: str | Use, outcome: str, *responses: Steps, place: Place = Place.HTTP, greeting: Steps = (),
    **over: str,
) -> None:  # fmt: skip
    client = Use(use) if isinstance(use, str) else use
    _section.append(Row(name, Behaviour(responses, place, greeting), client, outcome, over))


# --- what a server says ---


def said(code: int = 200, body: object = None, *headers: str, length: bool = True) -> Said:
    """A whole response; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = (*headers, f"content-length: {len(content)}") if length else headers
    sent = f"HTTP/1.1 {code} X\r\n".encode() + b"".join(f"{line}\r\n".encode("latin-1") for line in told) + b"\r\n"
    return Said(sent + content, " · ".join([str(code), *headers, shown_bytes(content)]))


def status(status: Any = "PENDING", **more: Any) -> Said:
    return said(200, {"status": status, **more})


def done(run_id: Any = 7) -> Said:
    return status("SUCCESS", run_id=run_id)


def file(body: bytes = b"", *headers: str, code: int = 200, kind: str = "audio/flac") -> Said:
    return said(code, body or FLAC, f"content-type: {kind}", *headers)


def zipped(content: bytes) -> bytes:
    """As gzip; which system made it, Python says differently from version to version."""
    made = gzip.compress(content, mtime=0)
    return made[:9] + b"\x03" + made[10:]


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: bytes = b"") -> bytes:
    parts = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\n" + headers + b"transfer-encoding: chunked\r\n\r\n" + parts + end


def shown_bytes(content: bytes) -> str:
    text = content.decode("latin-1").replace(ORIGIN.decode(), "…").replace(SECRET, "secret").replace(KEY, "the key")
    shown = "".join(c if c.isprintable() and ord(c) < 127 else ascii(c)[1:-1] for c in text[:73])
    return shown if len(text) <= 73 and len(shown) <= 72 else f"{shown[:60]}… ({len(content):,} bytes)"


PENDING, SUCCESS, BODY = status(), done(), b'{"status": "PENDING"}'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\n"
CREATED = said(200, {"task_id": "paid"})
FLAC = b"fLaC" + b"\0\1\2\3" * 255
WAV = b"RIFF" + (36 + 64).to_bytes(4, "little") + b"WAVEfmt " + bytes(92)
PATH = b"/files/run.flac?X-Signature=" + SECRET.encode()
ADDRESS = said(200, {"output_url": (ORIGIN + PATH).decode()})
HTML = said(200, b"<!DOCTYPE html><title>Sign in</title>", "content-type: text/html")
HUNG, HURRIED = Use("status", limit=0.3), Use("wait", deadline=0.4)
WAIT = Use("wait", deadline=600)
GET = Use("download", deadline=600)
CONNECTION = "ApiConnectionError permanent=False sent=True"
UNSENT = "ApiConnectionError permanent=False sent=False requests=0"
LATE = "ApiConnectionError cause=ReadTimeout sent=True"
UNKNOWN = "CreateOutcomeUnknownError requests=1"
STATE = "TaskState status=PENDING"
DONE = "CompletedTask run_id=7"
MALFORMED = "MalformedResponseError"
OVERDUE = "WaitTimeoutError"
FILE = "Path name=tts-7.flac size=1024"
NO_FILE = "DownloadError host=127.0.0.1"

# --- connections ---

section("Connections that do not come about")
for use, outcome in {
    HUNG: UNSENT, HURRIED: OVERDUE, WAIT: UNSENT, "create": UNSENT, GET: UNSENT, "stream": UNSENT
}.items():  # fmt: skip
    row(f"refused: {use}", use, outcome, place=Place.REFUSED)
for what, outcome in {"status": f"{UNSENT} cause=ConnectTimeout", "create": UNSENT, "stream": UNSENT}.items():
    row(f"no place in the queue: {what}", Use(what, limit=0.3), outcome, place=Place.FULL)
row("no place in the queue: wait", HURRIED, "WaitTimeoutError polls=1", place=Place.FULL)
for what in ("status", "create", "stream"):
    row(f"no such name: {what}", what, f"{UNSENT} says=doctor", place=Place.NO_NAME)
row("no such name: wait", WAIT, UNSENT, place=Place.NO_NAME)
row("a name that takes long: status", HUNG, UNSENT, place=Place.SLOW_NAME)
row("a name that takes long: wait", HURRIED, OVERDUE, place=Place.SLOW_NAME)
row("a name that takes long: create", Use("create", limit=0.3), UNSENT, place=Place.SLOW_NAME)

section("Certificates")
row("a good certificate", "status", STATE, PENDING, place=Place.HTTPS)
row("a good certificate: download", GET, FILE, ADDRESS, file(), place=Place.HTTPS)
for place in (Place.UNKNOWN_CA, Place.OTHER_HOST, Place.EXPIRED):
    refused = "ApiConnectionError permanent=True sent=False requests=0 cause=ConnectError"
    row(f"refused: status, {place.name.lower()}", "status", refused, PENDING, place=place)
    row(f"refused: create, {place.name.lower()}", "create", refused, CREATED, place=place)
row("refused: wait", WAIT, "ApiConnectionError permanent=True sent=False requests=0", PENDING, place=Place.UNKNOWN_CA)
row("plain http for https", "status", UNSENT, PENDING, place=Place.PLAIN, greeting=(said(400, b"speak http"), CLOSE))
row("https for plain http", "status", "ApiConnectionError", PENDING, place=Place.TLS)
for name, end in {"reset": RESET, "closed": CLOSE}.items():
    row(f"handshake {name}: status", "status", UNSENT, PENDING, place=Place.PLAIN, greeting=end)
    row(f"handshake {name}: create", "create", UNSENT, CREATED, place=Place.PLAIN, greeting=end)
row("handshake hangs: status", HUNG, f"{UNSENT} cause=ConnectTimeout", PENDING, place=Place.PLAIN, greeting=HANG)
row("handshake hangs: create", Use("create", limit=0.3), UNSENT, CREATED, place=Place.PLAIN, greeting=HANG)
row("handshake hangs: wait", HURRIED, OVERDUE, PENDING, place=Place.PLAIN, greeting=HANG)
row("cut off within a body", "status", CONNECTION, (HEAD + BODY[:9], RESET), place=Place.HTTPS)

_CUTS: dict[str, tuple[Step, ...]] = {
    "before a response": (),
    "in the status line": (HEAD[:10],),
    "in the headers": (HEAD[:30],),
    "in the body": (HEAD + BODY[:9],),
}
for title, end in {"Connections that are reset": RESET, "Connections that are closed": CLOSE}.items():
    section(title)
    word = "reset" if end is RESET else "closed"
    row(f"{word} when made: status", "status", "ApiConnectionError permanent=False", greeting=(Pause(0.05), end))
    # Long enough for a busy machine to send it: before that, nothing was sent, and the outcome is known.
    row(f"{word} when made: create", "create", "CreateOutcomeUnknownError", greeting=(Pause(0.4), end))
    for phase, cut in _CUTS.items():
        row(f"{word} {phase}: status", "status", f"{CONNECTION} requests=1", (*cut, end))
        row(f"{word} {phase}: wait", WAIT, f"{DONE} polls=2", (*cut, end), SUCCESS)
        row(f"{word} {phase}: create", "create", UNKNOWN, (*cut, end), CREATED)
        audio = tuple(step.replace(b"21\r\n\r\n", b"21\r\ncontent-type: audio/flac\r\n\r\n") for step in cut)
        row(f"{word} {phase}: stream", "stream", "ApiConnectionError requests=1", (*audio, end))
    row(f"{word} in each poll", Use("wait", deadline=600), "ApiConnectionError requests=3", end)
    row(f"{word} after a good response, then in each poll", Use("wait", deadline=6000),
        "ApiConnectionError", PENDING, end)  # fmt: skip
    row(f"{word} once the response is whole", "status", STATE, (PENDING, end))
    row(f"{word} between two requests", "twice", STATE, (PENDING, end), PENDING)
    row(f"{word} after the task was created", "create", "TaskRef id=paid", (CREATED, end))

section("Connections that hang")
for phase, cut in _CUTS.items():
    row(f"{phase}: status", HUNG, f"{LATE} requests=1", (*cut, HANG))
    row(f"{phase}: wait", HURRIED, "WaitTimeoutError polls=1", (*cut, HANG))
    row(f"{phase}: create", Use("create", limit=0.3), UNKNOWN, (*cut, HANG), CREATED)
    row(f"{phase}: stream", Use("stream", limit=0.3), LATE,
        (*(step.replace(b"21\r\n\r\n", b"21\r\ncontent-type: audio/flac\r\n\r\n") for step in cut), HANG))  # fmt: skip
row("hangs once, then is well", Use("wait", limit=0.3, deadline=600), f"{DONE} polls=2", HANG, SUCCESS)
row("the body in drops", HUNG, LATE, (HEAD, Times(21, b" ", 0.06), HANG))
row("the status line in drops", HUNG, LATE, (*(Times(1, bytes([byte]), 0.06) for byte in HEAD[:17]), HANG))
row("headers in drops", HUNG, LATE, (HEAD[:17], Times(20, b"x-a: b\r\n", 0.06), HANG))
row("headers in drops, in a wait", HURRIED, OVERDUE, (HEAD[:17], Times(20, b"x-a: b\r\n", 0.06), HANG))
row("headers in drops, in a create", Use("create", limit=0.3), UNKNOWN, (HEAD[:17], Times(20, b"x-a: b\r\n", 0.06)))
row("chunks in drops", HUNG, LATE, (chunked(end=b""), Times(20, b"1\r\n \r\n", 0.06), HANG))
row("a late byte buys no limit anew", HUNG, LATE, (HEAD, Pause(0.2), b" ", HANG))
row("a response just in time", Use("status", limit=2), STATE, (Pause(0.2), PENDING))

# --- HTTP ---

section("Lengths and chunks")
row("the length is too short", "status", MALFORMED, HEAD.replace(b"21", b"9") + BODY, aiohttp=CONNECTION)
row("the length is too short, the next response is another's", "twice", STATE,
    (HEAD.replace(b"21", b"31") + b'{"status":"SUCCESS","run_id":1}' + done(666)), PENDING)  # fmt: skip
row("the length is too long, then closed", "status", CONNECTION, (HEAD.replace(b"21", b"99") + BODY, CLOSE))
row("the length is too long, then hangs", HUNG, LATE, (HEAD.replace(b"21", b"99") + BODY, HANG))
row("the length is too long: create", Use("create", limit=0.3), UNKNOWN,
    (HEAD.replace(b"21", b"99") + b'{"task_id": "paid"}', HANG))  # fmt: skip
row("no length, closed at the end", "status", STATE, (b"HTTP/1.1 200 OK\r\n\r\n" + BODY, CLOSE))
row("no length, closed within the body", "status", MALFORMED, (b"HTTP/1.1 200 OK\r\n\r\n" + BODY[:9], CLOSE))
row("no length, reset within the body", "status", CONNECTION, (b"HTTP/1.1 200 OK\r\n\r\n" + BODY[:9], RESET),
    aiohttp=MALFORMED)  # fmt: skip
row("no length, never closed", HUNG, LATE, (b"HTTP/1.1 200 OK\r\n\r\n" + BODY, HANG))
for name, line in {"negative": "-1", "a word": "many", "hexadecimal": "0x15", "two": "21, 22", "empty": ""}.items():
    row(f"a length that is {name}", "status", CONNECTION, b"HTTP/1.1 200 OK\r\ncontent-length: %b\r\n\r\n" %
        line.encode() + BODY)  # fmt: skip
row("the same length twice", "status", STATE, HEAD[:-2] + b"content-length: 21\r\n\r\n" + BODY, aiohttp=CONNECTION)
row("two different lengths", "status", CONNECTION, HEAD[:-2] + b"content-length: 22\r\n\r\n" + BODY)
row("a length of 10²⁰", HUNG, "ApiConnectionError", (HEAD.replace(b"21", b"1" + b"0" * 20) + BODY, HANG))
row("a length, and chunks", "status", STATE, (chunked(BODY, headers=b"content-length: 5\r\n"), CLOSE),
    aiohttp=CONNECTION)  # fmt: skip
row("chunks", "status", STATE, chunked(BODY[:5], BODY[5:]))
row("chunks of one byte", "status", STATE, chunked(*(bytes([byte]) for byte in BODY)))
row("chunks with extensions and trailers", "status", STATE,
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n15;a=b\r\n" + BODY + b"\r\n0\r\nx-a: b\r\n\r\n")  # fmt: skip
_BAD_CHUNKS = {
    "no number": b"many\r\n" + BODY, "negative": b"-15\r\n" + BODY, "too short": b"5\r\n" + BODY + b"\r\n0\r\n\r\n",
    "too long": b"99\r\n" + BODY + b"\r\n0\r\n\r\n", "without an end": b"15\r\n" + BODY + b"\r\n",
    "without a line break": b"15\r\n" + BODY + b"0\r\n\r\n", "of 2⁷² bytes": b"1" + b"0" * 18 + b"\r\n" + BODY,
}  # fmt: skip
for name, sent in _BAD_CHUNKS.items():
    sent = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + sent
    row(f"chunks {name}: status", "status", CONNECTION, (sent, CLOSE))
    row(f"chunks {name}: create", "create", UNKNOWN, (sent, CLOSE), CREATED)
row("an encoding that nobody knows", "status", "ApiConnectionError",
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: zip\r\n\r\n" + BODY, CLOSE), aiohttp=STATE)  # fmt: skip

section("What is no HTTP, or hardly")
_GARBAGE = {
    "words": b"hello, world\r\n\r\n", "SSH": b"SSH-2.0-OpenSSH_9.6\r\n", "SMTP": b"220 mail.example ESMTP\r\n",
    "an alert of TLS": b"\x15\x03\x03\x00\x02\x02\x28", "zeros": bytes(100), "an ICY server": b"ICY 200 OK\r\n\r\n",
    "HTTP/0.9": BODY, "frames of HTTP/2": b"\0\0\x12\4\0\0\0\0\0" * 5,
    "a code that is a word": b"HTTP/1.1 abc OK\r\n\r\n", "a code of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a code of four digits": b"HTTP/1.1 2000 OK\r\n\r\n", "no code": b"HTTP/1.1\r\n\r\n",
}  # fmt: skip
for name, sent in _GARBAGE.items():
    row(f"{name}: status", "status", "ApiConnectionError permanent=False", (sent, CLOSE))
row("words: wait", WAIT, f"{DONE} polls=2", (b"hello, world\r\n\r\n", CLOSE), SUCCESS)
row("words: create", "create", UNKNOWN, (b"hello, world\r\n\r\n", CLOSE), CREATED)
row("garbage without end", HUNG, "ApiConnectionError", (Times(3000, b"x" * 1000), HANG))
row("HTTP/1.0, with a length", "status", STATE, (HEAD.replace(b"1.1", b"1.0") + BODY, CLOSE))
row("HTTP/1.0, ended by the connection", "status", STATE, (b"HTTP/1.0 200 OK\r\n\r\n" + BODY, CLOSE))
row("HTTP/1.0, kept alive: the second", "twice", STATE,
    HEAD.replace(b"1.1", b"1.0")[:-2] + b"connection: keep-alive\r\n\r\n" + BODY)  # fmt: skip
row("HTTP/1.0: create", "create", "TaskRef id=paid", (b"HTTP/1.0 200 OK\r\n\r\n" + b'{"task_id": "paid"}', CLOSE))
row("HTTP/2.0, in the words of HTTP/1", "status", STATE, (HEAD.replace(b"1.1", b"2.0") + BODY, CLOSE))
row("no reason", "status", STATE, HEAD.replace(b" OK", b"") + BODY)
row("a reason in Latin-1", "status", STATE, HEAD.replace(b"OK", "Schön".encode("latin-1")) + BODY)
row("line breaks without CR", "status", STATE, HEAD.replace(b"\r\n", b"\n") + BODY)
row("headers of 50 kB", "status", STATE, HEAD[:-2] + b"x-a: " + b"x" * 50_000 + b"\r\n\r\n" + BODY)
row("a header of 64 KiB", "status", STATE, HEAD[:-2] + b"x-a: " + b"x" * 65_536 + b"\r\n\r\n" + BODY)
row("a header of 200 kB", "status", CONNECTION, HEAD[:-2] + b"x-a: " + b"x" * 200_000 + b"\r\n\r\n" + BODY)
row("a header without end", Use("status", limit=2), CONNECTION, (HEAD[:-2] + b"x-a: ", Times(3000, b"x" * 1000)))
row(
    "headers without end", Use("status", limit=2), CONNECTION, (HEAD[:-2], Times(3000, b"x-a: " + b"x" * 990 + b"\r\n"))
)
row("100 headers", "status", STATE, HEAD[:-2] + b"x-a: b\r\n" * 100 + b"\r\n" + BODY)
row("a header without a colon", "status", CONNECTION, HEAD[:-2] + b"words\r\n\r\n" + BODY)
row("a header without a name", "status", CONNECTION, HEAD[:-2] + b": b\r\n\r\n" + BODY)
row("a name with a blank", "status", CONNECTION, HEAD[:-2] + b"x a: b\r\n\r\n" + BODY)
row("a header with a zero", "status", CONNECTION, HEAD[:-2] + b"x-a: \0\r\n\r\n" + BODY)
row("a header in Latin-1", "status", STATE, HEAD[:-2] + "x-a: Schön\r\n\r\n".encode("latin-1") + BODY)
row("cookies", "twice", f"{STATE} requests=2", HEAD[:-2] + b"set-cookie: a=b\r\n\r\n" + BODY)
row("upper-case names", "status", "RateLimitError retry_after=7.0",
    b"HTTP/1.1 429 X\r\nRETRY-AFTER: 7\r\nCONTENT-LENGTH: 2\r\n\r\n{}")  # fmt: skip

section("What comes before a response, and after it")
for code in (100, 102, 103):
    informational = f"HTTP/1.1 {code} X\r\n\r\n".encode()
    row(f"a {code} first", "status", STATE, informational + PENDING)
    row(f"a {code} first: create", "create", "TaskRef id=paid", informational + CREATED)
    row(f"{code} without end", HUNG, "ApiConnectionError", (Times(60, informational, 0.02), HANG))
row("100, at once and without end", HUNG, "ApiConnectionError", (Times(200_000, b"HTTP/1.1 100 X\r\n\r\n"), HANG))
row("103 without end: create", Use("create", limit=0.3), UNKNOWN, (Times(60, b"HTTP/1.1 103 X\r\n\r\n", 0.02), HANG))
row("103 without end: wait", HURRIED, OVERDUE, (Times(60, b"HTTP/1.1 103 X\r\n\r\n", 0.02), HANG))
row("101: other protocols", HUNG, "ApiConnectionError",
    (b"HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", HANG),
    aiohttp="ApiError status_code=101")  # fmt: skip
_AFTER = {
    "a line break": b"\r\n", "a byte": b"x", "half a response": b"HTTP/1.1 200 OK\r\n", "another SUCCESS": done(666),
    "a 408": said(408, b""), "a last chunk": b"0\r\n\r\n",
}  # fmt: skip
for name, sent in _AFTER.items():
    strict = {"aiohttp": CONNECTION} if name in {"a byte", "a last chunk"} else {}
    row(f"{name} after it", "status", STATE, PENDING + sent, **strict)
    row(f"{name} late after it: the second", "twice", f"{DONE} requests=2", (PENDING, LATER, sent), SUCCESS)
    row(f"{name} after it: create", "create", "TaskRef id=paid requests=1", CREATED + sent)
row("another SUCCESS after it: the second", "twice", f"{STATE} requests=2", PENDING + done(666), PENDING)
row("a response before the request", "twice", STATE, PENDING, greeting=PENDING)

# --- status codes ---

_CODES = {
    201: STATE, 202: STATE, 203: STATE, 206: STATE, 226: STATE, 299: STATE, 204: MALFORMED, 205: MALFORMED,
    **dict.fromkeys((300, 301, 302, 303, 304, 307, 308), "ApiError"),
    400: "ApiError", 401: "AuthenticationError says=key", 402: "ApiPaymentRequiredError says=credits",
    403: "PermissionDeniedError", 404: "TaskNotFoundError", 422: "InvalidRequestError detail=why",
    429: "RateLimitError",
    **dict.fromkeys((405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421), "ApiError"),
    **dict.fromkeys((423, 424, 425, 426, 428, 431, 451, 499), "ApiError"),
    **dict.fromkeys((500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 522, 529, 599), "ServerError"),
    600: "ApiError", 999: "ApiError",
}  # fmt: skip


def coded(code: int, body: object = None) -> Said:
    content = {"status": "PENDING", "task_id": "paid"} if 200 <= code < 300 else {"detail": "why"}
    if code in {204, 205, 304}:
        return said(code, b"", length=code == 205)
    return said(code, content if body is None else body, *(["location: /elsewhere"] if 300 < code < 309 else []))


section("Status codes, of one poll")
for code, outcome in _CODES.items():
    told = outcome if code < 300 else f"{outcome} status_code={code}"
    row(str(code), "status", f"{told} requests=1", coded(code))
row("403 of a firewall", "status", "ApiError status_code=403 says=firewall", said(403, b"<html>no</html>"))
row("407 of a proxy, in HTML", "status", "ApiError status_code=407", said(407, b"<html>no</html>"))
row("502 in HTML", "status", "ServerError status_code=502", said(502, b"<html>Bad Gateway</html>"))
row("503 without a body", "status", "ServerError status_code=503", said(503, b""))
row("422 as FastAPI explains it", "status", "InvalidRequestError says=task_id",
    said(422, {"detail": [{"loc": ["path", "task_id"], "msg": "not a uuid"}]}))  # fmt: skip
row("500 with a body that breaks off", "status", "ServerError status_code=500",
    (HEAD.replace(b"200 OK", b"500 X") + b"oh", CLOSE))  # fmt: skip
row(
    "500 with a body that hangs", HUNG, "ServerError status_code=500", (HEAD.replace(b"200 OK", b"500 X") + b"oh", HANG)
)
row("500 with 50 MB", "status", "ServerError status_code=500",
    (b"HTTP/1.1 500 X\r\n\r\n", Times(800, b"x" * 65_536), CLOSE))  # fmt: skip
row("500 with another's key in it", "status", "ServerError says=[key]", said(500, {"detail": f"bad key {KEY}"}))
row("an x-request-id", "status", "ServerError request_id=r-1", said(500, b"", "x-request-id: r-1"))

section("Status codes, in a wait")
for code in (408, 425, 429, 500, 502, 503, 504, 507, 520, 529, 599):
    row(f"{code} at first", WAIT, f"{DONE} polls=2", coded(code), SUCCESS)
for code in (204, 205):
    row(f"{code} at first", WAIT, f"{DONE} polls=2", coded(code), SUCCESS)
for code in (302, 304, 307, 400, 401, 402, 403, 405, 407, 409, 410, 413, 422, 451, 501, 505, 600):
    row(f"{code} at first", WAIT, f"{_CODES[code].split()[0]} status_code={code} requests=1", coded(code), SUCCESS)
for code in (400, 401, 402, 403, 410, 422, 501, 505):
    outcome = f"{_CODES[code].split()[0]} status_code={code} requests=2"
    row(f"{code} once it was well", WAIT, outcome, PENDING, coded(code), SUCCESS)
row("409 once it was well", WAIT, f"{DONE} polls=3", PENDING, coded(409), SUCCESS)
row("403 of a firewall at first", WAIT, "ApiError status_code=403 requests=1", said(403, b"<html>"), SUCCESS)
row("403 of a firewall once it was well", WAIT, f"{DONE} polls=3", PENDING, said(403, b"<html>"), SUCCESS)
row("404 at first", WAIT, f"{DONE} polls=2", coded(404), SUCCESS)
row("404 for ever", WAIT, "TaskNotFoundError", coded(404))
row("404 four times once it was seen", WAIT, f"{DONE} polls=6", PENDING, *[coded(404)] * 4, SUCCESS)
row("404 five times once it was seen", WAIT, "TaskNotFoundError requests=6", PENDING, *[coded(404)] * 5, SUCCESS)
row("429 forty times", Use("wait", deadline=1800), f"{DONE} polls=41", *[coded(429)] * 40, SUCCESS)
row("429 for ever", Use("wait", deadline=600), "WaitTimeoutError last_state=None", coded(429))
row("503 seven times", WAIT, f"{DONE} polls=8", *[coded(503)] * 7, SUCCESS)
row("503 for ever", Use("wait", deadline=6000), "ServerError status_code=503", coded(503))
row("503 for ever, once it was well", Use("wait", deadline=6000), "ServerError status_code=503", PENDING, coded(503))
row("a 503 between any two", WAIT, f"{DONE} polls=8", PENDING, coded(503), PENDING, coded(503), PENDING, coded(503),
    PENDING, SUCCESS)  # fmt: skip

section("Status codes, of a create")
for code in (200, 201, 202, 203, 206, 299):
    row(str(code), "create", "TaskRef id=paid requests=1", coded(code))
for code in (204, 205, 300, 301, 302, 303, 304, 307, 308, 500, 501, 502, 503, 504, 505, 507, 520, 529, 599, 600, 999):
    row(str(code), "create", UNKNOWN, coded(code), CREATED)
for code in (400, 401, 402, 403, 404, 405, 407, 408, 409, 413, 415, 422, 425, 429, 451, 499):
    row(str(code), "create", f"{_CODES[code].split()[0]} status_code={code} requests=1", coded(code), CREATED)
row(
    "429 with Retry-After",
    "create",
    "RateLimitError retry_after=7.0 requests=1",
    said(429, {}, "retry-after: 7"),
    CREATED,
)
row("403 of a firewall", "create", "ApiError status_code=403 requests=1", said(403, b"<html>"), CREATED)
row("the task, then a wait", Use("create_and_wait", deadline=600), DONE, CREATED, PENDING, SUCCESS)
row("the task, then 404 for 20 s", Use("create_and_wait", deadline=600), DONE, CREATED, *[coded(404)] * 5, SUCCESS)
row("the task, then 404 for ever", Use("create_and_wait", deadline=600), "TaskNotFoundError ref=tts:paid",
    CREATED, coded(404))  # fmt: skip
row("the task, then a refused key", Use("create_and_wait", deadline=600), "AuthenticationError ref=tts:paid",
    CREATED, coded(401))  # fmt: skip

# --- what a server asks for ---

AT = 1_800_000_000
DATE = f"date: {formatdate(AT, usegmt=True)}"
_RETRY_AFTER: dict[str, tuple[tuple[str, ...], object]] = {
    "seconds": (("retry-after: 7",), 7.0), "0": (("retry-after: 0",), 0.0), "a fraction": (("retry-after: 1.5",), 1.5),
    "blanks": (("retry-after:    7  ",), 7.0), "negative": (("retry-after: -7",), None),
    "an exponent": (("retry-after: 1e3",), None), "a word": (("retry-after: soon",), None),
    "empty": (("retry-after:",), None), "a plus": (("retry-after: +7",), None), "NaN": (("retry-after: nan",), None),
    "infinity": (("retry-after: inf",), None), "two": (("retry-after: 7, 8",), None),
    "a unit": (("retry-after: 7s",), None), "other digits": (("retry-after: \xb2",), None),
    "ten digits": (("retry-after: 9999999999",), 31536000.0), "40 digits": (("retry-after: " + "9" * 40,), None),
    "a date": ((DATE, f"retry-after: {formatdate(AT + 30, usegmt=True)}"), 30.0),
    "a date that has passed": ((DATE, f"retry-after: {formatdate(AT - 30, usegmt=True)}"), 0.0),
    "a date of another form": ((DATE, "retry-after: Friday, 15-Jan-27 08:00:30 GMT"), 30.0),
    "a date in the year 9999": ((DATE, "retry-after: Fri, 31 Dec 9999 23:59:59 GMT"), 31536000.0),
    "a date that cannot be": ((DATE, "retry-after: Fri, 99 Jan 2027 08:00:30 GMT"), None),
    "an ISO date": ((DATE, "retry-after: 2027-01-15T08:00:30Z"), None),
    "milliseconds": (("retry-after-ms: 1500",), 1.5),
    "milliseconds and seconds": (("retry-after-ms: 1500", "retry-after: 7"), 1.5),
    "milliseconds that are a word": (("retry-after-ms: soon", "retry-after: 7"), 7.0),
    "reset in seconds": (("x-ratelimit-reset: 5",), 5.0), "reset, cut": (("x-ratelimit-reset: 300",), 60.0),
    "reset as an epoch": ((DATE, f"x-ratelimit-reset: {AT + 30}"), 30.0),
    "reset as an epoch that has passed": ((DATE, f"x-ratelimit-reset: {AT - 30}"), 0.0),
    "reset as an epoch of milliseconds": ((DATE, f"x-ratelimit-reset: {AT}000"), 60.0),
    "reset as a fraction": ((DATE, f"x-ratelimit-reset: {AT + 1}.5"), 1.5),
    "reset as a word": (("x-ratelimit-reset: soon",), None),
    "reset as an ISO date": (("x-ratelimit-reset: 2027-01-15T08:00:30Z",), None),
    "reset and seconds": (("x-ratelimit-reset: 5", "retry-after: 7"), 7.0), "nothing": ((), None),
}  # fmt: skip

section("Retry-After and X-RateLimit-Reset")
for name, (headers, hint) in _RETRY_AFTER.items():
    row(name, "status", f"RateLimitError retry_after={hint}", said(429, {}, *headers))
row("on a 503", "status", "ServerError retry_after=7.0", said(503, {}, "retry-after: 7"))
row("on a 404", "status", "TaskNotFoundError retry_after=7.0", said(404, {}, "retry-after: 7"))
row("reset on a 503", "status", "ServerError retry_after=None", said(503, {}, "x-ratelimit-reset: 5"))
row("a wait heeds it", WAIT, f"{DONE} polls=2 waited=20", said(429, {}, "retry-after: 20"), SUCCESS)
row("a wait heeds it on a 503", WAIT, f"{DONE} polls=2 waited=20", said(503, {}, "retry-after: 20"), SUCCESS)
row("a wait heeds reset", WAIT, f"{DONE} polls=2 waited=20", said(429, {}, "x-ratelimit-reset: 20"), SUCCESS)
row("a wait heeds it on PENDING", WAIT, f"{DONE} polls=2 waited=20",
    said(200, {"status": "PENDING"}, "retry-after: 20"), SUCCESS)  # fmt: skip
row("a wait heeds it on PENDING for 60 s at most", WAIT, f"{DONE} polls=2 waited=60",
    said(200, {"status": "PENDING"}, "retry-after: 3600"), SUCCESS)  # fmt: skip
row("beyond the deadline", Use("wait", deadline=30), "WaitTimeoutError retry_after=3600.0 polls=1 waited=0",
    said(429, {}, "retry-after: 3600"), SUCCESS)  # fmt: skip
row("a year", Use("wait", deadline=30), "WaitTimeoutError retry_after=31536000.0 polls=1",
    said(429, {}, "retry-after: 999999999"), SUCCESS)  # fmt: skip

# --- bodies ---

_DEEP = b"[" * 100_000 + b"]" * 100_000
_TEXT = '{"status": "PENDING", "message": "ä"}'
_BODIES: dict[str, tuple[Step, str]] = {
    "empty": (said(200, b""), MALFORMED), "blanks": (said(200, b"   "), MALFORMED), "HTML": (HTML, MALFORMED),
    "words": (said(200, b"hello"), MALFORMED), "XML": (said(200, b"<?xml version='1.0'?><a/>"), MALFORMED),
    "null": (said(200, b"null"), MALFORMED), "true": (said(200, b"true"), MALFORMED),
    "a list": (said(200, [{"status": "PENDING"}]), MALFORMED), "a number": (said(200, b"7"), MALFORMED),
    "a string": (said(200, b'"PENDING"'), MALFORMED), "NaN": (said(200, b"NaN"), MALFORMED),
    "an empty object": (said(200, {}), MALFORMED),
    "data around it": (said(200, {"data": {"status": "PENDING"}}), MALFORMED),
    "truncated": (said(200, b'{"status": "PEN'), MALFORMED), "two": (said(200, BODY + BODY), MALFORMED),
    "a line after it": (said(200, BODY + b"\r\n"), STATE), "lines of JSON": (said(200, BODY + b"\n" + BODY), MALFORMED),
    "single quotes": (said(200, b"{'status': 'PENDING'}"), MALFORMED),
    "a comma too many": (said(200, b'{"status": "PENDING",}'), MALFORMED),
    "a prefix against scripts": (said(200, b")]}'\n" + BODY), MALFORMED),
    "a form": (said(200, b"status=PENDING"), MALFORMED), "events": (said(200, b"data: " + BODY + b"\n\n"), MALFORMED),
    "duplicate keys": (said(200, b'{"status": "ERROR", "status": "PENDING"}'), STATE),
    "NaN within": (said(200, b'{"status": "PENDING", "message": NaN}'), f"{STATE} message=nan"),
    "infinity within": (said(200, b'{"status": "PENDING", "message": -Infinity}'), f"{STATE} message=-inf"),
    "100,000 deep": (said(200, _DEEP), MALFORMED), "100,000 deep, never closed": (said(200, b"[" * 100_000), MALFORMED),
    "100,000 deep within": (said(200, b'{"status": "PENDING", "message": %b}' % _DEEP), MALFORMED),
    "objects, 50,000 deep": (said(200, b'{"a":' * 50_000 + b"1" + b"}" * 50_000), MALFORMED),
    "101 deep within": (said(200, b'{"status": "PENDING", "message": %b}' % (b"[" * 101 + b"]" * 101)), MALFORMED),
    "90 deep within": (said(200, b'{"status": "PENDING", "message": %b}' % (b"[" * 90 + b"]" * 90)), STATE),
    "50 MB": ((HEAD.replace(b"21", b"52428800"), Times(800, b" " * 65_536), CLOSE), f"{MALFORMED} says=longer"),
    "50 MB in chunks": ((chunked(end=b""), Times(800, b"10000\r\n" + b" " * 65_536 + b"\r\n"), CLOSE),
                        f"{MALFORMED} says=longer"),
    "1 MiB": (said(200, BODY.ljust(1 << 20)), STATE),
    "1 MiB and a byte": (said(200, BODY.ljust((1 << 20) + 1)), MALFORMED),
    "UTF-8 with a BOM": (said(200, b"\xef\xbb\xbf" + BODY), STATE),
    "UTF-16": (said(200, _TEXT.encode("utf-16")), f"{STATE} message=ä"),
    "UTF-16 without a BOM": (said(200, _TEXT.encode("utf-16-le")), f"{STATE} message=ä"),
    "UTF-32": (said(200, _TEXT.encode("utf-32")), f"{STATE} message=ä"),
    "Latin-1": (said(200, _TEXT.encode("latin-1")), MALFORMED),
    "invalid UTF-8": (said(200, b'{"status": "PENDING", "message": "\xff\xfe"}'), MALFORMED),
    "half a surrogate pair": (said(200, b'{"status": "PENDING", "message": "\\ud800"}'), STATE),
    "zeros": (said(200, bytes(200)), MALFORMED), "a zero within": (said(200, b'{"status": "PEN\0DING"}'), MALFORMED),
    "5,000 digits": (said(200, b'{"status": "PENDING", "message": ' + b"9" * 5000 + b"}"), MALFORMED),
    "gzip": (said(200, zipped(BODY), "content-encoding: gzip"), f"{MALFORMED} says=gzip"),
    "gzip that is not said": (said(200, zipped(BODY)), MALFORMED),
    "gzip that is only said": (said(200, BODY, "content-encoding: gzip"), f"{MALFORMED} says=gzip"),
    "gzip twice": (said(200, zipped(zipped(BODY)), "content-encoding: gzip, gzip"),
                   f"{MALFORMED} says=gzip"),
    "a gzip bomb": (said(200, zipped(bytes(10_000_000)), "content-encoding: gzip"),
                    f"{MALFORMED} says=gzip"),
    "deflate": (said(200, zlib.compress(BODY), "content-encoding: deflate"), f"{MALFORMED} says=deflate"),
    "br": (said(200, b"\x8b\x0a\x80", "content-encoding: br"), f"{MALFORMED} says=br"),
    "identity": (said(200, BODY, "content-encoding: identity"), STATE),
    "JSON, called HTML": (said(200, BODY, "content-type: text/html"), STATE),
    "the key in it": (said(200, {"status": "PENDING", "message": f"for {KEY}!"}), STATE),
    "no JSON, with the key in it": (said(200, f"hello {KEY}".encode()), f"{MALFORMED} says=[key]"),
}  # fmt: skip

section("Bodies of a poll")
for name, (sent, outcome) in _BODIES.items():
    row(name, "status", outcome, sent)
for name in ("empty", "HTML", "null", "truncated", "100,000 deep", "gzip", "invalid UTF-8", "50 MB"):
    row(f"{name}, once in a wait", WAIT, f"{DONE} polls=2", _BODIES[name][0], SUCCESS)
row("HTML for ever", Use("wait", deadline=6000), f"{MALFORMED} requests=3", HTML)
row("HTML for ever, once it was well", Use("wait", deadline=6000), MALFORMED, PENDING, HTML)
row("HTML up to the deadline", Use("wait", deadline=60), "WaitTimeoutError says=PENDING", PENDING, HTML)

section("Bodies of a create")
for name in ("empty", "HTML", "null", "true", "a list", "a string", "truncated", "100,000 deep", "50 MB", "gzip",
             "invalid UTF-8", "zeros", "5,000 digits"):  # fmt: skip
    row(name, "create", UNKNOWN, _BODIES[name][0], CREATED)
_IDS: dict[str, tuple[object, str]] = {
    "missing": (..., UNKNOWN), "null": (None, UNKNOWN), "a number": (7, UNKNOWN), "true": (True, UNKNOWN),
    "a list": (["paid"], UNKNOWN), "an object": ({"id": "paid"}, UNKNOWN), "empty": ("", UNKNOWN),
    "a dot": (".", UNKNOWN), "two dots": ("..", UNKNOWN), "a line break": ("a\nb", UNKNOWN),
    "half a surrogate pair": ("\ud800", UNKNOWN), "a zero": ("a\0", UNKNOWN),
    "a slash": ("a/b", "TaskRef id=a/b"), "a colon": ("a:b", "TaskRef id=a:b"), "percent": ("%2e", "TaskRef id=%2e"),
    "letters": ("ä", "TaskRef id=ä"), "a UUID": ("c8b8e3cd-ad17", "TaskRef id=c8b8e3cd-ad17"),
    "1,000 characters": ("x" * 1000, f"TaskRef id={'x' * 1000}"),
}  # fmt: skip
for name, (task_id, outcome) in _IDS.items():
    body = {} if task_id is ... else {"task_id": task_id}
    row(f"task_id: {name}", "create", outcome if "TaskRef" in outcome else UNKNOWN, said(200, body), CREATED)
row("more than a task_id", "create", "TaskRef id=paid", said(200, {"task_id": "paid", "status": "PENDING", "a": [1]}))
row("the task_id twice", "create", "TaskRef id=paid", said(200, b'{"task_id": "other", "task_id": "paid"}'))

# --- the fields of a task result ---

section("Statuses, as they come")
for given in ("PENDING", "pending", " Pending\n", "QUEUED", "processing", "x" * 10_000, "\ud83c\udfb5", "SUCCESS\0"):
    shape = "TaskState is_pending=True"
    row(f"{given[:20]!r}", "status", shape, status(given))
for name, given in {"empty": "", "blanks": "  ", "null": None, "a number": 7, "a list": ["PENDING"], "true": True,
                    "an object": {"value": "PENDING"}}.items():  # fmt: skip
    row(f"status: {name}", "status", MALFORMED, status(given))
for given, outcome in {
    "SUCCESS": DONE, "success": DONE, " Success ": DONE, "ERROR": "TaskFailedError", "error": "TaskFailedError",
    "FAILED": "TaskFailedError", "TIMEOUT": "TaskTimedOutError", "PAYMENT_REQUIRED": "TaskPaymentRequiredError",
}.items():  # fmt: skip
    row(f"{given!r} in a wait", WAIT, outcome, status(given, run_id=7))
row("ERROR for want of credits", WAIT, "TaskPaymentRequiredError", status("ERROR", exception_reason="PAYMENT_REQUIRED"))
row("TIMEOUT as the reason of ERROR", WAIT, "TaskFailedError", status("ERROR", exception_reason="TIMEOUT"))
row("ERROR with a reason that is an object", WAIT, "TaskFailedError says=oops",
    status("ERROR", exception_reason={"code": 7, "why": "oops"}))  # fmt: skip
row("SUCCESS, though PAYMENT_REQUIRED is its reason", WAIT, DONE,
    status("SUCCESS", run_id=7, exception_reason="PAYMENT_REQUIRED"))  # fmt: skip
row("an unknown status, then SUCCESS", WAIT, f"{DONE} polls=2", status("TRANSCODING"), SUCCESS)
row("an unknown status for ever", WAIT, "WaitTimeoutError says=know", status("TRANSCODING"))
row("an unknown status with a run_id for ever", WAIT, f"{MALFORMED} says=TRANSCODING", status("TRANSCODING", run_id=7))
row("PENDING for ever", WAIT, "WaitTimeoutError says=PENDING", PENDING)
row("PENDING with a run_id", "status", "TaskState is_pending=True run_id=7", status("PENDING", run_id=7))
row("SUCCESS, then PENDING: the first counts", WAIT, f"{DONE} polls=1", SUCCESS, PENDING)

section("The run_id, as it comes")
_RUN_IDS: dict[str, tuple[object, str]] = {
    "an integer": (7, "CompletedTask run_id=7"), "0": (0, "CompletedTask run_id=0"),
    "negative": (-7, "CompletedTask run_id=-7"), "2⁷⁰": (2**70, f"CompletedTask run_id={2**70}"),
    "digits": ("7", "CompletedTask run_id=7"), "a whole float": (7.0, "CompletedTask run_id=7"),
    "a float": (7.5, MALFORMED), "a float of 2⁵³": (float(2**53), MALFORMED), "1e300": (1e300, MALFORMED),
    "NaN": (float("nan"), MALFORMED), "infinity": (float("inf"), MALFORMED), "true": (True, MALFORMED),
    "a list": ([7], MALFORMED), "an object": ({"id": 7}, MALFORMED), "a word": ("seven", MALFORMED),
    "an empty string": ("", MALFORMED), "a signed string": ("-7", MALFORMED), "other digits": ("٧", MALFORMED),
    "a superscript": ("⁷", MALFORMED), "5,000 digits as a string": ("9" * 5000, MALFORMED),
    "null": (None, "TaskState is_success=True run_id=None"),
}  # fmt: skip
for name, (given, outcome) in _RUN_IDS.items():
    row(name, "status", outcome, done(given))
row("missing", "status", "TaskState is_success=True run_id=None", status("SUCCESS"))
row("missing for ever, in a wait", WAIT, "TaskResultMissingError requests=4", status("SUCCESS"))
row("missing three times, in a wait", WAIT, f"{DONE} polls=4", *[status("SUCCESS")] * 3, SUCCESS)
row("missing at the deadline", Use("wait", deadline=0), "TaskResultMissingError requests=1", status("SUCCESS"))
row("a word for ever, in a wait", Use("wait", deadline=6000), MALFORMED, done("seven"))

section("The message, as it comes")
for name, given in {"a string": "soon", "empty": "", "null": None, "true": True, "a number": 7, "a list": [1],
                    "100,000 characters": "x" * 100_000}.items():  # fmt: skip
    shown = "x" * 100_000 if name.startswith("100") else str(given).replace(" ", "")
    row(name, "status", f"{STATE} message={shown}", status(message=given))
row(
    "an object", "status", "TaskState message={'msg':'x'}", said(200, b'{"status": "PENDING", "message": {"msg": "x"}}')
)
for name, given in {"an object": {"msg": "oops"}, "a list": ["oops"], "control characters": "\x1b[31moops\x07",
                    "an address with a query": f"oops http://files.example/a?X-Signature={SECRET}",
                    "the key": f"oops {KEY}", "half a surrogate pair": "\ud800 oops"}.items():  # fmt: skip
    row(f"of an ERROR: {name}", WAIT, "TaskFailedError says=oops", status("ERROR", message=given))

# --- files ---

section("Addresses of files")
for name, given in {
    "missing": {}, "null": {"output_url": None}, "a number": {"output_url": 7}, "empty": {"output_url": ""},
    "relative": {"output_url": "/files/a.flac"}, "ftp": {"output_url": "ftp://127.0.0.1/a"},
    "a list": [], "a word": "soon", "without a host": {"output_url": "http:///a"},
    "with a blank": {"output_url": "http://127.0.0.1/a b"}, "with port 0": {"output_url": "http://127.0.0.1:0/a"},
    "of file:": {"output_url": "file:///etc/passwd"},
}.items():  # fmt: skip
    row(name, GET, f"{MALFORMED} requests=1", said(200, given))
row("called file_url", GET, FILE, said(200, {"file_url": (ORIGIN + PATH).decode()}), file())
row("a string alone", GET, FILE, said(200, (ORIGIN + PATH).decode()), file())
row("400 for the address", GET, "ApiError status_code=400 requests=1", coded(400))
row("401 for the address", GET, "AuthenticationError requests=1", coded(401))
row("503 once for the address", GET, FILE, coded(503), ADDRESS, file())
row("503 for the address", GET, "ServerError requests=6", coded(503))
row("reset once, asked for the address", GET, FILE, RESET, ADDRESS, file())
row("HTML for the address", GET, MALFORMED, HTML)
row("the audio itself", GET, FILE, file())

section("Files")
_STRONG = 'etag: "a"'
_PART = said(
    206, FLAC[400:], "content-type: audio/flac", _STRONG, f"content-range: bytes 400-{len(FLAC) - 1}/{len(FLAC)}"
)
_BEGUN = (
    b"HTTP/1.1 200 OK\r\ncontent-type: audio/flac\r\ncontent-length: 1024\r\n%b\r\n\r\n" % _STRONG.encode()
) + FLAC[:400]

_LONGER = chunked(FLAC[400:] + b"more", headers=_PART.partition(b"\r\n")[2].partition(b"content-length")[0])
_LONGER = _LONGER.replace(b"200 OK", b"206 X")


def got(name: str, outcome: str, *responses: Steps, use: Use = GET) -> None:
    row(name, use, outcome, ADDRESS, *responses)


got("whole", FILE, file())
got("in chunks", FILE, chunked(FLAC[:9], FLAC[9:], headers=b"content-type: audio/flac\r\n"))
got("of no type", FILE, said(200, FLAC))
got("of any type", FILE, file(kind="application/octet-stream"))
got("called something else", FILE, file(kind="video/x-unknown"))
got("a WAV", "Path name=tts-7.wav size=108", file(WAV, kind="audio/wav"))
got("a format that nobody knows", "Path name=tts-7.bin size=300", file(bytes(range(150, 250)) * 3, kind=""))
for name, kind in {"HTML": "text/html", "JSON": "application/json", "XML": "application/xml"}.items():
    got(name, f"{NO_FILE} says=audio", file(b"<a>oops</a>", kind=kind))
got("HTML, called audio", f"{NO_FILE} says=text", file(b"<!DOCTYPE html><title>no</title>"))
got("empty", f"{NO_FILE} says=empty", said(200, b"", "content-type: audio/flac"))
got("shorter than told, again and again", NO_FILE, (file()[:-9], CLOSE))
got("shorter than told, then whole", FILE, (file()[:-9], CLOSE), file())
got("reset within, then whole", FILE, (file()[:-9], RESET), file())
got("reset within, then the rest", FILE, (_BEGUN, RESET), _PART)
got("closed within, then the rest", FILE, (_BEGUN, CLOSE), _PART)
got("hangs within, then the rest", FILE, (_BEGUN, HANG), _PART, use=Use("download", limit=0.3, deadline=600))
got(
    "reset within, then another file's rest",
    FILE,
    (_BEGUN, RESET),
    Said(_PART.replace(b'"a"', b'"b"'), "206, of etag b"),
    file(),
)
got(
    "reset within, then another part",
    FILE,
    (_BEGUN, RESET),
    Said(_PART.replace(b"400-1023", b"300-1023"), "206 from 300 on"),
    file(),
)
got("reset within, then more than the rest", FILE, (_BEGUN, RESET), _LONGER, file())
got("reset within, then 416", FILE, (_BEGUN, RESET), said(416, b""), file())
got(
    "a 206 that was not asked for",
    NO_FILE,
    said(206, FLAC[:400], "content-type: audio/flac", "content-range: bytes 0-399/1024"),
)
got("a 206 without a range", NO_FILE, said(206, FLAC, "content-type: audio/flac"))
got("no length, closed at the end", NO_FILE, (said(200, FLAC, "content-type: audio/flac", length=False), CLOSE))
got(
    "a WAV without a length",
    "Path name=tts-7.wav size=108",
    (said(200, WAV, "content-type: audio/wav", length=False), CLOSE),
)
got("a WAV without a length, cut off", NO_FILE, (said(200, WAV[:-9], "content-type: audio/wav", length=False), CLOSE))
got("HTTP/1.0 without a length", NO_FILE, (b"HTTP/1.0 200 OK\r\ncontent-type: audio/flac\r\n\r\n" + FLAC, CLOSE))
got("chunks without an end", NO_FILE, (chunked(FLAC, end=b"", headers=b"content-type: audio/flac\r\n"), CLOSE))
got("gzip", f"{NO_FILE} says=gzip", file(zipped(FLAC), "content-encoding: gzip"))
got("aws-chunked", FILE, file(b"", "content-encoding: aws-chunked"))
got("trailing bytes", FILE, file() + b"\r\nx")
got("a redirect", FILE, said(302, b"", f"location: {PATH.decode()}"), file())
for code in (301, 303, 307, 308):
    got(f"a redirect, {code}", FILE, said(code, b"", f"location: {PATH.decode()}"), file())
got("redirects in a circle", f"{NO_FILE} says=redirects", said(302, b"", f"location: {PATH.decode()}"))
got("a redirect to nowhere", f"{NO_FILE} status_code=302", said(302, b""))
got("a redirect to ftp", f"{NO_FILE} says=redirects", said(302, b"", "location: ftp://127.0.0.1/a"))
got("404 for some seconds", FILE, coded(404), coded(404), file())
got("404 for ever", f"{NO_FILE} status_code=404", coded(404))
for code in (400, 401, 403, 410, 451, 501):
    got(f"{code}", f"{NO_FILE} status_code={code}", said(code, b"<Error><Message>no</Message></Error>"))
for code in (408, 429, 500, 503):
    got(f"{code} once", FILE, said(code, b""), file())
    got(f"{code} for ever", f"{NO_FILE} status_code={code}", said(code, b""))
got("expired: another address is asked for", FILE, (_BEGUN, RESET), said(403, b"Request has expired"), ADDRESS, _PART)
got("hangs", NO_FILE, HANG, use=Use("download", deadline=0.5))
got("hangs within", NO_FILE, (_BEGUN, HANG), use=Use("download", deadline=0.5))
got("in drops", NO_FILE, (file()[:-900], Times(60, b"x", 0.02), HANG), use=Use("download", deadline=0.5))
got("a store that echoes the query", f"{NO_FILE} status_code=403", said(403, f"bad: {PATH.decode()}".encode()))
FETCH = Use("fetch", deadline=600)
row("fetch: any 200", FETCH, "Path name=run.flac size=5", said(200, b"hello", "content-type: text/html"))
row("fetch: empty", FETCH, "Path name=run.flac size=0", said(200, b""))
row("fetch: shorter than told", FETCH, NO_FILE, (file()[:-9], CLOSE))
row("fetch: 404", FETCH, f"{NO_FILE} status_code=404", coded(404))
row("fetch: refused", FETCH, NO_FILE, place=Place.REFUSED)
row("fetch: hangs", Use("fetch", deadline=0.5), NO_FILE, HANG)

section("Streams")
row("whole", "stream", "bytes bytes=1024", file())
row("in chunks", "stream", "bytes bytes=1024", chunked(FLAC, headers=b"content-type: audio/flac\r\n"))
row("of no type", "stream", "bytes bytes=1024", said(200, FLAC))
row("ended by the connection", "stream", "bytes bytes=1024", (said(200, FLAC, length=False), CLOSE))
row("chunks without an end", "stream", "ApiConnectionError",
    (chunked(FLAC, end=b"", headers=b"content-type: audio/flac\r\n"), CLOSE))  # fmt: skip
row("shorter than told", "stream", "ApiConnectionError", (file()[:-9], CLOSE))
row("trailing bytes", "stream", "bytes bytes=1024", file() + b"\r\nx")
row("HTML", "stream", MALFORMED, HTML)
row("JSON", "stream", MALFORMED, said(200, {"detail": "no"}, "content-type: application/json"))
row("gzip", "stream", f"{MALFORMED} says=gzip", file(zipped(FLAC), "content-encoding: gzip"))
row("a 204", "stream", "bytes bytes=0", coded(204))
for code in (302, 400, 401, 402, 403, 404, 422, 429, 500, 503):
    row(str(code), "stream", f"{_CODES[code].split()[0]} status_code={code} requests=1", coded(code))
row("longer than a client's limit, but never silent", Use("stream", limit=0.3), "bytes bytes=1024",
    (file()[:-12], *[Times(3, b"x", 0.15)], file()[-9:]))  # fmt: skip

ROWS = [(title, each) for title, rows in SECTIONS.items() for each in rows]
KINDS = ("sync", "async", "aiohttp")
# Rows of which the sync client promises no time: https://docs.python.org/3/library/socket.html has no limit for names.
UNBOUNDED = {("sync", Place.SLOW_NAME)}


# --- the table ---


def shown_steps(of: Steps) -> str:
    return ", ".join(map(_shown_step, steps(of)))


def _shown_step(step: Step) -> str:
    if isinstance(step, Do):
        return step.value
    if isinstance(step, Pause):
        return f"waits {step:g} s"
    if isinstance(step, Times):
        every = f", one each {step.pause:g} s" if step.pause else ""
        return f"{step.times:,} × `{_code(shown_bytes(step.said))}`{every}"
    return f"`{_code(step.shown if isinstance(step, Said) else shown_bytes(step))}`"


def _code(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _shown_server(server: Behaviour) -> str:
    responses = [shown_steps(response) for response in server.responses]
    runs: list[list[Any]] = []
    for response in responses:
        if runs and runs[-1][0] == response:
            runs[-1][1] += 1
        else:
            runs.append([response, 1])
    parts = [shown if times == 1 else f"{times} × ({shown})" for shown, times in runs]
    place = [] if server.place is Place.HTTP else [server.place.value]
    greeting = [f"at once: {shown_steps(server.greeting)}"] if server.greeting != () else []
    return "; then ".join([*place, *greeting, *parts])


def _shown_outcome(outcome: str) -> str:
    short = re.sub(r"([^ =]{40})[^ =]+", r"\1…", outcome)
    return f"`{_code(short)}`"


_INTRODUCTION = """\
# Fault matrix

What a server may do on the wire, and what then comes of a call: {rows} rows. Each is tried over raw sockets with the
sync client, the async client, and the async client over aiohttp. Each ends within its bound and 0.5 s more, and leaves
no socket, thread, asyncio task or warning. A create is sent once. Neither the API key nor the query of an address
stands in any error. The sync client promises no time where a name takes long to resolve.

- **The server.** What it sends after each request, in order; the last comes again and again. A response is its status
  code, headers and body; what is no response, or only a part of one, is shown as its bytes.
- **The client.** What it is asked for. `limit` is the `timeout` of the client, {limit:g} s where none is said;
  `deadline` is that of the wait or the download.
- **The outcome.** The type of what is returned or raised, and its attributes. Besides: `requests` is how many reached
  the server, `waited` is in seconds, `says` is a word of the message, `cause` is the type of the error's cause.

This page is made from `tests/gauntlet/matrix.py`: `python -m tests.gauntlet.matrix`.
"""


def table() -> str:
    """The page: how many rows have which outcome, and all of them."""
    lines = [_INTRODUCTION.format(rows=len(ROWS), limit=LIMIT), "| outcome | rows |", "| --- | --- |"]
    lines += [f"| `{name}` | {count} |" for name, count in counts()]
    for title, rows in SECTIONS.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| fault | the server | the client | the outcome |",
            "| --- | --- | --- | --- |",
        ]
        for each in rows:
            over = "".join(f"; over {kind} {_shown_outcome(other)}" for kind, other in each.over.items())
            outcome = _shown_outcome(each.outcome) + over
            name = _code(each.name).replace("<", "&lt;")
            lines.append(f"| {name} | {_shown_server(each.server)} | {each.client} | {outcome} |")
    return "\n".join(lines) + "\n"


def counts() -> list[tuple[str, int]]:
    """How many rows have which outcome, the most frequent first."""
    found = Counter(each.outcome.split()[0] for _, each in ROWS)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
    print(f"{PAGE}: {len(ROWS)} rows")
    for name, count in counts():
        print(f"{count:5} {name}")
