"""Pages of a whole family come in one after another, and take the place of its supplements without hand work."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from scripts.common.documents import operations
from scripts.common.errors import PipelineError
from scripts.common.project import OVERLAY, ROOT, SUPPLEMENTS
from scripts.common.strict_yaml import dump, load_file
from scripts.comparison.handles import lost, names
from scripts.pipeline.docs_page import openapi_block
from scripts.pipeline.document import make_document
from scripts.pipeline.generate import check, generate
from scripts.pipeline.import_page import import_page

from . import published
from .test_new_family import use

# What a user of each family writes, before and after.
USES = {
    "tts": """
import json
import httpx
from camb_client import CambClient, kinds, models

def answer(request):
    sent = json.loads(request.read())
    if request.url.path == "/tts":
        assert sent == {"text": "Good morning.", "voice_id": 1, "language": 76, "gender": 1}, sent
        return httpx.Response(200, json={"task_id": "abc"})
    assert request.url.path == "/tts-stream", request.url
    assert sent["output_configuration"] == {"format": "mp3"}, sent
    return httpx.Response(200, content=b"ID3", headers={"content-type": "audio/mpeg"})

def refused(call, said):
    try:
        call()
    except ValueError as error:
        assert said in str(error), error
    else:
        raise AssertionError("it should be refused")

with CambClient("test-key", base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer)) as camb:
    new = {"text": "Good morning.", "voice_id": 1}
    assert str(camb.tts.create(**new, language="fr-fr", gender=1)) == "tts:abc"
    body = models.TtsBody(**new, language="fr-fr", gender=1)
    assert str(camb.family(kinds.TTS).create(body)) == "tts:abc"
    with camb.tts.stream(**new, language="en-us", output_configuration={"format": "mp3"}) as audio:
        assert b"".join(audio) == b"ID3"
    refused(lambda: camb.tts.create(**new, language=76, gender=7), "gender must be one of 0, 1, 2, 9, not 7")
    refused(lambda: camb.tts.create(**new, language=9999), "language must be a locale or its number, not 9999")
    odd = {"format": "cassette"}
    refused(lambda: camb.tts.stream(**new, language="en-us", output_configuration=odd).__enter__(), "'wav'")
""",
    "transcribe": """
import io
import httpx
from camb_client import CambClient, kinds, models

def answer(request):
    path = request.url.path
    if path == "/transcribe":
        sent = request.read()
        assert b'name="media_file"; filename="a.wav"' in sent and b"RIFF" in sent, sent
        assert b'name="language"' in sent and b"76" in sent, sent
        return httpx.Response(200, json={"task_id": "abc"})
    if path == "/transcribe/abc":
        return httpx.Response(200, json={"status": "SUCCESS", "run_id": 7})
    assert path == "/transcription-result/7", path
    segment = {"start": 0, "end": 1.5, "text": "Bonjour", "speaker": "A"}
    return httpx.Response(200, json={"transcript": [segment]})

with CambClient("test-key", base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer)) as camb:
    file = models.File(io.BytesIO(b"RIFF"), file_name="a.wav")
    body = models.TranscribeBody(language="fr-fr", media_file=file)
    done = camb.wait(camb.family(kinds.TRANSCRIBE).create(body))
    (segment,) = camb.family(kinds.TRANSCRIBE).result(done).transcript
    assert (segment.text, segment.end) == ("Bonjour", 1.5)
""",
    "dub": """
import json
import httpx
from camb_client import CambClient, kinds, models

media = {"audio_url": "https://x/a", "video_url": None, "transcript": []}

def answer(request):
    path = request.url.path
    if path == "/dub":
        sent = json.loads(request.read())
        assert sent == {"video_url": "https://x/v", "source_language": 1, "target_languages": [76, 31]}, sent
        return httpx.Response(200, json={"task_id": "abc"})
    if path == "/dub/abc":
        return httpx.Response(200, json={"status": "SUCCESS", "run_id": 7})
    if path == "/transcript/7/31":
        assert dict(request.url.params) == {"format_type": "srt"}, request.url
        return httpx.Response(200, json={"transcript": "Hallo"})
    if path == "/dub-result/8":
        return httpx.Response(200, json={"fr-fr": media})
    assert path == "/dub-result/7", path
    return httpx.Response(200, json=media)

with CambClient("test-key", base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer)) as camb:
    family = camb.family(kinds.DUB)
    body = models.DubBody(video_url="https://x/v", source_language=1, target_languages=["fr-fr", 31])
    done = camb.wait(family.create(body))
    assert family.result(done).audio_url == "https://x/a"
    assert family.result(8)["fr-fr"].audio_url == "https://x/a"
    assert family.part(kinds.DUB_TRANSCRIPT, 7, language="de-de", format_type="srt")["transcript"] == "Hallo"
""",
}


# Supplements that say what the numbers of languages are called; pages do not.
NAMES = {"create-tts", "create-translate"}


@pytest.fixture
def with_kind(project: Path) -> Callable[[str], Path]:
    """The project with the supplements of a kind, and one that knows the names of languages."""

    def of(kind: str) -> Path:
        (project / SUPPLEMENTS).mkdir()
        for path in (ROOT / SUPPLEMENTS).iterdir():
            ((_, _, operation),) = operations(load_file(path, path.name))
            if operation["tags"][0] == kind or path.stem in NAMES:
                shutil.copy(path, project / SUPPLEMENTS)
        return project

    return of


@pytest.mark.whole
def test_each_page_takes_its_supplements_place_and_nothing_else_is_done(with_kind: Callable[[str], Path]) -> None:
    root = with_kind("transcribe")
    corrections = (root / OVERLAY).read_bytes()
    before = make_document(root)
    for name, page in published.transcribe().items():
        said = import_page(page, slug=name, pages=root / "openapi/pages")
        assert "removed, for its page is here. What it says otherwise:" in said
        assert "| breaking |" not in said
        generate(root)
        ended = use(root / "generated", USES["transcribe"])
        assert ended.returncode == 0, f"{name}: {ended.stderr}"
    assert check(root)[0] == []
    assert lost(before, make_document(root), []) == []
    assert (root / OVERLAY).read_bytes() == corrections
    assert {path.stem for path in (root / SUPPLEMENTS).iterdir()} == NAMES


@pytest.mark.whole
def test_published_components_stand_beside_those_of_the_other_supplements(project: Path) -> None:
    """A page may come before all others: what it calls its components, no supplement does."""
    shutil.copytree(ROOT / SUPPLEMENTS, project / SUPPLEMENTS)
    before = make_document(project)
    for name, page in {**published.transcribe(), **published.dub()}.items():
        (project / f"openapi/pages/{name}.yaml").write_text(openapi_block(page, name).content)
    after = make_document(project)
    assert lost(before, after, []) == []
    assert {"Languages", "Transcript", "SpokenLanguage", "TranscriptSegment"} <= after["components"]["schemas"].keys()


@pytest.mark.parametrize("page", ["create-tts", "create-tts-stream"])
def test_a_page_of_speech_takes_its_supplements_place_with_no_edit_of_the_facade(
    with_kind: Callable[[str], Path], page: str
) -> None:
    """What a field may be, and the stream, are known by their roles, whatever the page calls its components."""
    root = with_kind("tts")
    said = import_page(published.speech()[page], slug=page, pages=root / "openapi/pages")
    assert "removed, for its page is here." in said
    assert said.splitlines()[-1] in ("POST /tts: creates tts tasks", "POST /tts-stream: streams tts")
    generate(root)
    ended = use(root / "generated", USES["tts"])
    assert ended.returncode == 0, ended.stderr


def test_tags_that_do_not_say_the_kind_are_made_good_in_the_overlay(with_kind: Callable[[str], Path]) -> None:
    """Only the supplement knew that a transcript in a language belongs to dubbing."""
    root = with_kind("dub")
    before = make_document(root)
    kept = (root / OVERLAY).read_text()
    pages = published.dub("End to End")
    first = "get-dub-transcript"  # Once the page of the status is here, its tag tells whose the others are.
    for name in (first, *(name for name in pages if name != first)):
        said = import_page(pages[name], slug=name, pages=root / "openapi/pages")
        row = f"{OVERLAY}: says now that GET /transcript/{{run_id}}/{{language}} is about tasks of dub"
        assert (row in said.splitlines()) == (name == first), said
        assert re.match(r"(GET|POST) /\S+: (creates|tells .* of) dub tasks", said.splitlines()[-1]), said
    assert (root / OVERLAY).read_text().startswith(kept)
    document = make_document(root)
    assert document["paths"]["/transcript/{run_id}/{language}"]["get"]["tags"] == ["dub", "End to End"]
    assert lost(before, document, []) == []
    generate(root)
    ended = use(root / "generated", USES["dub"])
    assert ended.returncode == 0, ended.stderr


SPOKEN = """
from camb_client import kinds, models
from camb_client.testing import FakeCamb, VirtualClock

fake = FakeCamb(clock=VirtualClock())
with fake.client() as camb:
    fake.add("tts:1", run_id=7)
    print(camb.tts.download(camb.wait("tts:1"), "a.flac"))
    assert "result" in kinds.operations("tts"), kinds.operations("tts")
    assert "result" in kinds.operations("translated-tts"), kinds.operations("translated-tts")
    models.TtsResult
"""


@pytest.mark.parametrize("is_audio", [False, True])
def test_a_result_of_two_kinds_stays_with_both(project: Path, is_audio: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page has the tag of the one alone, and a tag that names the other would take it from the first.

    Where it has the audio and not the address of it, what the supplement knew of that stays.
    """
    shutil.copytree(ROOT / SUPPLEMENTS, project / SUPPLEMENTS)
    page = published.speech()["get-tts-run-info"]
    page = page.replace("application/json", "audio/flac", 1) if is_audio else page
    said = import_page(page, slug="get-tts-run-info", pages=project / "openapi/pages").splitlines()
    assert f"{OVERLAY}: says now that GET /tts-result/{{run_id}} is about tasks of tts and translated-tts" in said
    row = f"{OVERLAY}: says now what GET /tts-result/{{run_id}} is as JSON, as the supplement did"
    assert (row in said) == is_audio
    generate(project)
    monkeypatch.chdir(project)
    ended = use(project / "generated", SPOKEN)
    assert ended.stdout == "a.flac\n", ended.stderr


def test_a_kind_that_comes_with_the_tag_of_another_takes_nothing_from_it(with_kind: Callable[[str], Path]) -> None:
    root = with_kind("dub")
    for name, page in published.dub().items():
        import_page(page, slug=name, pages=root / "openapi/pages")
    before = make_document(root)
    page = published.status("dub-alt-format", "get_dub_alt_format_status", "Dubbing")
    said = import_page(page, slug="get-dub-alt-format-task-status", pages=root / "openapi/pages").splitlines()
    row = f"{OVERLAY}: says now that %s is about tasks of dub"
    assert said[1:-1] == [row % "POST /dubbing-results", row % "GET /transcript/{run_id}/{language}"]
    after = make_document(root)
    assert lost(before, after, []) == []
    assert after["paths"]["/dubbing-results"]["post"]["tags"] == ["dub", "Dubbing"]


def test_kinds_are_kept_through_pages_that_disagree_until_the_last_of_them_is_in(
    with_kind: Callable[[str], Path],
) -> None:
    """What the operation was for is then known from the document that was made last."""
    root = with_kind("dub")
    generate(root)
    pages = published.dub("End to End")
    fewer = {name: page.replace("          - 136\n", "").replace("      - 136\n", "") for name, page in pages.items()}
    import_page(pages["end-to-end-dubbing"], slug="a", pages=root / "openapi/pages")
    import_page(fewer["get-dub-transcript"], slug="b", pages=root / "openapi/pages")
    with pytest.raises(PipelineError, match="the pages have to agree"):
        make_document(root)
    said = import_page(fewer["end-to-end-dubbing"], slug="a", pages=root / "openapi/pages")
    assert f"{OVERLAY}: says now that GET /transcript/{{run_id}}/{{language}} is about tasks of dub" in said
    assert make_document(root)["paths"]["/transcript/{run_id}/{language}"]["get"]["tags"] == ["dub", "End to End"]


def last_lines(root: Path, page: str, name: str) -> list[str]:
    """What the import of a page says of its use."""
    return import_page(page, slug=name, pages=root / "openapi/pages").splitlines()[1:]


def test_a_new_family_says_what_it_waits_for_and_then_what_it_has(project: Path) -> None:
    pages = published.sing()
    (said,) = last_lines(project, pages["create-sing"], "create-sing")
    yet = "POST /sing: belongs to no kind of task yet. The import of the page of its status"
    assert said == f"{yet}, GET /sing/{{task_id}}, is all that it needs"
    (said,) = last_lines(project, pages["get-sing-result"], "get-sing-result")
    assert "It gets its role (result) with the page of the only status that has one of its tags (Singing)" in said
    assert last_lines(project, pages["get-sing-status"], "get-sing-status") == [
        "GET /sing/{task_id}: tells the status of sing tasks",
        "POST /sing: creates sing tasks",
        "GET /sing-result/{run_id}: tells the result of sing tasks",
    ]


WORKSPACE = {"name": "X-Workspace-Id", "in": "header", "required": True, "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            published.get("/sing/{task_id}", published.in_path("task_id", {"type": "string"})),
            (
                "GET /sing/{task_id}: would be the status of sing tasks, but its 200 is not the task result (the "
                "schema OrchestratorPipelineResult). The overlay cannot replace a schema, so the client does not use it"
            ),
        ),
        (
            published.get("/sing-result/{id}", published.in_path("id", {"type": "integer"})),
            (
                "GET /sing-result/{id}: has no role, so the client does not use it: in its path a status has "
                "{task_id}, a result or a part {run_id}, and the overlay cannot rename a parameter"
            ),
        ),
        (
            published.get("/sing-result/{run_id}", published.in_path("run_id", {"type": "string", "format": "uuid"})),
            (
                "GET /sing-result/{run_id}: has no role, so the client does not use it: its run_id is no number, as "
                "those are that a status tells"
            ),
        ),
        (
            published.get("/sing-result/{run_id}", published.RUN_ID_PATH, WORKSPACE),
            (
                "GET /sing-result/{run_id}: requires the header parameter 'X-Workspace-Id', which no handle of the "
                "client can say, so the client does not use it"
            ),
        ),
        (
            published.page("POST /sing", "sing", "Singing", published.CALL, parameters=[{**WORKSPACE, "in": "query"}]),
            (
                "POST /sing: requires the query parameter 'X-Workspace-Id', which no handle of the client can say, so "
                "the client does not use it"
            ),
        ),
        (
            published.page(
                "POST /sing-results",
                "sing",
                "Singing",
                published.SUNG,
                requestBody=published.body("application/json", "Runs"),
                schemas={"Runs": {**published.RUN_IDS, "required": ["run_ids", "format"]}},
            ),
            (
                "POST /sing-results: requires the field 'format', which no handle of the client can say, so the client "
                "does not use it"
            ),
        ),
        (
            published.get("/sing-result/{run_id}").replace("get /sing", "put /sing").replace("    get:", "    put:"),
            (
                "PUT /sing-result/{run_id}: has none of the roles of docs/guides/new-endpoint.md, so the client does "
                "not use it"
            ),
        ),
    ],
)
def test_where_tags_would_not_help_it_is_said_what_is_expected(project: Path, page: str, said: str) -> None:
    assert last_lines(project, page, "sing") == [said]


def test_a_result_that_is_not_json_is_said_to_be_none_until_the_overlay_adds_some(project: Path) -> None:
    pages = published.sing()
    last_lines(project, pages["get-sing-status"], "get-sing-status")
    page = pages["get-sing-result"].replace("application/json", "audio/wav", 1)
    (said,) = last_lines(project, page, "get-sing-result")
    why_not = "the client has none: the response is not JSON, which an action of the overlay may add to it"
    assert said == f"GET /sing-result/{{run_id}}: tells the result of sing tasks, but {why_not}"
    assert "models.SingResult" not in names(make_document(project))
    overlay = load_file(project / OVERLAY, OVERLAY)
    target = "$.paths['/sing-result/{run_id}'].get.responses['200'].content"
    json_ = {"application/json": {"schema": published.ref("SungResult")}}
    overlay["actions"].append({"target": target, "description": "d", "x-evidence": "e", "update": json_})
    (project / OVERLAY).write_text(dump(overlay))
    assert last_lines(project, page, "get-sing-result") == ["GET /sing-result/{run_id}: tells the result of sing tasks"]
    generate(project)
    ended = use(project / "generated", "from camb_client import models; print(models.SingResult.__name__)")
    assert ended.stdout == "SungResult\n", ended.stderr


def test_what_is_below_a_run_has_a_handle_of_its_own(project: Path) -> None:
    for name, page in sorted(published.sing().items()):
        last_lines(project, page, name)
    page = published.get("/sing-result/{run_id}/segments")
    (said,) = last_lines(project, page.replace("get_sing_result", "get_segments"), "segments")
    part = "tells a part of the result of sing tasks (kinds.SING_RESULT_SEGMENTS)"
    assert said == f"GET /sing-result/{{run_id}}/segments: {part}"
    generate(project)
    ended = use(
        project / "generated",
        "from camb_client import kinds\n"
        "from camb_client.testing import FakeCamb, VirtualClock\n"
        "fake = FakeCamb(clock=VirtualClock())\n"
        "fake.add('sing:1', run_id=7)\n"
        "with fake.client() as camb:\n"
        "    print(type(camb.family(kinds.SING).part(kinds.SING_RESULT_SEGMENTS, 7)).__name__)",
    )
    assert ended.stdout == "SungResult\n", ended.stderr


def test_what_would_be_refused_is_said_at_the_import(project: Path) -> None:
    for name, page in published.sing().items():
        last_lines(project, page, name)
    (said,) = last_lines(project, published.get("/sing-metadata/{run_id}"), "metadata")
    assert said == (
        "Nothing can be generated as it is. openapi/pages/metadata.yaml: /paths/~1sing-metadata~1{run_id}/get: is the "
        "result of sing as well as GET /sing-result/{run_id}: give one of them other tags in openapi/overlay.yaml"
    )


def test_a_component_that_is_called_as_another_is_by_its_role_gets_another_title(project: Path) -> None:
    """Else `models.SingResult` would be what stands in the result, and not the result."""
    pages = published.sing()
    sung = {"SingResult": {**published.SUNG, "title": "SingResult"}}
    answer = {"properties": {"result": published.ref("SingResult")}, "type": "object", "title": "GetSingResultResponse"}
    pages["get-sing-result"] = published.page(
        "GET /sing-result/{run_id}",
        "get_sing_result",
        "Singing",
        published.ref("GetSingResultResponse"),
        parameters=[published.RUN_ID_PATH],
        schemas={**sung, "GetSingResultResponse": answer},
    )
    for name, page in pages.items():
        import_page(page, slug=name, pages=project / "openapi/pages")
    with pytest.raises(PipelineError, match=r"/SingResult: becomes the class SingResult, as users call the result of"):
        make_document(project)
    overlay = load_file(project / OVERLAY, OVERLAY)
    action = {"target": "$.components.schemas.SingResult", "description": "d", "x-evidence": "e"}
    overlay["actions"].append({**action, "x-was": {"title": "SingResult"}, "update": {"title": "SungSong"}})
    (project / OVERLAY).write_text(dump(overlay))
    generate(project)
    ended = use(project / "generated", "from camb_client import models as m; print(m.SingResult.__name__, m.SungSong)")
    assert ended.stdout.startswith("GetSingResultResponse <class"), ended.stderr


def test_a_body_of_two_content_types_makes_code_without_a_fault(with_kind: Callable[[str], Path]) -> None:
    root = with_kind("transcribe")
    path = root / SUPPLEMENTS / "create-transcribe.yaml"
    document: Any = load_file(path, path.name)
    content = document["paths"]["/transcribe"]["post"]["requestBody"]["content"]
    content["application/json"] = json.loads(json.dumps(content["multipart/form-data"]))
    del content["application/json"]["schema"]["properties"]["media_file"]
    path.write_text(dump(document))
    generate(root)
    code = [find_ruff_bin(), "check", "--isolated", "--select=F821", "--quiet", root / "generated"]
    assert subprocess.run(code, capture_output=True, text=True, check=False).stdout == ""
    ended = use(
        root / "generated",
        "from camb_openapi.api.transcribe.create_transcribe import _get_kwargs\n"
        "from camb_openapi.models import CreateTranscribeFilesBody, CreateTranscribeJsonBody\n"
        "print(_get_kwargs(body=CreateTranscribeJsonBody(language=1, media_url='u'))['json'])\n"
        "print(*(name for name, _ in _get_kwargs(body=CreateTranscribeFilesBody(language=1))['files']))",
    )
    assert ended.stdout.splitlines() == ["{'language': 1, 'media_url': 'u'}", "language"], ended.stderr
