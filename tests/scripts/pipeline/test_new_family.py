"""A docs page dropped in makes its family of tasks work, with no line written by hand."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.families import purposes
from scripts.common.project import ROOT
from scripts.common.strict_yaml import dump
from scripts.pipeline.document import make_document
from scripts.pipeline.generate import generate
from scripts.pipeline.import_page import import_page

USE = """
import httpx
from camb_client import CambClient

def answer(request):
    assert request.url.path == "/dub/abc", request.url
    return httpx.Response(200, json={"status": "SUCCESS", "run_id": 7})

transport = httpx.MockTransport(answer)
with CambClient("test-key", base_url="http://127.0.0.1:1", transport=transport) as camb:
    assert camb.wait("dub:abc").run_id == 7
    assert camb.family("dub").wait("abc").run_id == 7
"""


@pytest.fixture
def with_dub(project: Path, family_page: Callable[..., str]) -> Path:
    import_page(family_page("dub"), slug="get-dub-status", pages=project / "openapi/pages")
    generate(project)
    return project / "generated"


def use(generated: Path, code: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join([str(generated), str(ROOT / "facade")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_table_has_the_new_family(with_dub: Path) -> None:
    ended = use(
        with_dub, "from camb_openapi.api import TASK_STATUS_OPERATIONS as t; print(*t, t['dub'][0]('a/b')['url'])"
    )
    assert ended.stdout.split() == ["dub", "text-to-sound", "tts", "/dub/a%2Fb"], ended.stderr


def test_the_facade_waits_for_a_task_of_the_new_family(with_dub: Path) -> None:
    ended = use(with_dub, USE)
    assert ended.returncode == 0, ended.stderr


# Three supplements, and no other edit: what creates a task, what tells its status, what tells its result.
SING = {
    "create-sing": (
        "/sing",
        "post",
        {
            "requestBody": {
                "required": True,
                "content": {
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "required": ["melody"],
                            "properties": {
                                "melody": {"type": "string", "format": "binary"},
                                "more": {
                                    "anyOf": [
                                        {"type": "array", "items": {"type": "string", "format": "binary"}},
                                        {"type": "null"},
                                    ]
                                },
                                "voice": {
                                    "anyOf": [
                                        {"type": "integer", "enum": [1, 2], "x-enum-varnames": ["SOPRANO", "BASS"]},
                                        {"type": "null"},
                                    ]
                                },
                            },
                        }
                    }
                },
            }
        },
        {"type": "object", "required": ["task_id"], "properties": {"task_id": {"type": "string"}}},
    ),
    "get-sing-status": (
        "/sing/{task_id}",
        "get",
        {"parameters": [{"name": "task_id", "in": "path", "required": True, "schema": {"type": "string"}}]},
        {"$ref": "#/components/schemas/OrchestratorPipelineResult"},
    ),
    "get-sing-result": (
        "/song/{run_id}",
        "get",
        {
            "parameters": [
                {"name": "run_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "output_type", "in": "query", "schema": {"type": "string", "enum": ["midi", "score"]}},
            ]
        },
        {
            "type": "object",
            "required": ["notes"],
            "properties": {
                "notes": {"type": "array", "items": {"type": "string"}},
                "tempo": {"anyOf": [{"type": "string", "const": "free"}, {"type": "integer"}]},
            },
        },
    ),
}
SUNG = """
import asyncio
import io
from typing import assert_type

import httpx
from camb_client import AsyncCambClient, CambClient, InvalidRequestError, TaskRef, kinds, models
from camb_client.testing import FakeCamb, VirtualClock

def answer(request: httpx.Request) -> httpx.Response:
    if request.method == "POST":
        request.read()
        assert b'la la la' in request.content and b'name="voice"\\r\\n\\r\\n2\\r\\n' in request.content, request.content
        return httpx.Response(200, json={"task_id": "abc"})
    if request.url.path == "/sing/abc":
        return httpx.Response(200, json={"status": "SUCCESS", "run_id": 7})
    assert request.url.raw_path == b"/song/7", request.url
    return httpx.Response(200, json={"notes": ["c", "e", "g"], "tempo": 120})

async def areply(request: httpx.Request) -> httpx.Response:
    await request.aread()
    return answer(request)

def body() -> models.SingBody:
    return models.SingBody(melody=models.File(io.BytesIO(b"la la la"), file_name="a.mid"), voice="bass")

def sync() -> None:
    with CambClient("test-key", base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer)) as camb:
        ref = camb.family(kinds.SING).create(body())
        assert_type(ref, TaskRef)
        done = camb.wait(TaskRef.parse(str(ref)))
        assert_type(camb.family(kinds.SING).result(done).notes, list[str])
        assert camb.family(kinds.SING).result(done).notes == ["c", "e", "g"]

async def later() -> None:
    transport = httpx.MockTransport(areply)
    async with AsyncCambClient("test-key", base_url="http://127.0.0.1:1", transport=transport) as camb:
        done = await camb.wait(str(await camb.family(kinds.SING).create(body())))
        told = await camb.family(kinds.SING).result(done)
        assert_type(told, models.SingResult)
        assert told.tempo == 120
        assert told.notes == ["c", "e", "g"]

def faked() -> None:
    fake = FakeCamb(clock=VirtualClock())
    with fake.client() as camb:
        done = camb.family(kinds.SING).create_and_wait(body())
        assert camb.family(kinds.SING).result(done).notes == ["notes"]
        assert fake.bodies[done.ref].fields == {"voice": 2}
        assert fake.bodies[done.ref].files["melody"].file_name == "a.mid"
        fake.add("sing:1", run_id=7, result={"notes": ["c"]})
        assert camb.family(kinds.SING).result(7).notes == ["c"]
        try:
            camb.family("sing").create({"melody": io.BytesIO(), "voice": 3})
        except InvalidRequestError as error:
            assert error.detail[0]["loc"] == ["body", "voice"]
        else:
            raise AssertionError("a voice that there is not should be refused")

sync()
asyncio.run(later())
faked()
"""


@pytest.fixture
def with_sing(project: Path) -> Path:
    supplement(project, SING)
    return project / "generated"


def supplement(project: Path, operations: dict[str, Any]) -> None:
    (project / "openapi/supplements").mkdir(exist_ok=True)
    for name, (path, method, said, schema) in operations.items():
        content = {"application/json": {"schema": schema}}
        operation = {
            "operationId": name.replace("-", "_"),
            "tags": ["sing"],
            "x-evidence": {"confidence": "low", "sources": ["this test"]},
            "responses": {"200": {"description": "ok", "content": content}},
            **said,
        }
        (project / f"openapi/supplements/{name}.yaml").write_text(dump({"paths": {path: {method: operation}}}))
    generate(project)


def test_three_supplements_make_a_family_typed_from_create_to_result(with_sing: Path, tmp_path: Path) -> None:
    ended = use(with_sing, SUNG)
    assert ended.returncode == 0, ended.stderr
    (tmp_path / "sung.py").write_text(SUNG)
    wrong = 'from camb_client import kinds, models\nmodels.SingBody(melody="a.mid")\nmodels.SingBody(voice=9)\n'
    (tmp_path / "wrong.py").write_text(wrong)
    environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(with_sing), str(ROOT / "facade")])}
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--cache-dir",
        str(ROOT / ".cache/mypy-sing"),
    ]
    made = with_sing / "camb_openapi"
    command += ["--follow-imports=silent", "sung.py", "wrong.py", str(made / "api/__init__.py")]
    command += [str(model) for model in (made / "models").glob("*sing*.py")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    said = [line.partition(": error")[0] for line in done.stdout.splitlines() if ": error" in line]
    assert set(said) == {"wrong.py:2", "wrong.py:3"}, done.stdout


# Names that the generated code has itself; files in a body that may be JSON as well; a part with a query.
ODD = ["additional_keys", "additional_properties", "cast", "cls", "d", "field_dict", "from_dict", "prop", "to_dict"]
QUERY = {"quote": "string", "params": "boolean", "kwargs": "integer"}
FIELDS = {"type": "object", "properties": {"text": {"type": "string"}}}
FILES = {"type": "array", "items": {"type": "string", "format": "binary"}}
CLASH: dict[str, Any] = {
    **SING,
    "create-sing": (
        "/sing",
        "post",
        {
            "requestBody": {
                "content": {
                    "application/json": {"schema": FIELDS},
                    "multipart/form-data": {
                        "schema": {"type": "object", "properties": {**FIELDS["properties"], "melodies": FILES}}
                    },
                }
            }
        },
        SING["create-sing"][3],
    ),
    "get-sing-result": (
        *SING["get-sing-result"][:3],
        {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ODD}
            | {"at": {"type": "string", "format": "date-time"}},
        },
    ),
    "get-sing-score": (
        "/score/{run_id}",
        "get",
        {
            "parameters": [
                {"name": "run_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "voices", "in": "query", "required": True, "schema": {"type": "array", "items": {}}},
                *({"name": name, "in": "query", "schema": {"type": of}} for name, of in QUERY.items()),
            ]
        },
        {"type": "array", "items": {"type": "string", "format": "date"}},
    ),
}
CLASHED = f"""
import datetime
import io
from camb_client import kinds, models
from camb_client.testing import FakeCamb, VirtualClock

fake = FakeCamb(clock=VirtualClock())
with fake.client() as camb:
    done = camb.family(kinds.SING).create_and_wait(models.SingBody(melodies=[io.BytesIO(b"la")]))
    assert fake.bodies[done.ref].files["melodies"].content == b"la"
    assert camb.family("sing").result(done).to_dict().keys() == {{*{ODD}, "at"}}
    for told in [{{}}, {{name: name for name in {ODD}}}]:
        fake.add("sing:1", run_id=7, result=told)
        assert camb.family("sing").result(7).to_dict() == told
    (sung,) = camb.family("sing").part(kinds.SING_SCORE, 7, voices=["a", "b"], quote_="c", params_=True, kwargs_=5)
    assert isinstance(sung, datetime.date), sung
    path = "/score/7?voices=a&voices=b&quote=c&params=true&kwargs=5"
    assert fake.requests[-1].path.endswith(path), fake.requests[-1]
    try:
        camb.family("sing").create({{"melodies": ["a.mid"]}})
    except TypeError as error:
        assert "a file must be a path" in str(error), error
    else:
        raise AssertionError("the name of a file should not be sent for it")
"""


def test_names_of_the_generated_code_files_beside_json_and_a_query(project: Path) -> None:
    supplement(project, CLASH)
    ended = use(project / "generated", CLASHED)
    assert ended.returncode == 0, ended.stderr


ONE = {"type": "object", "properties": {"a": {"type": "string"}}}
OTHER = {"type": "object", "properties": {"b": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("media_type", "schema", "is_made"),
    [
        ("application/json", {"allOf": [ONE, OTHER]}, True),
        ("application/json", {"oneOf": [ONE, OTHER]}, False),
        ("application/octet-stream", {"type": "string", "format": "binary"}, False),
    ],
)
def test_where_a_body_makes_no_create_the_purpose_of_the_operation_says_so(
    project: Path, media_type: str, schema: dict[str, Any], is_made: bool
) -> None:
    path, method, _, response = SING["create-sing"]
    body = {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}
    supplement(project, {**SING, "create-sing": (path, method, body, response)})
    ended = use(project / "generated", "from camb_client import kinds; print(kinds.SING.bodies is not None)")
    assert ended.stdout == f"{is_made}\n", ended.stderr
    (said,) = purposes(make_document(project), "/sing", "post")
    why_not = "" if is_made else ", but the client has no create for it: the body is not an object with fields"
    assert said == f"creates sing tasks{why_not}"
