"""What the local server does beside telling a status: creates, results and their parts, lists, and files.

All of it comes from the handles that the client has of the API description. Where that is silent the server does what
the docs say in prose, or nothing special.
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import attrs

from .._api import fits, handles
from .._api.operations import FAMILIES, LOOKUPS, SOUND, SPEECH, Part
from .._audio import arguments as _create
from .._http.credentials import KEY_HEADER
from .._polling.task import TaskRef
from . import _audio
from ._bodies import CreateBody, invalid, read_body, read_object
from ._examples import example
from ._replies import Reply

# What the fields of a create or stream may be, beyond what the models say. Locales are for people: the server takes
# numbers.
_CHECKS = {SPEECH: {**_create.FIELDS["speech"], "language": _create.choice(SPEECH)}, SOUND: _create.FIELDS["sound"]}
_STREAMED = ("text", "voice_id", "language")
# Suffix, media type and bytes of what a family makes: speech as FLAC, anything else as WAV.
_FORMATS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "flac": ("flac", "audio/flac", _audio.flac),
    "wav": ("wav", "audio/wav", _audio.wav),
    "pcm_s16le": ("pcm", "audio/x-pcm", _audio.samples),
}
# What a run of some kinds has beside its result.
PARTS = [it for name in handles.__all__ if isinstance(it := getattr(handles, name), Part)]
# Bytes of a piece of a stream.
_PIECE = 1024
# What stands in a path for a run, and for whatever else stands there.
_RUN, _ELSE = 987654321, "whatever-it-is"


@attrs.frozen
class Request:
    """A request, as far as it matters here."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@attrs.frozen
class Run:
    """What came of a task.

    Attributes:
        audio: The bytes of every file of it; ``None`` is the tone.
        result: Its result; ``None`` is an example of what its model says.
        parts: The same for what it has beside its result.
    """

    audio: bytes | None = None
    result: Any = None
    parts: Mapping[Part[..., Any], Any] = attrs.field(factory=dict)


@attrs.frozen
class _Route:
    """An endpoint: its method and the fixed steps of its path, what it does, and for which kinds of tasks."""

    endpoint: str
    path: "re.Pattern[str]"
    respond: Callable[..., Reply]
    kinds: tuple[str, ...] = ()


@attrs.define
class Work:
    """The endpoints beside the status.

    Attributes:
        make: Makes a new task of a kind known, and gives its reference.
        lists: What there is, by path: voices, languages.
        runs: What came of each task, by kind and run id.
    """

    make: Callable[[str, CreateBody], TaskRef]
    lists: Callable[[], Mapping[str, Any]]
    runs: dict[tuple[str, int], Run] = attrs.field(factory=dict)
    _signatures: set[str] = attrs.field(factory=set)
    _routes: list[_Route] = attrs.field(factory=list)

    def answer(self, request: Request, api_key: str) -> Reply:
        """The response to a request; 404 and 405 for what is none of these endpoints."""
        path = request.path.partition("?")[0]
        found = [(route, match) for route in self._sorted() if (match := route.path.search(path))]
        for route, match in found:
            if route.endpoint.startswith(f"{request.method} "):
                if route.respond != self._file and request.headers.get(KEY_HEADER) != api_key:
                    return refused()
                return route.respond(request, route.kinds, **match.groupdict())
        if found:
            allowed = ", ".join(route.endpoint.partition(" ")[0] for route, _ in found)
            return Reply.json({"detail": "Method Not Allowed"}, status_code=405, headers={"allow": allowed})
        return Reply.json({"detail": "Not Found"}, status_code=404)

    def endpoints(self) -> set[str]:
        """Which there are, such as ``"POST /tts"``."""
        return {route.endpoint for route in self._sorted()}

    def _sorted(self) -> list[_Route]:
        # The longest path first: that of ``dub`` is at the end of ``/v2/dub`` too.
        self._routes = self._routes or sorted(_routes(self), key=lambda it: -len(it.path.pattern))
        return self._routes

    def _create(self, request: Request, kinds: tuple[str, ...]) -> Reply:
        (kind,) = kinds
        models = FAMILIES[kind].bodies
        body = read_body(models() if models else {}, request.headers.get("content-type", ""), request.body)
        if isinstance(body, Reply):
            return body
        if problem := _checked(body.fields, _CHECKS.get(kind, {})):
            return problem
        code, read = FAMILIES[kind].created or (200, None)
        more = {} if read is None else example(_type(read), "created")
        return Reply.json({**more, "task_id": self.make(kind, body).task_id}, status_code=code)

    def _address(self, request: Request, kind: str, run_id: int, field: str = "") -> str:
        host = request.headers.get("host", "camb.invalid")
        origin = f"{'http' if host.startswith('127.0.0.1:') else 'https'}://{host}"
        signature = f"fake-{len(self._signatures):08d}-{hashlib.sha256(origin.encode()).hexdigest()[:24]}"
        self._signatures.add(signature)
        name = "-".join([kind, str(run_id), *filter(None, [re.sub("_?url$", "", field)])])
        return f"{origin}/files/{name}.{_format(kind)[0]}?expires=3600&signature={signature}"

    def _found(self, kinds: tuple[str, ...], run_id: int) -> tuple[str, Run] | None:
        """A run, and of which kind it is."""
        return next(((kind, run) for kind in kinds if (run := self.runs.get((kind, run_id)))), None)

    def _of_run(self, request: Request, kinds: tuple[str, ...], given: str, respond: Callable[..., Reply]) -> Reply:
        if not re.fullmatch("-?[0-9]{1,4300}", given):  # Python reads no longer one, and neither does pydantic.
            return invalid((["path", "run_id"], "Input should be a valid integer", "int_parsing"))
        if found := self._found(kinds, int(given)):
            return respond(request, found[0], int(given), found[1])
        return Reply.json({"detail": f"Run {given} is not a run of {' or '.join(kinds)}"}, status_code=400)

    def _result(self, request: Request, kinds: tuple[str, ...], given: str) -> Reply:
        wanted = parse_qs(urlsplit(request.path).query).get("output_type", ["raw_bytes"])[-1]
        if wanted not in {"raw_bytes", "file_url"}:
            return invalid((["query", "output_type"], "Input should be 'raw_bytes' or 'file_url'", "enum"))

        def respond(request: Request, kind: str, run_id: int, run: Run) -> Reply:
            if _is_file(kind) and wanted == "raw_bytes":
                return Reply(200, self._bytes(kind, run_id), {"content-type": _format(kind)[1]})
            return Reply.json(self._json(request, kind, run_id, run))

        return self._of_run(request, kinds, given, respond)

    def _json(self, request: Request, kind: str, run_id: int, run: Run) -> Any:
        """The result of a run."""
        if run.result is not None:
            return run.result
        if _is_file(kind):
            return {"output_url": self._address(request, kind, run_id)}
        return self._example(request, kind, run_id, FAMILIES[kind].read)

    def _example(self, request: Request, kind: str, run_id: int, read: Any) -> Any:
        return example(_type(read), "result", lambda field: self._address(request, kind, run_id, field))

    def _results(self, request: Request, kinds: tuple[str, ...]) -> Reply:
        run_ids = (read_object(request.body) or {}).get("run_ids")
        if not isinstance(run_ids, list) or not 2 <= len(run_ids) <= 5 or not all(type(it) is int for it in run_ids):
            return invalid((["body", "run_ids"], "List should have 2 to 5 integers", "list_type"))
        found = {run_id: run for run_id in run_ids if (run := self._found(kinds, run_id))}
        return Reply.json(
            {str(run_id): self._json(request, kind, run_id, run) for run_id, (kind, run) in found.items()}
        )

    def _part(self, part: Part[..., Any]) -> Callable[..., Reply]:
        def respond(request: Request, kind: str, run_id: int, run: Run) -> Reply:
            given = run.parts.get(part)
            return Reply.json(self._example(request, kind, run_id, part.read) if given is None else given)

        return lambda request, kinds, given: self._of_run(request, kinds, given, respond)

    def _list(self, path: str) -> Callable[..., Reply]:
        def respond(*_: Any) -> Reply:
            there = self.lists()
            return Reply.json(there[path] if path in there else example(_type(LOOKUPS[path].read), "name"))

        return respond

    def _file(self, request: Request, kinds: tuple[str, ...], given: str) -> Reply:
        """As a store of files does it: no key but the signature, a range, a strong ETag."""
        kind, query = kinds[0], parse_qs(urlsplit(request.path).query)
        if KEY_HEADER in request.headers:
            return Reply(400, b"<Error><Code>InvalidArgument</Code></Error>", {"content-type": "application/xml"})
        if query.get("signature", [""])[0] not in self._signatures or (kind, int(given)) not in self.runs:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"content-type": "application/xml"})
        content = self._bytes(kind, int(given))
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"content-type": _format(kind)[1], "etag": etag, "accept-ranges": "bytes"}
        begin = re.fullmatch("bytes=([0-9]+)-", request.headers.get("range", ""))
        if begin is None or request.headers.get("if-range", etag) != etag:
            return Reply(200, content, headers)
        if (start := int(begin[1])) >= len(content):
            return Reply(416, b"", {"content-range": f"bytes */{len(content)}"})
        part = {"content-range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        return Reply(206, content[start:], {**headers, **part})

    def _stream(self, request: Request, _: tuple[str, ...]) -> Reply:
        body = read_object(request.body)
        if body is None:
            return invalid((["body"], "Input should be a valid dictionary", "dict_type"))
        if missing := [name for name in _STREAMED if name not in body]:
            return invalid(*((["body", name], "Field required", "missing") for name in missing))
        if problem := _checked(body, _create.FIELDS["stream"]):
            return problem
        form = (body.get("output_configuration") or {}).get("format") or "flac"
        if form not in _FORMATS:
            known = f"FakeCamb makes {', '.join(_FORMATS)} only"
            return invalid((["body", "output_configuration", "format"], known, "value_error"))
        media_type, make = _FORMATS[form][1:]
        return Reply(200, make(), {"content-type": media_type, "x-credits-required": "1"}, piece=_PIECE)

    def _bytes(self, kind: str, run_id: int) -> bytes:
        given = self.runs[kind, run_id].audio
        return _format(kind)[2]() if given is None else given


def _routes(work: Work) -> Iterator[_Route]:
    """Every endpoint beside the status, as the handles make their requests."""
    shared: dict[tuple[str, str], list[str]] = {}
    for kind, family in FAMILIES.items():
        if family.bodies:
            yield _route("POST", f"/{kind}", work._create, kind)
        if family.result and (url := _url(family.result, _RUN)):
            shared.setdefault(("_result", url), []).append(kind)
        if family.results and (url := _url(family.results, [_RUN, _RUN])):
            shared.setdefault(("_results", url), []).append(kind)
        file = rf"/files/{re.escape(kind)}-(?P<given>[0-9]+)(?:-\w+)?\.[a-z]+$"
        yield _Route("GET /files", re.compile(file), work._file, (kind,))
    for (name, url), kinds in shared.items():  # translated-tts has its results where tts has them.
        method = "GET" if name == "_result" else "POST"
        yield _route(method, url, getattr(work, name), *kinds)
    for part in PARTS:
        _, *places = inspect.signature(part.request).parameters.values()
        # What belongs into the query may be of any type: of the request only its path matters.
        needed = {
            place.name: mock.MagicMock() if place.kind is place.KEYWORD_ONLY else _ELSE
            for place in places
            if place.default is place.empty
        }
        if url := _url(part.request, _RUN, **needed):
            yield _route("GET", url, work._part(part), part.kind)
    for path in LOOKUPS:
        yield _route("GET", path, work._list(path))
    yield _route("POST", f"/{SPEECH}-stream", work._stream)


def _url(make: Callable[..., dict[str, Any]], *args: Any, **params: Any) -> str:
    """The path of a request; "" where it needs a header, say. The client cannot make it, so nothing serves it."""
    try:
        return str(make(*args, **params)["url"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""


def _route(method: str, url: str, respond: Callable[..., Reply], *kinds: str) -> _Route:
    """The endpoint of a request."""
    path = re.escape(url).replace(str(_RUN), "(?P<given>[^/?]+)").replace(re.escape(_ELSE), "[^/?]+")
    fixed = re.split(f"/(?:{_RUN}|{_ELSE})", url)[0]
    return _Route(f"{method} {fixed}", re.compile(f"{path}$"), respond, kinds)


def _type(read: Any) -> Any:
    """What a reader gives."""
    return fits.fields_of(read)["return"]


def _format(kind: str) -> tuple[str, str, Callable[[], bytes]]:
    return _FORMATS["flac" if FAMILIES[kind].result is FAMILIES[SPEECH].result else "wav"]


def _is_file(kind: str) -> bool:
    """Whether the result of a kind is a file, which is sent itself if its address is not asked for."""
    result = FAMILIES[kind].result
    return result is not None and "output_type" in result(_RUN).get("params", {})


def _checked(fields: Mapping[str, Any], checks: Mapping[str, Callable[[str, Any], Any]]) -> Reply | None:
    """The 422 that a field deserves."""
    for name, value in fields.items():
        try:
            if value is not None and name in checks:
                checks[name](name, value)
        except (TypeError, ValueError) as problem:
            return invalid((["body", name], f"Value error, {problem}", "value_error"))
    return None


def refused() -> Reply:
    """The 401, as the docs show it."""
    return Reply.json({"error": "Invalid API key", "status": 401}, status_code=401)
