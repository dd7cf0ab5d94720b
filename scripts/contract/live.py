"""`make contract-live`: check that the real API keeps to `openapi/camb.yaml`. For whoever has a key.

    CAMB_API_KEY=… CAMB_LIVE_TASKS="tts:ID text-to-sound:ID" make contract-live

It only reads: one request a row, as the document describes it. The response is held against the document, and the
client reads the same response. The key is sent to the API and shown to nobody.
"""

import os
import sys
from typing import NamedTuple
from urllib.parse import quote

import httpx
import jsonschema  # type: ignore[import-untyped]

from camb_client import CambClient, CambError, TaskRef
from camb_client._http.credentials import ApiKey

from ..common.documents import At, Document, operations, pointer
from ..common.project import ROOT, SPEC
from ..common.refs import behind
from ..common.strict_yaml import load_file

Request = tuple[TaskRef, bool]  # The task, and whether the key is sent.


class Row(NamedTuple):
    """One request, what came of it, and how it differs from the document ("" where it does not)."""

    request: str
    code: str
    problem: str
    client: str


def problem(document: Document, path: str, response: httpx.Response) -> str:
    """How a response to GET differs from what the document says of it, or ""."""
    responses = document["paths"][path]["get"]["responses"]
    documented = behind(document, At(responses.get(str(response.status_code)), ())).value
    if documented is None:
        return f"only {', '.join(responses)} are documented"
    sent = response.headers.get("content-type", "none").partition(";")[0].strip().lower()
    media = documented["content"].get(sent)
    if media is None:
        return f"content type {sent}, not {', '.join(documented['content'])}"
    try:
        body = response.json()
    except ValueError:
        return "the body is not JSON"
    schema = {**media["schema"], "components": document["components"]}
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(body), key=lambda error: list(error.path))
    return "; ".join(f"{pointer(tuple(error.absolute_path))}: {error.message[:200]}" for error in errors)


def requests(document: Document, tasks: list[TaskRef]) -> list[Request]:
    """What to ask for: of each kind a made-up id, without the key and with it; then the tasks given.

    Raises:
        ValueError: A task of a kind that is not in the document.
    """
    asked: list[Request] = []
    for path, method, operation in operations(document):
        kind = path.removesuffix("/{task_id}").removeprefix("/")
        if (method, path) == ("get", _path(kind)):
            made_up = TaskRef(kind, operation["parameters"][0].get("example", "made-up"))
            asked += [(made_up, False), (made_up, True)]
    kinds = list(dict.fromkeys(task.kind for task, _ in asked))
    for task in tasks:
        if task.kind not in kinds:
            raise ValueError(f"CAMB_LIVE_TASKS: {task}: known kinds are {', '.join(kinds)}")
    return [*asked, *((task, True) for task in tasks)]


def _path(kind: str) -> str:
    return f"/{kind}/{{task_id}}"


def ask(http: httpx.Client, document: Document, key: str, request: Request) -> Row:
    """Send one request."""
    task, with_key = request
    (scheme,) = document["components"]["securitySchemes"].values()
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    if with_key:
        headers[scheme["name"]] = key
    shown = f"GET /{task.kind}/{task.task_id}{'' if with_key else ' (no key)'}"
    try:
        response = http.get(f"/{task.kind}/{quote(task.task_id, safe='')}", headers=headers)
    except httpx.HTTPError as error:
        return Row(shown, "-", f"no response: {type(error).__name__}", "-")
    return Row(
        shown, str(response.status_code), problem(document, _path(task.kind), response), _read(task, key, response)
    )


def _read(task: TaskRef, key: str, response: httpx.Response) -> str:
    """What the client makes of this very response."""
    transport = httpx.MockTransport(
        lambda _: httpx.Response(response.status_code, headers=response.headers, content=response.content)
    )
    with CambClient(key, transport=transport) as camb:
        try:
            state = camb.status(task)
        except CambError as error:
            return type(error).__name__
    return f"{state.status}{'' if state.status.is_known else ' (unknown)'}, run_id {state.run_id}"


def main() -> int:
    """Ask, and print a table: 0 if every response is documented, 1 if not."""
    if not (key := os.environ.get("CAMB_API_KEY", "")):
        print("skipped: the live check needs a key of yours in CAMB_API_KEY; nothing was asked, nothing is proved")
        return 0
    document: Document = load_file(ROOT / SPEC, SPEC)
    base_url = (os.environ.get("CAMB_BASE_URL") or document["servers"][0]["url"]).rstrip("/")
    try:
        CambClient().close()  # It refuses a key or an address that is not safe to use.
        tasks = [TaskRef.parse(text) for text in os.environ.get("CAMB_LIVE_TASKS", "").split()]
        asked = requests(document, tasks)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    with httpx.Client(base_url=base_url, timeout=30) as http:
        rows = [ask(http, document, key, request) for request in asked]
    lines = [("request", "code", "documented?", "the client says")]
    lines += [(row.request, row.code, f"NO: {row.problem}" if row.problem else "yes", row.client) for row in rows]
    print(f"{base_url} against {SPEC}")
    for line in lines:
        print(ApiKey(key).redact("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |"))
    wrong = sum(bool(row.problem) for row in rows)
    print(f"{len(rows)} requests, {wrong} responses not as documented")
    if all(row.code != "200" for row in rows):
        print("no 200 was seen, so nothing is proved about the status of a task: give ids in CAMB_LIVE_TASKS")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
