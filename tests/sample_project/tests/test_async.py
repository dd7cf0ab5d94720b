"""What takes a plugin for async tests: pytest-asyncio or anyio, in auto mode."""

import pytest

from audiobook import Book, OutOfCreditsError, finish_together
from camb_client import AsyncCambClient
from camb_client.testing import RESET, FakeCamb, Timeline, VirtualClock


async def test_all_together_take_as_long_as_the_longest(
    fake_camb: FakeCamb, async_camb: AsyncCambClient, camb_clock: VirtualClock
) -> None:
    lengths = range(60, 300, 10)
    chapters = {str(at): fake_camb.add(f"tts:{at}", {0: "PENDING", at: "SUCCESS"}, run_id=at) for at in lengths}
    book = Book(chapters)
    await finish_together(book, async_camb)
    assert book.done == {str(at): at for at in lengths}
    assert 290 <= camb_clock.monotonic() <= 300


async def test_one_that_fails_or_lasts_leaves_the_others_alone(
    fake_camb: FakeCamb, async_camb: AsyncCambClient
) -> None:
    timelines: dict[str, Timeline] = {
        "I": "PENDING ERROR",
        "II": {0: "PENDING", 30: RESET, 60: "SUCCESS"},
        "III": ["PENDING"],
    }
    book = Book({chapter: fake_camb.add(f"tts:{chapter}", timeline) for chapter, timeline in timelines.items()})
    await finish_together(book, async_camb)
    assert (book.failed, list(book.done), list(book.pending)) == ({"I": "ERROR"}, ["II"], ["III"])


async def test_without_credits_it_stops(fake_camb: FakeCamb, async_camb: AsyncCambClient) -> None:
    unpaid = {"status": "ERROR", "exception_reason": "PAYMENT_REQUIRED"}
    book = Book({"I": fake_camb.add("tts:one", ["PENDING", unpaid])})
    with pytest.raises(OutOfCreditsError):
        await finish_together(book, async_camb)
