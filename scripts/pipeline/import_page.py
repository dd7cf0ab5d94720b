"""Import the OpenAPI block of a docs page: `python -m scripts.pipeline.import_page PAGE [--slug NAME] [--pages DIR]`.

PAGE is a file, `-` for the standard input, or an http(s) address. The block is written exactly as published, to
`openapi/pages/<slug>.yaml`; corrections go to `openapi/overlay.yaml`. A supplement for the same operation is removed,
and what the page says otherwise is printed. Where the tags no longer tell whose tasks an operation is about, because
its supplement is gone or because another kind has the tag as well, the overlay says it. So it does where only the
supplement knew what a result is as JSON.
"""

import argparse
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..common.atomic import write_file
from ..common.documents import Document, is_supplement, operations
from ..common.errors import PipelineError
from ..common.families import (
    EVERY_PAGE,
    TASK_RESULT,
    cannot_be_said,
    creates,
    families,
    identifier,
    json_schemas,
    purposes,
    role_for_runs,
    roles,
)
from ..common.project import OVERLAY, PAGES, ROOT, SPEC, SUPPLEMENTS
from ..common.refs import plain
from ..common.strict_yaml import dump, load, load_file
from ..comparison import compare
from ..comparison.changes import CORRECTED
from ..comparison.handles import lost
from ..comparison.words import table
from .docs_page import openapi_block, read_page, slug_of
from .document import make_document
from .merge import spelling
from .supplements import load_supplements, replaced

_SLUG = re.compile(r"[a-z0-9-]+\Z")


def import_page(text: str, *, slug: str, pages: Path = ROOT / PAGES, source: str = "page") -> str:
    """Write the OpenAPI block of the page `text` to `<pages>/<slug>.yaml`; say what was done."""
    if not _SLUG.match(slug):
        raise PipelineError(source, f"{slug!r} cannot name the file: use --slug with a-z, 0-9 and hyphens")
    block = openapi_block(text, source)
    target = pages / f"{slug}.yaml"
    content = block.content.encode()
    page, folder, root = load(block.content, source), pages.parent / Path(SUPPLEMENTS).name, pages.parent.parent
    supplements = [supplement for supplement in load_supplements(folder) if replaced(page, supplement)]
    before = _document(root)
    if target.exists() and target.read_bytes() == content:
        done = "unchanged"
    else:
        done = "updated" if target.exists() else "added"
        pages.mkdir(parents=True, exist_ok=True)
        write_file(target, content)
    shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
    lines = [f"{shown}: {done} ({block.operation} of {source})"]
    for supplement in supplements:
        (folder / Path(supplement.file).name).unlink()
    after = _document(root)
    if kept := _keep(before, after, root, slug):
        after = _document(root)
    for supplement in supplements:
        lines += [f"{supplement.file}: removed, for its page is here. {_differences(before, after)}"]
    if isinstance(after, PipelineError) and (root / OVERLAY).exists():
        lines.append(f"Nothing can be generated as it is. {after}")
    return "\n".join([*lines, *kept, *_use(after, page)])


def _use(document: Document | PipelineError, page: Document) -> list[str]:
    """What the client does by the operation of a page, and by the others of its kind if it is a status, a line each."""
    ((path, method, _),) = operations(page)
    if isinstance(document, PipelineError):
        return []
    (place,) = {it[:2] for it in operations(document) if (spelling(it[0]), it[1]) == (spelling(path), method)}
    said = {(path, method): ", ".join(purposes(document, *place)) or _no_use(document, *place)}
    for kind in [kind for kind, at in families(document).items() if at[1:] == place]:
        create, result, results, stream, parts = roles(document)[kind]
        for other in (*create, *result, *results, *stream, *(it for places in parts.values() for it in places)):
            said[other] = ", ".join(purposes(document, *other))
    return [f"{method.upper()} {path}: {words}" for (path, method), words in said.items()]


def _no_use(document: Document, path: str, method: str) -> str:
    """Why the client has no use for an operation, and what would change that."""
    tags = document["paths"][path][method].get("tags") or []
    kind, _, parameters = path[1:].partition("/{")
    if unsaid := cannot_be_said(document, path, method):
        return f"requires {' and '.join(unsaid)}, which no handle of the client can say, so the client does not use it"
    if role := role_for_runs(document, path, method):
        told = ", ".join(tag for tag in tags if tag != EVERY_PAGE) or "none"
        return (
            f"belongs to no kind of task, so the client does not use it. It gets its role ({role}) with the page of "
            f"the only status that has one of its tags ({told}). If there are several, or none, add the kind to its "
            f"tags in {OVERLAY} (docs/guides/new-endpoint.md)"
        )
    if creates(document, path, method):
        status = f"GET /{kind.removesuffix('-stream')}/{{task_id}}"
        return f"belongs to no kind of task yet. The import of the page of its status, {status}, is all that it needs"
    if method == "get" and parameters == "task_id}":
        return (
            f"would be the status of {kind} tasks, but its 200 is not the task result (the schema {TASK_RESULT}). The "
            "overlay cannot replace a schema, so the client does not use it"
        )
    if method == "get" and "{run_id}" in path:
        return "has no role, so the client does not use it: its run_id is no number, as those are that a status tells"
    if method == "get" and parameters:
        return (
            "has no role, so the client does not use it: in its path a status has {task_id}, a result or a part "
            "{run_id}, and the overlay cannot rename a parameter"
        )
    return "has none of the roles of docs/guides/new-endpoint.md, so the client does not use it"


def _keep(before: Document | PipelineError, after: Document | PipelineError, root: Path, slug: str) -> list[str]:
    """Have the overlay say what the document would no longer say of an operation; a line for each."""
    if isinstance(after, PipelineError):
        return []
    known = _last(root) if isinstance(before, PipelineError) else before
    kept = [*_keep_kinds(known, after, slug), *_keep_json(known, after, slug)]
    if kept:
        _append_actions(root / OVERLAY, [action for _, actions in kept for action in actions])
    return [f"{OVERLAY}: {line}" for line, _ in kept]


def _keep_kinds(before: Document, after: Document, slug: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Whose an operation is, where the page took it from a kind."""
    had, has = _kinds(before), _kinds(after)
    for path, method, operation in operations(after):
        kinds, known = has.get((spelling(path), method), []), had.get((spelling(path), method), [])
        lost = [kind for kind in known if kind not in kinds and kind in families(after)]
        # A supplement names its kinds, and where no tag would give a role, none can keep it.
        if not lost or is_supplement(operation) or not role_for_runs(after, path, method):
            continue
        tags = operation.get("tags") or []
        action = {
            "target": f"$.paths['{path}'].{method}",
            "description": f"Of which kind the operation is: its own tags do not say so ({', '.join(tags) or 'none'}).",
            "x-evidence": f"what it was for before the page {slug} was imported",
        }
        remove = [{**action, "target": f"{action['target']}.tags", "x-was": tags, "remove": True}] if tags else []
        # All of the kinds: where one is named, those that share a tag of the docs count no more.
        told = [*map(identifier, [*kinds, *lost]), *(tag for tag in tags if tag != EVERY_PAGE)]
        about = " and ".join([*kinds, *lost])
        yield (
            f"says now that {method.upper()} {path} is about tasks of {about}",
            [*remove, {**action, "update": {"tags": told}}],
        )


def _keep_json(before: Document, after: Document, slug: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What a result is as JSON, where a supplement knew: a page may have the audio alone, and not its address."""
    had = {(spelling(path), method): it for path, method, it in operations(before) if is_supplement(it)}
    for path, method, operation in operations(after):
        known = json_schemas(before, had.get((spelling(path), method), {}))
        codes = [code for code in operation["responses"] if str(code).startswith("2")]
        if known and codes and role_for_runs(after, path, method) and not json_schemas(after, operation):
            schema = plain(before, known[0].value)
            action = {
                "target": f"$.paths['{path}'].{method}.responses['{codes[0]}']",
                "description": "The client reads the JSON of a result, which the page does not have.",
                "x-evidence": f"the supplement that the page {slug} replaced",
                "update": {"content": {"application/json": {"schema": schema}}},
            }
            yield f"says now what {method.upper()} {path} is as JSON, as the supplement did", [action]


def _last(root: Path) -> Document:
    """The document that was made last: pages that change one thing cannot be merged until the last of them is in."""
    document: Document = load_file(root / SPEC, SPEC) if (root / SPEC).exists() else {}
    return document


def _append_actions(overlay: Path, actions: list[dict[str, Any]]) -> None:
    """Write actions below those that are there, as text: what people wrote beside them stays."""
    text = overlay.read_text(encoding="utf-8").rstrip("\n")
    margin = re.search(r"^( *)- ", text, re.MULTILINE)
    block = textwrap.dedent(dump({"actions": actions}).partition("\n")[2])
    write_file(overlay, f"{text}\n{textwrap.indent(block, margin[1] if margin else '')}".encode())


def _kinds(document: Document) -> dict[tuple[str, str], list[str]]:
    """By operation, whatever its path calls its parameters, the kinds that it has a role for by its tags."""
    found: dict[tuple[str, str], list[str]] = {}
    for kind, mine in roles(document).items():
        for places in (mine.result, mine.results, *mine.parts.values()):
            for path, method in places:
                found.setdefault((spelling(path), method), []).append(kind)
    return found


def _document(root: Path) -> Document | PipelineError:
    try:
        return make_document(root)
    except PipelineError as error:
        return error


def _differences(before: Document | PipelineError, after: Document | PipelineError) -> str:
    """What the page says otherwise than the supplement in its place did."""
    if isinstance(before, dict) and isinstance(after, dict):
        changes = compare(before, after, CORRECTED)
        return f"What it says otherwise:\n\n{table([*lost(before, after, changes), *changes])}"
    return f"Not compared: {after if isinstance(before, dict) else before}"


def main(arguments: list[str] | None = None) -> int:
    """Import one page from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.pipeline.import_page", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument("page", metavar="PAGE", help="file, http(s) address, or - for the standard input")
    parser.add_argument("--slug", metavar="NAME", help="name of the file to write (default: the page's own)")
    parser.add_argument("--pages", metavar="DIR", type=Path, default=ROOT / PAGES, help=f"where (default: {PAGES})")
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
