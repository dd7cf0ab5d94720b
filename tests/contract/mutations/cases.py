"""All mutations: each an edit with one idea, what it has to come to, and words that have to be printed."""

from collections.abc import Iterator

from scripts.comparison.changes import BREAKING, COMPATIBLE, DECISION

from . import breaking, compatible, decisions, refused
from .edits import Edit
from .places import Cases
from .run import REFUSED, Mutation

_GROUPS = (
    (REFUSED, refused.GROUPS),
    (BREAKING, breaking.GROUPS),
    (DECISION, decisions.GROUPS),
    (COMPATIBLE, compatible.GROUPS),
)


def _mutations(outcome: str, before: tuple[Edit, ...], cases: Cases) -> Iterator[Mutation]:
    for name, *parts in cases:
        edits = tuple(part for part in parts if not isinstance(part, str))
        yield Mutation(str(name), edits, outcome, tuple(part for part in parts if isinstance(part, str)), before)


MUTATIONS = [
    mutation
    for outcome, groups in _GROUPS
    for before, cases in groups
    for mutation in _mutations(outcome, before, cases)
]
