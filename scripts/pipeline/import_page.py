"""Take the OpenAPI block of a docs page: `python -m scripts.pipeline.import_page PAGE [--slug NAME] [--pages DIR]`.

The rule of this file: the block is written exactly as published, to `openapi/pages/<slug>.yaml`, or nothing
is. PAGE is a file, `-` for the standard input, or an http(s) address. Corrections go to `openapi/overlay.yaml`.
What we had guessed of the operation in `openapi/supplements/` goes, and what differs is said.
"""

import argparse
import asyncio
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from ..common.atomic import write_file
from ..common.errors import PipelineError
from ..common.strict_yaml import load
from .checks import Document
from .generate import make_document
from .merge import operations
from .supplements import SUPPLEMENTS, load_supplements, replaced

PAGES = Path(__file__).parents[2] / "openapi" / "pages"

_SIZE_LIMIT = 2_000_000  # bytes; the largest docs pages known have some 50,000
_PHASE_SECONDS = 10.0  # for each phase of a request
_PAGE_SECONDS = 30.0  # for all of it, redirects too, so that a server which drips cannot hold us
_LANGUAGE = re.compile(r"ya?ml(\s|\Z)", re.IGNORECASE)
_OPERATION = re.compile(r"ya?ml\s+(?P<method>[a-z]+)\s+(?P<path>/\S*)(\s|\Z)", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9-]+\Z")


class Block(NamedTuple):
    """A fenced block: the line of its fence in the page, what the fence line says, and the text within."""

    line: int
    info: str
    content: str

    @property
    def operation(self) -> str:
        """`GET /tts/{task_id}`, or nothing if the fence line does not say."""
        match = _OPERATION.match(self.info)
        return f"{match['method'].upper()} {match['path']}" if match else ""


def import_page(text: str, *, slug: str, pages: Path = PAGES, source: str = "page") -> str:
    """Write the OpenAPI block of the page `text` to `<pages>/<slug>.yaml`; say what was done."""
    if not _SLUG.match(slug):
        raise PipelineError(source, f"{slug!r} cannot name the file: use --slug with a-z, 0-9 and hyphens")
    block = openapi_block(text, source)
    target = pages / f"{slug}.yaml"
    content = block.content.encode()
    page, folder = load(block.content, source), pages.parent / Path(SUPPLEMENTS).name
    guesses = [supplement for supplement in load_supplements(folder) if replaced(page, supplement)]
    before = _document(pages.parent.parent) if guesses else None
    if target.exists() and target.read_bytes() == content:
        done = "unchanged"
    else:
        done = "updated" if target.exists() else "added"
        pages.mkdir(parents=True, exist_ok=True)
        write_file(target, content)
    shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
    lines = [f"{shown}: {done} ({block.operation} of {source})"]
    for guess in guesses:
        (folder / Path(guess.file).name).unlink()
        lines.append(f"{guess.file}: removed, for its page is here. {_differences(before, pages.parent.parent)}")
    return "\n".join(lines)


def _document(root: Path) -> Document | PipelineError:
    try:
        return make_document(root)
    except PipelineError as error:
        return error


def _differences(before: Document | PipelineError | None, root: Path) -> str:
    """What the page says otherwise than the guess in its place did."""
    # Imported here, for it needs the client that is made of the pages.
    from ..comparison.engine import CORRECTED, compare, table

    after = _document(root)
    if isinstance(before, dict) and isinstance(after, dict):
        return f"What it says otherwise:\n\n{table(compare(before, after, CORRECTED))}"
    return f"Not compared: {after if isinstance(before, dict) else before}"


def openapi_block(text: str, source: str) -> Block:
    """Find the one OpenAPI block of a page, and hold its fence line to what the block describes."""
    blocks = [block for block in _fenced_blocks(text) if _is_openapi(block)]
    if not blocks:
        raise PipelineError(source, "no OpenAPI block: no ```yaml fence holds a document with a top-level `openapi`")
    if len(blocks) > 1:
        lines = ", ".join(str(block.line) for block in blocks)
        raise PipelineError(source, f"{len(blocks)} OpenAPI blocks, in lines {lines}: one page describes one operation")
    block = blocks[0]
    where = f"{source}:{block.line}"
    document = load(block.content, f"{where}, block")
    described = [f"{method.upper()} {path}" for path, method, _ in operations(document)]
    says = block.operation or f"no method and path ({block.info!r})"
    if not isinstance(document, dict) or "openapi" not in document:
        raise PipelineError(where, f"the fence line says {says}, but the block has no top-level `openapi`")
    if described != [says]:
        raise PipelineError(where, f"the fence line says {says}, the block {' and '.join(described) or 'nothing'}")
    return block


def _fenced_blocks(text: str) -> list[Block]:
    # Imported here: the build needs this package's other modules, but no Markdown.
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text if text.endswith("\n") else f"{text}\n")
    return [
        Block(token.map[0] + 1 if token.map else 1, token.info.strip(), token.content)
        for token in tokens
        if token.type == "fence"
    ]


def _is_openapi(block: Block) -> bool:
    if not _LANGUAGE.match(block.info):
        return False
    if _OPERATION.match(block.info):
        return True
    try:
        document = load(block.content, "")
    except PipelineError:  # A broken block is still the page's OpenAPI block, and is refused as one later.
        return re.search(r"^[\"']?openapi[\"']?\s*:", block.content, re.MULTILINE) is not None
    return isinstance(document, dict) and "openapi" in document


def read_page(source: str) -> str:
    """Read a page from a file, from the standard input (`-`) or from an http(s) address."""
    if is_address(source):
        return asyncio.run(download(source))
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise PipelineError(source, error.strerror or str(error)) from error
    return _text(content, source)


def is_address(source: str) -> bool:
    """Whether this is the http(s) address of a page."""
    return source.lower().startswith(("http://", "https://"))


async def download(address: str) -> str:
    """Fetch a page. Redirects are followed (docs sites move pages about, and nothing secret is sent)."""
    import httpx

    content = bytearray()
    try:
        async with (
            asyncio.timeout(_PAGE_SECONDS),
            httpx.AsyncClient(timeout=_PHASE_SECONDS, follow_redirects=True) as client,
            client.stream("GET", address) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise PipelineError(address, f"the server answered {response.status_code} {response.reason_phrase}")
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > _SIZE_LIMIT:
                    raise PipelineError(address, f"more than {_SIZE_LIMIT:,} bytes: not a docs page")
    except TimeoutError as error:
        raise PipelineError(address, f"no answer, or not all of it, within {_PAGE_SECONDS:g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PipelineError(address, f"no answer: {error or type(error).__name__}") from error
    return _text(content, address)


def _text(content: bytes | bytearray, source: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PipelineError(source, f"not text: byte {error.start} is not UTF-8") from error
    if "\0" in text:
        raise PipelineError(source, "not text: it has NUL bytes")
    return text


def slug_of(source: str) -> str:
    """The file name that a page's own name suggests: `…/get-tts-result.md` is `get-tts-result`."""
    if source == "-":
        raise PipelineError("standard input", "has no name of its own: say --slug NAME (with make: SLUG=NAME)")
    name = re.split(r"[?#]", source)[0].rstrip("/") if is_address(source) else Path(source).name
    return name.rpartition("/")[2].removesuffix(".md")


def main(arguments: list[str] | None = None) -> int:
    """Import one page from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.pipeline.import_page", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument("page", metavar="PAGE", help="file, http(s) address, or - for the standard input")
    parser.add_argument("--slug", metavar="NAME", help="name of the file to write (default: the page's own)")
    parser.add_argument("--pages", metavar="DIR", type=Path, default=PAGES, help="where (default: openapi/pages)")
    options: Any = parser.parse_args(arguments)
    try:
        slug = options.slug or slug_of(options.page)
        print(import_page(read_page(options.page), slug=slug, pages=options.pages, source=options.page))
    except (PipelineError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
