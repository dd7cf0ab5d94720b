"""What the local server makes of published pages: a family that they add is served with no hand work."""

from pathlib import Path

from scripts.common.project import ROOT
from scripts.pipeline.generate import generate
from scripts.pipeline.import_page import import_page

from . import published
from .published import Schema, ref
from .test_new_family import use

TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}


def record(**fields: Schema) -> Schema:
    """An object that requires these fields."""
    return {"type": "object", "properties": fields, "required": [*fields]}


def one_of(*options: Schema) -> Schema:
    """A union."""
    return {"anyOf": [*options]}


def names(title: str, *listed: str) -> Schema:
    """A closed list."""
    return {"type": "string", "enum": [*listed], "title": title}


def family(
    kind: str, body: Schema, *, media_type: str = "application/json", created: Schema = published.CALL
) -> dict[str, str]:
    """The pages of a family, by name."""
    name = f"{kind.title().replace('/', '')}In"
    sent, schemas = published.body(media_type, name), {name: {**body, "title": name}}
    return {
        f"create-{kind}": published.page(f"POST /{kind}", "create", kind, created, requestBody=sent, schemas=schemas),
        f"get-{kind}-status": published.status(kind, "get_status", kind),
        f"get-{kind}-result": run_page(f"{kind}-result/{{run_id}}", kind, SONG),
    }


def run_page(path: str, tag: str, answer: Schema, *parameters: Schema) -> str:
    """The page of what a run has."""
    places = [published.RUN_ID_PATH, *parameters]
    return published.page(f"GET /{path}", "get", tag, ref("Out"), parameters=places, schemas={"Out": answer})


# With bounds and a format that no model has.
SONG = record(
    notes={"type": "array", "items": {"type": "string", "pattern": "^[a-g]$"}, "minItems": 3},
    seconds={"type": "integer", "minimum": 10},
    length={"type": "string", "format": "duration"},
)


def made(project: Path, pages: dict[str, str]) -> Path:
    """The generated code, once the pages are in."""
    for name, page in pages.items():
        import_page(page, slug=name.replace("/", "-"), pages=project / "openapi/pages")
    generate(project)
    return project / "generated"


# What no handle can ask for: it needs a header, more than the ids of the runs, or a body without fields; or is a file.
WORKSPACE = {"name": "x-workspace", "in": "header", "required": True, "schema": TEXT}
MORE = {
    "get-sing-costs": run_page("sing-costs/{run_id}", "sing", SONG, WORKSPACE),
    **family("hum", {"type": "array", "items": TEXT}),
    "get-hum-result": run_page("hum-result/{run_id}", "hum", SONG).replace("application/json", "audio/wav", 1),
    "get-sing-results": published.page(
        "POST /sing-results",
        "get_all",
        "sing",
        {"type": "object", "additionalProperties": ref("Out")},
        requestBody=published.body("application/json", "Wanted"),
        schemas={"Out": SONG, "Wanted": record(run_ids={"type": "array", "items": INTEGER}, form=TEXT)},
    ),
}
CONFORM = """
import sys
from pathlib import Path

sys.path.insert(0, {root!r})
from camb_client.testing import FakeCamb
from scripts.common.strict_yaml import load_file
from tests.contract.test_conformance import check_all_else, check_conformance

document = load_file(Path({spec!r}), "the document")
fake = FakeCamb()
check_conformance(document, fake, fake.answer, examples=2, only="sing")
for path in ("hum", "hum-result", "sing", "sing-result", "sing-costs", "sing-results"):
    check_all_else(document, fake, fake.answer, examples=2, only=path)
"""


def test_a_published_family_conforms_as_it_comes(project: Path) -> None:
    """No page documents the 401. A create may require no field, be a 202, and say more than which task it made."""
    pages = family(
        "sing", {"type": "object", "properties": {"text": TEXT}}, created=record(task_id=TEXT, credits=INTEGER)
    )
    pages |= MORE | {"create-sing": pages["create-sing"].replace("'200':", "'202':")}
    generated = made(project, pages)
    ended = use(generated, CONFORM.format(root=str(ROOT), spec=str(project / "openapi/camb.yaml")))
    assert ended.returncode == 0, ended.stderr


ODD_PATHS = """
from datetime import date
from camb_client import ApiPaymentRequiredError, kinds, models
from camb_client.testing import FakeCamb, VirtualClock, error

fake = FakeCamb(clock=VirtualClock())
with fake.client() as camb:
    done = camb.family(kinds.SING).create_and_wait(models.SingBody(text="la"))
    assert camb.family(kinds.SING).result(done).notes == ["notes"]
    assert camb.family(kinds.SING).part(kinds.SING_SCORE, done, "de").notes == ["notes"]
    assert camb.family(kinds.SING).part(kinds.SING_USAGE, done, since=date(2026, 1, 1)).notes == ["notes"]
    assert fake.answer("GET", f"/sing-costs/{done.run_id}", {"x-api-key": "test-key"}).status_code == 404
    other = camb.family(kinds.V2_SING).create_and_wait(models.V2singBody(texts=["la"]))
    assert other.ref.kind == "v2/sing"
    assert camb.family(kinds.V2_SING).result(other).seconds == 1
    fake.script("POST /v2/sing", error(402))
    try:
        camb.family(kinds.V2_SING).create(models.V2singBody(texts=["la"]))
    except ApiPaymentRequiredError:
        pass
    else:
        raise AssertionError("the script should have been followed")
"""


def test_whatever_an_operation_needs_the_others_are_served(project: Path) -> None:
    """A header, which the client cannot send, a date, and a path that ends with the run or with the path of another."""
    since = {"name": "since", "in": "query", "required": True, "schema": {"type": "string", "format": "date"}}
    pages = {
        **family("sing", record(text=TEXT)),
        **family("v2/sing", record(texts={"type": "array", "items": TEXT})),
        "get-sing-score": run_page("sing-score/{language}/{run_id}", "sing", SONG, published.in_path("language", TEXT)),
        "get-sing-usage": run_page("sing-usage/{run_id}", "sing", SONG, since),
        **MORE,
    }
    ended = use(made(project, pages), ODD_PATHS)
    assert ended.returncode == 0, ended.stderr


ODD_BODIES = """
import io
import httpx
from camb_client import InvalidRequestError, kinds, models
from camb_client.testing import FakeCamb, VirtualClock

fake = FakeCamb(clock=VirtualClock())
sing, hum = fake.client().family("sing"), fake.client().family(kinds.HUM)

def refused(field, value):
    try:
        sing.create({field: value})
    except InvalidRequestError as error:
        assert error.detail[0]["loc"] == ["body", field], error
    else:
        raise AssertionError(f"{field} should not be {value!r}")

for fields in [
    {"voice": "bass"}, {"voice": "Bob"}, {"level": "loud"}, {"level": 7}, {"pitch": "a"}, {"pitch": "d"},
    {"pitches": ["a", "d"]}, {"language": 1}, {"language": "en-us"}, {"language": "auto"},
    {"mode": "auto"}, {"mode": "off"}, {"mode": 7},
]:
    assert fake.bodies[sing.create(fields)].fields == fields
wrong = {"voice": 7, "level": "low", "pitch": "e", "pitches": ["a", "e"], "language": 999, "mode": "on"}
for field, value in wrong.items():
    refused(field, value)

def hummed(**fields):
    return fake.bodies[hum.create(models.HumBody(**{"src": "https://a.example/b.wav", **fields}))]

made = hummed(media_files=[io.BytesIO(b"la")], input_=True, max_=4, source_language=76)
assert made.fields == {"src": "https://a.example/b.wav", "input": True, "max": 4, "sourceLanguage": 76}, made
assert made.files["mediaFiles"].content == b"la"
assert hummed(src=models.File(io.BytesIO(b"la"))).files["src"].content == b"la"
with httpx.Client(transport=fake.transport(), headers={"x-api-key": "test-key"}) as client:
    said = client.post("https://a.example/hum", data={"max": "four", "src": "b"}).json()["detail"]
assert [it["loc"] for it in said] == [["body", "max"]], said
"""


def test_a_body_is_what_its_page_takes(project: Path) -> None:
    """What one option of a union takes; fields that Python calls otherwise; a file or its address."""
    pitch = one_of(names("Low", "a", "b"), names("High", "c", "d"))
    body: Schema = {
        "type": "object",
        "properties": {
            "voice": one_of(names("Voice", "bass", "alto"), TEXT),
            "level": one_of(names("Level", "loud", "soft"), INTEGER),
            "pitch": pitch,
            "pitches": {"type": "array", "items": pitch},
            "mode": one_of({"type": "string", "const": "auto"}, {"type": "string", "const": "off"}, INTEGER),
            "language": one_of(published.LANGUAGES, names("Locale", "en-us"), {"type": "string", "const": "auto"}),
        },
    }
    file = {"type": "string", "format": "binary"}
    form = record(src=one_of(file, {"type": "string", "format": "uri"}))
    form["properties"] |= {
        "mediaFiles": {"type": "array", "items": file},
        "input": {"type": "boolean"},
        "max": INTEGER,
        "sourceLanguage": published.LANGUAGES,
    }
    pages = {**family("sing", body), **family("hum", form, media_type="multipart/form-data")}
    ended = use(made(project, pages), ODD_BODIES)
    assert ended.returncode == 0, ended.stderr
