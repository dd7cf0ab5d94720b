"""`scripts.comparison.handles`: the names that users write, and which of them a change takes away."""

import copy
import json
from typing import Any

import pytest

from scripts.common.documents import follow, pointer
from scripts.common.project import ROOT
from scripts.comparison import compare
from scripts.comparison.changes import CORRECTED
from scripts.comparison.handles import lost, names
from scripts.pipeline.document import make_document

TRANSLATE = "/paths/~1translate"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return make_document(ROOT)


def gone(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [change.what.removesuffix(" is gone") for change in lost(old, new, compare(old, new, CORRECTED))]


def test_the_names_stand_where_they_are_said_to(document: dict[str, Any]) -> None:
    found = names(document)
    for name, path in found.items():
        assert follow(document, path) is not None, (name, pointer(path))
    assert {
        "kinds.TRANSLATE",
        "kinds.TRANSLATE.results",
        "models.TranslateBody.target_language",
        "models.TranslateResult.texts",
        "models.TranscribeBody.media_file",
        "models.TranscribeResult.transcript[].text",
        "models.DubResult.audio_url",
        "models.DubResult[…].audio_url",
        "kinds.DUB_TRANSCRIPT(language=…)",
        "models.ListVoicesResult[].voice_name",
    } <= found.keys()


def test_a_schema_within_itself_ends(document: dict[str, Any]) -> None:
    new = copy.deepcopy(document)
    result = new["components"]["schemas"]["TranslatedTexts"]
    result["properties"]["more"] = {"$ref": "#/components/schemas/TranslatedTexts"}
    assert {"models.TranslateResult.more", "models.TranslateResult.texts"} <= names(new).keys()


def test_nothing_is_lost_by_what_is_new(document: dict[str, Any]) -> None:
    old = json.loads(json.dumps(document))
    for path in ("/translate", "/translate/{task_id}", "/translation-result/{run_id}", "/translation-results"):
        del old["paths"][path]
    assert lost(old, document, []) == []
    assert gone(document, old) == ["kinds.TRANSLATE"] + [f"models.Translate{role}" for role in ("Body", "Result")]


def test_a_field_that_changes_its_type_keeps_its_name(document: dict[str, Any]) -> None:
    new = copy.deepcopy(document)
    new["components"]["schemas"]["TranslatedTexts"]["properties"]["texts"]["items"]["type"] = "integer"
    assert gone(document, new) == []


def test_what_a_list_held_goes_with_it(document: dict[str, Any]) -> None:
    new = copy.deepcopy(document)
    del new["components"]["schemas"]["MediaTranscript"]["properties"]["transcript"]
    new["components"]["schemas"]["MediaTranscript"]["required"] = []
    assert gone(document, new) == ["models.TranscribeResult.transcript"]


def test_a_change_that_names_the_field_already_is_not_said_twice(document: dict[str, Any]) -> None:
    """What pages promise has rows of its own."""
    old = json.loads(json.dumps(document))
    del old["paths"]["/translate"]["post"]["x-evidence"]
    new = copy.deepcopy(old)
    del new["paths"]["/translate"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["age"]
    assert gone(old, new) == []
    assert [str(change.verdict) for change in compare(old, new, CORRECTED)] == ["breaking"]
