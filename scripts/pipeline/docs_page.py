"""A page of the docs: fetch it, and find the one OpenAPI block in it."""

import asyncio
import re
import sys
from pathlib import Path
from typing import NamedTuple

from ..common.documents import operations
from ..common.errors import PipelineError
from ..common.strict_yaml import load

_SIZE_LIMIT = 2_000_000  # bytes; the largest docs pages known have some 50,000
_PHASE_SECONDS = 10.0  # for each phase of a request
_PAGE_SECONDS = 30.0  # for all of it, redirects too, so that a server which drips cannot hold us
_LANGUAGE = re.compile(r"ya?ml(\s|\Z)", re.IGNORECASE)
_OPERATION = re.compile(r"ya?ml\s+(?P<method>[a-z]+)\s+(?P<path>/\S*)(\s|\Z)", re.IGNORECASE)


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
