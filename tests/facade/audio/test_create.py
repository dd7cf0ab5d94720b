"""Create calls: what is sent, what is refused before, and that nothing is ever sent twice."""

import asyncio
import copy
import gc
import json
import pathlib
import pickle
import random
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import attrs
import httpx
import pytest
import trustme
import yaml

from camb_client import (
    ApiConnectionError,
    ApiError,
    ApiPaymentRequiredError,
    AsyncCambClient,
    AuthenticationError,
    CambError,
    CompletedTask,
    CreateOutcomeUnknownError,
    InvalidRequestError,
    MalformedResponseError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TaskFailedError,
    TaskNotFoundError,
    TaskRef,
    WaitTimeoutError,
)
from camb_client.testing import HANG, RESET, TRUNCATED, FakeCamb, Reply, VirtualClock, error, rate_limited
from tests.facade.conftest import KEY, Both, Client, making
from tests.facade.http.test_wire import raw_server

ROOT = pathlib.Path(__file__).parents[3]
SPEC = yaml.load((ROOT / "openapi" / "camb.yaml").read_bytes(), yaml.CSafeLoader)  # Ten times as fast as SafeLoader.
SPEECH: dict[str, Any] = {"text": "Good morning.", "voice_id": 147320, "language": "en-us"}
SOUND: dict[str, Any] = {"prompt": "rain"}


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


def create(camb: Client, **changed: Any) -> TaskRef:
    ref = camb.call(lambda real: real.tts.create(**{**SPEECH, **changed}))
    assert isinstance(ref, TaskRef)
    return ref


def sent(fake: FakeCamb) -> list[tuple[str, Any]]:
    return [(it.path, json.loads(it.body)) for it in fake.requests if it.method == "POST"]


# --- what is sent ---


def test_a_task_is_created(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    camb = both.of(fake)
    ref = create(camb)
    assert fake.created == [ref]
    assert (ref.kind, ref.submitted_at) == ("tts", datetime.fromtimestamp(clock.time(), UTC))
    body = {"text": "Good morning.", "voice_id": 147320, "language": 1}
    assert sent(fake) == [("/apis/tts", body)]
    assert fake.requests[0].headers["content-type"] == "application/json"
    assert fake.requests[0].headers["x-api-key"] == KEY


def test_every_field_is_sent_and_none_that_is_left_out(both: Both, fake: FakeCamb) -> None:
    filed = {"project_name": "news", "project_description": "of the day", "folder_id": 2}
    more: dict[str, Any] = {"gender": 2, "age": 40, **filed}
    sound: dict[str, Any] = {"duration": 2.5, "audio_type": "music", **filed}
    camb = both.of(fake)
    create(camb, **more, language=31)
    camb.call(lambda real: real.text_to_sound.create(prompt="rain", **sound))
    camb.call(lambda real: real.text_to_sound.create(prompt="rain", duration=None))
    assert sent(fake) == [
        ("/apis/tts", {**SPEECH, **more, "language": 31}),
        ("/apis/text-to-sound", {**SOUND, **sound}),
        ("/apis/text-to-sound", SOUND),
    ]
    assert [ref.kind for ref in fake.created] == ["tts", "text-to-sound", "text-to-sound"]


class Index:
    """An integer as numpy's are: no ``int``, but one by ``__index__``."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def test_integers_may_be_any_that_python_takes_for_an_index(both: Both, fake: FakeCamb) -> None:
    numbers = {"voice_id": 147320, "language": 31, "gender": 2, "age": 40, "folder_id": 2}
    create(both.of(fake), **{name: Index(value) for name, value in numbers.items()})
    assert sent(fake) == [("/apis/tts", {**SPEECH, **numbers})]


def properties(path: str) -> dict[str, Any]:
    schema = SPEC["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return dict(schema["properties"])


def test_every_language_can_be_said_in_both_ways(both: Both, fake: FakeCamb) -> None:
    schema = properties("/tts")["language"]
    camb = both.of(fake)
    for number, name in zip(schema["enum"], schema["x-enum-varnames"], strict=True):
        create(camb, language=number)
        create(camb, language=name.lower().replace("_", "-"))
        assert [body["language"] for _, body in sent(fake)[-2:]] == [number, number]
    create(camb, language="EN-us")


# --- what is refused before ---

REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"text": ""}, ValueError, "text must be text and not blank"),
    ({"text": " \n"}, ValueError, "not blank"),
    ({"text": None}, TypeError, "text must be a str"),
    ({"text": b"x"}, TypeError, "text must be a str"),
    ({"text": "\ud800"}, ValueError, "surrogates"),
    ({"voice_id": "1"}, TypeError, "voice_id must be an int"),
    ({"voice_id": True}, TypeError, "voice_id must be an int"),
    ({"voice_id": 1.0}, TypeError, "voice_id must be an int"),
    ({"voice_id": None}, TypeError, "voice_id must be an int"),
    ({"language": 137}, ValueError, "not 137: there are 149, such as en-us, which is 1"),
    ({"language": 0}, ValueError, "not 0: there are 149"),
    ({"language": "tlh"}, ValueError, r"not 'tlh': did you mean tl-ph\?"),
    ({"language": "en"}, ValueError, r"not 'en': did you mean en-us, .*en-gb, .*\.\.\.\?"),
    ({"language": "DE"}, ValueError, r"not 'DE': did you mean de-at, de-ch, de-de\?"),
    ({"language": True}, TypeError, "a locale such as 'en-us'"),
    ({"language": None}, TypeError, "a locale such as 'en-us'"),
    ({"gender": 3}, ValueError, "one of 0, 1, 2, 9, not 3"),
    ({"gender": "male"}, TypeError, "one of 0, 1, 2, 9"),
    ({"age": "40"}, TypeError, "age must be an int"),
    ({"project_name": "ab"}, ValueError, "3 to 255 characters"),
    ({"project_name": "a" * 256}, ValueError, "3 to 255 characters"),
    ({"project_description": "a" * 5001}, ValueError, "3 to 5000 characters"),
    ({"folder_id": "2"}, TypeError, "folder_id must be an int"),
    ({"voice": 1}, TypeError, "voice"),
]


@pytest.mark.parametrize(("changed", "expected", "said"), REFUSED, ids=str)
def test_what_the_api_would_refuse_is_not_sent(
    both: Both, fake: FakeCamb, changed: dict[str, Any], expected: type[Exception], said: str
) -> None:
    camb = both.of(fake)
    with pytest.raises(expected, match=said):
        create(camb, **changed)
    assert not fake.requests


@pytest.mark.parametrize(
    "changed", [{"prompt": ""}, {"duration": 0}, {"duration": float("nan")}, {"duration": "8"}, {"audio_type": "noise"}]
)
def test_what_the_api_would_refuse_of_a_sound_is_not_sent(both: Both, fake: FakeCamb, changed: dict[str, Any]) -> None:
    camb = both.of(fake)
    with pytest.raises((ValueError, TypeError), match=next(iter(changed))):
        camb.call(lambda real: real.text_to_sound.create(**{**SOUND, **changed}))
    assert not fake.requests


def flat(schema: dict[str, Any], place: tuple[str, ...] = ()) -> dict[tuple[str, ...], dict[str, Any]]:
    """Each field of a body, those of its objects too."""
    fields: dict[tuple[str, ...], dict[str, Any]] = {}
    for name, field in schema.items():
        fields.update(flat(field["properties"], (*place, name)) if "properties" in field else {(*place, name): field})
    return fields


def beyond(field: dict[str, Any]) -> list[Any]:
    """Values just outside of what the document allows, and of another type."""
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    values: list[Any] = [object()] + ([] if "string" in kinds else ["text"]) + ([] if "boolean" in kinds else [True])
    if "minLength" in field:
        values += ["a" * (field["minLength"] - 1), "a" * (field["maxLength"] + 1)]
    if "maximum" in field:
        step = 1 if "integer" in kinds else 0.001
        values += [field["minimum"] - step, field["maximum"] + step]
    return values + (
        ["no such"] if "enum" in field and "string" in kinds else [max(field["enum"]) + 1] if "enum" in field else []
    )


def within(field: dict[str, Any]) -> list[Any]:
    """Values at the edges of what the document allows."""
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    if "enum" in field:
        return list(field["enum"])
    if "minLength" in field:
        return ["a" * field["minLength"], "a" * field["maxLength"]]
    if "maximum" in field:
        return [field["minimum"], field["maximum"]]
    return {"string": ["text"], "integer": [1], "number": [1, 2.5], "boolean": [True, False]}[kinds[0]]


@pytest.mark.parametrize("path", ["/tts", "/text-to-sound", "/tts-stream"])
def test_the_limits_are_those_of_the_document(both: Both, fake: FakeCamb, path: str) -> None:
    required: dict[str, Any] = dict(SOUND if path == "/text-to-sound" else SPEECH)
    camb = both.of(fake)

    def send(place: tuple[str, ...], value: Any) -> None:
        given = {**required, place[0]: value if len(place) == 1 else {place[1]: value}}
        if path == "/tts-stream":
            camb.streamed(**given)
        else:
            camb.call(lambda real: (real.tts if path == "/tts" else real.text_to_sound).create(**given))
        body = sent(fake)[-1][1]
        assert (body[place[0]] if len(place) == 1 else body[place[0]][place[1]]) == value

    fields = flat(properties(path))
    assert len(fields) > 5
    for place, field in fields.items():
        for value in within(field):
            if place != ("output_configuration", "format") or value in {"wav", "flac"}:
                send(place, value)
        before = len(fake.requests)
        for value in beyond(field):
            with pytest.raises((ValueError, TypeError), match=place[-1]):
                send(place, value)
        assert len(fake.requests) == before


# --- what comes of it ---


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (error(400), ApiError),
        (error(401, {"error": "Invalid API key", "status": 401}), AuthenticationError),
        (error(402), ApiPaymentRequiredError),
        (error(403), PermissionDeniedError),
        (error(404), TaskNotFoundError),
        (error(409), ApiError),
        (error(422, {"detail": [{"loc": ["body", "text"], "msg": "too rude", "type": "x"}]}), InvalidRequestError),
        (rate_limited(7), RateLimitError),
    ],
    ids=lambda value: str(value).partition(" at 0x")[0][:30],
)
def test_a_4xx_is_a_refusal(both: Both, fake: FakeCamb, reply: Reply, expected: type[ApiError]) -> None:
    fake.script("POST /tts", reply)
    camb = both.of(fake)
    with pytest.raises(ApiError) as caught:
        create(camb)
    assert type(caught.value) is expected
    assert str(caught.value).startswith(f"tts create: HTTP {reply.status_code}: ")
    assert caught.value.ref is None
    assert len(fake.requests) == 1
    assert not fake.created


UNKNOWN: list[tuple[Any, type[CambError]]] = [
    *((error(code), ServerError) for code in (500, 501, 502, 503, 504, 520)),
    *((Reply(code), MalformedResponseError) for code in (201, 202, 204)),
    *((Reply(code, b"", {"location": "/elsewhere"}), ApiError) for code in (302, 307)),
    (RESET, ApiConnectionError),
    (lambda _: RESET, ApiConnectionError),
    (HANG, ApiConnectionError),
    (lambda _: TRUNCATED, ApiConnectionError),
    *(
        (Reply.json(body), MalformedResponseError)
        for body in ({}, [], "id", None, {"task_id": None}, {"task_id": 7}, {"task_id": ""}, {"task_id": ".."})
    ),
    (Reply(200, b"<html>", {"content-type": "text/html"}), MalformedResponseError),
    (Reply(200, b"", {"content-encoding": "gzip"}), MalformedResponseError),
]


@pytest.mark.parametrize("over", ["transport", "http"])
@pytest.mark.parametrize(("item", "cause"), UNKNOWN, ids=lambda value: str(value).partition(" at 0x")[0][:60])
def test_what_says_neither_yes_nor_no_is_unknown_and_not_sent_again(
    both: Both, over: str, item: Any, cause: type[CambError]
) -> None:
    fake = FakeCamb(KEY)
    fake.script("POST /tts", item)
    with fake.serve() as url:
        place = {"base_url": url} if over == "http" else {"transport": fake.transport()}
        camb = both.client(timeout=1.0 if item is HANG else 30.0, **place)
        with pytest.raises(CreateOutcomeUnknownError, match="whether a task was created is unknown") as caught:
            create(camb)
        camb.close()
    raised = caught.value
    assert isinstance(raised.__cause__, cause)
    assert str(raised.__cause__) in str(raised)
    assert not isinstance(raised, ApiError | ApiConnectionError)
    assert len(fake.requests) == 1
    assert str(pickle.loads(pickle.dumps(raised)).__cause__) == str(raised.__cause__)


def test_without_a_connection_nothing_was_created(both: Both) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}", "https://camb.invalid"):
        with pytest.raises(ApiConnectionError) as caught:
            create(both.client(base_url=url))
        assert caught.value.sent is False


def test_without_a_handshake_nothing_was_created(both: Both) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1)

    with raw_server(talk) as url, pytest.raises(ApiConnectionError) as caught:
        create(both.client(base_url=url.replace("http://127.0.0.1", "https://localhost")))
    assert (caught.value.sent, caught.value.permanent) == (False, True)


def test_a_handshake_that_never_ends_sent_nothing(both: Both) -> None:
    over = threading.Event()
    with raw_server(lambda connection: bool(over.wait(5))) as url:
        camb = both.client(base_url=url.replace("http:", "https:"), timeout=0.2)
        with pytest.raises(ApiConnectionError) as caught:
            create(camb)
        assert caught.value.sent is False
        over.set()
        camb.close()
    gc.collect()  # A socket that was left open shows here, as a warning and so as an error.


# --- never twice ---

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{"task_id":"abc"}'


@attrs.define
class Fault:
    """How a server goes wrong around a create, and how often one has reached it.

    Attributes:
        kept: How many polls the connection has served before.
        goes: Whether it is closed after them, so that the create finds it stale.
        read: How much of the create is read, in bytes; ``None`` is all of it.
        cut: How much of the answer is sent.
        reset: Whether the connection ends in a reset, or in order.
    """

    kept: int = 0
    goes: bool = False
    read: int | None = None
    cut: int = 0
    reset: bool = False
    creates: int = 0

    def talk(self, connection: socket.socket) -> None:
        polls = 0
        while (head := self._request(connection)).startswith(b"GET"):
            connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"status":"PENDING"}')
            polls += 1
            if self.goes and polls == self.kept:
                return
        self.creates += bool(head)  # Some of it has arrived: it counts.
        if self.read is None and head:
            connection.sendall(ANSWER[: self.cut])
        if self.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _request(self, connection: socket.socket) -> bytes:
        data = b""
        while not data.endswith(b"\r\n\r\n" if data.startswith(b"GET") else b"}"):
            most = 65536 if self.read is None or not data.startswith(b"POST") else self.read - len(data)
            if most <= 0 or not (part := connection.recv(min(most, 4 if not data else most))):
                break
            data += part
        return data


def faults() -> list[Fault]:
    """Two hundred ways to go wrong around a create, the same each time."""
    chance = random.Random(7)
    answers = [Fault(cut=cut, reset=reset) for cut in range(len(ANSWER)) for reset in (False, True)]
    early = [Fault(read=chance.randrange(4, 400), reset=chance.random() < 0.5) for _ in range(20)]
    kept = [Fault(kept=chance.randrange(1, 3), read=chance.randrange(4, 400), reset=True) for _ in range(20)]
    stale = [Fault(kept=chance.randrange(1, 3), goes=True) for _ in range(20)]
    return chance.sample(answers, 140) + early + kept + stale


@pytest.mark.parametrize("kind", ["sync", "async", "aiohttp"])
def test_a_response_that_names_the_task_and_does_not_come_whole(kind: str) -> None:
    """Whether it was created is all but certain then: whoever catches the error knows for what to wait."""
    reply = b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"task_id": "paid-4711"}'

    def talk(connection: socket.socket) -> None:
        assert connection.recv(65_536)
        connection.sendall(reply)

    with contextmanager(making)(kind) as both, raw_server(talk) as url:
        camb = both.client(base_url=url, timeout=5)
        with pytest.raises(CreateOutcomeUnknownError, match="names tts:paid-4711: wait for it") as caught:
            create(camb)
        camb.close()
    assert caught.value.ref == TaskRef("tts", "paid-4711")


@pytest.mark.parametrize("kind", ["sync", "async", "aiohttp"])
def test_two_hundred_faults_around_a_create_never_send_it_twice(kind: str) -> None:
    with contextmanager(making)(kind) as both:
        _two_hundred_faults(both)


def _two_hundred_faults(both: Both) -> None:
    ends: list[str] = []
    now = Fault()
    with raw_server(lambda connection: now.talk(connection)) as url:
        camb = both.client(base_url=url, timeout=5)
        for fault in faults():
            now = fault
            for _ in range(fault.kept):
                assert camb.status("tts:1").is_pending
            with pytest.raises(CreateOutcomeUnknownError):
                create(camb)
            assert fault.creates <= 1
            ends.append("it came" if fault.creates else "it was lost")
        now = Fault(cut=len(ANSWER))
        assert create(camb).task_id == "abc"
        camb.close()
    assert now.creates == 1
    assert len(ends) == 200
    assert ends.count("it came") >= 180


# --- the reference of a create ---


def test_the_first_look_comes_when_it_can_pay_off(both: Both, fake: FakeCamb, clock: VirtualClock) -> None:
    camb = both.of(fake)
    ref = create(camb)
    camb.wait(ref)
    assert [request.at for request in fake.requests] == [0.0, 2.0, pytest.approx(4.0, abs=1)]


@pytest.mark.parametrize("travel", [lambda it: it, copy.copy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_task_that_was_created_gets_longer_to_appear(
    both: Both, fake: FakeCamb, clock: VirtualClock, travel: Callable[[TaskRef], TaskRef]
) -> None:
    camb = both.of(fake)
    ref = travel(create(camb))
    fake.add(ref, {0: error(404), 28: "SUCCESS"})
    assert camb.wait(ref).run_id
    fake.add(ref, [error(404)])
    clock.advance(40)
    with pytest.raises(TaskNotFoundError):
        camb.wait(ref)
    assert TaskRef.parse(str(ref)) == ref
    with pytest.raises(TaskNotFoundError):  # Known by its text alone, it has the usual ten seconds.
        camb.wait(str(ref))


def test_a_create_is_an_answer(both: Both, fake: FakeCamb) -> None:
    """So three lost polls do not mean that the address is wrong."""
    camb = both.of(fake)
    ref = create(camb)
    fake.add(ref, [RESET, RESET, RESET, RESET, "SUCCESS"])
    assert camb.wait(ref).run_id
    fake.add(ref, [RESET])
    with pytest.raises(ApiConnectionError):
        camb.wait(str(ref))
    assert fake.polls(ref) == 5 + 3


# --- create and wait ---


def test_create_and_wait(both: Both, fake: FakeCamb) -> None:
    camb = both.of(fake)
    seen: list[Any] = []
    done = camb.call(lambda real: real.tts.create_and_wait(**SPEECH, on_update=seen.append, schedule=3))
    assert isinstance(done, CompletedTask)
    assert [done.ref] == fake.created
    assert [state.status for state in seen] == ["PENDING", "SUCCESS"]
    assert camb.call(lambda real: real.text_to_sound.create_and_wait(**SOUND)).ref == fake.created[1]


@pytest.mark.parametrize(
    "waiting", [{"timeout": -1}, {"timeout": "5"}, {"schedule": 0}, {"schedule": "fast"}, {"on_update": 7}]
)
def test_a_wait_that_cannot_be_is_refused_before_it_costs(both: Both, fake: FakeCamb, waiting: Any) -> None:
    camb = both.of(fake)
    for family in ("tts", "text_to_sound"):
        given = SPEECH if family == "tts" else SOUND
        with pytest.raises((ValueError, TypeError)):
            camb.call(lambda real: getattr(real, family).create_and_wait(**given, **waiting))  # noqa: B023
    assert not fake.requests


def test_a_coroutine_function_is_refused_before_it_costs(fake: FakeCamb) -> None:
    async def later(_: object) -> None: ...

    with fake.client() as camb, pytest.raises(TypeError, match="AsyncCambClient"):
        camb.tts.create_and_wait(**SPEECH, on_update=later)
    assert not fake.requests


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        (["ERROR"], TaskFailedError),
        (["PENDING"], WaitTimeoutError),
        ([error(403)], PermissionDeniedError),
        ([error(500)], ServerError),
        ([RESET], ApiConnectionError),
        ([Reply(200, b"x")], MalformedResponseError),
    ],
    ids=lambda value: str(value).partition(" at 0x")[0][:40],
)
def test_when_the_wait_fails_the_error_has_what_was_paid_for(
    both: Both, clock: VirtualClock, timeline: Any, expected: type[CambError]
) -> None:
    fake = FakeCamb(KEY, clock=clock, timeline=timeline)
    camb = both.of(fake)
    with pytest.raises(expected) as caught:
        camb.call(lambda real: real.tts.create_and_wait(**SPEECH))
    assert caught.value.ref == fake.created[0]


def test_an_interruption_says_what_it_means(both: Both) -> None:
    def interrupt(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        create(both.answering(interrupt))
    assert any("tts create: whether a task was created is unknown" in note for note in caught.value.__notes__)


def test_a_cancellation_says_so_too() -> None:
    fake = FakeCamb(KEY)
    fake.script("POST /tts", HANG)

    async def cancel(url: str) -> list[str]:
        async with AsyncCambClient(KEY, base_url=url) as camb:
            task = asyncio.create_task(camb.tts.create(**SPEECH))
            while not fake.requests:  # noqa: ASYNC110 (they come in the server's thread)
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            return caught.value.__notes__

    with fake.serve() as url:
        notes = asyncio.run(cancel(url))
    assert any("tts create: whether a task was created is unknown" in note for note in notes)
