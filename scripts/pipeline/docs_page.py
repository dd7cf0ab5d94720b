"""A page of the docs: fetch it, within bounds, and find the one OpenAPI block in it."""

import asyncio
import os
import re
import sys
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

import httpx

from ..common.documents import METHODS, operations
from ..common.errors import PipelineError
from ..common.strict_yaml import load

_SIZE_LIMIT = 2_000_000  # bytes; the largest docs pages known have some 50,000
_PHASE_SECONDS = 10.0  # for each phase of a request
_PAGE_SECONDS = 30.0  # for all of it, redirects too, so that a server which drips cannot hold us
_REDIRECTS = 5
# What httpx reads of the environment; the names of proxies in small letters too.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_FILES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_LANGUAGE = re.compile(r"ya?ml(\s|\Z)", re.IGNORECASE)
# The file or address of the whole spec may stand before the method.
_OPERATION = re.compile(rf"ya?ml\s+(?:\S+\s+)?(?P<method>{'|'.join(METHODS)})\s+(?P<path>/\S*)(\s|\Z)", re.IGNORECASE)


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
    kinds = [(_kind(block), block) for block in _fenced_blocks(text, source)]
    blocks = [block for kind, block in kinds if kind == "openapi"]
    if not blocks:
        for kind, block in kinds:
            if kind == "asyncapi":
                reason = "this is an AsyncAPI block: only operations over HTTP, in OpenAPI, can be imported"
                raise PipelineError(f"{source}:{block.line}", reason)
        raise PipelineError(source, "no OpenAPI block: no ```yaml fence holds a document with a top-level `openapi`")
    if len(blocks) > 1:
        lines = ", ".join(str(block.line) for block in blocks)
        raise PipelineError(source, f"{len(blocks)} OpenAPI blocks, in lines {lines}: one page describes one operation")
    _check_fence(blocks[0], source)
    return blocks[0]


def _check_fence(block: Block, source: str) -> None:
    where, said = f"{source}:{block.line}", f"the fence line says `{block.info}`"
    document = load(block.content, f"{where}, block")
    if not isinstance(document, dict) or "openapi" not in document:
        raise PipelineError(where, f"{said}, but the block has no top-level `openapi`")
    described = [(method, path) for path, method, _ in operations(document)]
    if [f"{method.upper()} {path}" for method, path in described] != [block.operation]:
        shown = " and ".join(f"`{method} {path}`" for method, path in described) or "no operation"
        missing = "" if block.operation else ", without method and path"
        raise PipelineError(where, f"{said}{missing}, and the block describes {shown}")


def _fenced_blocks(text: str, source: str) -> list[Block]:
    # Imported here: the build needs this package's other modules, but no Markdown.
    from markdown_it import MarkdownIt

    # Only blocks matter, and the text within paragraphs may take long to parse.
    tokens = MarkdownIt("commonmark").disable("inline").parse(text if text.endswith("\n") else f"{text}\n")
    blocks = []
    for token in tokens:
        if token.type == "fence":
            start, end = token.map or (0, 0)
            # To Markdown the end of the page ends a block too: then there are not two fences around its content.
            if end - start < token.content.count("\n") + 2:
                reason = "the block that begins here never ends, so the page was probably cut off: fetch it again"
                raise PipelineError(f"{source}:{start + 1}", reason)
            blocks.append(Block(start + 1, token.info.strip(), token.content))
    return blocks


def _kind(block: Block) -> str:
    """`openapi` or `asyncapi`, if a block describes an API; one that cannot be read is refused later."""
    if not _LANGUAGE.match(block.info):
        return ""
    try:
        document = load(block.content, "")
        keys = list(document) if isinstance(document, dict) else []
    except PipelineError:
        keys = re.findall(r"^[\"']?(\w+)[\"']?\s*:", block.content, re.MULTILINE)
    known = (key for key in ("asyncapi", "openapi") if key in keys)
    return next(known, "openapi" if _OPERATION.match(block.info) else "")


def read_page(source: str) -> str:
    """Read a page from a file, from the standard input (`-`) or from an http(s) address."""
    if is_address(source):
        return asyncio.run(download(source))
    try:
        if source == "-":
            return _text(_bounded(sys.stdin.buffer, source), source)
        with Path(source).open("rb") as file:
            return _text(_bounded(file, source), source)
    except OSError as error:
        raise PipelineError(source, error.strerror or str(error)) from error


def is_address(source: str) -> bool:
    """Whether this is the http(s) address of a page."""
    return source.lower().startswith(("http://", "https://"))


async def download(address: str) -> str:
    """Fetch a page. Redirects are followed (docs sites move pages about, and nothing secret is sent)."""
    try:
        async with asyncio.timeout(_PAGE_SECONDS), _client() as client:
            request = client.build_request("GET", address)
            for _ in range(_REDIRECTS + 1):
                response = await client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        return _text(await _content(response, address), address)
                    request = response.next_request
                finally:
                    await response.aclose()  # The body of a redirect is never read.
    except TimeoutError as error:
        raise PipelineError(address, f"no response, or not all of it, within {_PAGE_SECONDS:g} seconds") from error
    except httpx.HTTPError as error:
        raise PipelineError(address, f"no response: {error or type(error).__name__}") from error
    except (ExceptionGroup, OverflowError, UnicodeError, httpx.InvalidURL) as error:
        # A port that is too high comes in a group, for a name may lead to several addresses.
        said = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
        raise PipelineError(address, f"not a valid address ({said}): correct it, or that of the proxy") from error
    raise PipelineError(address, f"more than {_REDIRECTS} redirects")


def _client() -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(timeout=_PHASE_SECONDS, headers={"accept-encoding": "identity"})
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        # Of an address of a proxy that is not valid httpx shows a part, which may be its password.
        said = "an address in it is not valid" if isinstance(error, httpx.InvalidURL) else error
        known = _FILES if isinstance(error, OSError) else _PROXIES
        names = " or ".join(name for name in os.environ if name.upper() in known)
        raise PipelineError("environment", f"no request can be made ({said}): correct or unset {names}") from error


async def _content(response: httpx.Response, address: str) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise PipelineError(address, f"the server responded {response.status_code} {response.reason_phrase}")
    decoder = _decoder(response.headers.get("content-encoding", ""), address)
    content = bytearray()
    try:
        async for chunk in response.aiter_raw():
            # Of what a chunk decodes to, no more than the page may have: a few bytes can hold gigabytes.
            content += decoder.decompress(chunk, _SIZE_LIMIT + 1 - len(content)) if decoder else chunk
            _check_size(len(content), address)
    except zlib.error as error:
        raise PipelineError(address, f"its content encoding cannot be read: {error}") from error
    if decoder and not decoder.eof:
        raise PipelineError(address, "the page ends too early")
    return bytes(content)


def _decoder(encoding: str, address: str) -> "zlib._Decompress | None":
    """What decodes a page that is sent encoded, though we asked for it as it is."""
    if encoding.strip().lower() in ("", "identity"):
        return None
    if encoding.strip().lower() in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47)  # It tells gzip from zlib itself.
    raise PipelineError(address, f"the content encoding {encoding!r} cannot be read: the page has to come as it is")


def _bounded(file: BinaryIO, source: str) -> bytes:
    content = file.read(_SIZE_LIMIT + 1)
    _check_size(len(content), source)
    return content


def _check_size(size: int, source: str) -> None:
    if size > _SIZE_LIMIT:
        raise PipelineError(source, f"more than {_SIZE_LIMIT:,} bytes: not a docs page")


def _text(content: bytes, source: str) -> str:
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
