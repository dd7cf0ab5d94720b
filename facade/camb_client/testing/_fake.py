"""The local CAMB server: the status endpoints of the spec, in process and over real HTTP.

Rule of this file: what the server knows and answers. How an answer travels stands in ``_transport`` (in
process) and ``_server`` (on a loopback port). Its answers are checked against ``openapi/camb.yaml``.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

import attrs

from .._async import AsyncCambClient
from .._clock import Clock
from .._config import KEY_HEADER
from .._gateway import KINDS, check_kind
from .._status import TaskStatus
from .._sync import CambClient
from .._task import TaskRef
from ._clock import VirtualClock, use_clock
from ._replies import Reply
from ._server import serving
from ._transport import FakeTransport

# A status, a body, or a whole reply.
Item = str | Mapping[str, Any] | Reply

_ROUTE = re.compile(rf"/({'|'.join(map(re.escape, KINDS))})/([^/?]+)(?:\?.*)?$")


@attrs.frozen
class RecordedRequest:
    """A request that came.

    Attributes:
        method: In capitals.
        path: As it stood on the wire, percent-encoded.
        headers: With names in small letters.
        ref: The task it asked for, known or not; ``None`` where the path is that of no task.
        at: When, by the clock of the fake.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    ref: TaskRef | None
    at: float


@attrs.define
class _Task:
    timeline: Sequence[Item] | Mapping[float, Item]
    run_id: int
    since: float
    looks: int = 0

    def next(self, now: float) -> Item:
        self.looks += 1
        if isinstance(self.timeline, Mapping):
            begun = [at for at in self.timeline if at <= now - self.since]
            return self.timeline[max(begun, default=min(self.timeline))]
        return self.timeline[min(self.looks, len(self.timeline)) - 1]


class FakeCamb:
    """A small CAMB server for tests and demos.

    It checks ``x-api-key`` (401 as the docs show it), knows the tasks it was given (404 for any other id),
    and answers as scripted. Safe to use from several threads.

    Args:
        api_key: The one key it takes.
        clock: What timelines by time, delays and hangs go by. With a :class:`VirtualClock`, the clients it
            makes go by it as well; it is of no use over real HTTP.

    Attributes:
        requests: Every request so far.
    """

    def __init__(self, api_key: str = "test-key", *, clock: Clock | None = None) -> None:
        self.requests: list[RecordedRequest] = []
        self._api_key = api_key
        self._clock: Clock = Clock() if clock is None else clock
        self._tasks: dict[TaskRef, _Task] = {}
        self._lock = threading.Lock()

    def add(
        self,
        task: TaskRef | str,
        timeline: Sequence[Item] | Mapping[float, Item] = ("PENDING", "SUCCESS"),
        *,
        run_id: int | None = None,
    ) -> TaskRef:
        """Make a task known, or give it a new timeline.

        Args:
            task: Its reference, or ``"<kind>:<task_id>"``.
            timeline: What is answered: a sequence, look by look, the last again and again; or a mapping from
                seconds since now to what is answered from then on. Each item is a status (``run_id`` is
                added on SUCCESS), a body, or a :class:`Reply`.
            run_id: The run id a SUCCESS carries; by default a number of its own.

        Raises:
            ValueError: No reference, an unknown kind, or an empty timeline.
        """
        ref = task if isinstance(task, TaskRef) else TaskRef.parse(task)
        check_kind(ref.kind)
        if isinstance(timeline, str) or not timeline:
            raise ValueError("a timeline is a sequence or a mapping of at least one item")
        with self._lock:
            number = 1001 + len(self._tasks) if run_id is None else run_id
            self._tasks[ref] = _Task(timeline, number, self._clock.monotonic())
        return ref

    def looks(self, task: TaskRef | str) -> int:
        """How often a task was asked for, refused keys included."""
        ref = task if isinstance(task, TaskRef) else TaskRef.parse(task)
        return sum(request.ref == ref for request in self.requests)

    def transport(self) -> FakeTransport:
        """The server as an httpx transport, for the sync and the async client."""
        return FakeTransport(self.answer, self._clock)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve real HTTP on the loopback interface while the context is open; gives the base URL.

        Args:
            port: The port; 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        with serving(self.answer, self._clock, port) as origin:
            yield f"{origin}/apis"

    def client(self, **arguments: Any) -> CambClient:
        """A client of this server, in process; ``arguments`` as for :class:`CambClient`."""
        client = CambClient(self._api_key, transport=self.transport(), **arguments)
        return use_clock(client, self._clock) if isinstance(self._clock, VirtualClock) else client

    def async_client(self, **arguments: Any) -> AsyncCambClient:
        """An async client of this server, in process; ``arguments`` as for :class:`AsyncCambClient`."""
        client = AsyncCambClient(self._api_key, transport=self.transport(), **arguments)
        return use_clock(client, self._clock) if isinstance(self._clock, VirtualClock) else client

    def answer(self, method: str, path: str, headers: Mapping[str, str]) -> Reply:
        """The answer to one request.

        Args:
            method: In capitals.
            path: As on the wire, percent-encoded; a query is ignored, as is what stands before the kind.
            headers: With names in small letters.
        """
        route = _ROUTE.search(path)
        try:
            ref = None if route is None else TaskRef(route[1], unquote_to_bytes(route[2]).decode())
        except ValueError:  # Not UTF-8, or no id.
            ref = None
        with self._lock:
            now = self._clock.monotonic()
            self.requests.append(RecordedRequest(method, path, dict(headers), ref, now))
            number = len(self.requests)
            reply = self._decide(method, route is not None, ref, headers.get(KEY_HEADER), now)
        return attrs.evolve(reply, headers={"x-request-id": f"fake-{number}", **reply.headers})

    def _decide(self, method: str, on_route: bool, ref: TaskRef | None, key: str | None, now: float) -> Reply:
        if not on_route:
            return Reply.json({"detail": "Not Found"}, status_code=404)
        if method != "GET":
            return Reply.json({"detail": "Method Not Allowed"}, status_code=405, headers={"allow": "GET"})
        if key != self._api_key:
            return Reply.json({"error": "Invalid API key", "status": 401}, status_code=401)
        if ref is None:
            problem = {"loc": ["path", "task_id"], "msg": "Input should be a valid id", "type": "string_type"}
            return Reply.json({"detail": [problem]}, status_code=422)
        task = self._tasks.get(ref)
        if task is None:
            return Reply.json({"detail": "Task not found"}, status_code=404)
        item = task.next(now)
        if isinstance(item, Reply):
            return item
        if isinstance(item, str):
            succeeded = TaskStatus(item) is TaskStatus.SUCCESS
            item = {"status": item, "run_id": task.run_id if succeeded else None}
        return Reply.json(dict(item))
