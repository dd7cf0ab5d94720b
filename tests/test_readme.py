"""What README and docs say of names, rows and numbers is true. Their blocks of code are run by ``test_docs.py``."""

import pathlib
import re

import camb_client
from scripts.common.documents import operations
from scripts.common.families import families
from scripts.common.project import SPEC
from scripts.common.strict_yaml import load_file

ROOT = pathlib.Path(__file__).parents[1]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_is_short_and_its_links_are_relative() -> None:
    text = page("README.md")
    assert len(text.splitlines()) <= 150
    assert not re.findall(r"\]\((?!docs/|[A-Z]+(?:\.md)?\))[^)]*\)", text)
    for name in ("make demo", "make test"):
        assert f"`{name}`" in text


def test_the_pages_that_readme_links_to_are_all_there_are() -> None:
    linked = {*re.findall(r"\]\((docs/[^)]+)\)", page("README.md"))}
    there = {it.relative_to(ROOT).as_posix() for it in (ROOT / "docs").rglob("*.md")}
    assert linked == there - {"docs/index.md"}


def test_every_error_and_status_is_explained() -> None:
    text = page("docs/behaviour.md")
    for name in camb_client.__all__:
        if name.endswith("Error") and name != "CambError":
            assert re.search(rf"^\| (— )?`{name}`", text, flags=re.MULTILINE) or (
                issubclass(getattr(camb_client, name), camb_client.TaskError) and f"`{name}`" in text
            ), name
    for status in camb_client.TaskStatus:
        assert f"| `{status}` |" in text, f"docs/behaviour.md: the table of statuses needs a row `| `{status}` | … |`"


def test_the_tree_of_errors_is_that_of_the_code() -> None:
    tree = page("docs/behaviour.md").partition("```text\n")[2].partition("```")[0]
    parents: list[str] = []
    shown: dict[str, set[str]] = {}
    for indent, name, also in re.findall(r"^([│├└─ ]*)(\w+)(?: +\(also (\w+)\))?$", tree, flags=re.MULTILINE):
        depth = len(indent) // 4
        parents[depth:] = [name]
        shown[name] = {*parents[depth - 1 : depth], *filter(None, [also])} if depth else set()
    errors = {
        name: it
        for name in camb_client.__all__
        if isinstance(it := getattr(camb_client, name), type) and issubclass(it, camb_client.CambError)
    }
    assert shown == {
        name: set() if it is camb_client.CambError else {base.__name__ for base in it.__bases__}
        for name, it in errors.items()
    }


def test_every_contradiction_of_the_pages_has_its_row() -> None:
    table = page("docs/api-discrepancies.md").partition("## Where the docs contradict")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\| (?!the docs|---)", table, flags=re.MULTILINE)) == 19


def test_every_operation_that_the_sources_dispute_has_its_row() -> None:
    table = page("docs/api-discrepancies.md").partition("## Where other sources disagree")[2]
    named = set(re.findall(r"`((?:GET|POST) /[^`]+)`", "".join(re.findall(r"^\| `[^|]+", table, flags=re.MULTILINE))))
    document = load_file(ROOT / SPEC, SPEC)
    described = {f"{method.upper()} {path}": one for path, method, one in operations(document)}
    disputed = {name for name, one in described.items() if "disputes" in one.get("x-evidence", {})}
    left_out = {"GET /audio-separation/{task_id}", "GET /dub-alt-format/{task_id}", "GET /project-setup/{task_id}"}
    assert named == disputed | left_out
    assert not left_out & described.keys()


def test_every_kind_is_named() -> None:
    section = page("docs/guides/one.md").partition("## Kinds of tasks\n")[2].partition("\n## ")[0]
    kinds = re.findall(r"`([a-z-]+)`", section)
    missing = families(load_file(ROOT / SPEC, SPEC)).keys() - {*kinds}
    assert not missing, f'docs/guides/one.md: name {", ".join(sorted(missing))} in the line that begins "Beside `tts`"'
    assert {*kinds} <= families(load_file(ROOT / SPEC, SPEC)).keys()


def test_the_numbers_are_those_of_the_report() -> None:
    shown = page("docs/benchmarks.md")
    rows = re.findall(r"^\|.*\|$", shown, flags=re.MULTILINE)
    report = page("scripts/bench/results.md").splitlines()
    assert len(rows) > 10
    unknown = [row for row in rows if row not in report]
    assert not unknown, f"docs/benchmarks.md: these rows are not in scripts/bench/results.md: {unknown}"
    numbers = re.findall(r"\d+(?:\.\d+)? (?:times|%|ms|MB)", page("README.md"))
    assert not numbers, "numbers of the benchmark belong in docs/benchmarks.md"
