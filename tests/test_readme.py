"""The README: every Python block runs as written, against the local server; what it says of names is true."""

import pathlib
import re
import subprocess
import sys

import pytest

import camb_client
from camb_client.testing import FakeCamb
from scripts.generate import SPEC
from scripts.merge import operations
from scripts.reading import families
from scripts.strict_yaml import load_file

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_every_block_runs_as_written(block: str, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    fake = FakeCamb("readme-key")
    fake.add("tts:c8b8e3cd-ad17", ["PENDING", "SUCCESS"], run_id=11768)
    fake.add("text-to-sound:9f0c", ["SUCCESS"])
    for number in range(1000):
        fake.add(f"tts:line-{number}", ["PENDING", "SUCCESS"] if number % 100 else ["ERROR"])
    with fake.serve() as url:
        monkeypatch.setenv("CAMB_API_KEY", "readme-key")
        monkeypatch.setenv("CAMB_BASE_URL", url)
        how = ["-c", block]
        if "def test_" in block:
            (tmp_path / "test_it.py").write_text(block, encoding="utf-8")
            how = ["-m", "pytest", "-p", "no:anyio", "-p", "no:asyncio", "-p", "no:schemathesis", str(tmp_path)]
        command = [sys.executable, "-W", "error", *how]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    if "wait(" in block and "c8b8e3cd" in block and "print(done.run_id)" in block:
        assert done.stdout.startswith("11768\n")


def test_there_are_blocks() -> None:
    assert len(BLOCKS) == 6


def test_every_error_and_status_is_explained() -> None:
    for name in camb_client.__all__:
        if name.endswith("Error") and name != "CambError":
            assert f"`{name}`" in README, name
    for status in camb_client.TaskStatus:
        assert f"| `{status}` |" in README


def test_every_contradiction_of_the_pages_has_its_row() -> None:
    table = README.partition("## Where the docs contradict themselves")[2].partition("\n### ")[0]
    assert len(re.findall(r"^\| (?!the docs|---)", table, flags=re.MULTILINE)) == 19


def test_every_operation_that_the_sources_dispute_has_its_row() -> None:
    table = README.partition("### Where other sources disagree")[2]
    named = set(re.findall(r"`((?:GET|POST) /[^`]+)`", "".join(re.findall(r"^\| `[^|]+", table, flags=re.MULTILINE))))
    document = load_file(ROOT / SPEC, SPEC)
    described = {f"{method.upper()} {path}": one for path, method, one in operations(document)}
    disputed = {name for name, one in described.items() if "disputes" in one.get("x-evidence", {})}
    left_out = {"GET /audio-separation/{task_id}", "GET /dub-alt-format/{task_id}", "GET /project-setup/{task_id}"}
    assert named == disputed | left_out
    assert not left_out & described.keys()


def test_every_kind_is_named() -> None:
    kinds = re.findall(r"`([a-z-]+)`", README.partition("Beside `tts`")[2].partition(". ")[0])
    assert {*kinds, "tts"} == families(load_file(ROOT / SPEC, SPEC)).keys()


def test_every_command_it_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z-]+)", README, flags=re.MULTILINE))
    assert {"demo", "test", "generate", "import-page"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
