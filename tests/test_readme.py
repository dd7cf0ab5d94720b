"""The README: what it says of names, rows and files is true. Its blocks of code are run by ``test_docs.py``."""

import pathlib
import re

import camb_client
from scripts.common.documents import operations
from scripts.common.families import families
from scripts.common.project import SPEC
from scripts.common.strict_yaml import load_file

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


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


def test_what_it_links_to_is_there() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert len([name for name in linked if name.startswith("docs/guides/")]) >= 6
    for name in linked:
        assert (ROOT / name).exists(), name


def test_the_numbers_are_those_of_the_report() -> None:
    shown = README.partition("## What it costs")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|.*\|$", shown, flags=re.MULTILINE)
    report = (ROOT / "scripts/bench/results.md").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 10
    assert set(rows) <= set(report)
    for file in re.findall(r"\]\((scripts/[^)]*)\)", shown):
        assert (ROOT / file).exists(), file
