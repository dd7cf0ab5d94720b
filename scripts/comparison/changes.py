"""What a comparison comes to: changes, each with a verdict; and what it is told of the client's statuses."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

DOCS, CORRECTED = "docs", "camb.yaml"  # the layers: the pure merge of the pages, and what the client is made from


class Verdict(StrEnum):
    """What a change means for users of the client."""

    BREAKING = "breaking"
    DECISION = "needs a decision"
    COMPATIBLE = "compatible"


class Change(NamedTuple):
    """One change. `layer` is "docs" (the pure merge of the pages) or "camb.yaml" (corrected)."""

    layer: str
    place: str
    what: str
    verdict: Verdict
    advice: str


class Statuses(NamedTuple):
    """The statuses that the client knows, and what to write for one that comes or goes."""

    known: frozenset[str]
    undocumented: frozenset[str]  # known, and held to no page
    lines_for: Callable[[str], str]
    lines_without: Callable[[str], str]


BREAKING, DECISION, COMPATIBLE = Verdict
