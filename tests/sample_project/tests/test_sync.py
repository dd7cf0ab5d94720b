"""What plain pytest can run."""

import asyncio
from pathlib import Path

import pytest

from audiobook import Book, OutOfCreditsError, finish, finish_together, run
from camb_client import AsyncCambClient, AuthenticationError, CambClient, TaskRef
from camb_client.testing import FakeCamb, VirtualClock, rate_limited


def test_chapters_are_finished_in_spite_of_an_outage(fake_camb: FakeCamb, camb: CambClient) -> None:
    one = fake_camb.add("tts:one", "PENDING reset 503 html truncated SUCCESS", run_id=1)
    two = fake_camb.add("tts:two", "bad_json SUCCESS", run_id=2)
    book = Book({"I": one, "II": two})
    finish(book, camb)
    assert (book.done, book.pending, book.failed) == ({"I": 1, "II": 2}, {}, {})
    assert (fake_camb.polls(one), fake_camb.polls(two)) == (6, 2)


@pytest.mark.parametrize("timeline", ["PENDING hang SUCCESS", "PENDING stall SUCCESS", "429 SUCCESS", "500 SUCCESS"])
def test_trouble_is_ridden_out(fake_camb: FakeCamb, camb: CambClient, timeline: str) -> None:
    book = Book({"I": fake_camb.add("tts:one", timeline, run_id=1)})
    finish(book, camb)
    assert book.done == {"I": 1}


def test_the_server_is_left_alone_for_as_long_as_it_asks(fake_camb: FakeCamb, camb: CambClient) -> None:
    task = fake_camb.add("tts:one", ["PENDING", rate_limited(45), "SUCCESS"])
    finish(Book({"I": task}), camb)
    first, second, third = (request.at for request in fake_camb.requests_for(task))
    assert second - first < 5
    assert third - second >= 45


def test_a_chapter_that_failed_keeps_its_reason(fake_camb: FakeCamb, camb: CambClient) -> None:
    harmful = {"status": "ERROR", "exception_reason": "HARMFUL_CONTENT_DETECTED"}
    book = Book({"I": fake_camb.add("tts:one", [harmful]), "II": fake_camb.add("tts:two", "PENDING TIMEOUT")})
    finish(book, camb)
    assert book.failed == {"I": "HARMFUL_CONTENT_DETECTED", "II": "TIMEOUT"}


@pytest.mark.parametrize("timeline", ["PAYMENT_REQUIRED", "PENDING 402"])
def test_without_credits_it_stops(fake_camb: FakeCamb, camb: CambClient, timeline: str) -> None:
    book = Book({"I": fake_camb.add("tts:one", timeline), "II": fake_camb.add("tts:two", "SUCCESS")})
    with pytest.raises(OutOfCreditsError, match="I"):
        finish(book, camb)
    assert book.pending.keys() == {"I", "II"}
    assert fake_camb.polls("tts:two") == 0


def test_what_takes_too_long_is_resumed(patched_camb: FakeCamb, camb_clock: VirtualClock, tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    Book({"I": patched_camb.add("tts:one", {0: "PENDING", 1000: "SUCCESS"}, run_id=1)}).save(path)
    assert not run(path)
    assert camb_clock.monotonic() == pytest.approx(598)
    assert run(path)
    assert 1000 <= camb_clock.monotonic() <= 1010
    assert Book.load(path).done == {"I": 1}


def test_a_wrong_key_is_nobodys_chapter(fake_camb: FakeCamb) -> None:
    book = Book({"I": TaskRef("tts", "one")})
    with fake_camb.client(api_key="wrong") as camb, pytest.raises(AuthenticationError):
        finish(book, camb)
    assert book.pending


def test_all_at_once(fake_camb: FakeCamb, async_camb: AsyncCambClient) -> None:
    book = Book({"I": fake_camb.add("tts:one", run_id=1)})
    asyncio.run(finish_together(book, async_camb))
    assert book.done == {"I": 1}
