"""Edits to what the pipeline reads, and what has to come of each: `python -m tests.contract.mutations.edits`.

The rule of this file: an edit goes through the real pipeline, on a copy of the real inputs, and what comes out is
compared as the gate compares. Edits go by place, not by text, where they can: the pages may move on.
"""

import copy
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from scripts.common.errors import PipelineError, follow
from scripts.common.refs import Document
from scripts.common.strict_yaml import dump, load
from scripts.comparison.engine import CORRECTED, DOCS, Verdict, compare, markdown, table
from scripts.contract.facts import problems
from scripts.pipeline.generate import ROOT, make_document
from scripts.pipeline.merge import load_pages, merge

REFUSED = "refused by the merge"
BREAKING, DECISION, COMPATIBLE = Verdict

TTS, SOUND = "pages/get-tts-result.yaml", "pages/get-text-to-sound-status.yaml"
OVERLAY = "overlay.yaml"
EVERY = "pages/"  # each page that has the place

Files = dict[str, str]  # by name in openapi/
Edit = Callable[[Files], None]


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
    base = _layers(mutation.before)
    try:
        new = _layers((*mutation.before, *mutation.edits))
    except PipelineError as error:
        return Outcome(REFUSED, str(error))
    changes = [change for layer in base for change in compare(base[layer], new[layer], layer)]
    facts = problems(new[CORRECTED])
    worst = min((list(Verdict).index(change.verdict) for change in changes), default=len(Verdict) - 1)
    if facts:
        worst = min(worst, list(Verdict).index(DECISION))
    return Outcome(list(Verdict)[worst], "\n".join([table(changes), *facts]))


@cache
def _layers(edits: tuple[Edit, ...]) -> dict[str, Document]:
    files = {
        path.relative_to(ROOT / "openapi").as_posix(): path.read_text(encoding="utf-8")
        for path in (*(ROOT / "openapi" / page for page in (SOUND, TTS)), ROOT / "openapi" / OVERLAY)
    }
    for edit in edits:
        edit(files)
    with tempfile.TemporaryDirectory(prefix="camb-mutation-") as name:
        folder = Path(name) / "openapi"
        (folder / "pages").mkdir(parents=True)
        (folder / "supplements").mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return {DOCS: merge(load_pages(folder / "pages")), CORRECTED: make_document(folder.parent)}


# Edits


def text(old: str, new: str, file: str = TTS) -> Edit:
    """Replace the first of some text."""

    def edit(files: Files) -> None:
        if old not in files[file]:
            raise LookupError(f"{old!r} is not in {file}: the pages moved, look at the mutation again")
        files[file] = files[file].replace(old, new, 1)

    return edit


def whole_page(content: str, file: str = TTS) -> Edit:
    """Put something else in the place of a whole page."""

    def edit(files: Files) -> None:
        files[file] = content

    return edit


def put(place: str, value: Any, file: str = EVERY) -> Edit:
    """Put a value at a JSON pointer; `-` appends to a list."""

    def change(parent: Any, key: str | int) -> None:
        if key == "-":
            parent.append(value)
        else:
            parent[key] = value

    return _at(place, file, change, need=1)


def drop(place: str, file: str = EVERY) -> Edit:
    """Take away what is at a JSON pointer."""

    def change(parent: Any, key: str | int) -> None:
        del parent[key]

    return _at(place, file, change, need=0)


def rename(place: str, name: str, file: str = EVERY) -> Edit:
    """Give what is at a JSON pointer another name."""

    def change(parent: Any, key: str | int) -> None:
        parent[name] = parent.pop(key)

    return _at(place, file, change, need=0)


def operation_page(name: str, path: str, method: str, operation: Document) -> Edit:
    """Add a page for an operation, in the frame of another page."""

    def edit(files: Files) -> None:
        frame = load(files[TTS], TTS)
        components = {"securitySchemes": frame["components"]["securitySchemes"]}
        files[f"pages/{name}.yaml"] = dump({**frame, "paths": {path: {method: operation}}, "components": components})

    return edit


def copy_of_page(name: str, *changes: tuple[str, str], of: str = TTS) -> Edit:
    """Add a page that is another with some text replaced."""

    def edit(files: Files) -> None:
        source = files[of]
        for old, new in changes:
            source = source.replace(old, new)
        files[f"pages/{name}.yaml"] = source

    return edit


def supplement(name: str, *changes: tuple[str, str], to: str = "") -> Edit:
    """Add one of our supplements, with some text replaced, under the name `to` if it is given."""

    def edit(files: Files) -> None:
        source = (ROOT / "openapi/supplements" / f"{name}.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            if old not in source:
                raise LookupError(f"{old!r} is not in {name}: it moved, look at the mutation again")
            source = source.replace(old, new)
        files[f"supplements/{to or name}.yaml"] = source

    return edit


def without_page(file: str) -> Edit:
    """Remove a page."""

    def edit(files: Files) -> None:
        del files[file]

    return edit


def without_actions(words: str) -> Edit:
    """Remove the overlay's actions whose target has these words."""

    def edit(files: Files) -> None:
        overlay = load(files[OVERLAY], OVERLAY)
        kept = [action for action in overlay["actions"] if words not in action["target"]]
        files[OVERLAY] = dump({**overlay, "actions": kept})

    return edit


def _at(place: str, file: str, change: Callable[[Any, str | int], None], need: int) -> Edit:
    *steps, last = (step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:])

    def edit(files: Files) -> None:
        done = False
        for name in [name for name in files if name == file or (file == EVERY and name.startswith(EVERY))]:
            document = copy.deepcopy(_loaded(files[name]))
            try:
                parent = _follow(document, steps)
                key: str | int = int(last) if isinstance(parent, list) and last != "-" else last
                if not need:
                    follow(parent, [key])
            except (KeyError, IndexError):
                continue
            change(parent, key)
            files[name] = dump(document)
            done = True
        if not done:
            raise LookupError(f"no page has {place}: the pages moved, look at the mutation again")

    return edit


_loaded = cache(
    lambda text: load(text, "an edited file")
)  # reading is most of the work, and most files are as they were


def _follow(node: Any, steps: list[str]) -> Any:
    for step in steps:
        node = follow(node, [int(step) if isinstance(node, list) else step])
    return node


def main() -> int:
    """Run all, and print the table; 1 if one does not come to what it has to."""
    from .cases import MUTATIONS

    rows, failures = [], 0
    for mutation in MUTATIONS:
        came = run(mutation)
        missing = [words for words in mutation.words if words not in came.printed]
        good = came.outcome == mutation.outcome and not missing
        failures += not good
        shown = "yes" if good else f"NO: {came.outcome}, without {missing}"
        rows.append((mutation.name, mutation.outcome, " … ".join(f"`{word}`" for word in mutation.words), shown))
    counts = {outcome: sum(one.outcome == outcome for one in MUTATIONS) for outcome in (REFUSED, *Verdict)}
    print(markdown(("edit", "has to be", "has to say", "is so"), rows))
    print(f"\n{len(MUTATIONS)} edits, {len(MUTATIONS) - failures} as they have to be:", end=" ")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
