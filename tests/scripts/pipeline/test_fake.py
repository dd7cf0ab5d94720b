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


def sing(body: Schema, *, media_type: str = "application/json", created: Schema = published.CALL) -> dict[str, str]:
    """The pages of a family, by name."""
    tag = "Singing"
    schemas = {"SingIn": {**body, "title": "SingIn"}, "SingOut": {**SONG, "title": "SingOut"}}
    sent = published.body(media_type, "SingIn")
    return {
        "create-sing": published.page("POST /sing", "create", tag, created, requestBody=sent, schemas=schemas),
        "get-sing-status": published.status("sing", "get_status", tag),
        "get-sing-result": published.page(
            "GET /sing-result/{run_id}", "get", tag, ref("SingOut"), parameters=[published.RUN_ID_PATH], schemas=schemas
        ),
    }


# Bounds that no model has.
SONG = record(
    notes={"type": "array", "items": {"type": "string", "pattern": "^[a-g]$"}, "minItems": 3},
    seconds={"type": "integer", "minimum": 10},
)


def made(project: Path, pages: dict[str, str]) -> Path:
    """The generated code, once the pages are in."""
    for name, page in pages.items():
        import_page(page, slug=name, pages=project / "openapi/pages")
    generate(project)
    return project / "generated"


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
for path in ("sing", "sing-result"):
    check_all_else(document, fake, fake.answer, examples=2, only=path)
"""


def test_a_published_family_conforms_as_it_comes(project: Path) -> None:
    """No page documents the 401; a create may be a 202, and say more than which task it made."""
    pages = sing(record(text=TEXT), created=record(task_id=TEXT, credits=INTEGER))
    pages["create-sing"] = pages["create-sing"].replace("'200':", "'202':")
    generated = made(project, pages)
    ended = use(generated, CONFORM.format(root=str(ROOT), spec=str(project / "openapi/camb.yaml")))
    assert ended.returncode == 0, ended.stderr
