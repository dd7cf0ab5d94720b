"""Our own descriptions of operations whose docs page we do not have: `openapi/supplements/*.yaml`.

A supplement stands in for a page, and gives way to it. It describes one operation and says how that is known
(`x-evidence`). It uses the components of the pages, and brings what they lack: no other component of the same name than
a page or another supplement has, and all that it needs, so that it can go alone. Where the sources disagree, it allows
what any of them says.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..common.documents import EVIDENCE, At, Document, JsonPath, copied, is_supplement, objects, operations, place
from ..common.errors import PipelineError
from ..common.project import PAGES, SUPPLEMENTS
from ..common.refs import UnresolvedError, behind
from .checks import Problem
from .merge import Page, add_components, add_operation, described, load_folder

_CONFIDENCE = ("high", "medium", "low")


def load_supplements(folder: Path) -> list[Page]:
    """Read `openapi/supplements/*.yaml`, sorted by name, and hold each to its shape; there may be none."""
    supplements = load_folder(folder, SUPPLEMENTS)
    for file, document in supplements:
        for key in sorted(document.keys() - {"paths", "components"}):
            raise PipelineError(
                place(file, (key,)), "a supplement has nothing but paths and components: the rest is the pages'"
            )
        for path, method, operation in operations(document):
            _check_evidence(operation.get(EVIDENCE), file, ("paths", path, method, EVIDENCE))
    return supplements


def add_supplements(document: Document, supplements: list[Page]) -> Document:
    """Return a copy of the corrected pages with the supplements behind; a page goes before its supplement."""
    result = copied(document)
    known = [Page(PAGES, document), *supplements]  # who may have been first to say what a supplement says too
    spelled = described(document)
    for supplement in supplements:
        if replaced(document, supplement):
            continue
        added = Page(supplement.file, copied(supplement.document))
        add_operation(result["paths"], added, known, spelled)
        add_components(result["components"], added, known)
        _check_alone(document, supplement)
    return result


def _check_alone(document: Document, supplement: Page) -> None:
    """Refuse a supplement that uses what only another one brings, which a page may replace tomorrow."""
    components: dict[str, Any] = {}
    for part in (document, supplement.document):
        for section, named in part.get("components", {}).items():
            components.setdefault(section, {}).update(named)
    for path, node in objects(supplement.document):
        try:
            behind({"components": components}, At(node, path))
        except UnresolvedError as error:
            reason = f"{error}: a supplement brings the components that it uses and no page has"
            raise PipelineError(place(supplement.file, (*path, "$ref")), reason) from error


def replaced(document: Document, supplement: Page) -> bool:
    """Whether there is a page for what a supplement describes."""
    return not described(document).keys().isdisjoint(described(supplement.document))


def promised(document: Document) -> Iterator[Problem]:
    """No page, and no correction, calls itself a supplement."""
    for path, method, operation in operations(document):
        if is_supplement(operation):
            yield Problem(("paths", path, method, EVIDENCE), f"marks {SUPPLEMENTS}, and belongs nowhere else")


def _check_evidence(evidence: Any, file: str, path: JsonPath) -> None:
    if not isinstance(evidence, dict) or not evidence.keys() <= {"confidence", "sources", "disputes"}:
        raise PipelineError(place(file, path), "has to be confidence, sources and, where they disagree, disputes")
    if evidence.get("confidence") not in _CONFIDENCE:
        raise PipelineError(place(file, (*path, "confidence")), f"has to be one of {', '.join(_CONFIDENCE)}")
    for key in ("sources", *evidence.keys() & {"disputes"}):
        texts = evidence.get(key)
        if not isinstance(texts, list) or not texts or not all(isinstance(it, str) and it.strip() for it in texts):
            raise PipelineError(place(file, (*path, key)), "has to be a list of sentences")
