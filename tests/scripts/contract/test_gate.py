"""`make breaking`: what it compares with, what it lets through, and that it never passes what it did not compare."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.project import ROOT, SUPPLEMENTS
from scripts.common.strict_yaml import dump, load_file
from scripts.contract import gate as module
from scripts.pipeline.document import make_document
from tests.contract.mutations.edits import SOUND, TTS

Gate = Callable[..., tuple[int, str]]
NO_422 = "the response 422 of GET /tts/{task_id} is gone (`/paths/~1tts~1{task_id}/get/responses/422`)"


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--message", "x")


@pytest.fixture
def repository(project: Path) -> Path:
    """The project in a repository of its own, with one commit on main."""
    for name in ("CHANGELOG.md", "facade/camb_client/_version.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
    release(project, "0.1.0")
    git(project, "init", "--initial-branch=main")
    commit(project)
    return project


def release(root: Path, version: str, *lines: str) -> None:
    """Say which version the project is, and what is new in it."""
    (root / "facade/camb_client/_version.py").write_text(f'"""The version."""\n\n__version__ = "{version}"\n')
    (root / "CHANGELOG.md").write_text(
        "\n".join(["# Changelog", "", f"## {version} (soon)", "", *lines, "", "## 0.0.1"])
    )


@pytest.fixture
def gate(repository: Path, capsys: pytest.CaptureFixture[str]) -> Gate:
    def run(*arguments: str) -> tuple[int, str]:
        code = module.main(["--root", str(repository), *arguments])
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return run


def edit(root: Path, change: Callable[[dict[str, Any]], object], *pages: str) -> None:
    """Change pages, and make camb.yaml of them."""
    for page in pages or (TTS, SOUND):
        path = root / "openapi" / page
        document = load_file(path, page)
        change(document)
        path.write_text(dump(document))
    (root / "openapi/camb.yaml").write_text(dump(make_document(root)))


def without_422(document: dict[str, Any]) -> None:
    del document["paths"]["/tts/{task_id}"]["get"]["responses"]["422"]


def with_status(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["TaskStatus"]["enum"].append("UNHEARD_OF")


def with_words(document: dict[str, Any]) -> None:
    document["info"]["title"] = "CAMB.AI"


# What is let through


def test_no_change_passes(gate: Gate) -> None:
    code, said = gate("--base", "HEAD")
    assert code == 0
    assert said.splitlines() == [
        "Compared with HEAD (as asked): 0 breaking, 0 needs a decision, 0 compatible. Version step: none.",
        "Passed: compatible",
    ]


def test_a_compatible_change_passes_and_asks_for_a_minor_version(repository: Path, gate: Gate) -> None:
    edit(repository, with_words)
    code, said = gate("--base", "HEAD")
    assert code == 0
    assert "1 compatible. Version step: minor." in said
    assert "at /info (docs, camb.yaml)" in said


def test_a_breaking_change_fails_and_says_what_to_write(repository: Path, gate: Gate) -> None:
    edit(repository, without_422, TTS)
    code, said = gate("--base", "HEAD")
    assert code == 1
    assert "1 breaking, 0 needs a decision, 0 compatible. Version step: major (minor while 0.x)." in said
    assert f"Missing: a line in CHANGELOG.md under 0.1.0, if it is meant: - Breaking: {NO_422}" in said
    assert said.endswith("FAILED\n")


def test_a_breaking_change_passes_by_its_line_in_the_newest_section_of_the_changelog(
    repository: Path, gate: Gate
) -> None:
    edit(repository, without_422, TTS)
    release(repository, "0.1.0", "- Breaking: something else")
    assert gate("--base", "HEAD")[0] == 1
    line = f"- Breaking: {NO_422}"
    release(repository, "0.1.0", *line.replace("is gone", "is\n  gone").splitlines())  # Lines may be wrapped.
    code, said = gate("--base", "HEAD")
    assert (code, said.splitlines()[-1]) == (0, "Passed: accepted in CHANGELOG.md")
    release(repository, "0.2.0")
    (repository / "CHANGELOG.md").write_text(f"## 0.2.0\n\n## 0.1.0\n\n{line}\n")
    assert gate("--base", "HEAD")[0] == 1  # The line of another version is about another change.


def test_after_a_release_it_takes_the_version_too(repository: Path, gate: Gate) -> None:
    git(repository, "tag", "v0.1.0")
    edit(repository, without_422, TTS)
    for version, code in (("0.1.0", 1), ("0.1.1", 1), ("0.2.0", 0), ("1.0.0", 0)):
        release(repository, version, f"- Breaking: {NO_422}")
        came, said = gate()
        assert came == code, said
        assert ("the version 0.2.0 in facade/camb_client/_version.py: v0.1.0 is out" in said) == bool(code)
    git(repository, "tag", "v1.2.3")
    release(repository, "1.3.0", f"- Breaking: {NO_422}")
    assert "the version 2.0.0 in" in gate("--base", "v0.1.0")[1]


def test_a_decision_takes_a_line_and_no_version(repository: Path, gate: Gate) -> None:
    git(repository, "tag", "v0.1.0")
    edit(repository, lambda document: document.update({"webhooks": {}}))
    code, said = gate()
    line = re.search(r"if it is meant: (- Decided: .*)", said)
    assert code == 1
    assert line
    release(repository, "0.1.0", line[1])
    assert gate()[0] == 0


def test_a_fact_that_does_not_hold_cannot_be_accepted(repository: Path, gate: Gate) -> None:
    edit(repository, with_status)
    code, said = gate("--base", "HEAD")
    assert code == 1
    line = re.search(r"if it is meant: (- Decided: .*)", said)
    assert line
    release(repository, "0.1.0", line[1])
    code, said = gate("--base", "HEAD")
    assert code == 1
    assert "Missing" not in said
    assert "does not hold: the status UNHEARD_OF has no meaning: write `TaskStatus.UNHEARD_OF: Meaning.…,`" in said


def test_what_the_overlay_hides_is_seen_in_the_docs(repository: Path, gate: Gate) -> None:
    edit(repository, without_422, TTS)
    overlay = load_file(repository / "openapi/overlay.yaml", "overlay")
    description = {"422": {"description": "Validation Error"}}
    action = {"target": "$.paths['/tts/{task_id}'].get.responses", "description": "d", "x-evidence": "e"}
    overlay["actions"].append({**action, "update": description})
    (repository / "openapi/overlay.yaml").write_text(dump(overlay))
    edit(repository, lambda document: None)
    code, said = gate("--base", "HEAD")
    assert code == 1
    assert (
        "the response 422 of GET /tts/{task_id} is gone\n    at /paths/~1tts~1{task_id}/get/responses/422 (docs)"
        in said
    )


def test_markdown_has_the_table(repository: Path, gate: Gate) -> None:
    edit(repository, without_422, TTS)
    code, said = gate("--base", "HEAD", "--format", "markdown")
    assert code == 1
    assert said.startswith("## ")
    assert (
        "| the response 422 of GET /tts/{task_id} is gone | `/paths/~1tts~1{task_id}/get/responses/422` (docs, camb"
        in said
    )
    assert said.endswith("- FAILED\n")


@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("CHANGELOG.md", "## 9.9.9\n", "its newest section is not about 0.1.0"),
        ("CHANGELOG.md", "", "its newest section is not about 0.1.0"),
        ("facade/camb_client/_version.py", "", "says no version"),
    ],
)
def test_where_version_and_changelog_disagree_nothing_passes(
    repository: Path, gate: Gate, file: str, text: str, said: str, changed: bool
) -> None:
    if changed:
        edit(repository, without_422, TTS)
    (repository / file).write_text(text)
    code, came = gate("--base", "HEAD")
    assert code == 2
    assert said in came


# What it compares with


def test_without_a_base_it_is_the_last_tag(repository: Path, gate: Gate) -> None:
    git(repository, "tag", "v0.1.0")
    edit(repository, without_422, TTS)
    release(repository, "0.2.0")
    commit(repository)
    git(repository, "tag", "not-a-version")
    code, said = gate()
    assert code == 1
    assert said.startswith("Compared with v0.1.0 (the last tag): 1 breaking")
    git(repository, "tag", "v0.2.0")
    assert gate()[1].startswith("Compared with v0.2.0 (the last tag): 0 breaking")


def test_without_a_tag_it_is_the_merge_base_with_main(repository: Path, gate: Gate) -> None:
    git(repository, "switch", "--create", "work")
    edit(repository, without_422, TTS)
    commit(repository)
    code, said = gate()
    assert code == 1
    assert re.match(r"Compared with [0-9a-f]{12} \(no tag yet: merge base with main\): 1 breaking", said)
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    code, said = gate()
    assert code == 0
    assert "merge base with origin/main" in said


def test_a_file_has_no_docs_layer_and_it_says_so(repository: Path, gate: Gate, tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    shutil.copy(repository / "openapi/camb.yaml", base)
    edit(repository, without_422, TTS)
    code, said = gate("--base", str(base))
    assert code == 1
    assert "get/responses/422 (camb.yaml)" in said
    assert f"Not compared: the docs layer, for {base} is a file and has no pages" in said


# What cannot be compared never passes


def unknown_ref(root: Path) -> str:
    return "no-such-ref"


def ref_without_spec(root: Path) -> str:
    git(root, "rm", "--cached", "openapi/camb.yaml")
    git(root, "commit", "--message", "x")
    return "HEAD"


def ref_without_pages(root: Path) -> str:
    git(root, "rm", "--cached", "-r", "openapi/pages")
    git(root, "commit", "--message", "x")
    return "HEAD"


def ref_with_pages_that_contradict(root: Path) -> str:
    page = root / "openapi" / TTS
    before = page.read_text()
    page.write_text(before.replace("title: FastAPI", "title: Other"))
    commit(root)
    page.write_text(before)
    return "HEAD"


def ref_with_a_page_that_is_no_text(root: Path) -> str:
    page = root / "openapi" / TTS
    before = page.read_text()
    page.write_bytes(b"\xff")
    commit(root)
    page.write_text(before)
    return "HEAD"


def file_that_is_no_document(root: Path) -> str:
    (root / "base.yaml").write_text("- 1\n")
    return "base.yaml"


def file_that_is_broken(root: Path) -> str:
    (root / "base.yaml").write_text(
        (root / "openapi/camb.yaml").read_text().replace("schemas/TaskStatus'", "schemas/X'")
    )
    return "base.yaml"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (unknown_ref, "git: no-such-ref: is neither a file nor a commit here"),
        (ref_without_spec, "has no openapi/camb.yaml"),
        (ref_without_pages, "HEAD: openapi/pages: no pages"),
        (ref_with_pages_that_contradict, "HEAD: openapi/pages/get-tts-result.yaml: /info/title: 'Other' differs"),
        (ref_with_a_page_that_is_no_text, "not UTF-8 text"),
        (file_that_is_no_document, "base.yaml: not an OpenAPI document"),
        (file_that_is_broken, "leads nowhere"),
    ],
)
def test_a_base_that_cannot_be_read(repository: Path, gate: Gate, make: Callable[[Path], str], said: str) -> None:
    code, came = gate("--base", make(repository))
    assert code == 2
    assert came.startswith("error: not compared: ")
    assert said in came


def test_a_spec_that_is_not_what_the_pages_make(repository: Path, gate: Gate) -> None:
    spec = repository / "openapi/camb.yaml"
    spec.write_text(spec.read_text().replace("title: FastAPI", "title: Other"))
    assert gate("--base", "HEAD") == (
        2,
        "error: not compared: openapi/camb.yaml: is not what the pages make: run make generate\n",
    )


def test_a_shallow_clone(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "x").touch()
    commit(repository)
    subprocess.run(
        ["git", "clone", "--depth=1", f"file://{repository}", tmp_path / "clone"], check=True, capture_output=True
    )
    assert module.main(["--root", str(tmp_path / "clone")]) == 0
    said = capsys.readouterr().out
    assert "Not compared: with any earlier version" in said
    assert "a shallow clone may lack tags: git fetch --tags --unshallow" in said
    assert "NOTHING was compared" in said
    assert module.main(["--root", str(tmp_path / "clone"), "--base", "HEAD"]) == 0


def test_no_main_no_checkout_no_git(
    repository: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git(repository, "branch", "--move", "other")
    code, said = gate()
    assert (code, "no tag, and no main to compare with" in said, "NOTHING was compared" in said) == (0, True, True)
    shutil.move(repository / ".git", tmp_path / "moved")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.parent))
    code, said = gate()
    assert (code, "is no git checkout" in said, "NOTHING was compared" in said) == (0, True, True)
    assert gate("--base", "HEAD")[0] == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = gate()
    assert (code, "git: is not installed" in said, "NOTHING was compared" in said) == (0, True, True)


# Names that users write


def test_a_name_that_only_a_supplement_gave_is_missed_by_name(repository: Path, gate: Gate) -> None:
    """A model made of a supplement is as public as one that is made of a page."""
    folder, spec = repository / SUPPLEMENTS, repository / "openapi/camb.yaml"
    shutil.copytree(ROOT / SUPPLEMENTS, folder)
    spec.write_text(dump(make_document(repository)))
    commit(repository)
    assert gate("--base", "HEAD")[0] == 0
    path = folder / "create-translate.yaml"
    document = load_file(path, path.name)
    body = document["paths"]["/translate"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["tone"] = body["properties"].pop("formality")
    path.write_text(dump(document))
    spec.write_text(dump(make_document(repository)))
    code, said = gate("--base", "HEAD")
    assert code == 1
    (row,) = re.findall(r"^breaking: (.*)$", said, flags=re.MULTILINE)
    assert row == "models.TranslateBody.formality is gone"
    (accepted,) = re.findall(
        r"if it is meant: (- Breaking: models\.TranslateBody\.formality is gone .*)$", said, re.MULTILINE
    )
    release(repository, "0.2.0", accepted)
    assert gate("--base", "HEAD")[0] == 0
