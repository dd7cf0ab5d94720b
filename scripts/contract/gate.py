"""Compare the spec with an earlier one: `python -m scripts.contract.gate [--base REF|FILE] [--format text|markdown]`.

It passes (0) only what it has compared and found compatible, or what was accepted in CHANGELOG.md; a change that breaks
or needs a decision fails (1); where it could not compare, it says so and fails (2). Only where nobody named a base and
none can be found (no git, a shallow clone) it says that nothing was compared.

A change is accepted on purpose by the line that the gate prints, in the newest section of CHANGELOG.md: users read it
there. A breaking one asks for a version too, as SemVer has it, above the last release. An assumption of the client that
does not hold cannot be accepted, for then the facade does not work.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from ..common.documents import Document
from ..common.errors import PipelineError
from ..common.git import NoCheckoutError, git, last_tag
from ..common.project import PAGES, ROOT, SPEC
from ..common.strict_yaml import load_file
from ..comparison import compare
from ..comparison.changes import CORRECTED, DOCS, Change, Verdict
from ..comparison.handles import lost
from ..comparison.words import by_layer, table
from ..pipeline.checks import check
from ..pipeline.document import make_document
from ..pipeline.merge import first_with, load_pages, merge
from .facts import problems, statuses_of_the_client
from .version import refusals, step

_NOTHING = "nothing"

Layers = dict[str, Document]


class Result(NamedTuple):
    """What came out of a comparison: all there is to print, and to decide by."""

    against: str
    changes: list[Change]
    facts: list[str]  # problems
    notes: list[str]  # what was not done, and why
    refused: list[str]  # lines that have to be written before this passes
    step: str


def gate(root: Path, base: str | None) -> Result:
    """Compare the project in `root` with a base; refuse (`PipelineError`) what cannot be compared."""
    notes: list[str] = []
    new = present(root)
    try:
        ref, why = (base, "as asked") if base else default_base(root)
    except PipelineError as error:
        # An unpacked sdist, a shallow clone: said in words, and the facts are held up all the same.
        notes.append(f"with any earlier version, for there is none here: {error}")
        return Result(_NOTHING, [], problems(new[CORRECTED]), notes, refusals(root, []), step([]))
    path = root / ref
    if base and path.is_file():
        old = {CORRECTED: _checked(load_file(path, ref), ref)}
        notes.append(f"the docs layer, for {ref} is a file and has no pages")
    else:
        old = past(root, ref)
    changes = [change for layer in old for change in compare(old[layer], new[layer], layer, statuses_of_the_client())]
    changes = [*lost(old[CORRECTED], new[CORRECTED], changes), *changes]
    facts = problems(new[CORRECTED])
    return Result(f"{ref} ({why})", changes, facts, notes, refusals(root, changes), step(changes))


def present(root: Path) -> Layers:
    """Both layers of the project as it is."""
    document = make_document(root)
    if document != load_file(root / SPEC, SPEC):
        raise PipelineError(SPEC, "is not what the pages make: run make generate")
    return {DOCS: merge(load_pages(root / PAGES)), CORRECTED: document}


def past(root: Path, ref: str) -> Layers:
    """Both layers as they were in git."""
    try:
        commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    except NoCheckoutError:
        raise
    except PipelineError as error:
        raise PipelineError(f"git: {ref}", "is neither a file nor a commit here") from error
    with tempfile.TemporaryDirectory(prefix="camb-base-") as name:
        folder = Path(name)
        for file in git(root, "ls-tree", "-z", "--name-only", commit, f"{PAGES}/").decode().split("\0"):
            if file:
                (folder / Path(file).name).write_bytes(git(root, "show", f"{commit}:./{file}"))
        try:
            pages = load_pages(folder)
            merged = merge(pages)
            check(merged, lambda path: first_with(pages, path))
        except PipelineError as error:
            raise PipelineError(f"{ref}: {error.where}", *error.reasons) from error
        try:
            (folder / "spec").write_bytes(git(root, "show", f"{commit}:./{SPEC}"))
        except PipelineError as error:
            raise PipelineError(ref, f"has no {SPEC}") from error
        spec = load_file(folder / "spec", f"{ref}: {SPEC}")
    return {DOCS: merged, CORRECTED: _checked(spec, f"{ref}: {SPEC}")}


def _checked(document: object, file: str) -> Document:
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise PipelineError(file, "not an OpenAPI document")
    check(document, lambda _: file)
    return document


def default_base(root: Path) -> tuple[str, str]:
    """What to compare with if nobody says: what users have, else what main has."""
    tag = last_tag(root)
    if tag:
        return tag, "the last tag"
    for main in ("origin/main", "main"):
        try:
            return git(root, "merge-base", "HEAD", main).decode()[:12], f"no tag yet: merge base with {main}"
        except PipelineError:
            continue
    raise PipelineError("git", "no tag, and no main to compare with: say --base REF or --base FILE")


# What is shown


def report(result: Result, style: str) -> str:
    """All of a result, as text for a terminal or as Markdown."""
    count = {verdict: len({c[1:] for c in result.changes if c.verdict is verdict}) for verdict in Verdict}
    counted = ", ".join(f"{number} {verdict}" for verdict, number in count.items())
    lists = (
        ("An assumption of the client does not hold", result.facts),
        ("Not compared", result.notes),
        ("Missing", result.refused),
    )
    lines = [f"Compared with {result.against}: {counted}. Version step: {result.step}."]
    if style == "markdown":
        lines = ["## Changes of the API for users of the client", "", lines[0], "", table(result.changes), ""]
    else:
        for change, layers in by_layer(result.changes).items():
            lines.append(
                f"{change.verdict}: {change.what}\n    at {change.place} ({', '.join(layers)})\n    {change.advice}"
            )
    bullet = "- " if style == "markdown" else ""
    lines += [f"{bullet}{title}: {entry}" for title, entries in lists for entry in entries]
    grave = count[Verdict.BREAKING] + count[Verdict.DECISION]
    passed = "accepted in CHANGELOG.md" if grave else "compatible"
    if result.against == _NOTHING:
        passed = "the assumptions hold; NOTHING was compared"
    return "\n".join([*lines, f"{bullet}{'FAILED' if failed(result) else f'Passed: {passed}'}"])


def failed(result: Result) -> bool:
    """Whether the gate stays shut."""
    return bool(result.facts or result.refused)


def main(arguments: list[str] | None = None) -> int:
    """Compare from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.contract.gate", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument(
        "--base", help="a git ref, or a camb.yaml (default: the last tag, else the merge base with main)"
    )
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project to work on (default: this one)")
    options = parser.parse_args(arguments)
    try:
        result = gate(options.root.resolve(), options.base)
    except (PipelineError, OSError) as error:
        # Markdown is read elsewhere than in the log, and must not be empty there.
        print(f"error: not compared: {error}", file=sys.stdout if options.format == "markdown" else sys.stderr)
        return 2
    print(report(result, options.format))
    return int(failed(result))


if __name__ == "__main__":
    sys.exit(main())
