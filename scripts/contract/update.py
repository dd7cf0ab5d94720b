"""Take in what the docs publish now: `python -m scripts.contract.update [--sources FILE] [--root DIR]`.

All or nothing: all pages are fetched and checked, and the whole pipeline is run on a copy, before anything is written;
then pages, camb.yaml and generated/ are swapped in together. The addresses are those of `openapi/sources.txt`.

Standard output is the table of what changed for users of the client, in Markdown; all else goes to standard
error. Exit code 0: done, whatever the verdicts are, for it is the gate (`make breaking`) that fails on them.
1: refused, nothing was written. 130: interrupted, nothing is half-written.
"""

import argparse
import asyncio
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from ..common.atomic import scratch_folder, swap_in_all
from ..common.documents import Document, operations
from ..common.errors import PipelineError
from ..common.project import OVERLAY, PACKAGE, PAGES, ROOT, SPEC, SUPPLEMENTS, read_files
from ..common.strict_yaml import load_file
from ..comparison import compare
from ..comparison.changes import CORRECTED, DOCS, Change
from ..comparison.handles import lost
from ..comparison.words import table
from ..pipeline.docs_page import Block, download, is_address, openapi_block, slug_of
from ..pipeline.generate import generate
from ..pipeline.merge import load_pages, merge
from .facts import statuses_of_the_client

SOURCES = "openapi/sources.txt"

_AT_ONCE = 4  # downloads; each is bounded in time, so all of them together are

# What to do about a refusal, by the file that it names.
_ADVICE = {
    OVERLAY: "what to do: fit the action to what the page says now, or remove it if they caught up; then try again",
    SUPPLEMENTS: "what to do: fit our own description to what the pages have now; then try again",
    PAGES: "what to do: tell those who publish the docs; no page is taken in until they have mended them",
    "": "what to do: the docs are sound, so check openapi/generator.yaml, openapi/templates/ and the generator",
}


def update(root: Path, sources: Path) -> tuple[list[Change], list[str]]:
    """Bring `root` up to date; say what changed for users of the client, and what was written."""
    before = dict(read_files(root, "openapi"))
    shown = sources.relative_to(root).as_posix() if sources.is_relative_to(root) else str(sources)
    pages = load_pages(root / PAGES)
    docs, spec = merge(pages), load_file(root / SPEC, SPEC)
    stored = {
        Path(page.file).stem: f"{method.upper()} {path}"
        for page in pages
        for path, method, _ in operations(page.document)
    }
    blocks = fetch(load_sources(sources, shown), stored, shown)

    # Beside the package, so that it is on the same file system and can be swapped in.
    with scratch_folder((root / PACKAGE).parent) as scratch:
        shutil.copytree(root / "openapi", scratch / "openapi")
        for slug, block in blocks.items():
            (scratch / PAGES / f"{slug}.yaml").write_bytes(block.content.encode())
        print("making openapi/camb.yaml and generated/", file=sys.stderr)
        try:
            generate(scratch)
        except PipelineError as error:
            _advise(error, docs, scratch)
            raise
        new = load_file(scratch / SPEC, SPEC)
        changes = _docs_changes(docs, scratch) + compare(spec, new, CORRECTED, statuses_of_the_client())
        changes = [*lost(spec, new, changes), *changes]
        if dict(read_files(root, "openapi")) != before:
            raise PipelineError("openapi", "was changed while the new client was made: run make update again")
        names = [name for name in (PAGES, SPEC, PACKAGE) if _differ(root, scratch, name)]
        swap_in_all(scratch, root, names)
    return changes, names


def _docs_changes(docs: Document, scratch: Path) -> list[Change]:
    return compare(docs, merge(load_pages(scratch / PAGES)), DOCS, statuses_of_the_client())


def _advise(error: PipelineError, docs: Document, scratch: Path) -> None:
    """Note what to do about a refusal and, where the pages themselves were found sound, what they changed."""
    error.add_note(next(advice for file, advice in _ADVICE.items() if error.where.startswith(file)))
    if error.where.startswith(OVERLAY):
        error.add_note(f"what the pages changed, none of it taken in:\n\n{table(_docs_changes(docs, scratch))}\n")


def _differ(first: Path, second: Path, name: str) -> bool:
    return dict(read_files(first, name)) != dict(read_files(second, name))


def load_sources(path: Path, file: str) -> dict[str, str]:
    """The addresses, by the name that each page has in `openapi/pages/`. `file` is for messages."""
    addresses: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise PipelineError(file, error.strerror or str(error)) from error
    for number, line in enumerate(lines, start=1):
        address = line.partition("#")[0].strip()
        if not address:
            continue
        if not is_address(address):
            raise PipelineError(f"{file}:{number}", f"{address!r} is no http(s) address")
        if addresses.setdefault(slug_of(address), address) != address:
            raise PipelineError(f"{file}:{number}", f"a line above names {slug_of(address)} too")
    return addresses


def fetch(addresses: dict[str, str], stored: dict[str, str], sources: str) -> dict[str, Block]:
    """Fetch the block of each stored page; refuse with all that is wrong, not only the first."""
    problems = [
        PipelineError(f"{PAGES}/{slug}.yaml", f"no line of {sources} says where it is published: add its address")
        for slug in sorted(stored.keys() - addresses.keys())
    ]
    problems += [
        PipelineError(
            addresses[slug], f"{PAGES} has no {slug}.yaml: make import-page PAGE={shlex.quote(addresses[slug])} adds it"
        )
        for slug in sorted(addresses.keys() - stored.keys())
    ]
    slugs = sorted(addresses.keys() & stored.keys())
    fetched = asyncio.run(_fetch_all([(addresses[slug], stored[slug]) for slug in slugs]))
    problems += [result for result in fetched if isinstance(result, PipelineError)]
    if problems:
        raise ExceptionGroup("not all pages can be taken in", problems)
    return {slug: block for slug, block in zip(slugs, fetched, strict=True) if isinstance(block, Block)}


async def _fetch_all(pages: list[tuple[str, str]]) -> list[Block | PipelineError]:
    few = asyncio.Semaphore(_AT_ONCE)

    async def attempt(address: str, operation: str) -> Block | PipelineError:
        try:
            async with few:
                return await _fetch(address, operation)
        except PipelineError as error:
            return error

    return await asyncio.gather(*(attempt(address, operation) for address, operation in pages))


async def _fetch(address: str, operation: str) -> Block:
    block = openapi_block(await download(address), address)
    if block.operation != operation:
        raise PipelineError(
            address,
            f"the block moved: it describes {block.operation} now, and {operation} before. "
            f"If that is meant: make import-page PAGE={shlex.quote(address)}, then make generate and make breaking",
        )
    print(f"fetched {address} ({operation})", file=sys.stderr)
    return block


def main(arguments: list[str] | None = None) -> int:
    """Update from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.contract.update", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument("--sources", metavar="FILE", type=Path, help=f"the addresses (default: {SOURCES})")
    parser.add_argument("--root", metavar="DIR", type=Path, default=ROOT, help="the project (default: this one)")
    options: Any = parser.parse_args(arguments)
    root = options.root.resolve()
    try:
        changes, written = update(root, options.sources or root / SOURCES)
    except (PipelineError, OSError, ExceptionGroup) as refused:
        for error in refused.exceptions if isinstance(refused, ExceptionGroup) else [refused]:
            print("\n".join([f"error: {error}", *getattr(error, "__notes__", [])]), file=sys.stderr)
        print("nothing was written", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(table(changes))
    print(f"written: {', '.join(written) or 'nothing, all is up to date'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    # So that an end from outside tidies up as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
