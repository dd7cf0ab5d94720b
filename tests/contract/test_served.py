"""The client serves what ``openapi/camb.yaml`` promises, and the document is what the pages make.

It compares with the committed document, and asks through the public names.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from camb_client import CambClient
from scripts.common.documents import operations
from scripts.common.project import ROOT, SPEC
from scripts.pipeline.checks import check
from scripts.pipeline.document import make_document
from scripts.pipeline.generator import spec_text

RESULT = "#/components/schemas/OrchestratorPipelineResult"


def promised(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Method and path of each operation whose 200 is a task result."""
    for path, method, operation in operations(document):
        content = operation["responses"].get("200", {}).get("content", {})
        if RESULT in {media["schema"].get("$ref") for media in content.values()}:
            yield method.upper(), path


def served(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The request of each family that the client has, as it goes out from a client without settings."""
    (server,) = document["servers"]
    (scheme,) = document["components"]["securitySchemes"].values()
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"status": "PENDING"})

    with CambClient("key", transport=httpx.MockTransport(answer)) as camb:
        with pytest.raises(ValueError, match="known are ") as refused:
            camb.family("no such family")
        for kind in str(refused.value).partition("known are ")[2].split(", "):
            camb.family(kind).status("AN-ID")
            assert requests[-1].headers[scheme["name"]] == "key"
            url = str(requests[-1].url)
            assert url.startswith(server["url"])
            yield requests[-1].method, url.removeprefix(server["url"]).replace("AN-ID", "{task_id}")


def test_every_task_of_the_document_has_a_family_and_every_family_is_documented(document: dict[str, Any]) -> None:
    assert sorted(promised(document)) == sorted(served(document))


def test_a_task_that_no_family_serves_is_seen(document: dict[str, Any]) -> None:
    operation = document["paths"]["/tts/{task_id}"]["get"]
    more = {**document, "paths": {**document["paths"], "/discord/{guild}/tts/{task_id}": {"get": operation}}}
    assert set(promised(more)) - set(served(document)) == {("GET", "/discord/{guild}/tts/{task_id}")}


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    check(document, lambda _: SPEC)


def test_the_document_is_what_the_pages_make() -> None:
    """As `make check-generated`, but in memory: the generator does not run."""
    made = spec_text(make_document(ROOT))
    assert (ROOT / SPEC).read_text(encoding="utf-8") == made, "run make generate and commit"
