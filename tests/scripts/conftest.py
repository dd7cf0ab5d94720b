"""A scratch copy of the pipeline's inputs, and small documents to put into it."""

import copy
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.generate import ROOT, generate
from scripts.strict_yaml import dump, load_file

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def no_git_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """A git hook that runs the tests says in the environment which repository is meant: not the scratch one."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as the pipeline makes it from the committed inputs; shared, so not to be changed."""
    root = tmp_path_factory.mktemp("made")
    copy_inputs(root)
    generate(root)
    return root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of the made project, for a test to change."""
    root = tmp_path / "project"
    shutil.copytree(made, root)
    return root


# The pages that the tests are written about: one more in the project must not disturb them.
PAGES = ("get-text-to-sound-status.yaml", "get-tts-result.yaml")


def copy_inputs(root: Path) -> None:
    ignore = shutil.ignore_patterns("camb.yaml", "__pycache__", ".*", "pages")
    for folder in ("openapi", "scripts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    (root / "openapi/pages").mkdir()
    for page in PAGES:
        shutil.copy(ROOT / "openapi/pages" / page, root / "openapi/pages" / page)


@pytest.fixture
def run(project: Path) -> Run:
    """Run `python -m …` in the scratch project."""

    def run_module(module: str, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, **options)

    return run_module


@pytest.fixture
def tts_page() -> dict[str, Any]:
    """The document of a committed page."""
    document: dict[str, Any] = load_file(ROOT / "openapi/pages/get-tts-result.yaml", "tts")
    return document


@pytest.fixture
def family_page(tts_page: dict[str, Any]) -> Callable[..., str]:
    """A docs page of our own, for the status of a new family of tasks."""

    def page(kind: str, **changes: Any) -> str:
        document = copy.deepcopy(tts_page)
        operation = document["paths"].pop("/tts/{task_id}")["get"]
        operation.update({"operationId": f"get_{kind}_status_{kind}__task_id__get", **changes})
        document["paths"][f"/{kind}/{{task_id}}"] = {"get": operation}
        fence = f"````yaml get /{kind}/{{task_id}}"
        return f"# Status of a {kind} task\n\nHow far it is.\n\n## OpenAPI\n\n{fence}\n{dump(document)}\n````\n"

    return page


@pytest.fixture
def small() -> dict[str, Any]:
    """A small valid document with something of each kind that is checked."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://api.example"}],
        "security": [],
        "paths": {
            "/a/{id}": {
                "get": {
                    "operationId": "get_a",
                    "tags": ["One", "Two"],
                    "parameters": [{"$ref": "#/components/parameters/Id"}],
                    "security": [{"Key": []}],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}},
                        }
                    },
                }
            }
        },
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
            "schemas": {"Status": {"type": "string", "enum": ["DONE", "OPEN"]}},
            "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "x-key"}},
        },
    }


@pytest.fixture
def other(small: dict[str, Any]) -> dict[str, Any]:
    """A second document that goes with `small`."""
    document = copy.deepcopy(small)
    operation = document["paths"].pop("/a/{id}")["get"]
    operation["operationId"] = "get_b"
    document["paths"]["/b/{id}"] = {"get": operation}
    return document
