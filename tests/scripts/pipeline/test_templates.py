"""`openapi/templates`: each differs from the generator's own only in what its head says."""

import ast
import copy
import hashlib
import importlib.metadata
import pickle
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import openapi_python_client
import pytest

from camb_openapi import SPEC_DIGEST
from camb_openapi.api import TASK_STATUS_OPERATIONS
from camb_openapi.models.create_transcribe_body import CreateTranscribeBody
from camb_openapi.models.dubbed_media import DubbedMedia
from camb_openapi.models.get_dub_results_response_200 import GetDubResultsResponse200
from camb_openapi.models.orchestrator_pipeline_result import OrchestratorPipelineResult
from camb_openapi.models.story_media import StoryMedia
from camb_openapi.models.task_status import TaskStatus
from scripts.common.project import ROOT
from scripts.pipeline.roles import roles_template

OURS = ROOT / "openapi/templates"
STOCK = Path(openapi_python_client.__file__).parent / "templates"
OVERRIDES = sorted(path.relative_to(OURS).as_posix() for path in OURS.rglob("*.jinja") if path.name != "handles.jinja")


@pytest.mark.parametrize("name", OVERRIDES)
def test_the_generators_own_template_is_the_one_that_was_changed(name: str) -> None:
    head = re.match(r"\{# Overrides (\S+) of openapi-python-client (\S+),\s+sha256 ([0-9a-f]{64})\.", read(OURS / name))
    assert head, "the head says which template this overrides"
    stock = hashlib.sha256((STOCK / name).read_bytes()).hexdigest()
    assert head.groups() == (name, importlib.metadata.version("openapi-python-client"), stock), (
        "the generator's own templates changed under us: review the difference, then update the head"
    )


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def render(folder: Path, enum_name: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    enum = SimpleNamespace(class_info=SimpleNamespace(name=enum_name), values={"B": "b", "A": "a"})
    return environment.get_template("str_enum.py.jinja").render(enum=enum)


def test_other_enums_are_the_generators_own() -> None:
    assert render(OURS, "Gender") == render(STOCK, "Gender")
    assert render(OURS, "TaskStatus").startswith("from enum import StrEnum\nfrom typing import Self\n")


@pytest.mark.parametrize("value", ["slow", "as slow as can be"])
def test_other_enums_take_any_value(value: str) -> None:
    body = {"language": 1, "transcription_mode": value}
    assert CreateTranscribeBody.from_dict(body).to_dict() == body


def test_a_known_status_is_a_member() -> None:
    assert TaskStatus("SUCCESS") is TaskStatus.SUCCESS
    assert TaskStatus.SUCCESS in list(TaskStatus)


@pytest.mark.parametrize("text", ["FAILED", "", "success", "é\n"])
def test_an_unknown_status_keeps_what_was_sent(text: str) -> None:
    unknown = TaskStatus(text)
    assert isinstance(unknown, TaskStatus)
    assert (unknown, unknown.value, str(unknown), f"{unknown}", unknown.name) == (text, text, text, text, "")
    assert hash(unknown) == hash(text) == hash(TaskStatus(text))
    assert unknown == TaskStatus(text)
    assert unknown != TaskStatus.ERROR
    assert repr(text) in repr(unknown)
    copies = [copy.copy(unknown), copy.deepcopy(unknown)]
    copies += [pickle.loads(pickle.dumps(unknown, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for one in copies:
        assert (type(one), one, one.value) == (TaskStatus, text, text)


def test_unknown_statuses_are_not_kept() -> None:
    before = len(TaskStatus), len(TaskStatus._value2member_map_)
    for index in range(100):
        TaskStatus(f"NEW_{index}")
    assert (len(TaskStatus), len(TaskStatus._value2member_map_)) == before


@pytest.mark.parametrize("value", [None, 5, True, b"SUCCESS", ["SUCCESS"], {}])
def test_what_is_no_text_is_no_status(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid TaskStatus"):
        TaskStatus(value)


def test_an_unknown_status_survives_the_model() -> None:
    body = {"status": "FAILED", "run_id": None, "message": {"a": 1}, "exception_reason": "NEW", "more": 1}
    assert OrchestratorPipelineResult.from_dict(body).to_dict() == body


@pytest.mark.parametrize("transcript", [None, "Hello", [{"start": 0, "end": 1.5, "text": "Hello", "speaker": "A"}]])
def test_a_model_within_a_model_is_read_wherever_it_stands(transcript: Any) -> None:
    media = {"audio_url": "https://x/a", "transcript": transcript}
    assert StoryMedia.from_dict(media).to_dict() == media
    body = {"7": {"audio_url": "https://x/a", "video_url": None, "transcript": []}}
    assert isinstance(GetDubResultsResponse200.from_dict(body)["7"], DubbedMedia)


def test_the_table_has_each_family_and_its_operation() -> None:
    assert {"text-to-sound", "tts"} <= TASK_STATUS_OPERATIONS.keys()
    assert list(TASK_STATUS_OPERATIONS) == sorted(TASK_STATUS_OPERATIONS)
    for kind, (request, model) in TASK_STATUS_OPERATIONS.items():
        assert request("a/b") == {"method": "get", "url": f"/{kind}/a%2Fb"}
        assert model is OrchestratorPipelineResult


def test_the_package_says_which_spec_it_was_made_from() -> None:
    assert hashlib.sha256((ROOT / "openapi/camb.yaml").read_bytes()).hexdigest() == SPEC_DIGEST


def test_enums_of_the_same_numbers_share_names_that_mean_one_of_them() -> None:
    named = [{"enum": [1, 2], "x-enum-varnames": names} for names in (["FORMAL", "LOW"], ["LOW", "NOT_SO"])]
    found = roles_template({"paths": {}, "components": {"schemas": {"A": named[0], "B": named[1]}}})
    assert found.splitlines()[-1] == "{% set names = {'1,2': {'formal': 1, 'not-so': 2}} %}"


def test_an_enum_without_names_has_those_of_the_one_that_it_grew_from() -> None:
    """A page that brings one more language must not take the names of all others away."""
    languages = {"enum": [*range(1, 31)], "x-enum-varnames": [f"L_{number}" for number in range(1, 31)]}
    for grown, named in ({"enum": [*range(2, 32)]}, 29), ({"enum": [*range(1, 24)]}, 23):
        found = roles_template({"paths": {}, "components": {"schemas": {"A": languages, "B": grown}}})
        names = ast.literal_eval(found.splitlines()[-1].removeprefix("{% set names = ").removesuffix(" %}"))
        assert len(names[",".join(map(str, grown["enum"]))]) == named
    for other in {"enum": [*range(1, 12)]}, {"enum": [*range(20, 60)]}:
        found = roles_template({"paths": {}, "components": {"schemas": {"A": languages, "B": other}}})
        assert found.count("l-7") == 1
