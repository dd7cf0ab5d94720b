"""From the pages to the one document: merged, corrected, supplemented, and checked after each step."""

from pathlib import Path

from ..common.documents import Document, place
from ..common.errors import PipelineError
from ..common.project import OVERLAY, PAGES, SUPPLEMENTS
from .checks import check, class_names, kinds, task_result
from .merge import first_with, load_pages, merge, spelling
from .overlay import apply_overlay, load_overlay
from .spelling import spelled
from .supplements import add_supplements, load_supplements, promised


def make_document(root: Path) -> Document:
    """Merge the pages, apply the overlay, add the supplements, and check the document before and after each."""
    pages = load_pages(root / PAGES)
    supplements = load_supplements(root / SUPPLEMENTS)
    merged = merge(pages)
    check(merged, lambda path: first_with(pages, path), task_result, promised)
    corrected = apply_overlay(merged, load_overlay(root / OVERLAY))
    # What was sound before the overlay is not the pages' fault now.
    check(corrected, lambda _: OVERLAY, promised)
    if supplements:
        corrected = add_supplements(corrected, supplements)
        check(corrected, lambda path: first_with(supplements, path[:3]))
    document = spelled(corrected)
    written = {spelling(path): path for path in corrected["paths"]}
    for problem in (*kinds(document), *class_names(document)):
        section, name, *rest = problem.path
        # By the path that the page has, which is also what an action of the overlay has to name.
        path = (section, written[spelling(str(name))] if section == "paths" else name, *rest)
        raise PipelineError(place(first_with([*pages, *supplements], path[:3]), path), problem.reason)
    return document
