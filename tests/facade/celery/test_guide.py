"""docs/guides/celery.md, followed: its app and its web handler run with a worker, its activity runs in Temporal's own
environment, and all of its Python is checked by mypy.

Of Airflow, Prefect and DBOS there are stubs in ``stubs``, of what the page uses: the packages are too large to install
for that. They say what the packages say (Airflow 3.3.2, Prefect 3.9.1, DBOS 3.4.0).
"""

import asyncio
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from camb_client import CambClient, WaitState
from camb_client.testing import FakeCamb

from .conftest import KEY, ROOT, Studio

MarkdownIt = pytest.importorskip("markdown_it").MarkdownIt  # Not there among the oldest dependencies.
PAGE = ROOT / "docs/guides/celery.md"
BLOCKS = [it.content for it in MarkdownIt().parse(PAGE.read_text(encoding="utf-8")) if it.info == "python"]


def block(word: str) -> str:
    (found,) = (text for text in BLOCKS if word in text)
    return found


def test_the_web_handler_and_the_worker(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, make_studio: Any
) -> None:
    (tmp_path / "studio.py").write_text(block("# studio.py"), encoding="utf-8")
    (tmp_path / "web.py").write_text(block("# web.py"), encoding="utf-8")
    program = (
        "import json, web\n"
        'batch = web.adopt(["tts:a", "tts:b"])\n'
        'speech = web.app.AsyncResult(web.speak("Good morning.", "morning"))\n'
        "path = speech.get(timeout=30)\n"
        "web.app.GroupResult.restore(batch).join(timeout=30, propagate=False)\n"
        "print(json.dumps([path, web.show(batch)]))\n"
    )
    fake = FakeCamb(KEY, timeline=["SUCCESS"])
    fake.add("tts:a", ["SUCCESS"], run_id=1)
    fake.add("tts:b", ["ERROR"])
    with fake.serve() as url:
        studio: Studio = make_studio(url)
        studio.environment["REDIS_URL"] = redis_url.removesuffix("/0")
        studio.environment["PYTHONPATH"] += f"{os.pathsep}{tmp_path}"
        studio.worker(app="studio")
        web = {name: value for name, value in studio.environment.items() if name != "CAMB_API_KEY"}
        shown = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env=web, capture_output=True, text=True, timeout=90
        )
        assert shown.returncode == 0, shown.stderr + studio.logs()
    assert shown.stdout.startswith('["morning.flac", [{"state": "SUCCESS", "result": "{\'task\': \'tts:a\'')
    assert '{"state": "FAILURE", "result": "tts:b ended as ERROR' in shown.stdout
    assert (tmp_path / "morning.flac").read_bytes()[:4] == b"fLaC"


def test_the_activity_goes_on_from_its_heartbeat(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    testing = pytest.importorskip("temporalio.testing")
    from temporalio.exceptions import ApplicationError

    (tmp_path / "activity_of_the_page.py").write_text(block("from temporalio import activity"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("activity_of_the_page", tmp_path / "activity_of_the_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["PENDING", "SUCCESS"], run_id=7)
    fake.add("tts:2", ["ERROR"])

    async def run(task: str, details: list[str], stop_after: int = 0) -> tuple[Any, list[str]]:
        environment, beats = testing.ActivityEnvironment(), []
        environment.info = type(environment.info)(**{**vars(environment.info), "heartbeat_details": details})

        def beat(*given: Any) -> None:
            beats.append(given[0])
            if len(beats) == stop_after:
                environment.cancel()

        environment.on_heartbeat = beat
        try:
            return await environment.run(module.wait_for_task, task), beats
        except asyncio.CancelledError:
            return None, beats

    with fake.serve() as url:
        monkeypatch.setenv("CAMB_API_KEY", KEY)
        monkeypatch.setenv("CAMB_BASE_URL", url)
        with CambClient() as camb:  # As a retry on another worker has it, and quicker than the page's own pace.
            begun = camb.begin("tts:1", timeout=60, schedule=0.3).to_json()
        ended, beats = asyncio.run(run("tts:1", [begun], stop_after=2))
        assert ended is None
        assert [WaitState.from_json(one).polls for one in beats] == [0, 1]
        assert WaitState.from_json(beats[-1]).status == "PENDING"
        ended, after = asyncio.run(run("tts:1", beats[-1:]))
        assert (ended["run_id"], ended["error"]) == (7, None)
        assert WaitState.from_json(after[0]) == WaitState.from_json(beats[-1])
        assert ended["polls"] > 1
        with pytest.raises(ApplicationError, match="tts:2 ended as ERROR") as raised:
            asyncio.run(run("tts:2", []))
        assert raised.value.non_retryable


@pytest.mark.whole
def test_all_of_it_is_typed(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    pytest.importorskip("temporalio")
    for number, text in enumerate(BLOCKS):
        name = text.partition("\n")[0].removeprefix("# ") if text.startswith("# ") else f"block{number}.py"
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = os.pathsep.join(map(str, (Path(__file__).parent / "stubs", ROOT / "facade", ROOT / "generated", tmp_path)))
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir", os.devnull, str(tmp_path)],
        env={**os.environ, "MYPYPATH": paths}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.stdout.startswith("Success"), checked.stdout
    assert len(BLOCKS) == 6
    for engine in ("Airflow", "Prefect", "DBOS"):
        assert f"## {engine}\n\nUntested:" in PAGE.read_text(encoding="utf-8")
