"""What the local server may send beside a plain status: scripted responses and faults, and the words for them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import attrs

from .._polling.status import TaskStatus


class Fault(StrEnum):
    """How a response goes wrong on the wire."""

    RESET = "reset"  #: The connection is reset, without a response.
    HANG = "hang"  #: The request is taken; nothing ever comes.
    TRUNCATED = "truncated"  #: Half of the body that was announced, then the connection ends.
    STALL = "stall"  #: Half of the body, then nothing; the connection stays open.


@attrs.frozen
class Reply:
    """One response as it is sent.

    Attributes:
        status_code: The HTTP status code.
        body: The body.
        headers: Its headers, beside Content-Length, Date and x-request-id.
        delay: Seconds before it is sent.
        fault: How it goes wrong on the wire, if it does.
        sent: Of the body, how many bytes a ``TRUNCATED`` or ``STALL`` lets through; ``None`` is half of it.
        piece: Sent in chunks of so many bytes, without its length being said; 0 is as a whole.
        pause: Seconds between those chunks.
    """

    status_code: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    delay: float = 0.0
    fault: Fault | None = None
    sent: int | None = None
    piece: int = 0
    pause: float = 0.0

    def pieces(self) -> Iterator[bytes]:
        """The body, as far as its fault lets it come, in its pieces."""
        end = len(self.body) if self.fault is None else len(self.body) // 2 if self.sent is None else self.sent
        body = memoryview(self.body)[:end]
        size = self.piece or len(body) or 1
        return (bytes(body[at : at + size]) for at in range(0, len(body), size))

    @classmethod
    def json(cls, body: Any, *, status_code: int = 200, headers: Mapping[str, str] | None = None) -> "Reply":
        """A response in JSON."""
        return cls(status_code, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


# A status, a body, or a whole reply; or a word that stands for one.
Item = str | Mapping[str, Any] | Reply
# By poll, or by time.
Timeline = Sequence[Item] | Mapping[float, Item]

_PENDING = Reply.json({"status": "PENDING", "run_id": None})

RESET = Reply(fault=Fault.RESET)
HANG = Reply(fault=Fault.HANG)
TRUNCATED = attrs.evolve(_PENDING, fault=Fault.TRUNCATED)
STALL = attrs.evolve(_PENDING, fault=Fault.STALL)
HTML = Reply(200, b"<!doctype html><title>Welcome</title>", {"content-type": "text/html"})
BAD_JSON = Reply(200, b'{"status": "PEND', {"content-type": "application/json"})
# What a word of a timeline stands for, in any case; here and at the command line.
FAULTS = {"RESET": RESET, "HANG": HANG, "TRUNCATED": TRUNCATED, "STALL": STALL, "HTML": HTML, "BAD_JSON": BAD_JSON}


def error(status_code: int, body: Any = None, *, headers: Mapping[str, str] | None = None) -> Reply:
    """An HTTP error in FastAPI's shape, or with a JSON body of your own."""
    return Reply.json({"detail": "scripted"} if body is None else body, status_code=status_code, headers=headers)


def rate_limited(retry_after: float | str = 1) -> Reply:
    """A 429 with Retry-After: seconds, or the text of the header."""
    return error(429, {"detail": "Too Many Requests"}, headers={"retry-after": str(retry_after)})


def cut(sent: int) -> Callable[[Reply], Reply]:
    """For :meth:`FakeCamb.script`: the true response, but the connection ends after so many bytes of its body."""
    return lambda reply: attrs.evolve(reply, fault=Fault.TRUNCATED, sent=sent)


def slow(seconds: float, reply: Reply = _PENDING) -> Reply:
    """The reply, ``seconds`` late."""
    return attrs.evolve(reply, delay=seconds)


def read(timeline: Timeline) -> Timeline:
    """A timeline with its words understood: ``"PENDING reset 503 SUCCESS"`` is one of four items.

    Raises:
        TypeError: An item, or a time, of another type.
        ValueError: No item, or a word that looks like a misspelt one.
    """
    if isinstance(timeline, str):
        timeline = timeline.replace(",", " ").split()  # At the command line there are commas.
    if not timeline:
        raise ValueError("a timeline needs at least one item")
    if not isinstance(timeline, Mapping):
        return [_item(item) for item in timeline]
    if not all(isinstance(at, int | float) for at in timeline):
        raise TypeError(f"a timeline by time goes from seconds to items; a body is an item of a list: [{timeline!r}]")
    return {at: _item(item) for at, item in timeline.items()}


def _item(item: Item) -> Item:
    if isinstance(item, str):
        return _word(item)
    if not isinstance(item, Mapping | Reply):
        raise TypeError(f"an item of a timeline is a str, a body or a Reply (see error(), slow()), not {item!r}")
    return item


def _word(word: str) -> Item:
    """What a word stands for: a fault, the number of an HTTP error, or a status, which may be an unknown one."""
    if re.fullmatch("[45][0-9]{2}", word):
        return error(int(word))
    if (reply := FAULTS.get(word.upper())) is not None:
        return reply
    if TaskStatus(word).is_known:
        return word
    # An unknown status is pending for ever, so a slip of the pen would be a test that waits for its deadline.
    near = get_close_matches(word.upper(), FAULTS, 1, 0.75) or get_close_matches(word.upper(), TaskStatus, 1, 0.9)
    if near:
        meant = (
            f"did you mean {near[0]}? (A status that is really called so is given as a body: {{'status': {word!r}}})"
        )
        raise ValueError(f"{word!r} is neither a fault nor a known status; {meant}")
    if not re.search("[A-Za-z]", word):
        faults = ", ".join(FAULTS)
        raise ValueError(f"{word!r} is no word of a timeline: write a status, {faults}, or an HTTP error such as 503")
    return word
