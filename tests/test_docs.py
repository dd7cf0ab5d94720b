"""What is there to read: every block of code in README and guides runs as written, and the site has every public name.

Rule of this file: the table has a row for each block, in order. A new one without a row, and a row that says what is
not so, fail.
"""

import re
import subprocess
import sys
import zlib
from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path

import attrs
import pytest
from markdown_it import MarkdownIt

import camb_client
import camb_client.testing
from camb_client.testing import FakeCamb, pytest_plugin
from scripts.release import docs

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@attrs.frozen
class Program:
    """Python, run against the local server over real HTTP; this is among what it prints."""

    prints: str = ""
    after: int = 0  # How many of the blocks before belong to it.
    task: tuple[str, ...] = ("SUCCESS",)  # What the server says of its task.
    files: tuple[str, ...] = ()  # What it leaves behind.


@attrs.frozen
class Commands:
    """For a shell: targets of the Makefile, and these."""

    others: tuple[str, ...] = ()


@attrs.frozen
class NoProgram:
    """Not to be run, for a reason."""

    reason: str


SLOW = ("PENDING", "SUCCESS")
TASK = "{'task': 'tts:c8b8e3cd-ad17'"
BLOCKS: dict[str, list[Program | Commands | NoProgram]] = {
    "README.md": [
        Commands(),
        Program("11768\nSUCCESS True\nSUCCESS\n", task=SLOW),
        Program("run_id 11768\n"),
        Program("[2.0, 3.4"),
        Program(" bytes\n", files=("morning.flac", "text-to-sound-2004.wav")),
        Program("not this one: tts:line-0 ended as ERROR"),
        NoProgram("of the command line, and held to it by tests/facade/cli"),
        Program("2 passed"),
        Program("http://127.0.0.1:"),
        NoProgram("the tree of folders"),
    ],
    "docs/behaviour.md": [],
    "docs/changelog.md": [],
    "docs/index.md": [Program("11768\n")],
    "docs/guides/api-changes.md": [Commands(), Commands(("git add openapi generated",)), Commands()],
    "docs/guides/many.md": [
        Program("tts:line-1 run_id 1004\n"),
        Program("line-1 1004\nline-2 1005\nline-100 tts:line-100 ended as ERROR"),
        Program("59 done\n"),
        Program("tts:line-1 1004\n"),
        Program("tts:line-1 1004\ntts:line-2 1005\n"),
    ],
    "docs/guides/new-endpoint.md": [
        Commands(),
        Commands(),
        NoProgram("a part of an overlay, for a page that is made up"),
    ],
    "docs/guides/one.md": [
        Program("\nrun_id 11768\n"),
        Program("run_id 1002\n"),
        Program("SUCCESS\n11768\n"),
        Program("SUCCESS \nit worked\n"),
        Program("69 polls in ten minutes"),
        Program("tts:c8b8e3cd-ad17 SUCCESS\nrun_id 11768\n"),
    ],
    "docs/guides/testing.md": [Program("3 passed"), Program(), Program(), Program(), Program()],
    "docs/guides/web.md": [
        Program(),
        Program(after=1),
        Program(
            f"{TASK}, 'status': 'PENDING', 'run_id': None}})\n(200, {TASK}, 'status': 'SUCCESS', 'run_id': 11768}})\n",
            after=2,
            task=SLOW,
        ),
        Program("(200, {'run_id': 1002})\n"),
    ],
}


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each block of code; what is for Sphinx is checked by Sphinx."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [(it.info, it.content) for it in tokens if it.type == "fence" and not it.info.startswith("{")]


def rows(kind: type) -> list[object]:
    return [
        pytest.param(ROOT / name, number, row, id=f"{name}-{number + 1}")
        for name, page_rows in BLOCKS.items()
        for number, row in enumerate(page_rows)
        if isinstance(row, kind)
    ]


def test_every_block_has_its_row() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in PAGES} == BLOCKS.keys()
    languages = {Program: {"python"}, Commands: {"sh", ""}, NoProgram: {"yaml", ""}}
    for page in PAGES:
        page_rows = BLOCKS[page.relative_to(ROOT).as_posix()]
        for (language, _), row in zip(blocks(page), page_rows, strict=True):
            assert language in languages[type(row)], page


@pytest.mark.parametrize(("page", "number", "row"), rows(Program))
def test_a_program_runs_as_written(
    page: Path, number: int, row: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeCamb("readers-key")
    fake.add("tts:c8b8e3cd-ad17", row.task, run_id=11768)
    fake.add("text-to-sound:9f0c", ["SUCCESS"])
    for line in range(1000):
        fake.add(f"tts:line-{line}", ["SUCCESS"] if line % 100 else ["ERROR"])
    program = "".join(text for _, text in blocks(page)[number - row.after : number + 1])
    with fake.serve() as url:
        monkeypatch.setenv("CAMB_API_KEY", "readers-key")
        monkeypatch.setenv("CAMB_BASE_URL", url)
        how = ["-c", program]
        if "def test_" in program:
            (tmp_path / "test_it.py").write_text(program, encoding="utf-8")
            how = ["-m", "pytest", "-p", "no:anyio", "-p", "no:asyncio", "-p", "no:schemathesis", str(tmp_path)]
        command = [sys.executable, "-W", "error", *how]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert row.prints in done.stdout
    assert {it.name for it in tmp_path.iterdir()} - {"test_it.py", ".pytest_cache", "__pycache__"} == {*row.files}


@pytest.mark.parametrize(("page", "number", "row"), rows(Commands))
def test_commands_are_there(page: Path, number: int, row: Commands) -> None:
    for line in blocks(page)[number][1].splitlines():
        command = re.fullmatch(r"(?:[A-Z_]+=\S+ |[A-Z_]+=\"[^\"]*\" )*make ([a-z-]+)(?: [A-Z]+=\S+)?(?: +#.*)?", line)
        assert (command and is_target(command[1])) or line in row.others, line


def is_target(name: str) -> bool:
    return re.search(rf"^{name}:", MAKEFILE, flags=re.MULTILINE) is not None


def test_every_command_that_is_named_is_in_the_makefile() -> None:
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z][a-z-]+)", page.read_text(encoding="utf-8"))}
    assert {"generate", "update", "breaking", "docs"} <= named
    assert not [name for name in named if not is_target(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    docs.build(folder)
    return folder


@pytest.fixture(scope="module")
def names(site: Path) -> set[str]:
    """Every Python name that can be linked to; the format: https://sphobjinv.readthedocs.io/en/stable/syntax.html"""
    listed = zlib.decompress((site / "objects.inv").read_bytes().split(b"\n", 4)[4]).decode().splitlines()
    return {name for name, role, *_ in map(str.split, listed) if role.startswith("py:")}


@pytest.mark.parametrize(
    "module", [camb_client, camb_client.testing, pytest_plugin], ids=lambda module: module.__name__
)
def test_every_public_name_has_its_place(module: object, names: set[str]) -> None:
    for name in module.__all__:
        assert f"{module.__name__}.{name}" in names


def test_every_method_has_its_place_inherited_or_not(names: set[str]) -> None:
    for owner in map(vars(camb_client).get, camb_client.__all__):
        if isclass(owner) and not issubclass(owner, BaseException | StrEnum):
            public = [f"camb_client.{it.__name__}" for it in owner.__mro__ if it.__name__ in camb_client.__all__]
            for name, _ in getmembers(owner, lambda it: callable(it) or isinstance(it, property)):
                found = {f"{it}.{name}" for it in public} & names
                assert found or name.startswith("_"), f"{owner.__name__}.{name}"


def test_nothing_private_is_shown_and_nothing_fetched(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= len(PAGES)
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"camb_(client|openapi)(\.\w+)*\._[a-z]|>(_[A-Z]\w+|\w+Work|\w*Wire)<", html), page
        assert "Rule of this" not in html, page
        assert not re.search(r"<(script|link|img|iframe)\b[^>]*\b(src|href)=\"(https?:)?//", html), page
