"""Our own descriptions of operations whose docs page we do not have: `openapi/supplements/*.yaml`.

A supplement stands in for a page, and gives way to it. It describes one operation and says how that is known
(`x-evidence`); it uses the components that are there, and has none of its own, so that it can change nothing but
itself. Where the sources disagree, it allows what any of them says.
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..common.documents import EVIDENCE, Document, JsonPath, is_supplement, operations, place
from ..common.errors import PipelineError
from ..common.project import SUPPLEMENTS
from .checks import Problem
from .merge import Page, add_operation, load_folder, spelling

_CONFIDENCE = ("high", "medium", "low")


def load_supplements(folder: Path) -> list[Page]:
    """Read `openapi/supplements/*.yaml`, sorted by name, and hold each to its shape; there may be none."""
    supplements = load_folder(folder, SUPPLEMENTS)
    for file, document in supplements:
        for key in sorted(document.keys() - {"paths"}):
            raise PipelineError(
                place(file, (key,)), "a supplement has nothing but paths: it uses what the pages define"
            )
        for path, method, operation in operations(document):
            _check_evidence(operation.get(EVIDENCE), file, ("paths", path, method, EVIDENCE))
    return supplements


def add_supplements(document: Document, supplements: list[Page]) -> Document:
    """Return a copy of the corrected pages with the supplements behind; a page goes before its supplement."""
    result = copy.deepcopy(document)
    spelled = {spelling(path): path for path in result["paths"]}
    for supplement in supplements:
        if not replaced(document, supplement):
            add_operation(
                result["paths"], Page(supplement.file, copy.deepcopy(supplement.document)), supplements, spelled
            )
    return result


def replaced(document: Document, supplement: Page) -> bool:
    """Whether there is a page for what a supplement describes."""
    return bool(_described(document) & _described(supplement.document))


def promised(document: Document) -> Iterator[Problem]:
    """No page, and no correction, calls itself a supplement."""
    for path, method, operation in operations(document):
        if is_supplement(operation):
            yield Problem(("paths", path, method, EVIDENCE), f"marks {SUPPLEMENTS}, and belongs nowhere else")


def _described(document: Document) -> set[tuple[str, str]]:
    return {(spelling(path), method) for path, method, _ in operations(document)}


def _check_evidence(evidence: Any, file: str, path: JsonPath) -> None:
    if not isinstance(evidence, dict) or not evidence.keys() <= {"confidence", "sources", "disputes"}:
        raise PipelineError(place(file, path), "has to be confidence, sources and, where they disagree, disputes")
    if evidence.get("confidence") not in _CONFIDENCE:
        raise PipelineError(place(file, (*path, "confidence")), f"has to be one of {', '.join(_CONFIDENCE)}")
    for key in ("sources", *evidence.keys() & {"disputes"}):
        texts = evidence.get(key)
        if not isinstance(texts, list) or not texts or not all(isinstance(it, str) and it.strip() for it in texts):
            raise PipelineError(place(file, (*path, key)), "has to be a list of sentences")
