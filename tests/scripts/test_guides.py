"""The guides for maintainers, followed to the letter in a copy of the project, where the contract and pipeline suites
run at the end.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.project import ROOT
from scripts.common.strict_yaml import dump, load
from tests import inputs
from tests.test_docs import fences

from .conftest import DocsSite

Shell = Callable[[str], str]
SUITES = ["tests/contract", "tests/scripts/pipeline"]

# What make and coverage say to those they start: the copy is neither made nor measured by this run.
_OF_THIS_RUN = ("MAKE", "MFLAGS", "COVERAGE_")

pytestmark = pytest.mark.whole


def guide(name: str) -> list[str]:
    """The blocks of code of a guide."""
    return [text for _, text in fences((ROOT / f"docs/guides/{name}.md").read_text(encoding="utf-8"))]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the project as it stands, with the tools of this one."""
    root = tmp_path / "clone"
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    # An environment of its own, as make would clear one that seems too old: what is in it is only linked to.
    (root / ".venv").mkdir()
    for entry in sorted((ROOT / ".venv").iterdir()):  # Of the stamps of make, the later one has to be the younger.
        if entry.name.startswith("."):
            (root / ".venv" / entry.name).touch()  # A stamp of make.
        else:
            (root / ".venv" / entry.name).symlink_to(entry)
    for command in ("init -q -b main", "add -A", "-c user.name=x -c user.email=x@x commit -q -m base"):
        subprocess.run(["git", "-C", root, *command.split()], check=True)
    return root


@pytest.fixture
def shell(clone: Path) -> Shell:
    """Run commands there, as a person would; what they print."""
    paths = os.pathsep.join(str(clone / folder) for folder in ("facade", "generated"))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith(_OF_THIS_RUN)}

    def run(script: str) -> str:
        command = ["bash", "-e", "-c", script]
        done = subprocess.run(
            command,
            cwd=clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-6000:]}"
        return done.stdout

    return run


def check(shell: Shell) -> None:
    """The suites are green there."""
    shell(f".venv/bin/python -m pytest -q -x -p no:cacheprovider {' '.join(SUITES)}")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_endpoint_is_added_as_the_guide_says(clone: Path, shell: Shell, family_page: Callable[..., str]) -> None:
    import_it, correction, check_it, _ = guide("new-endpoint")
    # What the guide fetches is made up; an address or a file, it says.
    address = re.search(r"https://\S+", import_it)
    assert address is not None
    (clone / "get-sing-status.md").write_text(family_page("sing"), encoding="utf-8")
    printed = shell(import_it.replace(address[0], "get-sing-status.md"))
    assert "openapi/pages/get-sing-status.yaml: added (GET /sing/{task_id} of get-sing-status.md)" in printed
    with (clone / "openapi/sources.txt").open("a", encoding="utf-8") as sources:
        sources.write(f"{address[0]}\n")
    with (clone / "openapi/overlay.yaml").open("a", encoding="utf-8") as overlay:
        overlay.write(correction)
    edit(clone / "docs/guides/one.md", "Beside `tts` and", "Beside `tts`, `sing` and")

    targets = check_it.splitlines()
    assert targets[-1] == "make contract"
    printed = shell("\n".join(targets[:-1]))
    assert "generated/camb_openapi/api/sing/get_sing_status.py" in printed
    assert "compatible: GET /sing/{task_id}" in printed
    use = "import camb_client; print(camb_client.CambClient('key').family('sing').ref('1'))"
    assert shell(f'.venv/bin/python -c "{use}"') == "sing:1\n"
    check(shell)


STATUS = "QUEUED"  # The likeliest of all to come


def test_a_new_status_is_taken_in_as_the_guide_says(clone: Path, shell: Shell, docs_site: DocsSite) -> None:
    update, check_it, _ = guide("api-changes")
    sources = ""
    for name, text in inputs.pages().items():
        document: Any = load(text, name)
        document["components"]["schemas"]["TaskStatus"]["enum"].append(STATUS)
        (path,) = document["paths"]
        page = f"# A page\n\n```yaml get {path}\n{dump(document)}\n```\n"
        docs_site.answers[f"/{Path(name).stem}.md"] = (200, {}, page.encode())
        sources += f"{docs_site.address}/{Path(name).stem}.md\n"
    (clone / "openapi/sources.txt").write_text(sources, encoding="utf-8")
    printed = shell(update)
    (row,) = {line for line in printed.splitlines() if "needs a decision" in line}
    meaning, member = re.findall(r"`([^`]*)` in (?:_MEANINGS|TaskStatus)", row)
    assert (meaning, member) == (f"TaskStatus.{STATUS}: Meaning.…,", f'{STATUS} = "{STATUS}"')

    status = clone / "facade/camb_client/_polling/status.py"
    edit(status, '    FAILED = "FAILED"\n', f'    FAILED = "FAILED"\n    {member}\n')
    edit(status, "_MEANINGS = {\n", f"_MEANINGS = {{\n    {meaning.replace('…', 'PENDING')}\n")
    edit(
        clone / "docs/behaviour.md", "| any other |", f"| `{STATUS}` | not begun yet | keeps waiting | |\n| any other |"
    )
    edit(
        clone / "tests/contract/examples.py",
        "STATUSES = [\n",
        f'STATUSES = [\n    Status(TTS, {{"status": "{STATUS}"}}, "{STATUS}"),\n',
    )
    refused = subprocess.run(["make", "breaking"], cwd=clone, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    (line,) = {found.strip() for found in re.findall(r"- Decided: .*", refused.stdout)}
    changelog = (clone / "CHANGELOG.md").read_text(encoding="utf-8")
    (clone / "CHANGELOG.md").write_text(changelog.rstrip() + f"\n{line}\n", encoding="utf-8")
    shell("make api-snapshot")
    add, test = check_it.splitlines()
    assert test == "make test"
    shell(f"{add}\nmake breaking")
    check(shell)
