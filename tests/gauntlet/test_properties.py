"""Properties: whatever a server or a page says, reading it gives a value or a documented error, and tells no secret.

The examples are the same each time, three times as many with ``--whole``; ``make fuzz`` looks for others.
"""

import html
import json
import math
import pickle
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camb_client import ApiError, CambClient, TaskRef
from camb_client.testing import FakeCamb, VirtualClock, use_clock
from scripts.common.project import ROOT
from scripts.common.strict_yaml import load
from scripts.pipeline.document import make_document
from scripts.pipeline.overlay import apply_overlay
from tests.gauntlet.matrix import KEY, SECRET
from tests.gauntlet.reading import USES, or_refusal, pages, read_page, read_response

# How many there are says conftest.py.
examples = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
YEAR = 365 * 86_400.0
ADDRESS = f"https://files.example/run.flac?X-Signature={SECRET}&a=b"

# --- what a server may say ---

secrets = st.sampled_from([KEY, ADDRESS, f"for {KEY}: {ADDRESS}"]).flatmap(
    lambda text: st.sampled_from(
        [text, text.upper() if text == KEY else text, json.dumps(text), quote(text), quote(text, safe=""),
         html.escape(text), repr(text), json.dumps(json.dumps(text)), text.replace("/", r"\/"),
         text.replace("&", r"\u0026"), "".join(f"\\u{ord(c):04x}" for c in text), "".join(f"&#{ord(c)};" for c in text)]
    )
)  # fmt: skip
texts = st.one_of(st.text(max_size=40), secrets, st.tuples(st.text(max_size=9), secrets).map(" ".join))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
statuses = st.sampled_from(
    ["PENDING", "SUCCESS", "ERROR", "TIMEOUT", "PAYMENT_REQUIRED", "FAILED", "success", "QUEUED"]
)
results = st.fixed_dictionaries(
    {},
    optional={
        "status": st.one_of(statuses, values), "run_id": st.one_of(st.integers(), values), "message": values,
        "exception_reason": values, "task_id": st.one_of(st.text(), values), "detail": values,
        "output_url": st.one_of(st.just(ADDRESS), values),
    },
)  # fmt: skip


def _cut(pair: tuple[bytes, int]) -> bytes:
    return pair[0][: pair[1]] if pair[1] % 3 == 0 else pair[0]


bodies = st.one_of(
    st.binary(max_size=200),
    texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(
        st.one_of(results, values).flatmap(
            lambda value: st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "utf-32", "latin-1"]).map(
                lambda encoding: json.dumps(value, ensure_ascii=encoding == "latin-1").encode(encoding, "surrogatepass")
            )
        ),
        st.integers(0, 300),
    ).map(_cut),
)
codes = st.one_of(st.just(200), st.integers(200, 599), st.sampled_from([401, 403, 404, 422, 429, 503]))
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
headers = st.dictionaries(
    st.sampled_from(["content-type", "retry-after", "date", "x-request-id", "location", "etag", "content-range"]),
    st.one_of(header_values, st.sampled_from(["application/json", "audio/flac", "text/html", KEY, ADDRESS])),
    max_size=4,
).map(lambda given: [(name.encode(), value.strip().encode("latin-1")) for name, value in given.items()])


@examples
@given(use=st.sampled_from(sorted(USES)), code=codes, body=bodies, head=headers)
def test_reading_gives_a_value_or_a_documented_error(use: str, code: int, body: bytes, head: Any) -> None:
    read_response(use, code, head, body)


@examples
@given(value=results)
def test_a_state_is_what_was_sent(value: Any) -> None:
    body = {**value, "status": "PENDING", "run_id": None}
    content = json.dumps(body).encode()
    with CambClient(KEY, transport=httpx.MockTransport(lambda _: httpx.Response(200, content=content))) as camb:
        state = camb.status("tts:1")
    assert KEY not in repr(state)
    if KEY.lower() not in content.decode().lower() and not any(c in content.decode() for c in "\\%&"):
        assert json.dumps(state.raw) == json.dumps(body)


# --- what a server asks for ---

digits = st.text(st.sampled_from("0123456789.+-e, "), max_size=20)
dates = st.sampled_from(
    ["Fri, 15 Jan 2027 08:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 -2359"]
)
hints = st.one_of(digits, header_values, dates, st.tuples(dates, digits).map("".join))


@examples
@given(name=st.sampled_from(["retry-after", "retry-after-ms", "x-ratelimit-reset"]), hint=hints, date=hints,
       code=st.sampled_from([429, 503, 200]))  # fmt: skip
def test_a_pause_is_none_or_up_to_a_year(name: str, hint: str, date: str, code: int) -> None:
    head = [(name.encode(), hint.strip().encode("latin-1")), (b"date", date.strip().encode("latin-1"))]
    responses = iter([httpx.Response(code, headers=head, json={"status": "PENDING"})])
    done = httpx.Response(200, json={"status": "SUCCESS", "run_id": 7})
    clock = VirtualClock()
    with CambClient(KEY, transport=httpx.MockTransport(lambda _: next(responses, done))) as camb:
        assert use_clock(camb, clock).wait("tts:1", timeout=None).polls == 2
        assert 0 < clock.monotonic() <= YEAR + 60
        if code != 200:
            responses = iter([httpx.Response(code, headers=head, json={})])
            with pytest.raises(ApiError) as caught:
                camb.status("tts:1")
            asked = caught.value.retry_after
            assert asked is None or (0 <= asked <= YEAR and math.isfinite(asked))


# --- ids ---


@examples
@given(task_id=st.text(max_size=60), kind=st.sampled_from(["tts", "text-to-sound"]))
def test_an_id_is_refused_or_kept(task_id: str, kind: str) -> None:
    try:
        ref = TaskRef(kind, task_id)
    except ValueError:
        return
    assert TaskRef.parse(str(ref)) == ref == TaskRef.from_dict(json.loads(json.dumps(ref.to_dict())))
    assert pickle.loads(pickle.dumps(ref)) == ref
    fake = FakeCamb(KEY, clock=VirtualClock())
    fake.add(ref, ["SUCCESS"], run_id=7)
    with fake.client() as camb:
        assert camb.status(ref).run_id == 7
        assert camb.status(str(ref)).run_id == 7


# --- pages and overlays ---

_PIECES = [
    "```", "\n", "    ", "- ", ": ", "&a ", "*a", "<<: ", "!!python/object:os.system ", "\0", "\ufeff", "{", "[", "'",
    '"', "|", ">", "%YAML 1.1\n", "---\n", "openapi: 3.1.0\n", "null", "1e999", "0x", "asyncapi: 3.0.0\n",
    "```yaml get /x\n", "$ref: '#/'", "🎵", "\ud800",
]  # fmt: skip
edits = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 40), st.one_of(st.sampled_from(_PIECES), st.text(max_size=10))),
    min_size=1,
    max_size=6,
)


def _edited(text: str, changes: list[tuple[int, int, str]]) -> str:
    for at, length, new in changes:
        start = at % (len(text) + 1)
        text = text[:start] + new + text[start + length :]
    return text


@examples
@given(page=st.sampled_from(sorted(pages().values())), changes=edits)
def test_a_page_is_read_or_refused(page: str, changes: list[tuple[int, int, str]]) -> None:
    read_page(_edited(page, changes))


@examples
@given(text=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)))
def test_any_text_is_a_page_or_refused(text: str) -> None:
    read_page(text)
    or_refusal(lambda: load(text, "page"))


@cache  # Not while the tests are collected, which each process does.
def _document() -> dict[str, Any]:
    return make_document(ROOT)


_STEPS = st.sampled_from(
    [".info", ".paths", "['/tts/{task_id}']", ".get", ".tags", ".operationId", "[0]", ".x", "..", "*"]
)
targets = st.one_of(st.lists(_STEPS, max_size=4).map(lambda steps: "$" + "".join(steps)), st.text(max_size=10), values)
actions = st.fixed_dictionaries(
    {"target": targets},
    optional={
        "description": st.one_of(st.just("because"), values), "x-evidence": st.one_of(st.just("there"), values),
        "update": st.one_of(st.dictionaries(st.sampled_from(["operationId", "deprecated", "x"]), values), values),
        "remove": st.one_of(st.just(True), values), "x-was": values, "other": values,
    },
)  # fmt: skip


@examples
@given(overlay=st.lists(st.one_of(actions, values), max_size=3))
def test_an_overlay_is_applied_or_refused(overlay: list[Any]) -> None:
    before = json.dumps(_document())
    came = or_refusal(lambda: apply_overlay(_document(), {"actions": overlay}))
    assert isinstance(came, dict) or "\n" not in came
    assert json.dumps(_document()) == before
