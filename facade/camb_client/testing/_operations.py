"""Paid work at the local server: the operations that the client has, by kind, and the files behind their addresses.

Where ``openapi/camb.yaml`` is silent it does what the docs say in prose, or nothing special.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs

from .._api.operations import KINDS, SOUND, SPEECH, operations
from .._audio import arguments as _create
from .._http.credentials import KEY_HEADER
from .._polling.task import TaskRef
from . import _audio
from ._replies import Reply

# What a body must have, and how its fields are checked; a kind that is not here takes any object.
_BODIES = {
    # Locales are for people: the server takes numbers.
    (SPEECH, "create"): (("text", "voice_id", "language"), {**_create.FIELDS["speech"], "language": _create.choice}),
    (SOUND, "create"): (("prompt",), _create.FIELDS["sound"]),
    (SPEECH, "stream"): (("text", "voice_id", "language"), _create.FIELDS["stream"]),
}
# Suffix, media type and bytes of what a family makes.
_FORMATS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "flac": ("flac", "audio/flac", _audio.flac),
    "wav": ("wav", "audio/wav", _audio.wav),
    "pcm_s16le": ("pcm", "audio/x-pcm", _audio.samples),
}
_OF_KIND = {**dict.fromkeys(KINDS, "wav"), SPEECH: "flac"}
# Bytes of a piece of a stream.
_PIECE = 1024


@attrs.frozen
class Request:
    """A request, as far as it matters here."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def invalid(place: list[str | int], message: str, kind: str = "value_error") -> Reply:
    """A 422 in FastAPI's form."""
    return Reply.json({"detail": [{"loc": place, "msg": message, "type": kind}]}, status_code=422)


# Operation → method and path of its endpoint.
_ENDPOINTS = {
    "create": ("POST", "/{}"),
    "stream": ("POST", "/{}-stream"),
    "result": ("GET", "/{}-result/([^/?]+)"),
    "results": ("POST", "/{}-results"),
    "file": ("GET", r"/files/{}-([0-9]+)\.[a-z]+"),
}
# Method, path, kind and operation of each endpoint.
_ROUTES = [
    (method, path.format(re.escape(kind)), kind, operation)
    for kind in KINDS
    for operation, (method, path) in _ENDPOINTS.items()
    if operation in {*operations(kind), "file"}
]


@attrs.define
class Work:
    """The endpoints beside the status.

    Attributes:
        make: Makes a new task of a kind known, and gives its reference.
        audio: The bytes of a run's file, by kind and run id; ``None`` where it is the tone.
    """

    make: Callable[[str], TaskRef]
    audio: dict[tuple[str, int], bytes | None] = attrs.field(factory=dict)
    _signatures: set[str] = attrs.field(factory=set)

    def answer(self, request: Request, api_key: str) -> Reply:
        """The response to a request; 404 and 405 for what is none of these endpoints."""
        path = request.path.partition("?")[0]
        for method, route, kind, operation in _ROUTES:
            match = re.search(rf"{route}$", path)
            if match is None:
                continue
            if method != request.method:
                return Reply.json({"detail": "Method Not Allowed"}, status_code=405, headers={"allow": method})
            if operation != "file" and request.headers.get(KEY_HEADER) != api_key:
                return refused()
            respond: Callable[..., Reply] = getattr(self, f"_{operation}")
            return respond(request, kind, *match.groups())
        return Reply.json({"detail": "Not Found"}, status_code=404)

    def _create(self, request: Request, kind: str) -> Reply:
        return self._checked(request, kind, "create") or Reply.json({"task_id": self.make(kind).task_id})

    def _checked(self, request: Request, kind: str, operation: str) -> Reply | None:
        """The 422, if the body deserves one."""
        required, checks = _BODIES.get((kind, operation), ((), {}))
        body = read_object(request.body)
        if body is None:
            return invalid(["body"], "Input should be a valid dictionary", "dict_type")
        for name in dict.fromkeys([*required, *(name for name in checks if body.get(name) is not None)]):
            if name not in body:
                return invalid(["body", name], "Field required", "missing")
            try:
                checks[name](name, body[name])
            except (TypeError, ValueError) as problem:
                return invalid(["body", name], f"Value error, {problem}")
        return None

    def _address(self, request: Request, kind: str, run_id: int) -> dict[str, str]:
        host = request.headers.get("host", "camb.invalid")
        origin = f"{'http' if host.startswith('127.0.0.1:') else 'https'}://{host}"
        signature = f"fake-{len(self._signatures):08d}-{hashlib.sha256(origin.encode()).hexdigest()[:24]}"
        self._signatures.add(signature)
        suffix = _FORMATS[_OF_KIND[kind]][0]
        return {"output_url": f"{origin}/files/{kind}-{run_id}.{suffix}?expires=3600&signature={signature}"}

    def _result(self, request: Request, kind: str, given: str) -> Reply:
        output_type = parse_qs(urlsplit(request.path).query).get("output_type", ["raw_bytes"])[-1]
        if not re.fullmatch("-?[0-9]+", given):
            return invalid(["path", "run_id"], "Input should be a valid integer", "int_parsing")
        if output_type not in {"raw_bytes", "file_url"}:
            return invalid(["query", "output_type"], "Input should be 'raw_bytes' or 'file_url'", "enum")
        if (kind, int(given)) not in self.audio:
            return Reply.json({"detail": f"Run {given} is not a run of {kind}"}, status_code=400)
        if output_type == "file_url":
            return Reply.json(self._address(request, kind, int(given)))
        return Reply(200, self._bytes(kind, int(given)), {"content-type": _FORMATS[_OF_KIND[kind]][1]})

    def _results(self, request: Request, kind: str) -> Reply:
        run_ids = (read_object(request.body) or {}).get("run_ids")
        if not isinstance(run_ids, list) or not 2 <= len(run_ids) <= 5 or not all(type(it) is int for it in run_ids):
            return invalid(["body", "run_ids"], "List should have 2 to 5 integers", "list_type")
        known = [run_id for run_id in run_ids if (kind, run_id) in self.audio]
        return Reply.json({str(run_id): self._address(request, kind, run_id) for run_id in known})

    def _file(self, request: Request, kind: str, given: str) -> Reply:
        """As a store of files does it: no key but the signature, a range, a strong ETag."""
        query = parse_qs(urlsplit(request.path).query)
        if KEY_HEADER in request.headers:
            return Reply(400, b"<Error><Code>InvalidArgument</Code></Error>", {"content-type": "application/xml"})
        if query.get("signature", [""])[0] not in self._signatures or (kind, int(given)) not in self.audio:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"content-type": "application/xml"})
        content = self._bytes(kind, int(given))
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"content-type": _FORMATS[_OF_KIND[kind]][1], "etag": etag, "accept-ranges": "bytes"}
        begin = re.fullmatch("bytes=([0-9]+)-", request.headers.get("range", ""))
        if begin is None or request.headers.get("if-range", etag) != etag:
            return Reply(200, content, headers)
        if (start := int(begin[1])) >= len(content):
            return Reply(416, b"", {"content-range": f"bytes */{len(content)}"})
        part = {"content-range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        return Reply(206, content[start:], {**headers, **part})

    def _stream(self, request: Request, kind: str) -> Reply:
        if problem := self._checked(request, kind, "stream"):
            return problem
        wanted = ((read_object(request.body) or {}).get("output_configuration") or {}).get("format") or "flac"
        if wanted not in _FORMATS:
            return invalid(["body", "output_configuration", "format"], f"FakeCamb makes {', '.join(_FORMATS)} only")
        _, media_type, make = _FORMATS[wanted]
        return Reply(200, make(), {"content-type": media_type, "x-credits-required": "1"}, piece=_PIECE)

    def _bytes(self, kind: str, run_id: int) -> bytes:
        given = self.audio[kind, run_id]
        return _FORMATS[_OF_KIND[kind]][2]() if given is None else given


def refused() -> Reply:
    """The 401, as the docs show it."""
    return Reply.json({"error": "Invalid API key", "status": 401}, status_code=401)


def read_object(body: bytes) -> dict[str, Any] | None:
    """A body, if it is a JSON object."""
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
