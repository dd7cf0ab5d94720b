"""A scratch copy of the pipeline's inputs, and small documents to put into it."""

import contextlib
import copy
import fcntl
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest

from scripts.common.project import OVERLAY, ROOT
from scripts.common.strict_yaml import dump, load_file
from scripts.pipeline.generate import generate
from tests import inputs

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def no_git_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """A git hook that runs the tests says in the environment which repository is meant: not the scratch one."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture(scope="session", autouse=True)
def valid_at_once() -> None:
    """Validate in less than half of the time: jsonschema would look for the anchors of OpenAPI's schema at each use.

    What it finds is the same. Should it call things otherwise one day, this does nothing.
    """
    os.environ.setdefault("OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND", "jsonschema")  # As the pipeline does.
    from openapi_spec_validator import OpenAPIV31SpecValidator as Validator

    with contextlib.suppress(AttributeError, TypeError):
        resolver = Validator.schema_validator._resolver  # type: ignore[attr-defined]
        crawled = resolver._evolve(base_uri=resolver._base_uri, registry=resolver._registry.crawl())
        Validator.schema_validator = Validator.schema_validator.evolve(_resolver=crawled)


@pytest.fixture(scope="session", autouse=True)
def templates_at_once() -> Iterator[None]:
    """Compile each template of the generator once, not for each of a hundred clients: a third of the time of one."""
    compiled, compile_it = {}, jinja2.Environment.compile

    def once(self: jinja2.Environment, source: Any, name: Any = None, *more: Any, **named: Any) -> Any:
        key = (source, name, self.trim_blocks, self.lstrip_blocks, *sorted(self.extensions))
        if key not in compiled:
            compiled[key] = compile_it(self, source, name, *more, **named)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", once)
        yield


def made_once(request: pytest.FixtureRequest, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process of this run to need it makes, for all of them; not to be changed."""
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    if not hasattr(request.config, "workerinput"):  # One process, though another run may have started it.
        make(root := factory.mktemp(name))
        return root
    shared = factory.getbasetemp().parent / name
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            make(root := factory.mktemp(name))
            root.rename(shared)
    return shared


@pytest.fixture(scope="session")
def made(request: pytest.FixtureRequest) -> Path:
    """The project as the pipeline makes it from the committed inputs; shared, so not to be changed."""

    def make(root: Path) -> None:
        copy_inputs(root)
        generate(root)

    return made_once(request, "made", make)


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of the made project, for a test to change."""
    root = tmp_path / "project"
    shutil.copytree(made, root)
    return root


def copy_inputs(root: Path) -> None:
    """What the pipeline reads, and the pipeline."""
    ignore = shutil.ignore_patterns("camb.yaml", "__pycache__", ".*", "pages", "supplements")
    for folder in ("openapi", "scripts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    (root / "openapi/pages").mkdir()
    for name, page in inputs.pages().items():
        (root / "openapi/pages" / name).write_text(page, encoding="utf-8")
    (root / OVERLAY).write_text(inputs.overlay(), encoding="utf-8")


@pytest.fixture
def run(project: Path) -> Run:
    """Run `python -m …` in the scratch project."""

    def run_module(module: str, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, **options)

    return run_module


class DocsSite:
    """A docs site on loopback: what it answers at each path. All else is 404, with the headers and body of "404"."""

    def __init__(self) -> None:
        self.address = ""
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {"404": (404, {}, b"")}
        self.dripping: set[str] = set()  # the paths at which one byte comes every 50 ms
        self.asked: list[str] = []

    @contextlib.contextmanager
    def serve(self) -> Iterator[None]:
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, headers, body = site.answers.get(self.path, site.answers["404"])
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.path not in site.dripping:
                    self.wfile.write(body)
                    return
                for index in range(len(body)):
                    self.wfile.write(body[index : index + 1])
                    time.sleep(0.05)

            def log_message(self, *arguments: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # the client has seen enough
                    super().handle()

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.address = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()


@pytest.fixture
def docs_site() -> Iterator[DocsSite]:
    site = DocsSite()
    with site.serve():
        yield site


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
