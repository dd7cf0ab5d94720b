"""What there is to read: every block of code runs as written, every path that is named is there, and the site has every
public name.

``BLOCKS`` has a row for each block of each page, in order. A block without a row fails, and so does a row that says
what is not so.
"""

import ast
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path

import attrs
import pytest
from markdown_it import MarkdownIt

import camb_client
import camb_client.celery
import camb_client.testing
from camb_client.testing import FakeCamb, pytest_plugin
from scripts.release import docs, picture

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}


@attrs.frozen
class Program:
    """Python, run against the local server over real HTTP; this is among what it prints."""

    prints: str = ""
    after: int = 0  # How many of the blocks before belong to it.
    task: tuple[str, ...] = ("SUCCESS",)  # What the server says of its task.
    files: tuple[str, ...] = ()  # What it leaves behind.
    given: tuple[tuple[str, str], ...] = ()  # Files that are there before: name and content.


@attrs.frozen
class Shell:
    """Commands for a shell, run against the local server; this is among what they print."""

    prints: str = ""
    files: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()  # Files that are there before: name and content.


@attrs.frozen
class Commands:
    """For a shell, in a clone: targets of the Makefile, and these."""

    others: tuple[str, ...] = ()


@attrs.frozen
class QuickStart:
    """A part of README's quick start, which is run as a whole; other pages repeat it word for word."""


@attrs.frozen
class NoProgram:
    """Not to be run, for a reason."""

    reason: str


SLOW = ("PENDING", "SUCCESS")
WAITS = "from camb_client import CambClient\nwith CambClient() as camb:\n    camb.tts.wait('c8b8e3cd-ad17')\n"
LINES = """key,text,file
morning,"Good morning, all of you.",morning.flac
noon,Good afternoon.,
night,Good night.,late/night.flac
"""
BLOCKS: dict[str, list[Program | Shell | Commands | QuickStart | NoProgram]] = {
    "README.md": [
        Commands(("pip install '.[cli]'",)),
        *[QuickStart()] * 3,
        Program("2003\n"),
        Program("saved speech/tts-2005.flac", files=("speech",)),
        Program("['texts']\n"),
        Shell('"status": "SUCCESS", "run_id": 11768', files=("hello.flac", "rain.wav")),
        Program("1 passed"),
        Commands(),
    ],
    "CONTRIBUTING.md": [
        Commands((".venv/bin/python -m pytest -q tests/facade/tasks/test_wait.py -k deadline",)),
        NoProgram("the tree of folders"),
        Commands(
            (
                "python3 -m venv /tmp/renew",
                "/tmp/renew/bin/python -m pip install --upgrade pip",
                "/tmp/renew/bin/python -m pip install --group dev --group bench --group docs --group fuzz",
                "/tmp/renew/bin/python -m pip freeze --all > constraints.txt",
            )
        ),
        NoProgram("it would release a version"),
    ],
    "SECURITY.md": [],
    "CHANGELOG.md": [],
    "docs/api-discrepancies.md": [],
    "docs/batch.md": [
        Shell("3 of 3 downloaded", files=("speech", "speech.camb.db"), given=(("lines.csv", LINES),)),
        Shell("3 of 3 downloaded", files=("speech", "speech.camb.db"), given=(("lines.csv", LINES),)),
        Program("downloaded speech/morning.flac\n", files=("speech", "jobs.db")),
        Program("tts:line-1 1004\n", files=("waits.db",)),
        Program("SUCCESS\n"),
    ],
    "docs/behaviour.md": [NoProgram("the tree of errors")],
    "docs/benchmarks.md": [],
    "docs/command-line.md": [
        Shell("downloaded", files=("hello.flac", "rain.wav", "evening.flac", "night.flac")),
        Shell("147320  Gary  en-us"),
        Shell('"transcript": [', files=("body.json",), given=(("talk.mp3", "ID3"),)),
        Shell("tts:line-1  SUCCESS", files=("morning.flac",)),
        Shell("downloaded", files=("speech",)),
        Shell(),
    ],
    "docs/fault-matrix.md": [],
    "docs/index.md": [*[QuickStart()] * 3, Shell("downloaded", files=("rain.wav",))],
    "docs/guides/api-changes.md": [Commands(), Commands(("git add openapi generated",)), Commands()],
    "docs/guides/audio.md": [
        Program("text-to-sound-2004.wav http", files=("morning.flac", "text-to-sound-2004.wav")),
        Program(" bytes\n"),
        Program("door.wav\n", files=("door.wav",)),
    ],
    "docs/guides/families.md": [
        Program("['texts']\n"),
        Program("    1.00  text\n", given=(("interview.mp3", "ID3"),)),
        Program("talk.wav\n{'1': 'text'}\n", files=("talk.wav",)),
        Program("147320 Gary\n"),
        Shell("SUCCESS  run_id 2003", files=("body.json",)),
    ],
    "docs/guides/celery.md": [*[NoProgram("tests/facade/celery/test_guide.py follows the whole page")] * 8],
    "docs/guides/many.md": [
        Program("tts:line-1 run_id 1004\n"),
        Program("line-1 1004\nline-2 1005\nline-100 tts:line-100 ended as ERROR"),
        Program("59 done\n"),
        Program("tts:line-1 1004\n"),  # They end in any order.
        Program("tts:line-1 1004\ntts:line-2 1005\n"),
    ],
    "docs/guides/new-endpoint.md": [
        Commands(),
        NoProgram("tests/scripts/test_guides.py follows the whole page"),
        Commands(("git add openapi generated",)),
        Commands(),
    ],
    "docs/guides/observability.md": [
        Shell("tts:c8b8e3cd-ad17", given=(("your_program.py", WAITS),)),
        Program('"ref": "tts:1", "status": "SUCCESS", "poll": "3"'),
        Program(),
        Program("{('tts', 'PENDING'): 1, ('tts', 'ServerError'): 1, ('tts', 'SUCCESS'): 1}\n"),
        Program("camb.poll 1 PENDING\ncamb.poll 2 SUCCESS\n"),
    ],
    "docs/guides/one.md": [
        Program("\nrun_id 11768\n"),
        Program("run_id 1002\n"),
        Program("SUCCESS\n11768\n"),
        Program("SUCCESS \nsucceeded\n"),
        Program("69 more polls in ten minutes"),
        Program("SUCCESS\n"),
        Program("tts:c8b8e3cd-ad17 SUCCESS\nrun_id 11768\n"),
    ],
    "docs/guides/testing.md": [Program("3 passed"), *[Program()] * 6],
    "docs/guides/web.md": [
        Program(files=("speech.db",)),
        Program(after=1, files=("speech.db",)),
        Program(after=2, files=("speech.db",)),
        Program(after=3, files=("speech.db",)),
        Program("202 PENDING\nSUCCEEDED\n200 .flac\n", after=4, files=("speech.db", "speech-files")),
        Program("(200, {'run_id': 1002})\n"),
    ],
}


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each block of code."""
    return fences(page.read_text(encoding="utf-8"))


def fences(text: str) -> list[tuple[str, str]]:
    return [(it.info, it.content) for it in MarkdownIt().parse(text) if it.type == "fence"]


def rows(kind: type) -> list[object]:
    return [
        pytest.param(ROOT / name, number, row, id=f"{name}-{number + 1}")
        for name, page_rows in BLOCKS.items()
        for number, row in enumerate(page_rows)
        if isinstance(row, kind)
    ]


def test_every_block_has_its_row() -> None:
    assert TEXTS.keys() == BLOCKS.keys()
    languages = {
        Program: {"python"}, Shell: {"sh"}, Commands: {"sh"}, QuickStart: {"sh", "python"},
        NoProgram: {"sh", "yaml", "text", "python"},
    }  # fmt: skip
    for page in PAGES:
        page_rows = BLOCKS[page.relative_to(ROOT).as_posix()]
        assert len(blocks(page)) == len(page_rows), page
        for (language, _), row in zip(blocks(page), page_rows, strict=True):
            assert language in languages[type(row)], page


def test_pages_are_markdown_and_no_frames_for_the_site() -> None:
    for name, text in TEXTS.items():
        assert not re.search(r"^(```|:::)\{|^\.\. \w+::", text, flags=re.MULTILINE), name


def run(command: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, task: tuple[str, ...]) -> tuple[int, str]:
    """Run it against the local server: its exit code, and all that it printed."""
    fake = FakeCamb("readers-key", timeline="SUCCESS")
    fake.add("tts:c8b8e3cd-ad17", task, run_id=11768)
    fake.add("text-to-sound:9f0c", ["SUCCESS"])
    for line in range(1000):
        fake.add(f"tts:line-{line}", ["SUCCESS"] if line % 100 else ["ERROR"])
    with fake.serve() as url:
        monkeypatch.setenv("CAMB_API_KEY", "readers-key")
        monkeypatch.setenv("CAMB_BASE_URL", url)
        monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60
        )
    return done.returncode, done.stdout


@pytest.mark.parametrize(("page", "number", "row"), rows(Program))
def test_a_program_runs_as_written(
    page: Path, number: int, row: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, content in row.given:
        (tmp_path / name).write_text(content, encoding="utf-8")
    program = "".join(text for _, text in blocks(page)[number - row.after : number + 1])
    how = ["-c", program]
    if "def test_" in program:
        (tmp_path / "test_it.py").write_text(program, encoding="utf-8")
        how = ["-m", "pytest", "-p", "no:anyio", "-p", "no:asyncio", "-p", "no:schemathesis", str(tmp_path)]
    code, printed = run([sys.executable, "-W", "error", *how], tmp_path, monkeypatch, row.task)
    assert code == 0, printed
    assert row.prints in printed
    left = {it.name for it in tmp_path.iterdir()} - {"test_it.py", ".pytest_cache", "__pycache__"}
    assert left == {*row.files, *(name for name, _ in row.given)}


@pytest.mark.parametrize(("page", "number", "row"), rows(Shell))
def test_a_shell_runs_it_as_written(
    page: Path, number: int, row: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, content in row.given:
        (tmp_path / name).write_text(content, encoding="utf-8")
    script = "set -e -o pipefail\n" + blocks(page)[number][1]
    code, printed = run(["bash", "-c", script], tmp_path, monkeypatch, ("SUCCESS",))
    assert code == 0, printed
    assert row.prints in printed
    assert {it.name for it in tmp_path.iterdir()} == {*row.files, *(name for name, _ in row.given)}


def test_the_quick_start_runs_as_written_and_is_what_the_picture_shows(tmp_path: Path) -> None:
    lines = picture.session(tmp_path)
    assert [command for command, _ in lines][-2:] == ["python morning.py", picture.SOUND]
    assert re.fullmatch(r"created tts:\S+\nsaved morning.flac\n", lines[-2][1])
    assert (tmp_path / "morning.flac").read_bytes()[:4] == b"fLaC"
    shown = picture.PICTURE.read_text(encoding="utf-8")
    assert picture.words(picture.draw(lines)) == picture.words(shown), "renew it: python -m scripts.release.picture"
    assert "$ python morning.py" in picture.words(shown)
    assert len(shown) < 10_000
    assert "http" not in shown.replace("http://www.w3.org/2000/svg", "").replace("http://127.0.0.1:8000", "")


def test_every_page_has_the_same_quick_start() -> None:
    parts = picture.quick_start()
    for name, page_rows in BLOCKS.items():
        shown = [text for (_, text), row in zip(blocks(ROOT / name), page_rows, strict=True) if row == QuickStart()]
        assert shown in ([], parts), name
    assert f"{picture.SOUND}\n" in [text for _, text in fences(TEXTS["docs/index.md"])]


@pytest.mark.parametrize(("page", "number", "row"), rows(Commands))
def test_commands_are_there(page: Path, number: int, row: Commands) -> None:
    lines = blocks(page)[number][1].splitlines()
    for line in lines:
        command = re.fullmatch(r"(?:[A-Z_]+=\S+ |[A-Z_]+=\"[^\"]*\" )*make ([a-z-]+)(?: [A-Z]+=\S+)?(?: +#.*)?", line)
        assert (command and is_target(command[1])) or line in row.others, line
    assert {*row.others} <= {*lines}


def is_target(name: str) -> bool:
    return re.search(rf"^{name}:", MAKEFILE, flags=re.MULTILINE) is not None


def test_every_command_that_is_named_is_in_the_makefile() -> None:
    named = {name for text in TEXTS.values() for name in re.findall(r"`make\s([a-z][a-z-]+)", text)}
    named |= {name for _, text in messages() for found in MAKE.findall(text) for name in found if name}
    assert {"generate", "update", "breaking", "docs", "demo", "test", "import-page", "api-snapshot"} <= named
    assert not [name for name in named if not is_target(name)]


# A command in a message, and not the word.
MAKE = re.compile(r"(?:run |`)make ([a-z][a-z-]+)|: make ([a-z]+-[a-z-]+)")
# What is named by path: a file or a folder, and with a colon what it defines.
PATH = re.compile(
    r"(?<![\w./-])(?P<path>(?:facade|generated|openapi|scripts|tests|docs|\.github)/[\w./-]*\w/?)(?::(?P<name>[A-Za-z_]\w*))?"
    r"(?P<made_up>[<{*…])?"
)
# "rewrite NAME and Class.name in facade/….py", "in _MEANINGS of facade/….py".
CLAIM = re.compile(
    r"(?P<names>`?[A-Za-z_][\w.]*(?:\(\))?`?(?:(?:,| and) `?[A-Za-z_][\w.]*(?:\(\))?`?)*) (?:in|of) "
    r"`?(?P<path>(?:facade|scripts|tests)/[\w/]+\.py)"
)
# Of a page that new-endpoint.md makes up, and what is there only once something is built.
ABSENT = {"openapi/pages/get-sing-status.yaml"}


def messages() -> Iterator[tuple[str, str]]:
    """Each text in the Python code of the client and the scripts, with the constants of its module filled in."""
    for folder in ("facade", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            known = {
                target.id: statement.value.value
                for statement in tree.body
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.JoinedStr):
                    yield path.relative_to(ROOT).as_posix(), "".join(_filled(part, known) for part in node.values)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path.relative_to(ROOT).as_posix(), node.value


def _filled(part: ast.expr, known: dict[str, object]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    inner = part.value if isinstance(part, ast.FormattedValue) else None
    return str(known.get(inner.id, "…")) if isinstance(inner, ast.Name) else "…"


def defined(path: Path) -> set[str]:
    """What a module defines: its names, and those of its classes as Class.name."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    inner = {f"{it.name}.{name}" for it in body if isinstance(it, ast.ClassDef) for name in _names(it.body)}
    return {*_names(body), *inner}


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for it in body:
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield it.name
        targets = it.targets if isinstance(it, ast.Assign) else [it.target] if isinstance(it, ast.AnnAssign) else []
        for target in targets:
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def wrong_paths(where: str, text: str) -> list[str]:
    """Each path of a text that is not there, or does not define what is said."""
    wrong = []
    for match in PATH.finditer(text):
        path, name = match["path"], match["name"]
        if match["made_up"] or path in ABSENT:
            continue
        if not any((root / path).exists() for root in (ROOT, ROOT / "tests/sample_project")):
            wrong.append(f"{where}: {path} is not there")
        elif name and name not in defined(ROOT / path):
            wrong.append(f"{where}: {path} does not define {name}")
    for match in CLAIM.finditer(text):
        if not (ROOT / match["path"]).exists():
            continue  # Said above.
        for name in re.split(r",| and ", match["names"].replace("`", "")):
            code = name.strip().removesuffix("()")
            # A name of code, and not a word of the sentence.
            if re.search(r"[_.]|[A-Z]{2}|[a-z][A-Z]", code) and code not in defined(ROOT / match["path"]):
                wrong.append(f"{where}: {match['path']} does not define {code}")
    return wrong


def test_every_path_that_is_named_is_there_and_defines_what_is_said() -> None:
    wrong = [one for name, text in TEXTS.items() for one in wrong_paths(name, text)]
    wrong += [one for name, text in messages() for one in wrong_paths(name, text)]
    for file in (
        "Makefile",
        "openapi/camb.yaml",
        "openapi/overlay.yaml",
        "openapi/generator.yaml",
        "openapi/sources.txt",
    ):
        wrong += wrong_paths(file, (ROOT / file).read_text(encoding="utf-8"))
    for file in [*(ROOT / ".github").rglob("*.yml"), *(ROOT / "openapi/templates").rglob("*.jinja")]:
        wrong += wrong_paths(file.name, file.read_text(encoding="utf-8"))
    assert not wrong, "\n".join(wrong)


def test_paths_that_are_wrong_are_seen() -> None:
    assert wrong_paths("x", "See facade/camb_client/_polling/nowhere.py.") == [
        "x: facade/camb_client/_polling/nowhere.py is not there"
    ]
    status = "facade/camb_client/_polling/status.py"
    assert wrong_paths("x", f"`{status}:NOTHING`") == [f"x: {status} does not define NOTHING"]
    assert wrong_paths("x", f"write it in _NOTHING of {status}") == [f"x: {status} does not define _NOTHING"]
    assert wrong_paths("x", f"{status}:TaskStatus, in _MEANINGS of {status}, TaskStatus.ERROR in {status}") == []


def test_links_lead_somewhere() -> None:
    for name, text in TEXTS.items():
        anchors = {other: headings((ROOT / other).read_text(encoding="utf-8")) for other in TEXTS}
        for target, _, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(#([^)\s]+))?\)", text):
            path = (ROOT / name).parent / target if target else ROOT / name
            assert path.exists(), f"{name}: {target}"
            if anchor:
                assert anchor in anchors[path.resolve().relative_to(ROOT).as_posix()], f"{name}: {target}#{anchor}"


def headings(text: str) -> set[str]:
    """The anchors of a page, as code hosts make them."""
    found = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_words() -> None:
    """One word for one thing, as the field says it: polls, transient errors, deadlines, responses."""
    old = re.compile(r"\b(looks?|looked at|rides? out|ridden out|patience|blacks? out|blacked out)\b", re.IGNORECASE)
    texts = {**TEXTS, "CHANGELOG.md": TEXTS["CHANGELOG.md"].partition("### Renamed")[0]}
    found = [(name, match[0]) for name, text in texts.items() for match in old.finditer(text)]
    assert not found


@pytest.mark.whole  # `make docs` takes 10 seconds.
def test_the_site_has_every_public_name_and_nothing_private(tmp_path: Path) -> None:
    """One test, so that the site is made once, whatever shares the tests out."""
    docs.build(tmp_path)
    # Every Python name that can be linked to; the format: https://sphobjinv.readthedocs.io/en/stable/syntax.html
    listed = zlib.decompress((tmp_path / "objects.inv").read_bytes().split(b"\n", 4)[4]).decode().splitlines()
    names = {name for name, role, *_ in map(str.split, listed) if role.startswith("py:")}
    for module in (camb_client, camb_client.celery, camb_client.testing, pytest_plugin):
        for name in module.__all__:
            assert f"{module.__name__}.{name}" in names
    # Every method has its place, inherited or not.
    for owner in map(vars(camb_client).get, camb_client.__all__):
        if isclass(owner) and not issubclass(owner, BaseException | StrEnum):
            public = [f"camb_client.{it.__name__}" for it in owner.__mro__ if it.__name__ in camb_client.__all__]
            for name, _ in getmembers(owner, lambda it: callable(it) or isinstance(it, property)):
                found = {f"{it}.{name}" for it in public} & names
                assert found or name.startswith("_"), f"{owner.__name__}.{name}"
    # Nothing private is shown, and nothing fetched from elsewhere.
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) >= len(PAGES)
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"camb_(client|openapi)(\.\w+)*\._[a-z]|>(_[A-Z][a-z]\w+|\w+Work|\w*Wire)<", html), page
        assert not re.search(r"<(script|link|img|iframe)\b[^>]*\b(src|href)=\"(https?:)?//", html), page
