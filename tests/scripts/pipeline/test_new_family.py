"""A docs page dropped in makes its family of tasks work, with no line written by hand."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.project import ROOT
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
