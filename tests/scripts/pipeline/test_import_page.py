"""`scripts.pipeline.import_page`: one OpenAPI block in, exactly as published; anything doubtful is refused."""

import gzip
import io
import os
import tracemalloc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scripts.common.errors import PipelineError
from scripts.pipeline.docs_page import slug_of
from scripts.pipeline.import_page import import_page, main

BLOCK = """\
openapi: 3.1.0
paths:
  /dub/{task_id}:
    get:
      # kept, comments and all
      responses:
        200: {description:   ok}
"""
FENCED = f"```yaml GET /dub/{{task_id}}\n{BLOCK}```\n"


def indent(text: str, prefix: str) -> str:
    return "".join(f"{prefix}{line}" for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("page", "content"),
    [
        pytest.param(FENCED, BLOCK, id="plain"),
        pytest.param(FENCED.replace("GET", "get"), BLOCK, id="lower-case method"),
        pytest.param(FENCED.replace("yaml", "yml"), BLOCK, id="yml"),
        pytest.param(FENCED.replace("{task_id}\n", "{task_id} theme={null}\n", 1), BLOCK, id="attributes after"),
        pytest.param(FENCED.replace("yaml", "yaml api-reference/openapi.json"), BLOCK, id="a file of the spec before"),
        pytest.param(FENCED.replace("yaml", "yaml /openapi.yaml"), BLOCK, id="a path of the spec before"),
        pytest.param(FENCED.replace("yaml", "yaml https://api.example/v1.json?a=b"), BLOCK, id="an address before"),
        pytest.param(f"{FENCED}\n```yaml\nasyncapi: 3.0.0\n```\n", BLOCK, id="AsyncAPI beside"),
        pytest.param(f"# Title\n\n> quote\n\n{FENCED}\nmore\n", BLOCK, id="in prose"),
        pytest.param(FENCED.replace("```", "````"), BLOCK, id="four backticks"),
        pytest.param(FENCED.replace("```", "~~~"), BLOCK, id="tildes"),
        pytest.param(FENCED.removesuffix("\n"), BLOCK, id="ends without a line end"),
        pytest.param(FENCED.replace("```\n", "\n\n```\n"), BLOCK + "\n\n", id="blank lines at the end are kept"),
        pytest.param(indent(FENCED, "> "), BLOCK, id="quoted"),
        pytest.param("- item\n\n" + indent(FENCED, "  "), BLOCK, id="in a list"),
        pytest.param(indent(FENCED, "   "), BLOCK, id="indented fence"),
        pytest.param(FENCED.replace("\n", "\r\n"), BLOCK, id="Windows line ends"),
        pytest.param(f"````md\n{FENCED}````\n\n{FENCED}", BLOCK, id="another one is an example within a fence"),
        pytest.param(indent(FENCED, "    ") + "\n" + FENCED, BLOCK, id="another one is indented code"),
        pytest.param("```yaml\na: 1\n```\n\n```yaml\n*broken\n```\n\n" + FENCED, BLOCK, id="other YAML"),
        pytest.param("```python\nopenapi: 3\n```\n\n" + FENCED, BLOCK, id="other languages"),
    ],
)
def test_takes_the_block_as_published(page: str, content: str, tmp_path: Path) -> None:
    import_page(page, slug="get-dub", pages=tmp_path)
    assert (tmp_path / "get-dub.yaml").read_text() == content
    assert [path.name for path in tmp_path.iterdir()] == ["get-dub.yaml"]


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("# Nothing\n", "page: no OpenAPI block: no ```yaml fence holds a document with a top-level `openapi`"),
        (indent(FENCED, "    "), "page: no OpenAPI block"),
        (f"````md\n{FENCED}````\n", "page: no OpenAPI block"),
        ("```yaml\nx:\n  openapi: 3.1.0\n```\n", "page: no OpenAPI block"),
        (f"{FENCED}\n\n{FENCED}", "page: 2 OpenAPI blocks, in lines 1, 12: one page describes one operation"),
        (f"{FENCED}\n```yaml\nopenapi: 3.1.0\n```\n", "page: 2 OpenAPI blocks, in lines 1, 11"),
        (f"{FENCED}\n```yaml\nopenapi: 3.1.0\na: [\n```\n", "page: 2 OpenAPI blocks, in lines 1, 11"),
        (
            f"```yaml\n{BLOCK}```\n",
            "page:1: the fence line says `yaml`, without method and path, and the block describes `get /dub/{task_id}`",
        ),
        (
            f"\n```yaml post /dub/{{task_id}}\n{BLOCK}```\n",
            "page:2: the fence line says `yaml post /dub/{task_id}`, and the block describes `get /dub/{task_id}`",
        ),
        (
            f"```yaml get /dub/{{id}}\n{BLOCK}```\n",
            "page:1: the fence line says `yaml get /dub/{id}`, and the block describes `get /dub/{task_id}`",
        ),
        (
            f"```yaml get /dub/{{task_id}}\n{BLOCK}    post: {{}}\n```\n",
            "page:1: the fence line says `yaml get /dub/{task_id}`, and the block describes `get /dub/{task_id}` and",
        ),
        (
            "```yaml get /dub/{task_id}\nopenapi: 3.1.0\n```\n",
            "page:1: the fence line says `yaml get /dub/{task_id}`, and the block describes no operation",
        ),
        (
            "```yaml get /dub/{task_id}\n- a\n```\n",
            "page:1: the fence line says `yaml get /dub/{task_id}`, but the block has no top-level `openapi`",
        ),
        (
            f"```yaml spec.json Get /dub/{{id}} x\n{BLOCK}```\n",
            "page:1: the fence line says `yaml spec.json Get /dub/{id} x`, and the block describes `get /dub/",
        ),
        ("```yaml a.json get /dub\nasyncapi: 3.0.0\n```\n", "page:1: this is an AsyncAPI block"),
        ("\n```yaml\nasyncapi: 3.0.0\na: [\n```\n", "page:2: this is an AsyncAPI block"),
        (f"```yaml get /dub/{{task_id}}\n{BLOCK}openapi: 3\n```\n", "page:1, block:8: /: the key 'openapi' is here"),
    ],
)
def test_refuses_and_writes_nothing(page: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as refusal:
        import_page(page, slug="get-dub", pages=tmp_path)
    assert str(refusal.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("page", "line"),
    [
        pytest.param(FENCED.removesuffix("```\n"), 1, id="before the fence"),
        pytest.param(FENCED.removesuffix("`\n"), 1, id="within the fence"),
        pytest.param(FENCED.partition("responses")[0], 1, id="within the block"),
        pytest.param(FENCED.partition("{task_id}")[0], 1, id="within the first fence"),
        pytest.param(f"# Title\n\n`{FENCED}", 3, id="the fence that ends is shorter"),
        pytest.param(indent(FENCED.removesuffix("```\n"), "> "), 1, id="quoted"),
        pytest.param(f"{FENCED}\n```bash\ncurl", 11, id="within another block"),
    ],
)
def test_a_page_that_was_cut_off_is_refused(page: str, line: int, tmp_path: Path) -> None:
    message = f"^page:{line}: the block that begins here never ends, so the page was probably cut off: fetch it again$"
    with pytest.raises(PipelineError, match=message):
        import_page(page, slug="get-dub", pages=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slug", ["", "Get", "a/b", "..", "a_b", "a.b", "é", "a\n"])
def test_a_slug_is_a_plain_name(slug: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="cannot name the file: use --slug with a-z, 0-9 and hyphens"):
        import_page(FENCED, slug=slug, pages=tmp_path)


@pytest.mark.parametrize(
    ("source", "slug"),
    [
        ("docs/get-tts-result.md", "get-tts-result"),
        ("https://docs.example/api/get-tts-result.md", "get-tts-result"),
        ("https://docs.example/api/get-tts-result.md?raw=1#top", "get-tts-result"),
        ("https://docs.example/api/get-tts-result/", "get-tts-result"),
    ],
)
def test_the_page_names_the_file(source: str, slug: str) -> None:
    assert slug_of(source) == slug


@cache
def bomb() -> bytes:
    """Small as it comes, and 200 MB when it is unpacked."""
    return gzip.compress(bytes(200_000_000), 1)


@pytest.fixture
def site(docs_site: Any) -> str:
    docs_site.answers = {
        "/get-dub.md": (200, {"Content-Type": "text/markdown"}, FENCED.encode()),
        "/moved.md": (302, {"Location": "/get-dub.md"}, b""),
        "/loop.md": (302, {"Location": "/loop.md"}, b""),
        "/image.md": (200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n\0\0\xff"),
        "/nul.md": (200, {"Content-Type": "text/plain"}, b"a\0b"),
        "/page.md": (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><title>Docs</title>"),
        "/huge.md": (200, {}, b"x" * 2_500_000),
        "/packed.md": (200, {"Content-Encoding": "gzip"}, gzip.compress(FENCED.encode())),
        "/cut.md": (200, {"Content-Encoding": "gzip"}, gzip.compress(FENCED.encode())[:-20]),
        "/wrong.md": (200, {"Content-Encoding": "gzip"}, FENCED.encode()),
        "/bomb.md": (200, {"Content-Encoding": "gzip"}, bomb()),
        "/twice.md": (200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(bomb())),
        "/bomb-on-the-way.md": (302, {"Location": "/get-dub.md", "Content-Encoding": "gzip"}, bomb()),
        "/elsewhere.md": (302, {"Location": "ftp://x.example/get-dub.md"}, b""),
        "404": (404, {}, FENCED.encode()),
    }
    return str(docs_site.address)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("get-dub.md", "get-dub"),
        ("moved.md", "moved"),
        ("packed.md", "packed"),
        ("bomb-on-the-way.md", "bomb-on-the-way"),
    ],
)
def test_imports_from_an_address(
    site: str, name: str, slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"{site}/{name}", "--pages", str(tmp_path)]) == 0
    assert (tmp_path / f"{slug}.yaml").read_text() == BLOCK
    assert capsys.readouterr().out.endswith(f"{slug}.yaml: added (GET /dub/{{task_id}} of {site}/{name})\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.md", "the server responded 404 Not Found"),
        ("loop.md", "more than 5 redirects"),
        ("image.md", "not text: byte 0 is not UTF-8"),
        ("nul.md", "not text: it has NUL bytes"),
        ("page.md", "no OpenAPI block"),
        ("huge.md", "more than 2,000,000 bytes: not a docs page"),
        ("bomb.md", "more than 2,000,000 bytes: not a docs page"),
        ("twice.md", "the content encoding 'gzip, gzip' cannot be read: the page has to come as it is"),
        ("cut.md", "the page ends too early"),
        ("wrong.md", "its content encoding cannot be read: "),
        ("elsewhere.md", "no response: "),
    ],
)
def test_refuses_what_an_address_answers(
    site: str, name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"{site}/{name}", "--pages", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert err.startswith(f"error: {site}/{name}: {message}")
    assert (out, err.count("\n"), list(tmp_path.iterdir())) == ("", 1, [])


def test_a_page_has_to_come_in_time(
    site: str, docs_site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs_site.dripping.add("/get-dub.md")
    monkeypatch.setattr("scripts.pipeline.docs_page._PAGE_SECONDS", 0.3)
    assert main([f"{site}/get-dub.md", "--pages", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"error: {site}/get-dub.md: no response, or not all of it, within 0.3 seconds\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/a.md", "http://", "http://[/a.md", "https://127.0.0.1:1/a"])
def test_says_that_an_address_cannot_be_reached(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([address, "--slug", "a"]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"error: {address}: no response: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:99999/a.md", "port must be 0-65535"),
        ("http://xn--/a.md", "Malformed A-label"),
        ("http://127.0.0.1:port/a.md", "Invalid port: 'port'"),
    ],
)
def test_says_that_an_address_is_not_valid(address: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([address]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"error: {address}: not a valid address (")
    assert said in err
    assert err.endswith("): correct it, or that of the proxy\n")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HTTPS_PROXY", "socks9://me:secret@x", "Unknown scheme for proxy URL URL('socks9://me:[secure]@x')"),
        ("all_proxy", "socks5://127.0.0.1:1", "Using SOCKS proxy, but the 'socksio' package is not installed. "),
        ("HTTP_PROXY", "http://me:secret/@127.0.0.1:1", "an address in it is not valid"),
        ("NO_PROXY", "localhost,fe80::/10", "an address in it is not valid"),
        ("SSL_CERT_FILE", "/missing", "[Errno 2] No such file or directory"),
        ("SSLKEYLOGFILE", "/missing/keys", "[Errno 2] No such file or directory: '/missing/keys'"),
    ],
)
def test_an_environment_with_which_no_request_can_be_made_is_not_the_fault_of_the_page(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv(variable, value)
    assert main(["http://127.0.0.1:1/a.md"]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"error: environment: no request can be made ({said}")
    assert err.endswith(f"): correct or unset {variable}\n")
    assert (err.count("\n"), ":secret" in err) == (1, False)


def test_imports_a_file_and_says_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, pages = tmp_path / "get-dub.md", tmp_path / "pages"
    page.write_text(FENCED)
    for done in ("added", "unchanged"):
        assert main([str(page), "--pages", str(pages)]) == 0
        assert f"get-dub.yaml: {done} (GET /dub/{{task_id}} of " in capsys.readouterr().out
    page.write_text(FENCED.replace("kept", "still kept"))
    assert main([str(page), "--pages", str(pages)]) == 0
    assert "updated" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.md"], "error: missing.md: No such file or directory\n"),
        (["."], "error: .: Is a directory\n"),
        (["-"], "error: standard input: has no name of its own: say --slug NAME (with make: SLUG=NAME)\n"),
    ],
)
def test_refuses_what_cannot_be_read(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert capsys.readouterr().err == message


def test_reads_no_more_of_a_file_than_a_page_may_have(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/dev/zero", "--slug", "zero"]) == 1
    assert capsys.readouterr().err == "error: /dev/zero: more than 2,000,000 bytes: not a docs page\n"


def test_what_is_refused_takes_little_memory(site: str) -> None:
    tracemalloc.start()
    try:
        for name in ("bomb.md", "twice.md", "bomb-on-the-way.md"):
            main([f"{site}/{name}", "--slug", "a_b"])
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_reads_the_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + FENCED.encode())))
    assert main(["-", "--slug", "dub", "--pages", str(tmp_path)]) == 0
    assert (tmp_path / "dub.yaml").read_text() == BLOCK


def test_the_command_line(run: Callable[..., Any], project: Path) -> None:
    ended = run("scripts.pipeline.import_page", "-", "--slug", "get-dub", input=FENCED)
    assert ended.returncode == 0, ended.stderr
    assert (project / "openapi/pages/get-dub.yaml").read_text() == BLOCK
    ended = run("scripts.pipeline.import_page", "-", "--slug", "get-dub", input="# Nothing")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("error: -: no OpenAPI block")
