"""Compare two objects key by key, each key by its rule, and note what was found.

No difference passes without a verdict: what no rule describes needs a decision. A change stands where it was made,
so that operations that share a component do not repeat it.
"""

import contextlib
from collections.abc import Callable, Iterator

from ..common.documents import NOTHING, WORDS, At, Document, JsonPath, is_supplement, operations, pointer
from ..common.families import status_enums
from ..common.refs import keys, plain
from .changes import COMPATIBLE, DECISION, Change, Statuses, Verdict
from .normal import normal, without_extensions
from .words import CHECK_FIT, SUPPLEMENT, UNCOVERED, Way, short, text

Keys = dict[str, At]
Rule = Callable[["Comparison", At | None, At | None, str, Way], None]
Rules = dict[str, Rule | None]  # None: compared elsewhere


class Comparison:
    """Two documents, and what was found between them."""

    def __init__(self, base: Document, new: Document, layer: str, statuses: Statuses | None) -> None:
        """`layer` is noted with each change."""
        self.supplements, self.still_supplements = _supplements(base), _supplements(new)
        self.statuses, self.layer = statuses, layer
        (base, before), (new, after) = without_extensions(base), without_extensions(new)
        self.is_rewritten = text(base) != text(new)
        self.base, self.new, self.extensions = normal(base), normal(new), (before, after)
        self.status_enums = {at.path for document in (self.base, self.new) for at in status_enums(document)}
        self.compared: set[tuple[JsonPath, JsonPath, Way]] = set()  # pairs of schemas
        self.found: dict[Change, None] = {}
        self._in_supplement = False

    @contextlib.contextmanager
    def in_supplement(self, whether: bool) -> Iterator[None]:
        """Meanwhile, whether what is compared was promised by nobody: a change of it is compatible, and says so."""
        self._in_supplement = whether
        yield
        self._in_supplement = False

    def say(self, path: JsonPath, what: str, verdict: Verdict, advice: str) -> None:
        """Note a change, once."""
        if self._in_supplement:
            if any((change.place, change.what) == (pointer(path), what) for change in self.found):
                return  # It is a change of a promise.
            verdict, advice = COMPATIBLE, f"{advice}; {SUPPLEMENT}" if verdict is COMPATIBLE else CHECK_FIT
        self.found[Change(self.layer, pointer(path), what, verdict, advice)] = None

    def objects(self, old: Keys, new: Keys, rules: Rules, name: str, way: Way) -> None:
        """Compare two objects key by key; a key that no rule is for needs a decision."""
        for key in sorted(old.keys() | new.keys()):
            rule = rules.get(key, undecided)
            if rule is not None:
                rule(self, old.get(key), new.get(key), name, way)

    def following(self, old: At, new: At, rules: Rules, name: str, way: Way) -> None:
        """Compare two objects that may stand behind a `$ref`."""
        self.objects(*self.both(old, new), rules, name, way)

    def both(self, old: At, new: At) -> tuple[Keys, Keys]:
        """The keys of both, `$ref`s followed."""
        return keys(self.base, old), keys(self.new, new)


def _supplements(document: Document) -> set[tuple[str, str]]:
    return {(path, method) for path, method, operation in operations(document) if is_supplement(operation)}


# Rules that any object may need: each compares one key of two objects, of which one may not have it.


def changed(name: str, old: At | None, new: At | None) -> tuple[JsonPath, str] | None:
    """Where and how a value changed; nothing if it did not."""
    at = new or old or NOTHING
    was, now = (None if one is None else text(one.value) for one in (old, new))
    if was == now:
        return None
    key = at.path[-1] if at.path else ""
    if was is None or now is None:
        return at.path, f"{name} {'gets' if was is None else 'loses'} `{key}` {short(was or now or '')}"
    return at.path, f"`{key}` of {name} is {short(now)}, was {short(was)}"


def undecided(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
    """What no rule is for: it may hold `$ref`s, and what they lead to counts."""
    was, now = (
        None if at is None else At(plain(document, at.value), at.path)
        for document, at in ((comparison.base, old), (comparison.new, new))
    )
    if found := changed(name, was, now):
        comparison.say(*found, DECISION, UNCOVERED)


def always(verdict: Verdict, advice: str) -> Rule:
    """Any difference has this verdict."""

    def rule(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
        if found := changed(name, old, new):
            comparison.say(*found, verdict, advice)

    return rule


def required(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    """Whether something has to be there, of a parameter, a header or a body."""
    before, after = (at is not None and at.value is True for at in (old, new))
    if before != after:
        verdict = way.verdict(wider=before, narrower=after)
        what = f"{name} is {'required, was optional' if after else 'optional, was required'}"
        comparison.say((new or old or NOTHING).path, what, verdict, way.advice(verdict))


def deprecated(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
    """Nothing breaks yet."""
    if found := changed(name, old, new):
        advice = "nothing breaks: tell users in CHANGELOG.md" if new and new.value is True else "nothing: it stays"
        comparison.say(*found, COMPATIBLE, advice)


word = always(COMPATIBLE, "nothing: only people read it")
ANNOTATIONS: Rules = dict.fromkeys(WORDS, word)
