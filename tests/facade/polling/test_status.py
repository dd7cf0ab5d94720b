"""Statuses: the table, and what is not in it."""

import copy
import pickle

import pytest

from camb_client import TaskRef, TaskState, TaskStatus
from camb_openapi.models.task_status import TaskStatus as SpecStatus
from scripts.contract.facts import UNDOCUMENTED

REF = TaskRef("tts", "1")


def test_the_members_are_those_of_the_spec_and_the_listed_extras() -> None:
    documented = {str(status) for status in SpecStatus}
    new = documented - {str(status) for status in TaskStatus}
    assert not new, f"the docs have a new status: make {new} a member of TaskStatus, and give it a meaning in _MEANINGS"
    assert {str(status) for status in TaskStatus} == documented | UNDOCUMENTED.keys()
    assert UNDOCUMENTED.keys().isdisjoint(documented)
    assert all(status.is_known for status in TaskStatus)


@pytest.mark.parametrize("sent", ["success", "Success", " SUCCESS", "SUCCESS\n"])
def test_case_and_blanks_do_not_matter(sent: str) -> None:
    assert TaskStatus(sent) is TaskStatus.SUCCESS


def test_any_other_string_becomes_an_unnamed_member_that_keeps_it() -> None:
    known = len(TaskStatus)
    unknown = TaskStatus("Nobody knows ")
    assert (unknown, unknown.value, str(unknown), unknown.name) == (
        "Nobody knows ",
        "Nobody knows ",
        "Nobody knows ",
        None,
    )
    assert isinstance(unknown, TaskStatus)
    assert not unknown.is_known
    assert "Nobody knows " in repr(unknown)
    assert unknown == TaskStatus("Nobody knows ")
    assert hash(unknown) == hash("Nobody knows ")
    assert len(TaskStatus) == known


@pytest.mark.parametrize("status", [TaskStatus.SUCCESS, TaskStatus("Nobody knows ")])
def test_statuses_survive_pickle_and_copy(status: TaskStatus) -> None:
    for again in (pickle.loads(pickle.dumps(status)), copy.copy(status), copy.deepcopy(status)):
        assert (again, type(again), again.is_known) == (status, TaskStatus, status.is_known)


@pytest.mark.parametrize("sent", [None, 7, ["SUCCESS"]])
def test_what_is_no_string_is_refused(sent: object) -> None:
    with pytest.raises(ValueError, match="TaskStatus"):
        TaskStatus(sent)


@pytest.mark.parametrize(
    ("status", "shown"),
    [("PENDING", "pending"), ("SUCCESS", "success"), ("ERROR", "failure"), ("FAILED", "failure"),
     ("TIMEOUT", "failure"), ("PAYMENT_REQUIRED", "failure"), ("NOBODY_KNOWS", "pending")],
)  # fmt: skip
def test_a_state_is_just_one_of_pending_success_and_failure(status: str, shown: str) -> None:
    state = TaskState(REF, status)
    is_so = {"pending": state.is_pending, "success": state.is_success, "failure": state.is_failure}
    assert [name for name, value in is_so.items() if value] == [shown]
    assert state.is_terminal == (shown != "pending")
