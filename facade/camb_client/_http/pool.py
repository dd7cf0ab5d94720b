"""The connections of one route, sync and async: which is used again, and when one is closed.

httpcore's own pool loses connections whose request is cancelled at the wrong step, and does not see bytes that came
after a response, so the next request would be answered with them. This one takes from it how connections are made
(through which proxy, say), and keeps them by itself: a connection belongs to one request until its response is
closed. Then it is idle with nothing left in it, or it is closed.
"""

import copy
import logging
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import httpcore

from .._polling.text import without_queries
from .credentials import ApiKey

# The system takes at most so many bytes that it cannot send yet: what is written is soon on its way, however slow the
# line, and the time for a response counts from there. (Not everywhere can that be said.)
_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", None)
SOCKET_OPTIONS = [(socket.IPPROTO_TCP, _LOWAT, 128 * 1024)] if _LOWAT else []
# So many idle connections are kept.
_MAX_IDLE = 20


class Opened(list[Any]):
    """What a connection has opened, which ``close`` closes without waiting; and where it notes what it receives."""

    received: deque[bytes]


# The keys that are in use.
_keys: WeakSet[ApiKey] = WeakSet()


def redact_log(key: ApiKey) -> None:
    """Keep a key, and the queries of addresses, out of httpcore's log, which shows the headers of responses."""
    _keys.add(key)
    logging.getLogger(f"{httpcore.__name__}.http11").addFilter(_redact_record)  # Once, however often that is said.


def _redact_record(record: logging.LogRecord) -> bool:
    text = without_queries(record.getMessage())
    for key in list(_keys):
        text = key.redact(text)
    record.msg, record.args = text, None
    return True


def left_of(timeout: float | None, late: type[Exception]) -> float | None:
    """A limit that httpcore hands on, cut to what is left of the whole request by now.

    Raises:
        Exception: Of the type given: nothing is left.
    """
    left: Callable[[], float] | None = getattr(timeout, "left", None)
    if timeout is None or left is None:
        return timeout
    if (remaining := left()) <= 0:
        raise late("no whole response in time")
    return min(timeout, remaining)


class BaseBody:
    """The body of a response; to close it gives the connection back, or closes it where that is interrupted."""

    _closed = True

    def __init__(self, pool: "BasePool", connection: Any, stream: Any) -> None:
        self._pool, self._connection, self._stream = pool, connection, stream
        self._closed = False

    def __del__(self) -> None:
        """An interruption may have come between any two lines, that of the closing too."""
        if not self._closed:
            self._closed = True
            self._pool.drop(self._connection)


class BasePool:
    """The connections of one route. No lock: an interruption could leave it held, and steps that are whole will do.

    Args:
        inner: httpcore's pool; it only makes connections.
        network: Makes the network backend (httpcore's word) of a connection; it notes what it opens in the list.
        keepalive: Seconds that an idle connection is kept.
    """

    def __init__(self, inner: Any, network: Callable[[Opened], Any], keepalive: float) -> None:
        self._inner, self._network, self._keepalive = inner, network, keepalive
        self._idle: list[tuple[float, Any]] = []
        self._streams: dict[Any, Opened] = {}
        self._fresh: set[Any] = set()

    @property
    def connections(self) -> list[Any]:
        """All that are open."""
        return list(self._streams)

    def _prepare(self, request: Any) -> Any:
        """The connection for a request: one that was idle, or a new one, which is not connected yet."""
        connection = None
        try:
            fresh = request.extensions.pop("fresh", False)
            received = request.extensions.pop("received", deque(maxlen=1))
            # It stands in the request's own URL by now; httpcore would give it to a proxy too, in place of the address.
            request.extensions.pop("target", None)
            for idle in () if fresh else reversed(self._idle.copy()):
                connection = idle[1]
                if self._take(idle, request.url.origin):
                    self._streams[connection].received = received
                    return connection
            connection = self._make(request.url.origin)
            self._streams[connection].received = received
            if fresh:
                self._fresh.add(connection)
            return connection  # noqa: TRY300 (until it is given, it is ours to close)
        except BaseException:
            self.drop(connection)
            raise

    def _take(self, idle: tuple[float, Any], origin: object) -> bool:
        """Whether an idle connection can be used for requests to there; then it is idle no more."""
        connection = idle[1]
        if not connection.can_handle_request(origin):
            return False
        try:
            self._idle.remove(idle)
        except ValueError:  # Another thread has taken it.
            return False
        if connection.is_idle() and not connection.has_expired():
            return True
        self.drop(connection)
        return False

    def _make(self, origin: object) -> Any:
        streams = Opened()
        inner = copy.copy(self._inner)  # Other threads make connections too.
        inner._network_backend = self._network(streams)
        connection = inner.create_connection(origin)
        self._streams[connection] = streams
        return connection

    def give(self, connection: Any) -> None:
        """Take back a connection whose response is closed; of those made for one request one at most is kept."""
        surplus = bool(self._idle) and connection in self._fresh
        self._fresh.discard(connection)
        if surplus or not connection.is_idle() or _has_left_over(connection):
            self.drop(connection)
            return
        now = time.monotonic()
        self._idle.append((now, connection))
        with suppress(IndexError):
            while len(self._idle) > _MAX_IDLE or now - self._idle[0][0] > self._keepalive:
                self.drop(self._idle.pop(0)[1])

    def drop(self, connection: Any) -> None:
        """Close a connection, whatever it is doing."""
        self._fresh.discard(connection)
        for stream in self._streams.get(connection, ()):
            stream.close()
        self._streams.pop(connection, None)  # Last: who was interrupted drops it again.

    def _drop_all(self) -> None:
        self._idle.clear()
        for connection in self.connections:
            self.drop(connection)


def _has_left_over(connection: Any) -> bool:
    """Whether more has come than the response. What cannot be examined is not used again."""
    while (below := getattr(connection, "_connection", None)) is not None:
        connection = below
    parser = getattr(connection, "_h11_state", None)
    return parser is None or bool(parser.trailing_data[0])
