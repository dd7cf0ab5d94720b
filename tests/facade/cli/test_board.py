"""The board: when a task is expected to end."""

from camb_client import ApiConnectionError, TaskRef
from camb_client.cli._board import Board, Row


def test_an_end_is_estimated_from_how_long_others_took() -> None:
    board, refs = Board(), [TaskRef("tts", f"{number}") for number in range(5)]
    for ref in refs:
        board.add(ref)
    for ref, took in zip(refs[:4], (60.0, 70.0, 80.0, 90.0), strict=True):
        assert (board.estimate(Row(refs[0], since=0.0, until=40.0)) is None) == (took < 90)
        board.rows[ref] = Row(ref, since=board.rows[ref].since - took)
        board.ended(ref, None, None)
    board.ended(refs[4], None, ApiConnectionError("no"))  # It did not succeed.

    def estimate(elapsed: float, kind: str = "tts") -> float | None:
        found = board.estimate(Row(TaskRef(kind, "new"), since=0.0, until=elapsed))
        return found and round(found)

    assert [estimate(40), estimate(65), estimate(85), estimate(95)] == [40, 15, 5, None]
    assert estimate(40, "dub") is None
