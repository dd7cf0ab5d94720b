"""docs/guides/web.md under the conditions that it is written for: an endless task, lost responses, a kill."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from camb_client import AsyncCambClient
from camb_client.testing import RESET, FakeCamb, Reply, error
from tests.test_docs import ROOT, blocks

PAGE = ROOT / "docs/guides/web.md"


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("camb_client._polling.poller.FIRST_POLL_AFTER", 0.0)
    monkeypatch.chdir(tmp_path)


@contextlib.contextmanager
def process() -> Iterator[Any]:
    """The page's program (but for what is without asyncio), as a process has it that starts in this folder."""
    names: dict[str, Any] = {"__name__": "web"}
    exec(compile("".join(text for _, text in blocks(PAGE)[:-1]), str(PAGE), "exec"), names)
    names["PAUSE"] = 0.01
    web = SimpleNamespace(**names)
    web.names = names
    try:
        yield web
    finally:
        web.db.close()


@contextlib.asynccontextmanager
async def serving(web: Any, fake: FakeCamb) -> AsyncIterator[AsyncCambClient]:
    """Its lifespan, with a client of the fake."""
    with fake.patch():
        async with web.lifespan(None) as state:
            yield state["camb"]


def rows(web: Any) -> dict[str, str]:
    return dict(web.db.execute("SELECT text, state FROM speech"))


async def until(web: Any, text: str, state: str) -> None:
    async with asyncio.timeout(3):
        while rows(web)[text] != state:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_a_new_task_does_not_wait_behind_an_endless_one() -> None:
    async def main() -> Path:
        fake = FakeCamb(timeline="SUCCESS")
        endless = fake.add("tts:endless", "PENDING")
        with process() as web:
            web.db.execute(
                "INSERT INTO speech (id, text, state, task, submitted_at)"
                " VALUES ('0', 'endless', 'PENDING', 'tts:endless', '2026-01-01T00:00:00+00:00')"
            )
            async with serving(web, fake) as camb:
                async with asyncio.timeout(3):
                    while not fake.polls(endless):  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                status, body = await web.start(camb, "new")
                assert (status, body["state"]) == (202, "PENDING")
                await until(web, "new", "SUCCEEDED")
                assert rows(web) == {"endless": "PENDING", "new": "SUCCEEDED"}
                status, body = await web.audio(body["id"])
                assert status == 200
                return Path(body["file"])

    assert asyncio.run(main()).read_bytes()[:4] == b"fLaC"


def test_the_row_is_there_before_the_create_and_says_what_came_of_it() -> None:
    async def main() -> None:
        fake, seen = FakeCamb(timeline="PENDING"), []

        def look_up(reply: Reply) -> Reply:
            seen.append(rows(web))
            return RESET

        fake.script("POST /tts", look_up, RESET, error(402))
        with process() as web:
            async with serving(web, fake) as camb:
                assert (await web.start(camb, "lost"))[0] == 502
                assert (await web.start(camb, "never came"))[0] == 502
                assert (await web.start(camb, "unpaid"))[0] == 502
                assert (await web.start(camb, "fine"))[0] == 202
            assert seen == [{"lost": "CREATING"}]
            assert rows(web) == {"lost": "UNKNOWN", "never came": "UNKNOWN", "unpaid": "FAILED", "fine": "PENDING"}
            assert [it.method for it in fake.requests].count("POST") == 4

    asyncio.run(main())


def test_a_start_recovers_what_a_kill_left() -> None:
    fake = FakeCamb(timeline="PENDING")

    async def before() -> None:
        with process() as web:
            async with serving(web, fake) as camb:
                await web.start(camb, "open")
            web.db.execute("INSERT INTO speech (id, text, state) VALUES ('0', 'in flight', 'CREATING')")

    async def after() -> None:
        fake.add(fake.created[0], "SUCCESS")
        with process() as web:
            async with serving(web, fake):
                await until(web, "open", "SUCCEEDED")
            assert rows(web) == {"open": "SUCCEEDED", "in flight": "UNKNOWN"}

    asyncio.run(before())
    asyncio.run(after())


def test_the_worker_outlives_a_refused_key_and_notes_a_task_that_failed() -> None:
    async def main() -> None:
        fake = FakeCamb(timeline="PENDING ERROR")
        fake.script("GET /tts", error(401), error(401))
        with process() as web:
            async with serving(web, fake) as camb:
                _, body = await web.start(camb, "failed")
                await until(web, "failed", "FAILED")
                assert "ended as ERROR" in (await web.show(body["id"]))[1]["problem"]
                assert (await web.audio(body["id"]))[0] == 404
                assert (await web.show("other"))[0] == 404

    asyncio.run(main())
