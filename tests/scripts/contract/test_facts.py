"""The facts that the facade stands on: each can fail, and says which line to write."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from camb_client._api import operations
from camb_client._http import credentials as _config
from camb_client._polling import status as _status
from scripts.common.project import ROOT, SPEC
from scripts.common.strict_yaml import load_file
from scripts.contract import facts
from scripts.contract.facts import problems

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(dict(load_file(ROOT / SPEC, SPEC)))


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    return dict(document["components"]["schemas"])


def operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/tts/{task_id}"]["get"]
    return found


def test_they_hold_for_the_committed_document(document: dict[str, Any]) -> None:
    assert problems(document) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: d["paths"].pop("/tts/{task_id}"), "no GET /tts/{task_id} returns OrchestratorPipelineResult"),
        (
            lambda d: schemas(d)["OrchestratorPipelineResult"].update(title="X"),
            "no GET /text-to-sound/{task_id} returns",
        ),
        (
            lambda d: operation(d)["responses"]["200"]["content"].clear(),
            "no GET /tts/{task_id} returns OrchestratorPipelineResult",
        ),
        (lambda d: schemas(d)["TaskIDParam"].update(type="integer"), "task_id is no longer a string"),
        (lambda d: operation(d)["parameters"].append({"name": "x", "in": "query", "required": True}), "requires 'x'"),
        (lambda d: d["servers"].insert(0, {"url": "https://x"}), '`DEFAULT_BASE_URL = "https://x"` in facade/camb_'),
        (lambda d: d.pop("servers"), '`DEFAULT_BASE_URL = "/"`'),
        (
            lambda d: schemas(d)["TaskStatus"]["enum"].append("UNHEARD_OF"),
            "`TaskStatus.UNHEARD_OF: Meaning.…,` in _MEANINGS",
        ),
        (lambda d: schemas(d)["TaskStatus"]["enum"].append(7), "the status 7, which is no string"),
        (lambda d: schemas(d)["TaskStatus"]["enum"].append("FAILED"), "FAILED is documented now: take it out of UNDOC"),
        (
            lambda d: schemas(d)["TaskStatus"]["enum"].remove("ERROR"),
            '`"ERROR": "<where it is from>",` in UNDOCUMENTED',
        ),
        (lambda d: schemas(d)["TaskStatus"].pop("enum"), "is no plain enum now"),
        (
            lambda d: schemas(d)["OrchestratorPipelineResult"]["properties"]["run_id"].update(type="string"),
            "run_id of tts is string, not integer or null: rewrite _run_id in facade/camb_client/_polling/response.py",
        ),
        (
            lambda d: schemas(d)["OrchestratorPipelineResult"]["properties"]["run_id"]["type"].append("string"),
            "run_id of tts is integer or null or string, not integer or null",
        ),
        (lambda d: schemas(d)["OrchestratorPipelineResult"]["properties"].pop("message"), "has no message, which"),
        (lambda d: schemas(d)["OrchestratorPipelineResult"]["properties"].pop("status"), "has no status, which"),
        (lambda d: d["components"]["securitySchemes"]["APIKeyHeader"].update(name="key"), "wants apikey header key"),
        (lambda d: operation(d).update(security=[]), "wants no key, the client sends the header x-api-key"),
    ],
)
def test_each_can_fail(document: dict[str, Any], edit: Edit, said: str) -> None:
    edit(document)
    assert said in "\n".join(problems(document))


def test_a_task_result_that_is_no_family_is_named(document: dict[str, Any]) -> None:
    moved = {**operation(document), "parameters": []}
    document["paths"]["/dub/status"] = {"get": moved}
    (said,) = problems(document)
    assert said.startswith("/paths/~1dub~1status/get returns OrchestratorPipelineResult, but is no family")
    assert said.endswith("rename the parameter in its page, or widen openapi/templates/api_init.py.jinja")


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: schemas(d)["OrchestratorPipelineResult"]["properties"]["run_id"].update(type="integer"),
        lambda d: operation(d)["security"].append({"Other": []}),
        lambda d: operation(d)["parameters"].append({"name": "x", "in": "query"}),
        lambda d: d["servers"].append({"url": "https://eu.example"}),
        lambda d: d["servers"][0].update(url=f"{facts.DEFAULT_BASE_URL}/"),
        lambda d: d["paths"].update({"/dub/{task_id}": d["paths"]["/tts/{task_id}"]}),
    ],
)
def test_what_the_facade_can_live_with_is_no_problem(document: dict[str, Any], edit: Edit) -> None:
    document["components"]["securitySchemes"]["Other"] = {"type": "http", "scheme": "bearer"}
    edit(document)
    assert problems(document) == []


def test_the_types_of_run_id_may_be_written_as_any_of(document: dict[str, Any]) -> None:
    run_id = schemas(document)["OrchestratorPipelineResult"]["properties"]["run_id"]
    run_id["anyOf"] = [{"type": each} for each in run_id.pop("type")]
    assert problems(document) == []


def test_the_facade_s_side_is_read_and_not_repeated(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(facts, "KEY_HEADER", "other")
        assert "the client sends the header other" in problems(document)[0]
    with monkeypatch.context() as patch:
        patch.setattr(facts, "DEFAULT_BASE_URL", "https://other")
        assert "the client uses https://other" in problems(document)[0]
    with monkeypatch.context() as patch:
        patch.delitem(_status._MEANINGS, _status.TaskStatus.TIMEOUT)
        (said,) = problems(document)
        assert said.startswith("the status TIMEOUT has no meaning: write `TaskStatus.TIMEOUT: Meaning.…,` in _MEAN")
        assert said.endswith("facade/camb_client/_polling/status.py")  # The member is there; no second line.
    with monkeypatch.context() as patch:
        patch.setitem(operations.TASK_STATUS_OPERATIONS, "tts", operations.TASK_STATUS_OPERATIONS["text-to-sound"])
        operations.request_line.cache_clear()
        assert "the client sends GET /text-to-sound/ID for tts" in problems(document)[0]
    operations.request_line.cache_clear()
    assert problems(document) == []
    assert _config.KEY_HEADER == facts.KEY_HEADER


def test_the_promised_kinds_are_the_named_ones() -> None:
    from camb_client import CambClient

    named = [name for name, value in vars(CambClient).items() if isinstance(value, property)]
    assert [name.replace("_", "-") for name in named] == [*facts.PROMISED, "voices", "languages"]
