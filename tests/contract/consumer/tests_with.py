"""A project that builds its tests on ``camb_client.testing``; checked as ``uses.py`` is, and never run."""

from collections.abc import Mapping
from typing import Any, assert_type

import httpx

from camb_client import AsyncCambClient, CambClient, TaskRef, kinds
from camb_client.testing import (
    BAD_JSON,
    HANG,
    HTML,
    RESET,
    STALL,
    TRUNCATED,
    Clock,
    CreateBody,
    FakeCamb,
    FakeTransport,
    Fault,
    RecordedRequest,
    Reply,
    Timeline,
    Upload,
    VirtualClock,
    cut,
    error,
    rate_limited,
    slow,
    use_clock,
)
from camb_client.testing.pytest_plugin import async_camb, camb, camb_clock, fake_camb, patched_camb

FIXTURES = (async_camb, camb, camb_clock, fake_camb, patched_camb)


def fakes() -> None:
    clock = VirtualClock()
    as_clock: Clock = clock
    fake = FakeCamb("key", clock=as_clock)
    FakeCamb(others=["PENDING", RESET, "SUCCESS"])
    assert_type(
        fake.add("tts:1", ["PENDING", RESET, rate_limited(30), {"status": "ERROR"}, "SUCCESS"], run_id=7), TaskRef
    )
    assert_type(fake.add(TaskRef("tts", "2"), {0: "PENDING", 2.5: slow(3), 9: error(503, {"a": 1})}), TaskRef)
    timelines: list[Timeline] = ["PENDING reset 503 SUCCESS", ["reset", {"status": "ERROR"}], {0: HTML, 9: "SUCCESS"}]
    for timeline in timelines:
        fake.add("tts:3", timeline)
    assert_type(fake.polls("tts:1"), int)
    assert_type(fake.requests_for("tts:1"), list[RecordedRequest])
    assert_type(fake.add("tts:4", audio=b"fLaC"), TaskRef)
    FakeCamb(timeline=["SUCCESS"])
    fake.script("POST /tts", RESET, cut(100), lambda reply: reply)
    assert_type(fake.created, list[TaskRef])
    assert_type(fake.add("dub:5", result={"a": 1}, parts={kinds.DUB_TRANSCRIPT: {"srt": ""}}), TaskRef)
    assert_type(fake.bodies, dict[TaskRef, CreateBody])
    assert_type(fake.bodies[fake.created[0]].files["media_file"], Upload)
    assert_type(fake.bodies[fake.created[0]].files["media_file"].size, int)
    assert_type(fake.voices[0], dict[str, Any])
    fake.languages = [{"id": 1, "language": "english", "short_name": "en-us"}]
    assert_type(fake.requests, list[RecordedRequest])
    assert_type(fake.client(timeout=3), CambClient)
    assert_type(fake.async_client(), AsyncCambClient)
    with fake.serve() as url:
        assert_type(url, str)
    with fake.patch():
        CambClient()
    fake.reset()
    assert_type(fake.transport(), FakeTransport)
    with httpx.Client(transport=fake.transport()):
        pass
    httpx.AsyncClient(transport=fake.transport())
    assert_type(fake.answer("GET", "/tts/1", {}), Reply)
    assert_type(fake.answer("POST", "/tts", {}, b"{}"), Reply)
    assert_type(use_clock(CambClient("key"), clock), CambClient)
    assert_type(use_clock(AsyncCambClient("key"), clock, random=lambda: 0.1), AsyncCambClient)
    assert_type(clock.sleeps, list[float])
    assert_type(clock.monotonic(), float)
    assert_type(clock.time(), float)
    clock.advance(3)


def replies(request: RecordedRequest) -> None:
    for reply in (BAD_JSON, HANG, HTML, RESET, STALL, TRUNCATED):
        assert_type(reply, Reply)
    assert_type(Reply.json({"status": "PENDING"}, status_code=200, headers={"retry-after": "1"}), Reply)
    assert_type(Reply(503, b"", {}, 1.5, Fault.HANG).fault, Fault | None)
    assert_type(request.method, str)
    assert_type(request.path, str)
    assert_type(request.headers, Mapping[str, str])
    assert_type(request.ref, TaskRef | None)
    assert_type(request.at, float)
    assert_type(request.body, bytes)
