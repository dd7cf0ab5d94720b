"""The local CAMB server: what it knows of tasks, and its responses.

``_operations`` has those of paid work. How a response travels stands in ``_transport`` (in process) and ``_server``
(on a loopback port). The responses are checked against ``openapi/camb.yaml``.
"""

import functools
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock
from urllib.parse import unquote_to_bytes

import attrs

from .._api.operations import KINDS, Part, check_kind
from .._client.async_client import AsyncCambClient
from .._client.sync_client import CambClient
from .._http.clock import Clock
from .._http.credentials import KEY_HEADER, KEY_VARIABLE
from .._polling.status import TaskStatus
from .._polling.task import TaskRef
from ._bodies import CreateBody, invalid
from ._clock import use_clock
from ._lists import LANGUAGES, VOICES
from ._operations import Request, Run, Work, refused
from ._replies import Item, Reply, Timeline, read
from ._server import serving
from ._transport import FakeTransport

# In process, the address of the API does not matter; this one never leads anywhere (RFC 2606).
_NOWHERE = "https://camb.invalid/apis"
# A reply, or what becomes of the true response.
ScriptItem = Reply | Callable[[Reply], Reply]

_ROUTE = re.compile(rf"/({'|'.join(map(re.escape, KINDS))})/([^/?]+)(?:\?.*)?$")


@attrs.frozen
class RecordedRequest:
    """A request that was received.

    Attributes:
        method: In capitals.
        path: As on the wire, percent-encoded.
        headers: With names in small letters. Left out of the repr, as a key is among them.
        ref: The task it polled, known or not; ``None`` where the path is that of no task.
        at: Seconds on the clock of the fake.
        body: As received.
    """

    method: str
    path: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    ref: TaskRef | None
    at: float
    body: bytes = b""


def _ref(task: TaskRef | str) -> TaskRef:
    ref = task if isinstance(task, TaskRef) else TaskRef.parse(task)
    check_kind(ref.kind)
    return ref


@attrs.define
class _Task:
    timeline: Timeline
    run_id: int
    since: float
    polls: int = 0

    def next(self, now: float) -> Item:
        self.polls += 1
        if isinstance(self.timeline, Mapping):
            begun = [at for at in self.timeline if at <= now - self.since]
            return self.timeline[max(begun, default=min(self.timeline))]
        return self.timeline[min(self.polls, len(self.timeline)) - 1]


class FakeCamb:
    """A small CAMB server for tests and demos.

    It checks ``x-api-key`` (401 as the docs show it), knows the tasks it was given or made (404 for any other id),
    and responds as scripted. It has the operations that the client has, for every kind of task: create calls with
    JSON or files, results and their parts, the files behind their addresses (on a path of their own, without a key),
    voices and languages, and the stream of speech. A body that lacks what its model requires gets a 422. A result that
    nobody gave is an example of what its model says; audio is a short tone that plays, as FLAC for speech and as WAV
    for everything else. Safe to use from several threads.

    Args:
        api_key: The one key it accepts.
        clock: The clock of timelines by time, of delays and hangs, and of the clients it makes (without jitter). A
            :class:`VirtualClock` is of no use over real HTTP.
        others: The timeline of every id that was not added, from its first poll on; by default such an id is
            unknown (404).
        timeline: The timeline of the tasks that create calls make, as for :meth:`add`.

    Attributes:
        requests: Every request so far.
        created: The reference of every task that a create call made.
        bodies: What each of those was made of: the fields, and the files that were uploaded.
        voices: The voices that there are, as the API lists them; yours to change.
        languages: The same of the languages.

    Raises:
        TypeError: An item, or a time, of a timeline is of another type.
        ValueError: A timeline is empty, or has a misspelt word.
    """

    def __init__(
        self,
        api_key: str = "test-key",
        *,
        clock: Clock | None = None,
        timeline: Timeline = ("PENDING", "SUCCESS"),
        others: Timeline | None = None,
    ) -> None:
        self.requests: list[RecordedRequest] = []
        self.created: list[TaskRef] = []
        self.bodies: dict[TaskRef, CreateBody] = {}
        self._timeline = read(timeline)
        self.voices: list[dict[str, Any]] = [{**voice} for voice in VOICES]
        self.languages: list[dict[str, Any]] = [{**language} for language in LANGUAGES]
        self._work = Work(self._make, self._lists)
        self._scripts: dict[str, list[ScriptItem]] = {}
        self._api_key = api_key
        self._clock: Clock = Clock() if clock is None else clock
        self._others = None if others is None else read(others)
        self._tasks: dict[TaskRef, _Task] = {}
        self._lock = threading.Lock()

    def add(
        self,
        task: TaskRef | str,
        timeline: Timeline = ("PENDING", "SUCCESS"),
        *,
        run_id: int | None = None,
        audio: bytes | None = None,
        result: Any = None,
        parts: Mapping[Part[..., Any], Any] | None = None,
    ) -> TaskRef:
        """Make a task known, or give it a new timeline.

        Args:
            task: Its reference, or ``"<kind>:<task_id>"``.
            timeline: The responses: a sequence, poll by poll, of which the last one repeats; or a mapping from
                seconds since now to the response from then on. Each item is a status (``run_id`` is added on
                SUCCESS), a body, or a :class:`Reply`; or a word for one, in any case: ``reset``, ``hang``,
                ``truncated``, ``stall``, ``html``, ``bad_json``, or the number of an HTTP error. A string is a
                sequence of words: ``"PENDING reset 503 SUCCESS"``.
            run_id: The run id that a SUCCESS carries; by default a number of its own.
            audio: The content of every file of its result; by default a tone.
            result: Its result, as the API sends it in JSON: ``{"texts": ["Bonjour"]}``; by default an example.
            parts: What it has beside its result, the same way: ``{kinds.DUB_TRANSCRIPT: {"srt": "..."}}``.

        Raises:
            TypeError: An item, or a time, is of another type.
            ValueError: No reference, an unknown kind, an empty timeline, or a word that is nearly another: a status
                that is really called so is given as a body, ``{"status": "RESETS"}``.
        """
        ref, items = _ref(task), read(timeline)
        with self._lock:
            self._know(ref, items, run_id, Run(audio, result, parts or {}))
        return ref

    def _know(self, ref: TaskRef, timeline: Timeline, run_id: int | None = None, run: Run | None = None) -> _Task:
        number = 1001 + len(self._tasks) if run_id is None else run_id
        self._tasks[ref] = _Task(timeline, number, self._clock.monotonic())
        self._work.runs[ref.kind, number] = run or Run()
        return self._tasks[ref]

    def _make(self, kind: str, body: CreateBody) -> TaskRef:
        """The task of a create call."""
        ref = TaskRef(kind, f"00000000-0000-4000-8000-{len(self.created) + 1:012d}")
        self.created.append(ref)
        self.bodies[ref] = body
        self._know(ref, self._timeline)
        return ref

    def _lists(self) -> dict[str, Any]:
        """What is listed, by path."""
        languages = self.languages
        return {"/list-voices": self.voices, "/source-languages": languages, "/target-languages": languages}

    def script(self, endpoint: str, *items: ScriptItem) -> None:
        """Script the next requests to an endpoint, one item each; after them it responds by itself again.

        So a create can fail: ``fake.script("POST /tts", error(402))``.

        Args:
            endpoint: Method and path up to the id: ``"POST /tts"``, ``"GET /tts"`` (the status), ``"GET /tts-result"``,
                ``"POST /tts-stream"``, ``"POST /translate"``, ``"GET /list-voices"``, ``"GET /files"`` and so on.
            items: A :class:`Reply` is sent instead, and nothing is made. A function gets the true response, and
                returns what is sent: ``lambda _: RESET`` loses the response of a create whose task was made.

        Raises:
            ValueError: There is no such endpoint; the message names those there are.
        """
        with self._lock:
            known = {f"GET /{kind}" for kind in KINDS} | self._work.endpoints()
            if endpoint not in known:
                raise ValueError(f"no endpoint {endpoint!r} to script; FakeCamb has {', '.join(sorted(known))}")
            self._scripts.setdefault(endpoint, []).extend(items)

    def requests_for(self, task: TaskRef | str) -> list[RecordedRequest]:
        """The polls of a task so far, those with a wrong key included.

        Raises:
            ValueError: No reference, or an unknown kind.
        """
        ref = _ref(task)
        return [request for request in self.requests if request.ref == ref]

    def polls(self, task: TaskRef | str) -> int:
        """How often a task was polled: the number of :meth:`requests_for` it."""
        return len(self.requests_for(task))

    def reset(self) -> None:
        """Forget all tasks and requests, for a fake that several tests share. Its clock goes on."""
        with self._lock:
            for known in (self._tasks, self._scripts, self._work.runs, self.created, self.bodies, self.requests):
                known.clear()

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
        return use_clock(CambClient(**{**self._defaults(), **arguments}), self._clock)

    def async_client(self, **arguments: Any) -> AsyncCambClient:
        """An async client of this server, in process; ``arguments`` as for :class:`AsyncCambClient`."""
        return use_clock(AsyncCambClient(**{**self._defaults(), **arguments}), self._clock)

    @contextmanager
    def patch(self) -> Iterator[None]:
        """While the context is open, every client is made a client of this server: for code that makes its own.

        It is in process, as :meth:`client` is, whichever base URL was asked for; the key has to be the one this
        server takes, which ``CAMB_API_KEY`` is set to. ``CAMB_BASE_URL`` is set to an address that leads nowhere.
        A client that is given a ``transport`` of the caller's keeps it, and those made before stay as they are.
        """
        environment = {KEY_VARIABLE: self._api_key, "CAMB_BASE_URL": _NOWHERE}
        with ExitStack() as patches:
            patches.enter_context(mock.patch.dict(os.environ, environment))
            for client in (CambClient, AsyncCambClient):
                patches.enter_context(mock.patch.object(client, "__init__", self._patched(client.__init__)))
            yield

    def _patched(self, make: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(make)
        def make_ours(client: Any, *args: Any, **arguments: Any) -> None:
            given = arguments.get("transport")
            is_ours = given is None or given == "aiohttp"
            make(client, *args, **{**arguments, **({"transport": self.transport()} if is_ours else {})})
            if is_ours:
                use_clock(client, self._clock)

        return make_ours

    def _defaults(self) -> dict[str, Any]:
        """What a client of this server is made with: nothing of it comes from the environment."""
        return {"api_key": self._api_key, "base_url": _NOWHERE, "transport": self.transport()}

    def __repr__(self) -> str:
        """What it knows and what came, in numbers."""
        return f"FakeCamb(tasks={len(self._tasks)}, requests={len(self.requests)})"

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """The response to one request.

        Args:
            method: In capitals.
            path: As on the wire, percent-encoded; a query is ignored, as is what stands before the kind.
            headers: With names in small letters.
            body: As received.
        """
        route = _ROUTE.search(path)
        try:
            ref = None if route is None else TaskRef(route[1], unquote_to_bytes(route[2]).decode())
        except ValueError:  # Not UTF-8, or no id.
            ref = None
        with self._lock:
            now = self._clock.monotonic()
            self.requests.append(RecordedRequest(method, path, dict(headers), ref, now, body))
            number = len(self.requests)
            item = self._scripted(method, path)
            if isinstance(item, Reply):
                reply = item
            elif route is None:
                reply = item(self._work.answer(Request(method, path, headers, body), self._api_key))
            else:
                reply = item(self._decide(method, ref, headers.get(KEY_HEADER), now))
        return attrs.evolve(reply, headers={"x-request-id": f"fake-{number}", **reply.headers})

    def _scripted(self, method: str, path: str) -> ScriptItem:
        steps = re.split("[/?]", f"{method} /{path.removeprefix('/apis').lstrip('/')}")
        begins = ("/".join(steps[:count]) for count in range(len(steps), 1, -1))
        items = next((self._scripts[begin] for begin in begins if begin in self._scripts), None)
        return items.pop(0) if items else lambda reply: reply

    def _decide(self, method: str, ref: TaskRef | None, key: str | None, now: float) -> Reply:
        if method != "GET":
            return Reply.json({"detail": "Method Not Allowed"}, status_code=405, headers={"allow": "GET"})
        if key != self._api_key:
            return refused()
        if ref is None:
            return invalid((["path", "task_id"], "Input should be a valid id", "string_type"))
        task = self._tasks.get(ref)
        if task is None and self._others is not None:
            task = self._know(ref, self._others)
        if task is None:
            known = ", ".join(map(str, self._tasks)) or "none"
            return Reply.json({"detail": f"Task not found (FakeCamb was given {known})"}, status_code=404)
        item = task.next(now)
        if isinstance(item, Reply):
            return item
        if isinstance(item, str):
            succeeded = TaskStatus(item) is TaskStatus.SUCCESS
            item = {"status": item, "run_id": task.run_id if succeeded else None}
        return Reply.json(dict(item))
