"""What reading must do, whatever is read: give a value or a documented error, and tell no secret.

Hypothesis asks it in ``test_properties``, atheris in ``fuzz``.
"""

import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx

from camb_client import CambClient, CambError, TaskState
from camb_client.testing import VirtualClock, use_clock
from scripts.common.errors import PipelineError
from scripts.common.project import PAGES, ROOT
from scripts.common.strict_yaml import load
from scripts.pipeline.docs_page import Block, openapi_block
from tests.gauntlet.driver import NEW
from tests.gauntlet.matrix import KEY, SECRET

USES: dict[str, Callable[[CambClient], Any]] = {
    "status": lambda camb: camb.status("tts:1"),
    "wait": lambda camb: camb.wait("tts:1", timeout=0),
    "wait_all": lambda camb: camb.wait_all(["tts:1", "text-to-sound:2"], timeout=0),
    "create": lambda camb: camb.tts.create(**NEW),
    "result_url": lambda camb: camb.tts.result_url(7),
    "results": lambda camb: camb.tts.results([7, 8]),
    "stream": lambda camb: _streamed(camb),
}


def _streamed(camb: CambClient) -> bytes:
    with camb.tts.stream(**NEW) as audio:
        return b"".join(audio)


def read_response(use: str, code: int, headers: Any, body: bytes) -> None:
    """Have the client read a response; AssertionError if what comes of it is not as it must be."""
    # The signature is a secret where it stands in the query of an address.
    signature, mark = SECRET.encode(), b"?X-Signature="
    secrets = [KEY, SECRET] if body.count(signature) == body.count(mark + signature) else [KEY]
    transport = httpx.MockTransport(lambda _: httpx.Response(code, headers=headers, stream=httpx.ByteStream(body)))
    with CambClient(KEY, transport=transport) as camb:
        use_clock(camb, VirtualClock())
        try:
            came = USES[use](camb)
        except CambError as error:
            _check(error, secrets)
            return
    if isinstance(came, TaskState):
        _check(came, secrets)
    for outcome in came if isinstance(came, list) else ():
        json.dumps(outcome.to_dict(), allow_nan=False)
        _check(outcome.state if outcome.error is None else outcome.error, secrets)


def _check(value: Any, secrets: list[str]) -> None:
    """A value or an error can be printed, sent as JSON, and sent to another process."""
    json.dumps(value.to_dict(), allow_nan=False)
    for text in _texts_of(value):
        text.encode()
        for secret in secrets:
            assert secret.lower() not in text.lower()
    again = pickle.loads(pickle.dumps(value))
    assert type(again) is type(value)
    assert str(again) == str(value)


def _texts_of(value: Any) -> list[str]:
    """Every text in which an error, a state or an outcome is shown."""
    found = [str(value.to_dict())] if hasattr(value, "to_dict") else []
    if isinstance(value, BaseException):
        found += [str(value), repr(value), getattr(value, "body", ""), str(getattr(value, "request_id", ""))]
        found += [text for below in (value.__cause__, value.__context__) if below for text in _texts_of(below)]
    return found


def pages() -> dict[str, str]:
    """The pages of the project, each as the docs publish it: a block in a text."""
    found = {}
    for path in sorted((ROOT / PAGES).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        place, item = next(iter(load(text, path.name)["paths"].items()))
        found[path.name] = f"# A page\n\n```yaml {next(iter(item))} {place}\n{text}```\n"
    return found


def or_refusal(read: Callable[[], Any]) -> Any:
    """What a script gives, or the one line with which it refuses its input."""
    try:
        return read()
    except PipelineError as refusal:
        return str(refusal)


def read_page(text: str) -> None:
    """Have the pipeline read a page; AssertionError if what comes of it is not as it must be."""
    came = or_refusal(lambda: openapi_block(text, "page"))
    assert came.operation if isinstance(came, Block) else "\n" not in came
