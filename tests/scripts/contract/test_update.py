"""`scripts.contract.update`: all that was published, or nothing; every problem in one line; the changes in a table."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.common.project import PACKAGE, ROOT, SPEC, SUPPLEMENTS, read_files
from scripts.comparison.words import SUPPLEMENT, table
from scripts.contract import update as module
from scripts.contract.update import PAGES, SOURCES, load_sources, main
from scripts.pipeline.generate import check, generate

TTS, SOUND = "get-tts-result", "get-text-to-sound-status"
OPERATIONS = {TTS: "GET /tts/{task_id}", SOUND: "GET /text-to-sound/{task_id}"}
UP_TO_DATE = "written: nothing, all is up to date\n"


class Docs:
    """The pages of a project, published on a site on loopback, and the project."""

    def __init__(self, site: Any, project: Path) -> None:
        self.site, self.root = site, project
        for slug in (SOUND, TTS):
            self.publish(slug, (project / f"{PAGES}/{slug}.yaml").read_text())
        (project / SOURCES).write_text(f"# The pages\n\n{self.at(SOUND)}\n{self.at(TTS)}  # legacy\n")

    def at(self, slug: str) -> str:
        return f"{self.site.address}/endpoint/{slug}.md"

    def publish(self, slug: str, block: str, operation: str = "") -> None:
        page = f"# Status\n\nHow far it is.\n\n````yaml {operation or OPERATIONS[slug]}\n{block}````\n"
        self.site.answers[f"/endpoint/{slug}.md"] = (200, {"Content-Type": "text/markdown"}, page.encode())

    def change(self, old: str, new: str, *slugs: str) -> None:
        """Publish a change of both pages, or of those named."""
        for slug in slugs or (TTS, SOUND):
            block = (self.root / f"{PAGES}/{slug}.yaml").read_text()
            assert old in block
            self.publish(slug, block.replace(old, new))

    def state(self) -> dict[str, Any]:
        """Each file of the project, with what changes when it is touched."""
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_ino, path.is_file() and path.read_bytes())
            for path in self.root.rglob("*")
            if path.name != "generated"  # the scratch folder was made, and removed, in it
        }


@pytest.fixture
def docs(docs_site: Any, project: Path) -> Docs:
    return Docs(docs_site, project)


def run(docs: Docs, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, list[str]]:
    """Exit code, standard output, and the lines of standard error but for those on progress."""
    capsys.readouterr()
    code = main(["--root", str(docs.root)])
    out, err = capsys.readouterr()
    return code, out, [line for line in err.splitlines() if not line.startswith(("fetched ", "making "))]


def refused(docs: Docs, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What it says when it refuses; nothing is written."""
    before = docs.state()
    code, out, err = run(docs, capsys)
    assert (code, out) == (1, "")
    assert docs.state() == before
    assert err.pop() == "nothing was written"
    return err


def test_nothing_changed(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    before = docs.state()
    assert main(["--root", str(docs.root)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{table([])}\n"
    assert sorted(err.splitlines()) == [
        f"fetched {docs.at(SOUND)} (GET /text-to-sound/{{task_id}})",
        f"fetched {docs.at(TTS)} (GET /tts/{{task_id}})",
        "making openapi/camb.yaml and generated/",
        "written: nothing, all is up to date",
    ]
    assert docs.state() == before


@pytest.mark.parametrize(
    ("old", "new", "slugs", "verdict", "words"),
    [
        pytest.param("Get Tts Result", "Get the status", [TTS], "compatible", "summary", id="words"),
        pytest.param("      enum:\n", "      enum:\n        - PAUSED\n", [], "needs a decision", "PAUSED", id="status"),
        pytest.param("            - integer\n", "            - string\n", [], "breaking", "run_id", id="type"),
        pytest.param("name: x-api-key", "name: x-key", [], "breaking", "x-key", id="auth"),
    ],
)  # fmt: skip
def test_takes_in_what_changed(
    docs: Docs, capsys: pytest.CaptureFixture[str], old: str, new: str, slugs: list[str], verdict: str, words: str
) -> None:
    docs.change(old, new, *slugs)
    code, out, err = run(docs, capsys)
    assert (code, err) == (0, [f"written: {PAGES}, {SPEC}, {PACKAGE}"])
    rows = [line for line in out.splitlines() if line.startswith("|") and words in line]
    assert any(verdict in row for row in rows), out
    for slug in slugs or [TTS, SOUND]:
        assert new in (docs.root / f"{PAGES}/{slug}.yaml").read_text()
    assert check(docs.root)[0] == []
    assert list((docs.root / "generated").iterdir()) == [docs.root / PACKAGE]
    code, out, err = run(docs, capsys)
    assert (code, out, err) == (0, f"{table([])}\n", [UP_TO_DATE.strip()])


def test_bytes_that_mean_the_same_are_taken_in_too(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    docs.change("openapi: 3.1.0\n", "# As published\nopenapi: 3.1.0\n", TTS)
    assert run(docs, capsys) == (0, f"{table([])}\n", [f"written: {PAGES}"])
    assert (docs.root / f"{PAGES}/{TTS}.yaml").read_text().startswith("# As published\n")


def test_what_was_not_generated_is_made_good(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    (docs.root / f"{PACKAGE}/py.typed").unlink()
    assert run(docs, capsys) == (0, f"{table([])}\n", [f"written: {PACKAGE}"])
    assert check(docs.root)[0] == []


BLOCKLESS = (200, {}, b"# Status\n\nThis page has moved.\n")
PROBLEMS = {
    "unreachable": "no response: ",
    "404": "the server responded 404 Not Found",
    "no block": "no OpenAPI block: no ```yaml fence holds a document with a top-level `openapi`",
    "moved": "the block moved: it describes GET /speech/{task_id} now, and GET /tts/{task_id} before. "
    "If that is meant: make import-page PAGE=",
}


def spoil(docs: Docs, slug: str, problem: str) -> str:
    """Make trouble for a page; return its address."""
    address, path = docs.at(slug), f"/endpoint/{slug}.md"
    if problem == "unreachable":
        sources = docs.root / SOURCES
        address = f"http://127.0.0.1:1/{slug}.md"
        sources.write_text(sources.read_text().replace(docs.at(slug), address))
    elif problem == "404":
        del docs.site.answers[path]
    elif problem == "no block":
        docs.site.answers[path] = BLOCKLESS
    else:
        block = (docs.root / f"{PAGES}/{slug}.yaml").read_text()
        docs.publish(slug, block.replace("  /tts/{", "  /speech/{"), "GET /speech/{task_id}")
    return address


@pytest.mark.parametrize("problem", PROBLEMS)
def test_refuses_a_page(docs: Docs, capsys: pytest.CaptureFixture[str], problem: str) -> None:
    docs.change("Get Text To Audio Status", "Get it", SOUND)  # a sound page is not taken in either
    address = spoil(docs, TTS, problem)
    (line,) = refused(docs, capsys)
    assert line.startswith(f"error: {address}: {PROBLEMS[problem]}")


def test_says_all_that_is_wrong_at_once(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    addresses = [spoil(docs, SOUND, "404"), spoil(docs, TTS, "no block")]
    new = "https://docs.example/get-music.md"
    (docs.root / f"{PAGES}/get-dub.yaml").write_text(
        (docs.root / f"{PAGES}/{TTS}.yaml").read_text().replace("/tts/", "/dub/")
    )
    with (docs.root / SOURCES).open("a") as sources:
        sources.write(f"{new}\n")
    assert refused(docs, capsys) == [
        "error: openapi/pages/get-dub.yaml: no line of openapi/sources.txt says where it is published: add its address",
        f"error: {new}: openapi/pages has no get-music.yaml: make import-page PAGE={new} adds it",
        f"error: {addresses[0]}: {PROBLEMS['404']}",
        f"error: {addresses[1]}: {PROBLEMS['no block']}",
    ]


def test_refuses_pages_that_contradict_each_other(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    docs.change("            - integer\n", "            - string\n", TTS)
    error, advice = refused(docs, capsys)
    assert error.startswith("error: openapi/pages/get-tts-result.yaml: /components/schemas/OrchestratorPipelineResult/")
    assert error.endswith("tell those who publish the docs")
    assert advice.startswith("what to do: tell those who publish the docs")


def test_a_correction_that_no_longer_fits_has_to_be_mended(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    docs.change("get_tts_result_tts__id__get", "read_tts", TTS)
    error, advice, *rest = refused(docs, capsys)
    assert error == (
        "error: openapi/overlay.yaml: /actions/0: /paths/~1tts~1{task_id}/get/operationId is 'read_tts', "
        "but x-was says 'get_tts_result_tts__id__get': the published value changed; update x-was"
    )
    assert advice.startswith("what to do: fit the action to what the page says now")
    assert "what the pages changed, none of it taken in:" in rest
    assert any(line.startswith("|") and "read_tts" in line for line in rest)

    overlay = docs.root / "openapi/overlay.yaml"
    overlay.write_text(overlay.read_text().replace("get_tts_result_tts__id__get", "read_tts"))
    code, _, err = run(docs, capsys)
    assert (code, err) == (0, [f"written: {PAGES}"]), "the id in camb.yaml is ours, and as before"
    assert check(docs.root)[0] == []


def test_our_own_descriptions_are_not_fetched_and_stay(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / SUPPLEMENTS, docs.root / SUPPLEMENTS)
    generate(docs.root)
    docs.change("Get Tts Result", "Get it", TTS)
    code, out, err = run(docs, capsys)
    assert (code, err) == (0, [f"written: {PAGES}, {SPEC}, {PACKAGE}"])
    assert SUPPLEMENT not in out
    assert dict(read_files(docs.root, SUPPLEMENTS)) == dict(read_files(ROOT, SUPPLEMENTS))
    assert check(docs.root)[0] == []


def test_what_they_use_has_to_be_there(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / SUPPLEMENTS, docs.root / SUPPLEMENTS)
    docs.change("HTTPValidationError", "HTTPError")
    error, advice = refused(docs, capsys)
    assert re.match(r"error: openapi/supplements/\S+\.yaml: .*HTTPValidationError' leads nowhere", error)
    assert advice.startswith("what to do: fit our own description to what the pages have now")


def test_refuses_what_the_generator_cannot_make(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    (docs.root / "openapi/generator.yaml").write_text("no_such_setting: 1\n")
    error, advice = refused(docs, capsys)
    assert error.startswith("error: openapi/generator.yaml: /no_such_setting: ")
    assert advice.startswith("what to do: the docs are sound, so check openapi/generator.yaml")


def test_what_was_edited_meanwhile_is_not_lost(
    docs: Docs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    docs.change("Get Tts Result", "Get it", TTS)
    page = docs.root / f"{PAGES}/{SOUND}.yaml"
    made = module.generate
    monkeypatch.setattr(module, "generate", lambda root: [page.write_text(f"{page.read_text()}# mine\n"), made(root)])
    code, _, err = run(docs, capsys)
    assert (code, err[-1]) == (1, "nothing was written")
    assert err[0].startswith("error: openapi: was changed while the new client was made")
    assert page.read_text().endswith("# mine\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n/docs/a.md\n", "sources.txt:2: '/docs/a.md' is no http(s) address"),
        ("https://a.example/x.md\nhttps://b.example/x\n", "sources.txt:2: a line above names x too"),
        ("", "openapi/pages/get-tts-result.yaml: no line of openapi/sources.txt says where it is published"),
    ],
)
def test_refuses_a_list_of_addresses(docs: Docs, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    (docs.root / SOURCES).write_text(text)
    assert message in "\n".join(refused(docs, capsys))


def test_needs_a_list_of_addresses(docs: Docs, capsys: pytest.CaptureFixture[str]) -> None:
    (docs.root / SOURCES).unlink()
    (line,) = refused(docs, capsys)
    assert line == "error: openapi/sources.txt: No such file or directory"


def test_the_list_may_be_elsewhere(docs: Docs, tmp_path: Path) -> None:
    (docs.root / SOURCES).rename(tmp_path / "list")
    assert main(["--root", str(docs.root), "--sources", str(tmp_path / "list")]) == 0


def test_an_address_is_committed_for_each_page() -> None:
    addresses = load_sources(ROOT / SOURCES, SOURCES)
    assert {f"{PAGES}/{slug}.yaml" for slug in addresses} == dict(read_files(ROOT, PAGES)).keys()
    assert all(address.startswith("https://docs.camb.ai/") for address in addresses.values())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["fetching", "making"])
def test_an_interrupt_leaves_all_as_it_was(docs: Docs, when: str, how: signal.Signals) -> None:
    docs.change("Get Tts Result", "Get it", TTS)
    if when == "fetching":
        docs.site.dripping.add(f"/endpoint/{TTS}.md")
    before = docs.state()
    command = [sys.executable, "-m", "scripts.contract.update", "--root", str(docs.root)]
    update = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Python keeps on ignoring Ctrl-C where its parent did, as a shell does for a job in the background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    while update.poll() is None:
        if docs.site.asked if when == "fetching" else list((docs.root / "generated").glob(".*")):
            break
        time.sleep(0.001)
    update.send_signal(how)
    try:
        out, err = update.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        # Python drops what a handler raises while it destroys an object; a person would press the key again.
        update.send_signal(how)
        out, err = update.communicate(timeout=20)
    finally:
        update.kill()
    assert update.returncode == (130 if how is signal.SIGINT else 143), err
    assert (out, "Traceback" in err) == ("", False), err
    assert docs.state() == before
    assert list((docs.root / "generated").iterdir()) == [docs.root / PACKAGE]
