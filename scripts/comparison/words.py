"""How changes are put into words: names of places, advice, and the tables that people read."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from .changes import BREAKING, COMPATIBLE, Change, Verdict

RELEASE = "ask whether the docs mean it; if so, release it as breaking"
SUPPLEMENT = "only our supplement said so"
CHECK_FIT = f"{SUPPLEMENT}, and no page promised it: check that the facade fits (an overlay can keep ids and tags)"
UNCOVERED = "no rule covers this change; review it, and add one to scripts/comparison/ if it may come again"


class Way(NamedTuple):
    """Which way a value goes: that decides whom a change affects."""

    sent: bool

    def verdict(self, *, wider: bool, narrower: bool) -> Verdict:
        """Wider: somebody reads what did not come before. Narrower: what was right to send is refused."""
        return BREAKING if (narrower if self.sent else wider) else COMPATIBLE

    def advice(self, verdict: Verdict) -> str:
        """What a change means for users, and what to do."""
        if verdict is COMPATIBLE:
            return f"nothing: existing {'requests' if self.sent else 'readers'} are unaffected"
        if self.sent:
            return f"breaks requests: what was valid is refused; {RELEASE}"
        return f"breaks readers: responses may hold what the old contract excluded; {RELEASE}"


SENT, READ = Way(sent=True), Way(sent=False)


def text(value: Any) -> str:
    """One text for one value: unlike `==`, it tells 1 from 1.0 and from true."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def short(words: str) -> str:
    """No more of a text than a line of a table can hold."""
    return words if len(words) <= 80 else f"{words[:77]}..."


def line(path: str, method: str) -> str:
    """Name an operation: `GET /tts/{task_id}`."""
    return f"{method.upper()} {path}"


def within(name: str, field: str) -> str:
    """Name a field of what has a name."""
    return f"{name[:-1]}.{field}`" if name.startswith("`") else f"`{field}` of {name}"


def any_of(names: set[str]) -> str:
    """Name a set of types, null last."""
    return " or ".join(sorted(names, key=lambda name: (name == "null", name)))


def table(changes: list[Change]) -> str:
    """A Markdown table of the changes, one of both layers in one row; words where there are none."""
    rows = [
        (change.what, f"`{change.place}` ({', '.join(layers)})", change.verdict, change.advice)
        for change, layers in by_layer(changes).items()
    ]
    return markdown(("change", "place", "verdict", "what to do"), rows) if rows else "no change"


def by_layer(changes: list[Change]) -> dict[Change, list[str]]:
    """Each change once, without its layer, and the layers it is in."""
    layers: dict[Change, list[str]] = {}
    for change in changes:
        layers.setdefault(change._replace(layer=""), []).append(change.layer)
    return layers


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(
        f"| {' | '.join(' '.join(cell.replace('|', '&#124;').split()) for cell in row)} |" for row in lines
    )
