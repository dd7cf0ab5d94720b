"""The testing kit: what other teams build their tests on."""

import asyncio
import hashlib
import os
import pathlib
import socket
import time
import urllib.error
import urllib.request
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from camb_client import (
    SPEC_DIGEST,
    AsyncCambClient,
    AuthenticationError,
    CambClient,
    TaskNotFoundError,
    TaskRef,
    WaitTimeoutError,
)
from camb_client._api.operations import KINDS
from camb_client.testing import (
    BAD_JSON,
    HANG,
    HTML,
    RESET,
    STALL,
    TRUNCATED,
    FakeCamb,
    Reply,
    VirtualClock,
    error,
    rate_limited,
    slow,
    use_clock,
)

ROOT = pathlib.Path(__file__).parents[3]
SPEC = yaml.load((ROOT / "openapi" / "camb.yaml").read_bytes(), yaml.CSafeLoader)  # Ten times as fast as SafeLoader.
KEY = {"x-api-key": "test-key"}


def documented(path: str, status_code: int) -> jsonschema.Draft202012Validator:
    """A validator of what camb.yaml says of one answer; KeyError where it says nothing."""
    response = SPEC["paths"][path]["get"]["responses"][str(status_code)]
    if "$ref" in response:
        response = SPEC["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = {**response["content"]["application/json"]["schema"], "components": SPEC["components"]}
    return jsonschema.Draft202012Validator(schema)


def asked(fake: FakeCamb, path: str, headers: dict[str, str] = KEY, method: str = "GET") -> httpx.Response:
    with httpx.Client(transport=fake.transport(), base_url="https://camb.invalid/apis") as client:
        return client.request(method, path, headers=headers)


@pytest.mark.parametrize("kind", ["tts", "text-to-sound"])
def test_its_answers_are_those_of_the_spec(kind: str) -> None:
    fake = FakeCamb()
    statuses = ["PENDING", "SUCCESS", "TIMEOUT", "ERROR", "PAYMENT_REQUIRED"]
    fake.add(f"{kind}:1", [*statuses, {"status": "ERROR", "exception_reason": "X", "message": {"a": 1}}])
    path = f"/{kind}/{{task_id}}"
    for _ in range(6):
        answer = asked(fake, f"/{kind}/1")
        assert answer.status_code == 200
        documented(path, 200).validate(answer.json())
    for answer, code in ((asked(fake, f"/{kind}/1", {}), 401), (asked(fake, f"/{kind}/%FF"), 422)):
        assert answer.status_code == code
        assert answer.headers["content-type"] == "application/json"
        documented(path, code).validate(answer.json())
    assert set(SPEC["paths"][path]["get"]["responses"]) == {"200", "401", "422"}


@pytest.mark.parametrize(
    "body",
    [{"status": "FAILED"}, {"status": 7}, {"status": "SUCCESS", "run_id": "7"}, {"status": "ERROR", "message": 7}],
)
def test_the_check_against_the_spec_can_fail(body: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        documented("/tts/{task_id}", 200).validate(body)


def test_401_is_as_the_docs_show_it() -> None:
    answer = asked(FakeCamb(), "/tts/1", {"x-api-key": "wrong"})
    assert answer.json() == {"error": "Invalid API key", "status": 401}


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/tts/unknown", 404),
        ("GET", "/sing/1", 404),
        ("GET", "/tts/1/2", 404),
        ("POST", "/tts/1", 405),
        ("GET", "/tts", 405),
    ],
)
def test_what_it_does_not_know(method: str, path: str, code: int) -> None:
    fake = FakeCamb()
    fake.add("tts:1")
    assert asked(fake, path, method=method).status_code == code


def test_a_timeline_by_poll() -> None:
    fake = FakeCamb()
    fake.add("tts:1", ["PENDING", "SUCCESS"], run_id=7)
    assert [asked(fake, "/tts/1").json() for _ in range(3)] == [
        {"status": "PENDING", "run_id": None},
        {"status": "SUCCESS", "run_id": 7},
        {"status": "SUCCESS", "run_id": 7},
    ]


def test_a_timeline_by_time() -> None:
    clock = VirtualClock()
    fake = FakeCamb(clock=clock)
    clock.advance(100)
    fake.add("tts:1", {0: "PENDING", 5: "NOBODY_KNOWS", 9.5: "SUCCESS"})
    seen = []
    for _ in range(5):
        seen.append(asked(fake, "/tts/1").json()["status"])
        clock.advance(2.5)
    assert seen == ["PENDING", "PENDING", "NOBODY_KNOWS", "NOBODY_KNOWS", "SUCCESS"]


def test_it_records_what_came() -> None:
    fake = FakeCamb(clock=VirtualClock())
    ref = fake.add("tts:a b")
    answer = asked(fake, "/tts/a%20b?run_id=1", {**KEY, "X-Mine": "1"})
    asked(fake, "/nothing")
    first, second = fake.requests
    assert (first.method, first.path, first.ref, first.at) == ("GET", "/apis/tts/a%20b?run_id=1", ref, 0.0)
    assert first.headers["x-mine"] == "1"
    assert second.ref is None
    assert fake.polls(ref) == fake.polls("tts:a b") == 1
    assert answer.headers["x-request-id"] == "fake-1"


def test_every_task_has_a_run_id_of_its_own() -> None:
    fake = FakeCamb()
    refs = [fake.add(f"tts:{number}", ["SUCCESS"]) for number in range(3)]
    with fake.client() as camb:
        assert len({camb.wait(ref).run_id for ref in refs}) == 3


def test_a_timeline_in_words() -> None:
    fake = FakeCamb()
    fake.add("tts:1", "PENDING 503  NOBODY_KNOWS 429,html, SUCCESS", run_id=7)
    answers = [asked(fake, "/tts/1") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 503, 200, 429, 200, 200]
    assert [answers[at].json()["status"] for at in (0, 2, 5)] == ["PENDING", "NOBODY_KNOWS", "SUCCESS"]
    assert answers[4].content == HTML.body


@pytest.mark.parametrize(
    ("word", "reply"),
    [
        ("reset", RESET),
        ("hang", HANG),
        ("truncated", TRUNCATED),
        ("stall", STALL),
        ("html", HTML),
        ("bad_json", BAD_JSON),
        ("500", error(500)),
    ],
)
def test_a_word_is_what_it_stands_for_in_every_timeline_in_any_case(word: str, reply: Reply) -> None:
    fake = FakeCamb()
    for timeline in (word, [word], {0: word}, word.upper(), [word.capitalize()]):
        fake.add("tts:1", timeline)
        assert fake.answer("GET", "/tts/1", KEY).body == reply.body
        assert fake.answer("GET", "/tts/1", KEY).fault == reply.fault
        assert fake.answer("GET", "/tts/1", KEY).status_code == reply.status_code


@pytest.mark.parametrize(
    ("word", "meant"),
    [("RESSET", "RESET"), ("rest", "RESET"), ("Hangs", "HANG"), ("truncate", "TRUNCATED"), ("SUCESS", "SUCCESS")],
)
def test_a_misspelt_word_is_refused_with_what_was_meant(word: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"'{word}' is neither a fault nor a known status; did you mean {meant}?"):
        FakeCamb(timeline=["PENDING", word])
    fake = FakeCamb()
    fake.add("tts:1", [{"status": word}])  # On purpose.
    assert asked(fake, "/tts/1").json() == {"status": word}


@pytest.mark.parametrize("word", ["200", "302", "4040", "?"])
def test_what_can_be_no_status_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is no word of a timeline: write a status, RESET, "):
        FakeCamb().add("tts:1", word)


@pytest.mark.parametrize("status", ["NOBODY_KNOWS", "TIMED_OUT", "COMPLETED", "CHANGED", "PROCESSING", "on hold"])
def test_a_status_that_nobody_knows_may_be_scripted(status: str) -> None:
    fake = FakeCamb()
    fake.add("tts:1", [status])
    assert asked(fake, "/tts/1").json()["status"] == status


@pytest.mark.parametrize("timeline", [[], {}, "", " "])
def test_an_empty_timeline_is_refused(timeline: Any) -> None:
    with pytest.raises(ValueError, match="at least one item"):
        FakeCamb().add("tts:1", timeline)


@pytest.mark.parametrize(
    ("timeline", "hint"),
    [([200], r"error\(\), slow\(\)\), not 200"), ({0: None}, "not None"), ({"status": "ERROR"}, r"\[{'status'")],
)
def test_what_is_no_timeline_is_refused_with_what_would_be_one(timeline: Any, hint: str) -> None:
    with pytest.raises(TypeError, match=hint):
        FakeCamb().add("tts:1", timeline)


def test_a_timeline_is_kept_as_it_was_given() -> None:
    fake, timeline = FakeCamb(), ["SUCCESS"]
    fake.add("tts:1", timeline)
    timeline[0] = "ERROR"
    assert asked(fake, "/tts/1").json()["status"] == "SUCCESS"


@pytest.mark.parametrize("method", ["add", "polls", "requests_for"])
def test_an_unknown_kind_is_refused(method: str) -> None:
    with pytest.raises(ValueError, match=", ".join(KINDS)):
        getattr(FakeCamb(), method)("sing:1")


def test_an_unknown_id_is_answered_with_those_it_knows() -> None:
    fake = FakeCamb()
    assert asked(fake, "/tts/1").json() == {"detail": "Task not found (FakeCamb was given none)"}
    fake.add("tts:2")
    fake.add("text-to-sound:1")
    assert "FakeCamb was given tts:2, text-to-sound:1" in asked(fake, "/tts/1").json()["detail"]


def test_requests_of_one_task() -> None:
    clock = VirtualClock()
    fake = FakeCamb(clock=clock)
    fake.add("tts:1", [rate_limited(30), "SUCCESS"])
    fake.add("tts:2", "SUCCESS")
    with fake.client() as camb:
        camb.wait("tts:1")
        camb.wait("tts:2")
    assert [request.at for request in fake.requests_for("tts:1")] == [0, 30]
    assert [request.at for request in fake.requests_for("tts:2")] == [30]
    assert fake.requests_for("tts:3") == []


def test_reset_forgets_tasks_and_requests() -> None:
    fake = FakeCamb()
    fake.add("tts:1", "SUCCESS")
    assert asked(fake, "/tts/1").status_code == 200
    fake.reset()
    assert fake.requests == []
    assert asked(fake, "/tts/1").status_code == 404


def test_what_a_failed_assertion_shows_is_short_and_without_a_key() -> None:
    fake = FakeCamb("key-0123456789abcdef")
    fake.add("tts:1", "SUCCESS")
    with fake.client() as camb:
        camb.wait("tts:1")
    assert repr(fake) == "FakeCamb(tasks=1, requests=1)"
    assert "path='/apis/tts/1'" in repr(fake.requests)
    assert "key-0123456789abcdef" not in repr(fake.requests)


def outcome(ask: Any) -> Any:
    try:
        answer = ask()
    except httpx.TimeoutException:
        return "timeout"
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return "broken"
    return answer.status_code, answer.content


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (RESET, "broken"),
        (HANG, "timeout"),
        (TRUNCATED, "broken"),
        (STALL, "timeout"),
        (slow(5), "timeout"),
        (HTML, (200, HTML.body)),
        (BAD_JSON, (200, BAD_JSON.body)),
        (error(503, {"a": 1}), (503, b'{"a": 1}')),
        (rate_limited(9), (429, b'{"detail": "Too Many Requests"}')),
        (slow(0.01, Reply(201, b"late")), (201, b"late")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_faults_are_the_same_in_process_and_over_http(reply: Reply, expected: Any) -> None:
    in_process, over_http = FakeCamb(clock=VirtualClock()), FakeCamb()
    in_process.add("tts:1", [reply])
    over_http.add("tts:1", [reply])

    async def ask_async(client: httpx.AsyncClient) -> Any:
        async with client:
            return await client.get("/tts/1", headers=KEY)

    arguments: dict[str, Any] = {"timeout": 0.2, "trust_env": False}
    with httpx.Client(base_url="http://x", transport=in_process.transport(), **arguments) as client:
        assert outcome(lambda: client.get("/tts/1", headers=KEY)) == expected
    twin = httpx.AsyncClient(base_url="http://x", transport=in_process.transport(), **arguments)
    assert outcome(lambda: asyncio.run(ask_async(twin))) == expected
    with over_http.serve() as url, httpx.Client(base_url=url, **arguments) as client:
        assert outcome(lambda: client.get("/tts/1", headers=KEY)) == expected


def test_a_reset_is_a_reset() -> None:
    fake = FakeCamb()
    fake.add("tts:1", [RESET])
    with fake.serve() as url, pytest.raises((ConnectionResetError, urllib.error.URLError)):
        urllib.request.urlopen(urllib.request.Request(f"{url}/tts/1", headers=KEY))


def test_it_serves_on_the_port_that_is_asked_for_and_stops() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    fake = FakeCamb()
    with fake.serve(port) as url:
        assert url == f"http://127.0.0.1:{port}/apis"
        with pytest.raises(OSError, match="in use"), fake.serve(port):
            pass
    with socket.socket() as late:
        assert late.connect_ex(("127.0.0.1", port)) != 0


def test_a_hang_without_any_timeout_is_refused() -> None:
    fake = FakeCamb(clock=VirtualClock())
    fake.add("tts:1", [HANG])
    with fake.client(timeout=None) as camb, pytest.raises(RuntimeError, match="timeout"):
        camb.status("tts:1")


def test_a_ten_minute_wait_takes_no_time() -> None:
    clock = VirtualClock()
    fake = FakeCamb(clock=clock)
    fake.add("tts:1", ["PENDING"])
    start = time.monotonic()
    with fake.client() as camb, pytest.raises(WaitTimeoutError):
        camb.wait("tts:1")
    assert clock.monotonic() == pytest.approx(598)
    assert sum(clock.sleeps) == pytest.approx(598)
    assert time.monotonic() - start < 10


def test_use_clock_gives_the_client_back() -> None:
    camb = CambClient("test-key")
    assert use_clock(camb, VirtualClock()) is camb
    camb.close()


def test_the_async_client_of_a_fake() -> None:
    fake = FakeCamb(clock=VirtualClock())
    ref = fake.add(TaskRef("text-to-sound", "1"), run_id=5)

    async def use() -> int:
        async with fake.async_client() as camb:
            return (await camb.wait(ref)).run_id

    assert asyncio.run(use()) == 5


@pytest.mark.parametrize("count", [2, 40])
def test_waits_of_one_event_loop_share_the_time(count: int) -> None:
    """As they would on a real clock: none is late for what others sleep, and none waits longer for being many."""
    clock = VirtualClock()
    fake = FakeCamb(clock=clock)
    tasks = [fake.add(f"tts:{number}", {0: "PENDING", 300 + number: "SUCCESS"}) for number in range(count)]
    endless = fake.add("tts:endless", ["PENDING"])

    async def use() -> None:
        async with fake.async_client() as camb:
            missed, *done = await asyncio.gather(
                camb.wait(endless, timeout=100), *map(camb.wait, tasks), return_exceptions=True
            )
        assert [it.ref for it in done] == tasks
        assert missed.elapsed == 98

    asyncio.run(use())
    polls = [[request.at for request in fake.requests_for(task)] for task in tasks]
    assert all(300 + number <= ats[-1] <= 310 + number for number, ats in enumerate(polls))
    assert all(ats[:-1] == polls[-1][: len(ats) - 1] for ats in polls)  # All by the same schedule.
    assert clock.monotonic() <= 310 + count


def test_sleepers_wake_in_order_and_a_cancelled_one_holds_nobody_up() -> None:
    clock = VirtualClock()
    woken = []

    async def sleep(seconds: float) -> None:
        await clock.asleep(seconds)
        woken.append((seconds, clock.monotonic()))

    async def use() -> None:
        sleepers = [asyncio.create_task(sleep(seconds)) for seconds in (5, 3, 0, 4, 3)]
        await asyncio.sleep(0)
        sleepers[3].cancel()
        await asyncio.gather(*sleepers, return_exceptions=True)

    asyncio.run(use())
    asyncio.run(sleep(1))  # In another loop.
    assert woken == [(0, 0), (3, 3), (3, 3), (5, 5), (1, 6)]
    assert clock.sleeps == [5, 3, 4, 3, 1]


def test_a_loop_that_ended_amid_a_sleep_does_not_hold_up_the_next() -> None:
    clock = VirtualClock()
    abandoned = asyncio.new_event_loop()
    sleeper = abandoned.create_task(clock.asleep(7))
    abandoned.run_until_complete(asyncio.sleep(0))
    asyncio.run(clock.asleep(2))
    assert clock.monotonic() == 2
    abandoned.run_until_complete(sleeper)
    abandoned.close()
    assert clock.monotonic() == 7


def test_a_client_of_a_fake_takes_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_API_KEY", "another")
    monkeypatch.setenv("CAMB_BASE_URL", "http://not.allowed")
    fake = FakeCamb()
    fake.add("tts:1", "SUCCESS")
    with fake.client() as camb:
        assert camb.status("tts:1").is_success
    assert asyncio.run(fake.async_client().status("tts:1")).is_success
    with fake.client(api_key="wrong") as camb, pytest.raises(AuthenticationError):
        camb.status("tts:1")
    with pytest.raises(AuthenticationError):
        asyncio.run(fake.async_client(api_key="wrong").status("tts:1"))


def test_patch_makes_every_client_one_of_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_API_KEY", "another")
    clock, before = VirtualClock(), CambClient("test-key")
    fake = FakeCamb(clock=clock)
    fake.add("tts:1", {0: "PENDING", 400: "SUCCESS"}, run_id=7)

    async def use(client: AsyncCambClient) -> int:
        async with client as camb:
            return (await camb.wait("tts:1")).run_id

    class Mine(CambClient):
        pass

    with fake.patch():
        with CambClient() as camb:
            assert camb.wait("tts:1").run_id == 7
        with Mine("test-key", base_url="https://a.example") as camb:
            assert camb.wait("tts:1").run_id == 7
        with CambClient("wrong", timeout=1) as camb, pytest.raises(AuthenticationError):
            camb.wait("tts:1")
        assert asyncio.run(use(AsyncCambClient())) == 7
        assert asyncio.run(use(AsyncCambClient(transport="aiohttp"))) == 7
        other = FakeCamb("another")
        with CambClient("another", transport=other.transport()) as camb, pytest.raises(TaskNotFoundError):
            camb.status("tts:1")
    assert clock.monotonic() >= 400
    assert len(other.requests) == 1
    assert os.environ["CAMB_API_KEY"] == "another"
    assert "CAMB_BASE_URL" not in os.environ
    for client in (before, CambClient()):
        assert client._wire.clock is not clock
        client.close()


def test_patch_over_real_time_leaves_the_clock_of_the_machine() -> None:
    fake = FakeCamb()
    fake.add("tts:1", "PENDING SUCCESS")
    started = time.monotonic()
    with fake.patch(), CambClient() as camb:
        camb.wait("tts:1", schedule=0.05)
    assert time.monotonic() - started >= 0.04


def test_spec_digest_is_that_of_the_spec() -> None:
    assert hashlib.sha256((ROOT / "openapi" / "camb.yaml").read_bytes()).hexdigest() == SPEC_DIGEST


def test_others_are_known_from_their_first_poll_on(clock: VirtualClock) -> None:
    fake = FakeCamb(clock=clock, others={0: "PENDING", 5: "SUCCESS"})
    fake.add("tts:1", ["ERROR"])
    clock.advance(60)
    with fake.client() as camb:
        assert camb.status("tts:2").is_pending
        assert camb.status("tts:1").is_failure
        clock.advance(5)
        assert camb.status("tts:2").run_id != camb.wait("tts:3").run_id


@pytest.mark.parametrize(
    "endpoint", ["translate", "post /translate", "POST /translat", "POST /translate/", "GET /tts/1", "GET /voices"]
)
def test_an_endpoint_that_there_is_not_cannot_be_scripted(endpoint: str) -> None:
    said = rf"^no endpoint '{endpoint}' to script; FakeCamb has GET /dub, .*GET /files, .*POST /translate, "
    with pytest.raises(ValueError, match=said):
        FakeCamb().script(endpoint, error(402))


def test_each_endpoint_can_be_scripted() -> None:
    fake = FakeCamb()
    paths = {
        "GET /dub": "dub/1", "GET /dub-result": "dub-result/1", "GET /transcript": "transcript/7/31?format_type=srt",
        "POST /dubbing-results": "dubbing-results", "GET /list-voices": "list-voices", "POST /tts-stream": "tts-stream",
    }  # fmt: skip
    for endpoint, path in paths.items():
        fake.script(endpoint, error(418))
        answers = [asked(fake, f"/{path}", method=endpoint.partition(" ")[0]) for _ in range(2)]
        assert [answer.status_code == 418 for answer in answers] == [True, False]
