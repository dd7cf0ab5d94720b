"""Apply a mutation to a copy of the real inputs, and compare what the pipeline makes of it as the gate compares."""

import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scripts.common.documents import Document
from scripts.common.errors import PipelineError
from scripts.comparison import compare
from scripts.comparison.changes import CORRECTED, DOCS, Verdict
from scripts.comparison.handles import lost
from scripts.comparison.words import table
from scripts.contract.facts import problems, statuses_of_the_client
from scripts.pipeline.document import make_document
from scripts.pipeline.merge import load_pages, merge
from tests import inputs

from .edits import EVERY, OVERLAY, Edit

REFUSED = "refused by the merge"


class Mutation(NamedTuple):
    """An edit, what it has to come to, and words that have to be printed. `before` is what it starts from."""

    name: str
    edits: tuple[Edit, ...]
    outcome: str
    words: tuple[str, ...]
    before: tuple[Edit, ...] = ()


class Outcome(NamedTuple):
    """What an edit came to, and all that was printed."""

    outcome: str
    printed: str


def run(mutation: Mutation) -> Outcome:
    """Edit a copy, make the document, and compare both layers and the facts."""
    base = layers(mutation.before)
    try:
        new = layers((*mutation.before, *mutation.edits))
    except PipelineError as error:
        return Outcome(REFUSED, str(error))
    known = statuses_of_the_client()
    changes = [change for layer in base for change in compare(base[layer], new[layer], layer, known)]
    changes = [*lost(base[CORRECTED], new[CORRECTED], changes), *changes]
    facts = problems(new[CORRECTED])
    worst = min((list(Verdict).index(change.verdict) for change in changes), default=len(Verdict) - 1)
    if facts:
        worst = min(worst, list(Verdict).index(Verdict.DECISION))
    return Outcome(list(Verdict)[worst], "\n".join([table(changes), *facts]))


@cache
def layers(edits: tuple[Edit, ...]) -> dict[str, Document]:
    """Both layers, made of the edited inputs."""
    files = {**{f"{EVERY}{name}": page for name, page in inputs.pages().items()}, OVERLAY: inputs.overlay()}
    for edit in edits:
        edit(files)
    with tempfile.TemporaryDirectory(prefix="camb-mutation-") as name:
        folder = Path(name) / "openapi"
        (folder / "pages").mkdir(parents=True)
        (folder / "supplements").mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return {DOCS: merge(load_pages(folder / "pages")), CORRECTED: make_document(folder.parent)}
