"""The connections of one route, sync and async: which is used again, and when one is closed.

httpcore's own pool loses connections whose request is cancelled at the wrong step, and does not see bytes that came
after a response, so the next request would be answered with them. This one takes from it how connections are made
(through which proxy, say), and keeps them by itself: a connection belongs to one request until its response is
closed. Then it is idle with nothing left in it, or it is closed.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol
from weakref import WeakSet

import httpcore

from .._polling.text import without_queries
from .credentials import ApiKey

# So many idle connections are kept.
_MAX_IDLE = 20


class NetworkStream(Protocol):
    """What a connection sends and receives by."""

    def drop(self) -> None:
        """Close it, now and without waiting."""


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


class BasePool:
    """The connections of one route.

    Args:
        inner: httpcore's pool; it only makes connections.
        network: Makes the network backend (httpcore's word) of a connection; it notes what it opens in the list.
        keepalive: Seconds that an idle connection is kept.
    """

    def __init__(self, inner: Any, network: Callable[[list[NetworkStream]], Any], keepalive: float) -> None:
        self._inner, self._network, self._keepalive = inner, network, keepalive
        self._idle: list[tuple[float, Any]] = []
        self._streams: dict[Any, list[NetworkStream]] = {}
        self._fresh: set[Any] = set()
        self._lock = threading.Lock()

    @property
    def connections(self) -> list[Any]:
        """All that are open."""
        return list(self._streams)

    def _prepare(self, request: Any) -> Any:
        """The connection for a request: one that was idle, or a new one, which is not connected yet."""
        fresh = request.extensions.pop("fresh", False)
        # It stands in the request's own URL by now; httpcore would give it to a proxy too, in place of the address.
        request.extensions.pop("target", None)
        while not fresh and (connection := self._pop(request.url.origin)) is not None:
            if connection.is_idle() and not connection.has_expired():
                return connection
            self._drop(connection)
        streams: list[NetworkStream] = []
        with self._lock:
            self._inner._network_backend = self._network(streams)
            connection = self._inner.create_connection(request.url.origin)
        self._streams[connection] = streams
        if fresh:
            self._fresh.add(connection)
        return connection

    def _pop(self, origin: object) -> Any:
        with self._lock:
            for at in reversed(range(len(self._idle))):
                if self._idle[at][1].can_handle_request(origin):
                    return self._idle.pop(at)[1]
        return None

    def give(self, connection: Any) -> None:
        """Take back a connection whose response is closed; of those made for one request one at most is kept."""
        surplus = bool(self._idle) and connection in self._fresh
        self._fresh.discard(connection)
        if surplus or not connection.is_idle() or _has_left_over(connection):
            self._drop(connection)
            return
        now = time.monotonic()
        with self._lock:
            self._idle.append((now, connection))
            stale = sum(1 for since, _ in self._idle if now - since > self._keepalive)
            too_many = max(stale, len(self._idle) - _MAX_IDLE)
            dropped, self._idle = self._idle[:too_many], self._idle[too_many:]
        for _, one in dropped:
            self._drop(one)

    def _drop(self, connection: Any) -> None:
        """Close a connection, whatever it is doing."""
        self._fresh.discard(connection)
        for stream in self._streams.pop(connection, ()):
            stream.drop()

    def _drop_all(self) -> None:
        with self._lock:
            self._idle.clear()
        for connection in self.connections:
            self._drop(connection)


def _has_left_over(connection: Any) -> bool:
    """Whether more has come than the response. What cannot be examined is not used again."""
    while (below := getattr(connection, "_connection", None)) is not None:
        connection = below
    parser = getattr(connection, "_h11_state", None)
    return parser is None or bool(parser.trailing_data[0])
