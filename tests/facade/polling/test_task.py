"""References and states as values."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from camb_client import CompletedTask, TaskRef, TaskState

WHEN = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("task_id", ["c8b8e3cd-ad17", "a:b", "a/b?c#d%20", "…", " ", "...", "%2e%2e"])
def test_a_reference_reads_back_from_its_text(task_id: str) -> None:
    ref = TaskRef("text-to-sound", task_id)
    assert str(ref) == f"text-to-sound:{task_id}"
    assert TaskRef.parse(str(ref)) == ref


@pytest.mark.parametrize("task_id", ["", ".", "..", "a\n", "\0", "\x7f", "\x85", "\ud800"])
def test_an_id_that_would_change_the_url_is_refused(task_id: str) -> None:
    with pytest.raises(ValueError, match="task_id"):
        TaskRef("tts", task_id)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (("", "1"), ValueError),
        (("a:b", "1"), ValueError),
        ((None, "1"), TypeError),
        (("tts", 7), TypeError),
        (("tts", "1", 1.5), TypeError),
        (("tts", "1", datetime(2026, 1, 2)), ValueError),  # noqa: DTZ001 (naive on purpose)
    ],
)
def test_what_cannot_be_a_reference_is_refused(arguments: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        TaskRef(*arguments)


def test_text_that_is_no_reference_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match="'tts:c8b8'"):
        TaskRef.parse("c8b8")
    with pytest.raises(TypeError):
        TaskRef.parse(7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        (None, ValueError),
        ("tts:1", ValueError),
        ([], ValueError),
        ({"kind": "tts"}, ValueError),
        ({"kind": "tts", "task_id": "1", "id": "1"}, ValueError),
        ({"kind": "tts", "task_id": "1", "submitted_at": "soon"}, ValueError),
        ({"kind": "tts", "task_id": 1}, TypeError),
    ],
)
def test_fields_that_are_no_reference_are_refused(fields: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        TaskRef.from_dict(fields)


def test_submitted_at_is_no_part_of_who_a_task_is() -> None:
    ref, same = TaskRef("tts", "1", WHEN), TaskRef("tts", "1")
    assert ref == same
    assert hash(ref) == hash(same)
    assert str(ref) == str(same) == "tts:1"


def test_raw_is_no_part_of_what_a_state_says() -> None:
    state, same = (TaskState(TaskRef("tts", "1"), "PENDING", raw={"a": 1}), TaskState(TaskRef("tts", "1"), "PENDING"))
    assert state == same
    assert hash(state) == hash(same)
    assert repr(state) == repr(same)
    assert state != TaskState(TaskRef("tts", "1"), "PENDING", message="half way")


def test_a_state_with_an_object_as_message_still_hashes() -> None:
    state = TaskState(TaskRef("tts", "1"), "ERROR", exception_reason=["a"], message={"a": [1]})
    assert len({state, attrs.evolve(state)}) == 1


@pytest.mark.parametrize(
    "value",
    [
        TaskRef("tts", "1", WHEN),
        TaskState(TaskRef("tts", "1"), "NOBODY_KNOWS", None, {"why": 1}, ["x"], {"status": "NOBODY_KNOWS"}),
        CompletedTask(TaskRef("tts", "1"), "SUCCESS", 7, raw={"status": "SUCCESS"}),
    ],
)
def test_values_are_frozen_and_survive_pickle_and_copy(value: Any) -> None:
    for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value), attrs.evolve(value)):
        assert again == value
        assert type(again) is type(value)
        assert attrs.asdict(again) == attrs.asdict(value)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.status = "x"
