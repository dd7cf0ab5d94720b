"""`openapi/supplements`: each stands in for a page, gives way to it, and changes nothing but itself."""

import copy
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from camb_openapi.api.text_to_sound import get_text_to_sound_result
from camb_openapi.api.tts import create_tts, get_tts_result, get_tts_results, stream_tts
from camb_openapi.models.create_translate_body import CreateTranslateBody
from camb_openapi.models.create_tts_body import CreateTtsBody
from camb_openapi.models.create_tts_body_language import CREATE_TTS_BODY_LANGUAGE_NAMES, CREATE_TTS_BODY_LANGUAGE_VALUES
from camb_openapi.models.get_tts_results_body import GetTtsResultsBody
from camb_openapi.models.stream_tts_body import StreamTtsBody
from scripts.common.documents import operations
from scripts.common.errors import PipelineError
from scripts.common.families import families
from scripts.common.project import ROOT, SUPPLEMENTS
from scripts.common.strict_yaml import dump, load_file
from scripts.comparison import compare
from scripts.comparison.changes import CORRECTED
from scripts.comparison.words import SUPPLEMENT
from scripts.pipeline.document import make_document
from scripts.pipeline.generate import check, generate, main
from scripts.pipeline.import_page import import_page
from scripts.pipeline.merge import load_pages, merge
from scripts.pipeline.overlay import apply_overlay, load_overlay
from scripts.pipeline.supplements import add_supplements, load_supplements

from ..conftest import made_once
from .test_new_family import USE, use

FILES = sorted((ROOT / SUPPLEMENTS).iterdir())
DUB = "openapi/supplements/get-dub-status.yaml"


@pytest.fixture(scope="module")
def made_with_supplements(made: Path, request: pytest.FixtureRequest) -> Path:
    def make(root: Path) -> None:
        shutil.copytree(made, root, dirs_exist_ok=True)
        shutil.copytree(ROOT / SUPPLEMENTS, root / SUPPLEMENTS)
        generate(root)

    return made_once(request, "supplemented", make)


@pytest.fixture
def supplemented(made_with_supplements: Path, tmp_path: Path) -> Path:
    """A copy of the project with all our supplements, made."""
    root = tmp_path / "supplemented"
    shutil.copytree(made_with_supplements, root)
    return root


@pytest.fixture
def supplement() -> dict[str, Any]:
    document: dict[str, Any] = load_file(ROOT / DUB, DUB)
    return document


# What is committed


def test_the_document_has_each_of_them_beside_the_corrected_pages(supplemented: Path) -> None:
    document = make_document(supplemented)
    described = {one[:2] for path in FILES for one in operations(load_file(path, path.name))}
    assert len(described) == len(FILES)
    assert {(path, method) for path, method, one in operations(document) if "x-evidence" in one} == described
    (supplemented / SUPPLEMENTS).rename(supplemented / "elsewhere")
    for path, method in described:
        del document["paths"][path][method]
    document["paths"] = {path: item for path, item in document["paths"].items() if item}
    without = make_document(supplemented)
    for name in document["components"]["schemas"].keys() - without["components"]["schemas"].keys():
        del document["components"]["schemas"][name]  # A component that a supplement brought.
    assert document == without


def test_without_them_the_corrected_pages_are_left(project: Path) -> None:
    assert add_supplements(make_document(project), []) == make_document(project)
    assert load_supplements(project / SUPPLEMENTS) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_names_public_sources_and_the_operation_as_the_file(path: Path) -> None:
    ((_, _, operation),) = operations(load_file(path, path.name))
    for source in operation["x-evidence"]["sources"]:
        assert re.match(r"https://(docs\.camb\.ai|github\.com)/|camb-sdk 1\.6\.6 on PyPI: ", source), source
    assert operation["operationId"].replace("_", "-") == path.stem
    assert re.fullmatch(r"[a-z_]+", operation["tags"][0]), "the folder of the generated module"


def test_the_families_are_those_whose_status_the_sources_agree_on() -> None:
    known = {"dub", "story", "sub", "text-to-voice", "transcribe", "translate", "translated-story", "translated-tts"}
    assert families(make_document(ROOT)).keys() >= known | {"tts", "text-to-sound"}
    assert not families(make_document(ROOT)).keys() & {"audio-separation", "dub-alt-format", "project-setup"}


# What is made of them


def test_a_value_of_an_enum_that_the_document_does_not_have_is_kept() -> None:
    """What may be sent is the server's to say, and what it sends may be new."""
    fields = {"text": "Hi", "voice_id": 1, "language": 137, "gender": 3}
    assert CreateTtsBody.from_dict(fields).to_dict() == fields


def test_a_number_may_be_given_by_its_name() -> None:
    for name in ("fr-fr", "FR_FR", 76):
        fields = {"texts": ["Hi"], "source_language": "en-us", "target_language": name}
        assert CreateTranslateBody.from_dict(fields).to_dict() == {
            "texts": ["Hi"],
            "source_language": 1,
            "target_language": 76,
        }


def test_the_requests() -> None:
    body = CreateTtsBody.from_dict({"text": "Hi", "voice_id": 1, "language": 1, "age": None})
    request = {"method": "post", "url": "/tts", "headers": {"Content-Type": "application/json"}}
    assert create_tts._get_kwargs(body=body) == {
        **request,
        "json": {"text": "Hi", "voice_id": 1, "language": 1, "age": None},
    }
    # What a model or a locale may be changes too often to be closed.
    fields = {"text": "Hi!", "voice_id": 1, "language": "xx-yy", "speech_model": "mars-9"}
    assert stream_tts._get_kwargs(body=StreamTtsBody.from_dict(fields))["json"] == fields
    asked = get_text_to_sound_result._get_kwargs(7, output_type="file_url")
    assert (asked["url"], asked["params"]) == ("/text-to-sound-result/7", {"output_type": "file_url"})
    # What the server takes if nothing is said is the server's: no default of ours is sent.
    assert get_tts_result._get_kwargs(7) == {"method": "get", "url": "/tts-result/7", "params": {}}
    assert get_tts_results._get_kwargs(body=GetTtsResultsBody([1, 2]))["json"] == {"run_ids": [1, 2]}


def test_a_language_goes_by_its_locale() -> None:
    """The numbers that the sources agree on, and none where none is known."""
    assert len(CREATE_TTS_BODY_LANGUAGE_NAMES) == len(CREATE_TTS_BODY_LANGUAGE_VALUES) == 149
    assert {*range(1, 152)} - {*CREATE_TTS_BODY_LANGUAGE_VALUES} == {137, 138}
    known = {"en-us": 1, "de-de": 31, "es-es": 54, "fr-fr": 76, "hi-in": 81, "ko-kr": 94, "zh-cn": 139, "tl-ph": 151}
    for locale, number in known.items():
        assert CREATE_TTS_BODY_LANGUAGE_NAMES[locale] == number


def test_the_limits_are_in_the_document() -> None:
    document = make_document(ROOT)

    def fields(path: str) -> Any:
        return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]

    stream = fields("/tts-stream")
    assert (stream["text"]["minLength"], stream["text"]["maxLength"]) == (3, 3000)
    limits = {
        name: (one["minimum"], one["maximum"])
        for name, one in stream["inference_options"]["properties"].items()
        if "minimum" in one
    }
    assert limits == {
        "stability": (0, 1),
        "temperature": (0.01, 4),
        "inference_steps": (1, 1000),
        "speaker_similarity": (0, 1),
        "localize_speaker_weight": (0, 1),
    }
    for path in ("/tts-results", "/text-to-sound-results"):
        assert (fields(path)["run_ids"]["minItems"], fields(path)["run_ids"]["maxItems"]) == (2, 5)


@pytest.mark.parametrize("sent", [{"output_url": "https://x/a"}, {"file_url": "https://x/a"}])
@pytest.mark.parametrize("path", ["/tts-result/{run_id}", "/text-to-sound-result/{run_id}"])
def test_what_any_source_says_may_come_is_in_the_contract(path: str, sent: dict[str, str]) -> None:
    answer = make_document(ROOT)["paths"][path]["get"]["responses"]["200"]["content"]
    assert "audio/wav" in answer
    validator = Draft202012Validator(answer["application/json"]["schema"])
    assert validator.is_valid(sent)
    assert not validator.is_valid({})


# A page comes in


def test_a_page_goes_before_its_supplement_and_the_check_says_what_is_left(
    supplemented: Path, family_page: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = (supplemented / DUB).read_bytes()
    import_page(family_page("dub"), slug="get-dub", pages=supplemented / "openapi/pages")
    (supplemented / DUB).write_bytes(kept)  # As when somebody drops the page in by hand.
    generate(supplemented)
    operation = make_document(supplemented)["paths"]["/dub/{task_id}"]["get"]
    assert operation["operationId"] == "get_dub_status_dub__task_id__get"
    assert "x-evidence" not in operation
    left = f"{DUB}: a page has taken its place, delete it"
    assert check(supplemented)[0] == [left]
    assert main(["--check", "--root", str(supplemented)]) == 1
    assert left in capsys.readouterr().err
    ended = use(supplemented / "generated", USE)
    assert ended.returncode == 0, ended.stderr


def test_a_page_whose_parameter_is_called_otherwise_is_the_same_operation(
    supplemented: Path, family_page: Callable[..., str]
) -> None:
    page = family_page("dub").replace("{task_id}", "{id}").replace("name: task_id", "name: id")
    said = import_page(page, slug="get-dub", pages=supplemented / "openapi/pages")
    assert "GET /dub/{id}: has no role, so the client does not use it: in its path a status has {task_id}" in said
    paths = make_document(supplemented)["paths"]
    assert "/dub/{id}" in paths
    assert "/dub/{task_id}" not in paths


@pytest.mark.whole
def test_an_import_takes_the_supplement_away_and_says_what_the_page_says_otherwise(
    supplemented: Path, family_page: Callable[..., str]
) -> None:
    page = family_page("dub", summary="Another")
    first, second, *rest = import_page(page, slug="get-dub", pages=supplemented / "openapi/pages").splitlines()
    assert "get-dub.yaml: added (GET /dub/{task_id} of page)" in first
    assert second == f"{DUB}: removed, for its page is here. What it says otherwise:"
    assert {one.name for one in FILES} - {one.name for one in (supplemented / SUPPLEMENTS).iterdir()} == {
        Path(DUB).name
    }
    table = "\n".join(rest)
    assert "| GET /dub/{task_id} has a page now, in place of our supplement | " in table
    assert '| `summary` of GET /dub/{task_id} is "Another", was "Get End To End Dubbing Status" | ' in table
    assert "breaking" not in table
    assert check(supplemented)[0] != []
    generate(supplemented)
    assert check(supplemented)[0] == []
    again = import_page(page, slug="get-dub", pages=supplemented / "openapi/pages")
    assert again.splitlines()[0].endswith("get-dub.yaml: unchanged (GET /dub/{task_id} of page)")


def test_an_import_that_cannot_be_compared_says_why(supplemented: Path, family_page: Callable[..., str]) -> None:
    page = family_page("dub").replace("FastAPI", "Another title")
    second = import_page(page, slug="get-dub", pages=supplemented / "openapi/pages").splitlines()[1]
    assert second.startswith(f"{DUB}: removed, for its page is here. Not compared: openapi/pages/")
    assert "/info/title: 'FastAPI' differs from 'Another title'" in second
    assert not (supplemented / DUB).exists()


def test_nothing_is_taken_away_by_a_page_that_is_refused(supplemented: Path, family_page: Callable[..., str]) -> None:
    with pytest.raises(PipelineError, match="the fence line says"):
        import_page(family_page("dub").replace("yaml get", "yaml post"), slug="d", pages=supplemented / "openapi/pages")
    assert (supplemented / DUB).exists()


def test_a_page_of_another_operation_takes_nothing_away(supplemented: Path, family_page: Callable[..., str]) -> None:
    said = import_page(family_page("sing"), slug="get-sing", pages=supplemented / "openapi/pages")
    assert said.splitlines()[1:] == ["GET /sing/{task_id}: tells the status of sing tasks"]
    assert len(list((supplemented / SUPPLEMENTS).iterdir())) == len(FILES)


# What is refused (more of it in tests/contract/mutations/cases.py)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"openapi": "3.1.0"}, "/openapi: a supplement has nothing but paths and components"),
        ({"paths": {}}, "/paths: a page describes exactly one operation"),
        ({"x-evidence": ["a rumour"]}, "/x-evidence: a supplement has nothing but paths and components"),
    ],
)
def test_a_supplement_of_another_shape(
    project: Path, supplement: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    assert refusal(project, {**supplement, **changes}) == message


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (None, ": has to be confidence, sources"),
        ("camb-sdk", ": has to be confidence, sources"),
        ({"confidence": "high", "sources": ["a"], "more": 1}, ": has to be confidence, sources"),
        ({"sources": ["a"]}, "/confidence: has to be one of high, medium, low"),
        ({"confidence": "sure", "sources": ["a"]}, "/confidence: has to be one of high, medium, low"),
        ({"confidence": "low"}, "/sources: has to be a list of sentences"),
        ({"confidence": "low", "sources": []}, "/sources: has to be a list of sentences"),
        ({"confidence": "low", "sources": "a"}, "/sources: has to be a list of sentences"),
        ({"confidence": "low", "sources": ["a", " "]}, "/sources: has to be a list of sentences"),
        ({"confidence": "low", "sources": ["a"], "disputes": []}, "/disputes: has to be a list of sentences"),
    ],
)
def test_evidence_of_another_shape(project: Path, supplement: dict[str, Any], evidence: Any, message: str) -> None:
    supplement["paths"]["/dub/{task_id}"]["get"]["x-evidence"] = evidence
    assert refusal(project, supplement) == f"/paths/~1dub~1{{task_id}}/get/x-evidence{message}"


def refusal(project: Path, supplement: dict[str, Any]) -> str:
    """What is said of a supplement, without the file and what comes after the first comma or semicolon."""
    (project / SUPPLEMENTS).mkdir()
    (project / SUPPLEMENTS / "a.yaml").write_text(dump(supplement))
    with pytest.raises(PipelineError) as refused:
        make_document(project)
    assert str(refused.value).startswith("openapi/supplements/a.yaml: ")
    said = str(refused.value).removeprefix("openapi/supplements/a.yaml: ")
    return re.split(r"[:;] (?=the rest|this one)| and, where", said)[0]


def test_a_supplement_changes_no_page(project: Path, supplement: dict[str, Any]) -> None:
    """A path that a page has too may get another method, and nothing besides."""
    pages = [page.document for page in load_pages(project / "openapi/pages")]
    kept = copy.deepcopy(pages)
    supplement["paths"] = {"/tts/{task_id}": {"parameters": [], "put": supplement["paths"]["/dub/{task_id}"]["get"]}}
    assert refusal(project, supplement).startswith("/paths/~1tts~1{task_id}/parameters: is not in")
    supplement["paths"]["/tts/{task_id}"].pop("parameters")
    (project / SUPPLEMENTS / "a.yaml").write_text(dump(supplement))
    assert make_document(project)["paths"]["/tts/{task_id}"].keys() == {"get", "put"}
    assert pages == kept


SEGMENT: dict[str, Any] = {"type": "object", "title": "Segment", "properties": {"text": {"type": "string"}}}


def with_component(supplement: dict[str, Any], name: str, schema: Any, kind: str = "dub") -> dict[str, Any]:
    """The supplement for the status of a kind, with a component that its 422 uses."""
    document = json.loads(json.dumps(supplement).replace("dub", kind))
    operation = document["paths"][f"/{kind}/{{task_id}}"]["get"]
    operation["responses"]["422"]["content"]["application/json"]["schema"] = {"$ref": f"#/components/schemas/{name}"}
    return {**document, "components": {"schemas": {name: schema}}}


def test_a_supplement_brings_a_component(project: Path, supplement: dict[str, Any]) -> None:
    (project / SUPPLEMENTS).mkdir()
    for kind in ("dub", "sing"):  # Two may bring the same.
        content = dump(with_component(supplement, "Segment", SEGMENT, kind))
        (project / SUPPLEMENTS / f"{kind}.yaml").write_text(content)
    assert make_document(project)["components"]["schemas"]["Segment"] == SEGMENT
    assert "added generated/camb_openapi/models/segment.py" in generate(project)


def test_a_component_that_differs_from_a_page_s_is_refused(project: Path, supplement: dict[str, Any]) -> None:
    other = with_component(supplement, "TaskStatus", {"type": "string", "enum": ["DONE"], "title": "TaskStatus"})
    assert refusal(project, other).startswith(
        "/components/schemas/TaskStatus/enum/0: 'DONE' differs from 'SUCCESS' in openapi/pages"
    )


def test_a_component_that_differs_from_another_supplement_s_is_refused(
    project: Path, supplement: dict[str, Any]
) -> None:
    (project / SUPPLEMENTS).mkdir()
    for kind, title in (("dub", "Segment"), ("sing", "Other")):
        content = dump(with_component(supplement, "Segment", {**SEGMENT, "title": title}, kind))
        (project / SUPPLEMENTS / f"{kind}.yaml").write_text(content)
    with pytest.raises(PipelineError) as refused:
        make_document(project)
    assert str(refused.value) == (
        "openapi/supplements/sing.yaml: /components/schemas/Segment/title: 'Other' differs from 'Segment' in "
        "openapi/supplements/dub.yaml; a supplement has to agree with the others: correct it"
    )


def test_a_component_that_only_another_supplement_brings_is_refused(project: Path, supplement: dict[str, Any]) -> None:
    """A page for the other one takes the component away with it."""
    (project / SUPPLEMENTS).mkdir()
    (project / SUPPLEMENTS / "dub.yaml").write_text(dump(with_component(supplement, "Segment", SEGMENT)))
    user = with_component(supplement, "Segment", SEGMENT, "sing")
    del user["components"]
    (project / SUPPLEMENTS / "sing.yaml").write_text(dump(user))
    with pytest.raises(PipelineError) as refused:
        make_document(project)
    assert re.fullmatch(
        r"openapi/supplements/sing\.yaml: /paths/\S*/\$ref: '#/components/schemas/Segment' leads nowhere: a supplement "
        r"brings the components that it uses and no page has",
        str(refused.value),
    )


def test_a_component_goes_with_its_supplement(
    project: Path, supplement: dict[str, Any], family_page: Callable[..., str]
) -> None:
    (project / SUPPLEMENTS).mkdir()
    (project / SUPPLEMENTS / "dub.yaml").write_text(dump(with_component(supplement, "Segment", SEGMENT)))
    import_page(family_page("dub"), slug="get-dub", pages=project / "openapi/pages")
    assert "Segment" not in make_document(project)["components"]["schemas"]


@pytest.mark.parametrize("first", ["post", "get"])
def test_one_path_may_call_its_parameter_otherwise_for_another_method(
    project: Path, supplement: dict[str, Any], first: str
) -> None:
    """As POST /translated-story/{run_id} beside GET /translated-story/{task_id}: a server tells them apart."""
    (project / SUPPLEMENTS).mkdir()
    made = json.loads(json.dumps(supplement).replace("task_id", "run_id").replace("get_dub_status", "translate_dub"))
    made["paths"]["/dub/{run_id}"]["post"] = made["paths"]["/dub/{run_id}"].pop("get")
    for name, one in (("a" if first == "post" else "c", made), ("b", supplement)):
        (project / SUPPLEMENTS / f"{name}.yaml").write_text(dump(one))
    paths = make_document(project)["paths"]
    assert (paths["/dub/{run_id}"].keys(), paths["/dub/{task_id}"].keys()) == ({"post"}, {"get"})
    generate(project)


def test_an_overlay_calls_nothing_a_supplement(project: Path) -> None:
    overlay = load_overlay(project / "openapi/overlay.yaml")
    action = {"target": "$.paths['/tts/{task_id}'].get", "description": "d", "x-evidence": "e"}
    overlay["actions"].append({**action, "update": {"x-evidence": {"confidence": "high", "sources": ["a"]}}})
    (project / "openapi/overlay.yaml").write_text(dump(overlay))
    with pytest.raises(PipelineError, match=r"overlay\.yaml: .*/get/x-evidence: marks openapi/supplements"):
        make_document(project)


def test_what_a_page_and_a_supplement_share_is_compared_as_a_promise(supplemented: Path) -> None:
    """`/dub` comes before `/tts` by its name, and must not have the first word on their result."""
    base = make_document(supplemented)
    new = json.loads(json.dumps(base))
    del new["components"]["schemas"]["OrchestratorPipelineResult"]["properties"]["run_id"]
    (change,) = compare(base, new, CORRECTED)
    assert (change.verdict, SUPPLEMENT in change.advice) == ("breaking", False)


def test_what_is_new_beside_a_supplement_is_none(supplemented: Path, family_page: Callable[..., str]) -> None:
    base = make_document(supplemented)
    import_page(family_page("sing"), slug="get-sing", pages=supplemented / "openapi/pages")
    (change,) = compare(base, make_document(supplemented), CORRECTED)
    assert change.what == "GET /sing/{task_id} is new"
    assert change.advice == "nothing: camb.wait('sing:…') will work"


def test_a_change_of_a_supplement_is_made(supplemented: Path) -> None:
    path = supplemented / DUB
    path.write_text(path.read_text().replace("get_dub_status", "ask_how_a_dub_is_doing"))
    assert "added generated/camb_openapi/api/dub/ask_how_a_dub_is_doing.py" in generate(supplemented)


def test_the_overlay_is_applied_to_the_pages_alone(supplemented: Path) -> None:
    pages = merge(load_pages(supplemented / "openapi/pages"))
    corrected = apply_overlay(pages, load_overlay(supplemented / "openapi/overlay.yaml"))
    assert add_supplements(corrected, load_supplements(supplemented / SUPPLEMENTS)) == make_document(supplemented)
