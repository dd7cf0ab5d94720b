"""Compare what two schemas allow, from the side of a client: a request is what it sends, a response what it reads."""

from collections.abc import Callable
from typing import Any

from ..common.documents import NOTHING, WORDS, At, Document, members
from ..common.refs import keys, origin, types, values
from .changes import BREAKING, COMPATIBLE, DECISION, Verdict
from .engine import ANNOTATIONS, Comparison, Keys, Rule, Rules, always, changed, deprecated
from .words import Way, any_of, short, text, within

_UNIONS = {"anyOf", "oneOf"}


def schema(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    """Compare what two schemas allow; one that is missing allows anything."""
    old, new = old or At({}, new.path if new else ()), new or At({}, old.path if old else ())
    was, now = _component(comparison.base, old), _component(comparison.new, new)
    if was and now and was != now:
        what = f"{name} is a `{now}` where it was a `{was}`"
        comparison.say(new.path, what, COMPATIBLE, "nothing: the name is private; what it stands for is compared")
    name = f"`{now}`" if now else name
    if (old.path, new.path, way) in comparison.compared:
        return
    comparison.compared.add((old.path, new.path, way))
    _words_of_unions(comparison, old, new, name, way)
    olds, news = _alternatives(comparison.base, old), _alternatives(comparison.new, new)
    pairs = [(olds.pop(label), news.pop(label)) for label in sorted(olds.keys() & news.keys())]
    if len(olds) == len(news) == 1:
        pairs.append((olds.popitem()[1], news.popitem()[1]))
    for one, other in pairs:
        itself = (one.path, other.path) == (old.path, new.path)
        (_keywords if itself else schema)(comparison, one, other, name, way)
    for label, at in olds.items():
        verdict = way.verdict(wider=False, narrower=True)
        comparison.say(at.path, f"{name} may no longer be {label}", verdict, way.advice(verdict))
    for label, at in news.items():
        verdict = way.verdict(wider=True, narrower=False)
        comparison.say(at.path, f"{name} may be {label} too", verdict, way.advice(verdict))


def _words_of_unions(comparison: Comparison, old: At, new: At, name: str, way: Way) -> None:
    """What is said about a list of alternatives as a whole; the alternatives are compared one by one."""
    outer = [
        {key: at for key, at in one.items() if key in WORDS or key in _UNIONS} for one in comparison.both(old, new)
    ]
    if all(one.keys() & _UNIONS for one in outer):
        comparison.objects(outer[0], outer[1], {**_SCHEMA, **dict.fromkeys(_UNIONS)}, name, way)
    elif any(one.keys() & _UNIONS for one in outer):
        what = f"{name} is {'a' if outer[1].keys() & _UNIONS else 'no'} list of alternatives now"
        comparison.say(new.path, what, COMPATIBLE, "nothing by itself: what it may be is compared")


def _keywords(comparison: Comparison, old: At, new: At, name: str, way: Way) -> None:
    olds, news = comparison.both(old, new)
    comparison.objects(olds, news, _SCHEMA, name, way)
    _values(comparison, olds, news, name, way)
    _fields(comparison, olds, news, name, way)


def _fields(comparison: Comparison, old: Keys, new: Keys, name: str, way: Way) -> None:
    """Compare properties, and which of them are required."""
    old_fields, new_fields = members(old.get("properties", NOTHING)), members(new.get("properties", NOTHING))
    old_required, new_required = (set(one.get("required", At([], ())).value) for one in (old, new))
    for field in sorted(old_fields.keys() | new_fields.keys() | old_required | new_required):
        here, was, now = within(name, field), old_fields.get(field), new_fields.get(field)
        before, after = field in old_required, field in new_required
        if was is None and now is not None:
            verdict = way.verdict(wider=False, narrower=after)
            comparison.say(now.path, f"{here} is new{' and required' * after}", verdict, way.advice(verdict))
        elif was is not None and now is None:
            # Without the field nothing is promised to who reads it, and what is sent may be refused.
            comparison.say(was.path, f"{here} is gone", BREAKING, way.advice(BREAKING))
        else:
            if was is not None:
                schema(comparison, was, now, here, way)
            if before != after:
                verdict = way.verdict(wider=before, narrower=after)
                path = (new if after else old)["required"].path
                change = "required, was optional" if after else "optional, was required"
                comparison.say(path, f"{here} is {change}", verdict, way.advice(verdict))


def _values(comparison: Comparison, old: Keys, new: Keys, name: str, way: Way) -> None:
    """Compare the values that are listed: the facade reads enums openly, and sends them closed."""
    was, now = values(old), values(new)
    at = next((found[key] for found in (new, old) for key in ("const", "enum") if key in found), NOTHING)
    is_status = at.path[:-1] in comparison.status_enums and not way.sent
    if was is None and now is None:
        return
    if was is None or now is None:
        what = f"{name} {'lists its values now' if was is None else 'may have any value now'}"
        verdict, advice = _value_removed(way) if was is None else _value_added(way)
        if is_status:
            verdict, advice = DECISION, "the table of meanings is held to an enum: see scripts/contract/facts.py"
        comparison.say(at.path, what, verdict, advice)
        return
    before, after = ({text(value): value for value in one} for one in (was, now))
    for value in sorted(after.keys() - before.keys()):
        verdict, advice = _status_added(comparison, after[value]) if is_status else _value_added(way)
        comparison.say(at.path, f"{name} gets the value {value}", verdict, advice)
    for value in sorted(before.keys() - after.keys()):
        verdict, advice = _status_removed(comparison, before[value]) if is_status else _value_removed(way)
        comparison.say(at.path, f"{name} loses the value {value}", verdict, advice)


def _status_added(comparison: Comparison, status: object) -> tuple[Verdict, str]:
    """A status is understood once it has its line; until then the facade waits through it, and others may not."""
    known = comparison.statuses
    if known and status in known.known:
        return COMPATIBLE, "nothing: the table of meanings has it"
    lines = known.lines_for(str(status)) if known else "give it a meaning in the facade"
    return DECISION, (
        f"decide what it means: {lines}; until then code that matches every status breaks, "
        "and the client keeps waiting, as for any unknown status"
    )


def _status_removed(comparison: Comparison, status: object) -> tuple[Verdict, str]:
    known = comparison.statuses
    if known and status not in known.known - known.undocumented:
        return COMPATIBLE, "nothing: it need no longer be read"
    lines = known.lines_without(str(status)) if known else "deprecate it in the facade"
    return DECISION, f"if it is never sent again, code that waits for it waits for ever: {lines}"


def _value_added(way: Way) -> tuple[Verdict, str]:
    if way.sent:
        return COMPATIBLE, way.advice(COMPATIBLE)
    return COMPATIBLE, "nothing: the client reads any value; only code that matches every value by hand breaks"


def _value_removed(way: Way) -> tuple[Verdict, str]:
    if way.sent:
        return BREAKING, way.advice(BREAKING)
    return COMPATIBLE, "nothing breaks; code that waits for this value never sees it"


# What a schema may be


def _alternatives(document: Document, at: At) -> dict[str, At]:
    """What a schema may be, by a word for it: the branches of its anyOf or oneOf, or itself."""
    found = keys(document, at)
    unions = [found[key] for key in sorted(_UNIONS & found.keys())]
    if len(unions) != 1 or found.keys() - _UNIONS - {*WORDS}:
        return {_word(document, at): at}
    if types(found) != {"anything"}:
        outer = {key: found[key].value for key in WORDS if key in found}
        return {"": At({**outer, "type": sorted(types(found))}, at.path)}
    branches = [At(branch, (*unions[0].path, index)) for index, branch in enumerate(unions[0].value)]
    alternatives: dict[str, At] = {}
    for branch in branches:
        for label, one in _alternatives(document, branch).items():
            alternatives[label if label not in alternatives else f"{label} ({len(alternatives) + 1})"] = one
    return alternatives


def _word(document: Document, at: At) -> str:
    name, found = _component(document, at), keys(document, at)
    listed = values(found)
    return f"`{name}`" if name else short(text(listed)) if listed else any_of(types(found))


def _component(document: Document, at: At) -> str | None:
    """The name of the component that a `$ref` leads to."""
    path = origin(document, at).path
    return str(path[2]) if len(path) == 3 and path[0] == "components" and path != at.path else None


def _reaches_beyond(one: set[str], other: set[str]) -> bool:
    return "anything" not in other and any(
        name not in other and not (name == "integer" and "number" in other) for name in one
    )


# Rules


def _type(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    was, now = (types({"type": at} if at else {}) for at in (old, new))
    if was != now:
        verdict = way.verdict(wider=_reaches_beyond(now, was), narrower=_reaches_beyond(was, now))
        what = f"the type of {name} is {any_of(now)}, was {any_of(was)}"
        # At the schema, for the list of types may be an anyOf.
        comparison.say((new or old or NOTHING).path[:-1], what, verdict, way.advice(verdict))


def _format(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    """The generator makes another type of a string with a format; who sends it unformatted is refused."""
    if found := changed(name, old, new):
        verdict = way.verdict(wider=True, narrower=new is not None)
        comparison.say(*found, verdict, way.advice(verdict))


def _limit(is_wider: Callable[[Any, Any], bool]) -> Rule:
    """A limit on values, which `is_wider` if the second value admits what the first does not."""

    def rule(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
        if not (found := changed(name, old, new)):
            return
        wider = new is None or (old is not None and is_wider(old.value, new.value))
        narrower = old is None or (new is not None and is_wider(new.value, old.value))
        verdict = way.verdict(wider=wider, narrower=narrower)
        if verdict is BREAKING and not way.sent:
            comparison.say(
                *found, DECISION, "the client checks no limits; users who made room by the old one may have too little"
            )
        else:
            comparison.say(*found, verdict, way.advice(verdict))

    return rule


def _default(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    if found := changed(name, old, new):
        if way.sent:
            comparison.say(*found, DECISION, "users who leave it out get the new default: decide whether that matters")
        else:
            comparison.say(*found, COMPATIBLE, way.advice(COMPATIBLE))


def _items(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    schema(comparison, old, new, f"an item of {name}", way)


def _other_fields(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    """Fields without a name of their own: any, none, or those of a schema."""
    was, now = (True if at is None else at.value for at in (old, new))
    if isinstance(was, dict) and isinstance(now, dict):
        schema(comparison, old, new, f"each other field of {name}", way)
    elif found := changed(name, old, new):
        # A field more is new to a reader, as any new field is; one that had a type and has none now is not.
        verdict = way.verdict(wider=now is True and was is not False, narrower=was is not False and now is not True)
        comparison.say(*found, verdict, way.advice(verdict))


_MAXIMUM = _limit(lambda old, new: new > old)
_MINIMUM = _limit(lambda old, new: new < old)
_PATTERN = _limit(lambda old, new: True)  # noqa: ARG005 (nobody can tell which of two patterns admits more)

_SCHEMA: Rules = {
    **ANNOTATIONS,
    "title": always(COMPATIBLE, "nothing: only people read it, and the generator, which names a private class by it"),
    **dict.fromkeys(("enum", "const", "properties", "required")),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _MAXIMUM),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _MINIMUM),
    **dict.fromkeys(("pattern", "multipleOf", "uniqueItems"), _PATTERN),
    "additionalProperties": _other_fields,
    "default": _default,
    "deprecated": deprecated,
    "format": _format,
    "items": _items,
    "type": _type,
}
