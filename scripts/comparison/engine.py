"""Compare two versions of the API description: what changed, for whom, and what to do.

The rule of this file: it is pure; it looks from the side of a client (a request is what we send, an answer what we
read); no difference passes without a verdict, and what no rule describes needs a decision. Both documents have
passed `checks.py`. A change stands where it was made, so that operations that share a component do not repeat it.
What was our own guess (`supplements.py`) breaks no promise: a change of it is compatible, and says that it was one.
"""

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from ..common.errors import JsonPath, pointer
from ..common.refs import (
    NOTHING,
    At,
    Document,
    behind,
    families,
    keys,
    members,
    parameters,
    plain,
    security,
    servers,
    types,
    used,
    values,
)
from ..contract.facts import UNDOCUMENTED, is_known, lines_for, lines_without, status_enums
from ..pipeline.merge import METHODS, operations
from ..pipeline.supplements import EVIDENCE, is_guess

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


BREAKING, DECISION, COMPATIBLE = Verdict


def compare(base: Document, new: Document, layer: str) -> list[Change]:
    """Say how `new` differs from `base`, the worst first."""
    found = _Comparison(base, new, layer).changes()
    return sorted(found, key=lambda change: (list(Verdict).index(change.verdict), change.place, change.what))


def table(changes: list[Change]) -> str:
    """A Markdown table of the changes, one of both layers in one row; words where there are none."""
    layers: dict[Change, list[str]] = {}
    for change in changes:
        layers.setdefault(change._replace(layer=""), []).append(change.layer)
    rows = [
        (change.what, f"`{change.place}` ({', '.join(where)})", change.verdict, change.advice)
        for change, where in layers.items()
    ]
    return markdown(("change", "place", "verdict", "what to do"), rows) if rows else "no change"


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(
        f"| {' | '.join(' '.join(cell.replace('|', '&#124;').split()) for cell in row)} |" for row in lines
    )


_RELEASE = "ask whether the docs mean it; if so, release it as breaking"
GUESS = "it was our guess"
_FIT = f"{GUESS}, which no page promised: see that the facade fits (an overlay can keep ids and tags)"
_LOOK = "no rule knows whom this breaks: look, and add a rule to scripts/comparison/engine.py if it may come again"


class _Way(NamedTuple):
    """Which way a value goes: that decides who minds a change."""

    sent: bool

    def verdict(self, *, wider: bool, narrower: bool) -> Verdict:
        """Wider: somebody reads what did not come before. Narrower: what was right to send is refused."""
        return BREAKING if (narrower if self.sent else wider) else COMPATIBLE

    def advice(self, verdict: Verdict) -> str:
        """For whom a change matters."""
        if verdict is COMPATIBLE:
            return f"nothing: who {'sends' if self.sent else 'reads'} it as before goes on"
        return (
            f"who {'sends it as before is refused' if self.sent else 'reads it gets what was not promised'}: {_RELEASE}"
        )


_SENT, _READ = _Way(sent=True), _Way(sent=False)
_Keys = dict[str, At]
_Rule = Callable[["_Comparison", At | None, At | None, str, _Way], None]
_Rules = dict[str, _Rule | None]  # None: looked at elsewhere


class _Comparison:
    """Two documents, and what was found between them."""

    def __init__(self, base: Document, new: Document, layer: str) -> None:
        self.guesses, self.still_guesses = _guesses(base), _guesses(new)
        self.base, self.new, self.layer = _without_evidence(base), _without_evidence(new), layer
        self.guessing = False  # whether what is looked at was promised by nobody
        self.statuses = {at.path for document in (base, new) for at in status_enums(document)}
        self._found: dict[Change, None] = {}
        self._compared: set[tuple[JsonPath, JsonPath, _Way]] = set()

    def changes(self) -> list[Change]:
        """All that changed."""
        self.objects(members(At(self.base, ())), members(At(self.new, ())), _DOCUMENT, "the document", _SENT)
        self._paths()
        self._components()
        # The net under the rules.
        if not self._found and _text(self.base) != _text(self.new):
            if _text(_meaning(self.base)) == _text(_meaning(self.new)):
                self.say(
                    (), "the same is written otherwise", COMPATIBLE, "nothing: with all written out it is the same"
                )
            else:
                self.say((), "the documents differ where no rule looks", DECISION, _LOOK)
        return list(self._found)

    def say(self, path: JsonPath, what: str, verdict: Verdict, advice: str) -> None:
        """Note a change, once."""
        if self.guessing:
            if any((change.place, change.what) == (pointer(path), what) for change in self._found):
                return  # It is a change of a promise.
            verdict, advice = COMPATIBLE, f"{advice}; {GUESS}" if verdict is COMPATIBLE else _FIT
        self._found[Change(self.layer, pointer(path), what, verdict, advice)] = None

    def objects(self, old: _Keys, new: _Keys, rules: _Rules, name: str, way: _Way) -> None:
        """Compare two objects key by key; a key that no rule is for needs a decision."""
        for key in sorted(old.keys() | new.keys()):
            rule = rules.get(key, _undecided)
            if rule is not None:
                rule(self, old.get(key), new.get(key), name, way)

    def following(self, old: At, new: At, rules: _Rules, name: str, way: _Way) -> None:
        """Compare two objects that may stand behind a `$ref`."""
        self.objects(keys(self.base, old), keys(self.new, new), rules, name, way)

    # The document

    def _paths(self) -> None:
        old = {(path, method): operation for path, method, operation in operations(self.base)}
        new = {(path, method): operation for path, method, operation in operations(self.new)}
        for path in sorted(self.base["paths"].keys() & self.new["paths"].keys()):
            items = [members(At(document["paths"][path], ("paths", path))) for document in (self.base, self.new)]
            self.objects(items[0], items[1], _PATH_ITEM, path, _SENT)
        come = sorted(new.keys() - old.keys())
        # Guesses come last: what a page's operation shares with them has been compared as a promise by then.
        for was, operation in sorted(old.items(), key=lambda item: (item[0] in self.guesses, item[0])):
            # An operation that has moved takes its id along, or only writes a parameter of its path otherwise.
            moved = [now for now in come if now[1] == was[1] and _is_same(was, operation, now, new[now])]
            now = was if was in new else moved[0] if moved else None
            kind = _kind(self.base, *was)
            advice = f"camb.wait({f'{kind}:…'!r}) would end; {_RELEASE}" if kind else _RELEASE
            verdict = BREAKING
            if was in self.guesses:
                # Whoever goes by it is left without: not what a page promised, but not nothing either.
                verdict, advice = DECISION, f"{GUESS}; tell whoever uses it in CHANGELOG.md that it ends"
            if now is None:
                self.say(("paths", *was), f"{_line(*was)} is gone", verdict, advice)
                continue
            if now in come:
                come.remove(now)
                self.say(("paths", *now), f"{_line(*was)} is now {_line(*now)}", verdict, advice)
            elif kind and not _kind(self.new, *now):
                self.say(("paths", *now), f"{_line(*now)} answers with a task result no more", verdict, advice)
            elif not kind and _kind(self.new, *now):
                self.say(
                    ("paths", *now), f"{_line(*now)} answers with a task result", COMPATIBLE, _works(self.new, now)
                )
            if was in self.guesses and now not in self.still_guesses:
                what = f"{_line(*now)} has a page, and was our guess"
                self.say(("paths", *now), what, COMPATIBLE, "nothing: where they differ there is a row of its own")
            self.guessing = was in self.guesses
            self._operation(was, now)
            self.guessing = False
        for one in come:
            self.say(("paths", *one), f"{_line(*one)} is new", COMPATIBLE, _works(self.new, one))

    def _components(self) -> None:
        """What no operation uses is compared by nobody else, and breaks nobody."""
        old, new = (
            {("components", section, name): at for section, at in sections.items() for name, at in members(at).items()}
            for sections in (
                members(At(document.get("components"), ("components",))) for document in (self.base, self.new)
            )
        )
        old_used, new_used = used(self.base), used(self.new)
        for path in sorted(old.keys() | new.keys()):
            was, now = old.get(path), new.get(path)
            if path in (new_used if was is None else old_used if now is None else old_used | new_used):
                continue
            if was is None or now is None:
                what = f"`{path[-1]}` is {'new' if was is None else 'gone'}, and no operation uses it"
                self.say(path, what, COMPATIBLE, "nothing: no operation uses it")
            elif _text(plain(self.base, was.value)) != _text(plain(self.new, now.value)):
                self.say(path, f"`{path[-1]}` changes, and no operation uses it", COMPATIBLE, "nothing: it is not used")

    # An operation

    def _operation(self, was: tuple[str, str], now: tuple[str, str]) -> None:
        name = _line(*now)
        old = members(At(self.base["paths"][was[0]][was[1]], ("paths", *was)))
        new = members(At(self.new["paths"][now[0]][now[1]], ("paths", *now)))
        self.objects(old, new, _OPERATION, name, _SENT)
        olds, news = _by_name(parameters(self.base, *was)), _by_name(parameters(self.new, *now))
        for key in sorted(olds.keys() | news.keys()):
            if was == now or key[0] != "path":  # Parameters of a path that moved are a part of that change.
                self._parameter(olds.get(key), news.get(key), f"the {key[0]} parameter `{key[1]}` of {name}")
        self._security(was, now, name)
        _servers(self, servers(self.base, *was), servers(self.new, *now), name, _SENT)

    def _parameter(self, old: _Keys | None, new: _Keys | None, name: str) -> None:
        if old is not None and new is not None:
            self.objects(old, new, _PARAMETER, name, _SENT)
        elif new is not None:
            required = new.get("required", NOTHING).value is True
            verdict = _SENT.verdict(wider=True, narrower=required)
            what = f"{name} is new and {'required' if required else 'optional'}"
            self.say(new["name"].path[:-1], what, verdict, _SENT.advice(verdict))
        elif old is not None:
            self.say(old["name"].path[:-1], f"{name} is gone", BREAKING, _SENT.advice(BREAKING))

    def _security(self, was: tuple[str, str], now: tuple[str, str], name: str) -> None:
        old, new = security(self.base, *was), security(self.new, *now)
        olds, news = _requirements(self.base, old), _requirements(self.new, new)
        old_schemes, new_schemes = _schemes(self.base), _schemes(self.new)
        for scheme in sorted({one for ones in old.value for one in ones} & {one for ones in new.value for one in ones}):
            what = f"the security scheme `{scheme}`"
            self.following(old_schemes[scheme], new_schemes[scheme], _SCHEME, what, _SENT)
        if olds.keys() == news.keys():
            return
        what = f"{name} takes {' or '.join(news) or 'no key'} where it took {' or '.join(olds) or 'no key'}"
        if sorted(olds.values()) == sorted(news.values()):
            self.say(new.path, what, COMPATIBLE, "nothing: only the scheme's name in the document changes")
        elif olds and olds.keys() <= news.keys():
            self.say(new.path, what, COMPATIBLE, "nothing: the key is taken as before")
        else:
            self.say(
                new.path, what, BREAKING, f"the key is sent by facade/camb_client/_http/credentials.py: {_RELEASE}"
            )

    # Bodies and schemas

    def schema(self, old: At | None, new: At | None, name: str, way: _Way) -> None:
        """Compare what two schemas allow; one that is missing allows anything."""
        old, new = old or At({}, new.path if new else ()), new or At({}, old.path if old else ())
        was, now = _component(self.base, old), _component(self.new, new)
        if was and now and was != now:
            what = f"{name} is a `{now}` where it was a `{was}`"
            self.say(new.path, what, COMPATIBLE, "nothing: the name is private; what it stands for is compared")
        name = f"`{now}`" if now else name
        if (old.path, new.path, way) in self._compared:
            return
        self._compared.add((old.path, new.path, way))
        outer = [{key: at for key, at in one.items() if key in _WORDS | _UNIONS} for one in self._both(old, new)]
        if all(one.keys() & _UNIONS for one in outer):
            self.objects(outer[0], outer[1], {**_SCHEMA, **dict.fromkeys(_UNIONS)}, name, way)
        elif any(one.keys() & _UNIONS for one in outer):
            what = f"{name} is {'a' if outer[1].keys() & _UNIONS else 'no'} list of alternatives now"
            self.say(new.path, what, COMPATIBLE, "nothing by itself: what it may be is compared")
        olds, news = _alternatives(self.base, old), _alternatives(self.new, new)
        pairs = [(olds.pop(label), news.pop(label)) for label in sorted(olds.keys() & news.keys())]
        if len(olds) == len(news) == 1:
            pairs.append((olds.popitem()[1], news.popitem()[1]))
        for one, other in pairs:
            itself = (one.path, other.path) == (old.path, new.path)
            (self._keywords if itself else self.schema)(one, other, name, way)
        for label, at in olds.items():
            verdict = way.verdict(wider=False, narrower=True)
            self.say(at.path, f"{name} may be {label} no more", verdict, way.advice(verdict))
        for label, at in news.items():
            verdict = way.verdict(wider=True, narrower=False)
            self.say(at.path, f"{name} may be {label} too", verdict, way.advice(verdict))

    def _both(self, old: At, new: At) -> tuple[_Keys, _Keys]:
        return keys(self.base, old), keys(self.new, new)

    def _keywords(self, old: At, new: At, name: str, way: _Way) -> None:
        olds, news = self._both(old, new)
        self.objects(olds, news, _SCHEMA, name, way)
        self._values(olds, news, name, way)
        old_fields, new_fields = members(olds.get("properties", NOTHING)), members(news.get("properties", NOTHING))
        old_required, new_required = (set(one.get("required", At([], ())).value) for one in (olds, news))
        for field in sorted(old_fields.keys() | new_fields.keys() | old_required | new_required):
            here, was, now = _within(name, field), old_fields.get(field), new_fields.get(field)
            before, after = field in old_required, field in new_required
            if was is None and now is not None:
                verdict = way.verdict(wider=False, narrower=after)
                self.say(now.path, f"{here} is new{' and required' * after}", verdict, way.advice(verdict))
            elif was is not None and now is None:
                # Without the field nothing is promised to who reads it, and what is sent may be refused.
                self.say(was.path, f"{here} is gone", BREAKING, way.advice(BREAKING))
            else:
                if was is not None:
                    self.schema(was, now, here, way)
                if before != after:
                    verdict = way.verdict(wider=before, narrower=after)
                    path = (news if after else olds)["required"].path
                    change = "required, was optional" if after else "optional, was required"
                    self.say(path, f"{here} is {change}", verdict, way.advice(verdict))

    def _values(self, old: _Keys, new: _Keys, name: str, way: _Way) -> None:
        """Compare the values that are listed: the facade reads enums openly, and sends them closed."""
        was, now = values(old), values(new)
        at = next((keys[key] for keys in (new, old) for key in ("const", "enum") if key in keys), NOTHING)
        is_status = at.path[:-1] in self.statuses and not way.sent
        if was is None and now is None:
            return
        if was is None or now is None:
            what = f"{name} {'lists its values now' if was is None else 'may have any value now'}"
            verdict, advice = _value_removed(way) if was is None else _value_added(way)
            if is_status:
                verdict, advice = DECISION, "the table of meanings is held to an enum: see scripts/contract/facts.py"
            self.say(at.path, what, verdict, advice)
            return
        before, after = ({_text(value): value for value in one} for one in (was, now))
        for text in sorted(after.keys() - before.keys()):
            verdict, advice = _status_added(after[text]) if is_status else _value_added(way)
            self.say(at.path, f"{name} gets the value {text}", verdict, advice)
        for text in sorted(before.keys() - after.keys()):
            verdict, advice = _status_removed(before[text]) if is_status else _value_removed(way)
            self.say(at.path, f"{name} loses the value {text}", verdict, advice)


# Rules: each looks at one key of two objects, which one of them may not have, and says what it finds.


def _changed(name: str, old: At | None, new: At | None) -> tuple[JsonPath, str] | None:
    """Where and how a value changed; nothing if it did not."""
    at = new or old or NOTHING
    was, now = (None if one is None else _text(one.value) for one in (old, new))
    if was == now:
        return None
    key = at.path[-1] if at.path else ""
    if was is None or now is None:
        return at.path, f"{name} {'gets' if was is None else 'loses'} `{key}` {_short(was or now or '')}"
    return at.path, f"`{key}` of {name} is {_short(now)}, was {_short(was)}"


def _always(verdict: Verdict, advice: str) -> _Rule:
    """Any difference has this verdict."""

    def rule(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:  # noqa: ARG001
        if changed := _changed(name, old, new):
            comparison.say(*changed, verdict, advice)

    return rule


def _undecided(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:  # noqa: ARG001
    """What no rule is for: it may hold `$ref`s, and what they lead to counts."""
    was, now = (
        None if at is None else At(plain(document, at.value), at.path)
        for document, at in ((comparison.base, old), (comparison.new, new))
    )
    if changed := _changed(name, was, now):
        comparison.say(*changed, DECISION, _LOOK)


def _operation_id(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:  # noqa: ARG001
    if changed := _changed(name, old, new):
        if comparison.layer == DOCS:
            advice = "nothing more: the overlay, which refuses an id that moved, has been looked at; camb.yaml decides"
            comparison.say(*changed, COMPATIBLE, advice)
        else:
            comparison.say(
                *changed, BREAKING, f"the generated module moves: keep the id in the overlay; else {_RELEASE}"
            )


def _tags(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    """The first tag names the generated module, as the id does."""
    was, now = (At((at.value if at else [])[:1], (at or NOTHING).path) for at in (old, new))
    if was.value != now.value:
        _operation_id(comparison, old, new, name, way)
    else:
        _WORD(comparison, old, new, name, way)


def _deprecated(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:  # noqa: ARG001
    if changed := _changed(name, old, new):
        advice = "nothing breaks: tell users in CHANGELOG.md" if new and new.value is True else "nothing: it stays"
        comparison.say(*changed, COMPATIBLE, advice)


def _top_security(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:  # noqa: ARG001
    """Operations are compared by what they require in the end; here is only what none of them takes over."""
    own = all("security" in one for document in (comparison.base, comparison.new) for _, _, one in operations(document))
    if own and (changed := _changed(name, old, new)):
        comparison.say(*changed, COMPATIBLE, "nothing: each operation says itself what it requires")


def _servers(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    olds, news = (at.value if at and at.value else [{"url": "/"}] for at in (old, new))
    at = new or old or NOTHING
    was, now = ([server["url"] for server in one] for one in (olds, news))
    if was[0] != now[0]:
        advice = f"DEFAULT_BASE_URL in facade/camb_client/_http/credentials.py goes elsewhere: {_RELEASE}"
        what = f"the server{'' if at.path == ('servers',) else f' of {name}'} is {now[0]}, was {was[0]}"
        comparison.say((*at.path, 0, "url"), what, BREAKING, advice)
    for url in sorted({*was[1:]} - {*now}):
        comparison.say(at.path, f"the server {url} is gone", DECISION, "who has it in CAMB_BASE_URL has to change it")
    for url in sorted({*now[1:]} - {*was}):
        comparison.say(at.path, f"the server {url} is new", COMPATIBLE, "nothing: CAMB_BASE_URL can name it")
    by_url = [
        {server["url"]: At(server, (*at.path, index)) for index, server in enumerate(one)} for one in (olds, news)
    ]
    for url in by_url[0].keys() & by_url[1].keys():
        comparison.following(by_url[0][url], by_url[1][url], _SERVER, f"the server {url}", way)


def _responses(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:  # noqa: ARG001
    olds, news = members(old or NOTHING), members(new or NOTHING)
    for code in sorted(olds.keys() | news.keys()):
        if code not in news:
            what = f"the answer {code} of {name} is gone"
            comparison.say(olds[code].path, what, BREAKING, _READ.advice(BREAKING))
        elif code not in olds:
            advice = "nothing: the facade has an error for each code but 200"
            comparison.say(news[code].path, f"the answer {code} of {name} is new", COMPATIBLE, advice)
        else:
            comparison.following(olds[code], news[code], _RESPONSE, f"the answer {code} of {name}", _READ)


def _headers(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    olds, news = members(old or NOTHING), members(new or NOTHING)
    for header in sorted(olds.keys() | news.keys()):
        here = f"the header `{header}` of {name}"
        if header not in news:
            comparison.say(olds[header].path, f"{here} is gone", BREAKING, way.advice(BREAKING))
        elif header not in olds:
            comparison.say(news[header].path, f"{here} is new", COMPATIBLE, way.advice(COMPATIBLE))
        else:
            comparison.following(olds[header], news[header], _HEADER, here, way)


def _request_body(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    here = f"the body of {name}"
    if old is not None and new is not None:
        comparison.following(old, new, _BODY, here, way)
    elif new is not None:
        required = keys(comparison.new, new).get("required", NOTHING).value is True
        verdict = way.verdict(wider=True, narrower=required)
        comparison.say(new.path, f"{here} is new{' and required' * required}", verdict, way.advice(verdict))
    elif old is not None:
        comparison.say(old.path, f"{here} is gone", BREAKING, way.advice(BREAKING))


def _content(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    olds, news = members(old or NOTHING), members(new or NOTHING)
    for media in sorted(olds.keys() | news.keys()):
        if media not in news:
            comparison.say(olds[media].path, f"{name} is {media} no more", BREAKING, way.advice(BREAKING))
        elif media in olds:
            comparison.following(olds[media], news[media], _MEDIA_TYPE, name, way)
        elif olds and not way.sent:
            # The server may choose it, unless it is asked for the other.
            comparison.say(
                news[media].path, f"{name} may be {media} too", DECISION, "see that JSON is still what comes"
            )
        else:
            comparison.say(news[media].path, f"{name} may be {media}", COMPATIBLE, way.advice(COMPATIBLE))


def _required(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    before, after = (at is not None and at.value is True for at in (old, new))
    if before != after:
        verdict = way.verdict(wider=before, narrower=after)
        what = f"{name} is {'required, was optional' if after else 'optional, was required'}"
        comparison.say((new or old or NOTHING).path, what, verdict, way.advice(verdict))


def _type(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    was, now = (types({"type": at} if at else {}) for at in (old, new))
    if was != now:
        verdict = way.verdict(wider=_reaches_beyond(now, was), narrower=_reaches_beyond(was, now))
        what = f"the type of {name} is {_types(now)}, was {_types(was)}"
        # At the schema, for the list of types may be an anyOf.
        comparison.say((new or old or NOTHING).path[:-1], what, verdict, way.advice(verdict))


def _format(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    """The generator makes another type of a string with a format; who sends it unformatted is refused."""
    if changed := _changed(name, old, new):
        verdict = way.verdict(wider=True, narrower=new is not None)
        comparison.say(*changed, verdict, way.advice(verdict))


def _limit(is_wider: Callable[[Any, Any], bool]) -> _Rule:
    """A limit on values, which `is_wider` if the second value admits what the first does not."""

    def rule(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
        if not (changed := _changed(name, old, new)):
            return
        wider = new is None or (old is not None and is_wider(old.value, new.value))
        narrower = old is None or (new is not None and is_wider(new.value, old.value))
        verdict = way.verdict(wider=wider, narrower=narrower)
        if verdict is BREAKING and not way.sent:
            comparison.say(
                *changed, DECISION, "the facade checks no limits; who made room for so much may have too little"
            )
        else:
            comparison.say(*changed, verdict, way.advice(verdict))

    return rule


def _default(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    if changed := _changed(name, old, new):
        if way.sent:
            comparison.say(*changed, DECISION, "who leaves it out gets something else: decide whether they mind")
        else:
            comparison.say(*changed, COMPATIBLE, way.advice(COMPATIBLE))


def _items(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    comparison.schema(old, new, f"an item of {name}", way)


def _body_schema(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    comparison.schema(old, new, name, way)


def _other_fields(comparison: _Comparison, old: At | None, new: At | None, name: str, way: _Way) -> None:
    """Fields without a name of their own: any, none, or those of a schema."""
    was, now = (True if at is None else at.value for at in (old, new))
    if isinstance(was, dict) and isinstance(now, dict):
        comparison.schema(old, new, f"each other field of {name}", way)
    elif changed := _changed(name, old, new):
        # A field more is new to a reader, as any new field is; one that had a type and has none now is not.
        verdict = way.verdict(wider=now is True and was is not False, narrower=was is not False and now is not True)
        comparison.say(*changed, verdict, way.advice(verdict))


# What the rules stand on


def _status_added(status: object) -> tuple[Verdict, str]:
    """A status is understood once it has its line; until then the facade waits through it, and others may not."""
    if is_known(status):
        return COMPATIBLE, "nothing: the table of meanings has it"
    return DECISION, (
        f"decide what it means: {lines_for(str(status))}; until then a closed reader breaks, "
        "and the facade waits through it as a status it does not know"
    )


def _status_removed(status: object) -> tuple[Verdict, str]:
    if is_known(status) and status not in UNDOCUMENTED:
        return DECISION, f"who compares with it waits in vain, if it really comes no more: {lines_without(str(status))}"
    return COMPATIBLE, "nothing: what comes no more need not be read"


def _value_added(way: _Way) -> tuple[Verdict, str]:
    if way.sent:
        return COMPATIBLE, way.advice(COMPATIBLE)
    return COMPATIBLE, "nothing here, for the facade reads any value; it breaks who matches all of them by hand"


def _value_removed(way: _Way) -> tuple[Verdict, str]:
    if way.sent:
        return BREAKING, way.advice(BREAKING)
    return COMPATIBLE, "nothing breaks; who waits for this value waits in vain"


def _alternatives(document: Document, at: At) -> dict[str, At]:
    """What a schema may be, by a word for it: the branches of its anyOf or oneOf, or itself."""
    schema = keys(document, at)
    unions = [schema[key] for key in sorted(_UNIONS & schema.keys())]
    if len(unions) != 1 or schema.keys() - _WORDS - _UNIONS:
        return {_word(document, at): at}
    if types(schema) != {"anything"}:
        outer = {key: schema[key].value for key in schema.keys() & _WORDS}
        return {"": At({**outer, "type": sorted(types(schema))}, at.path)}
    branches = [At(branch, (*unions[0].path, index)) for index, branch in enumerate(unions[0].value)]
    found: dict[str, At] = {}
    for branch in branches:
        for word, one in _alternatives(document, branch).items():
            found[word if word not in found else f"{word} ({len(found) + 1})"] = one
    return found


def _word(document: Document, at: At) -> str:
    name, schema = _component(document, at), keys(document, at)
    listed = values(schema)
    return f"`{name}`" if name else _short(_text(listed)) if listed else _types(types(schema))


def _types(names: set[str]) -> str:
    return " or ".join(sorted(names, key=lambda name: (name == "null", name)))


def _reaches_beyond(one: set[str], other: set[str]) -> bool:
    return "anything" not in other and any(
        name not in other and not (name == "integer" and "number" in other) for name in one
    )


def _component(document: Document, at: At) -> str | None:
    """The name of the component that a `$ref` leads to."""
    path = behind(document, at).path
    return str(path[2]) if len(path) == 3 and path[0] == "components" and path != at.path else None


def _within(name: str, field: str) -> str:
    return f"{name[:-1]}.{field}`" if name.startswith("`") else f"`{field}` of {name}"


def _line(path: str, method: str) -> str:
    return f"{method.upper()} {path}"


def _kind(document: Document, path: str, method: str) -> str | None:
    return next((kind for kind, place in families(document).items() if place == ("paths", path, method)), None)


def _works(document: Document, place: tuple[str, str]) -> str:
    kind = _kind(document, *place)
    return f"nothing: camb.wait({f'{kind}:…'!r}) will work" if kind else "nothing: what there was goes on"


def _guesses(document: Document) -> set[tuple[str, str]]:
    return {(path, method) for path, method, operation in operations(document) if is_guess(operation)}


def _without_evidence(document: Document) -> Document:
    """How a guess is known says nothing about what it is."""
    paths = {path: dict(item) for path, item in document["paths"].items()}
    for path, method in _guesses(document):
        paths[path][method] = {key: value for key, value in paths[path][method].items() if key != EVIDENCE}
    return {**document, "paths": paths}


def _is_same(was: tuple[str, str], old: dict[str, Any], now: tuple[str, str], new: dict[str, Any]) -> bool:
    first, second = (["{}" if step.startswith("{") else step for step in path.split("/")] for path, _ in (was, now))
    return first == second or old["operationId"] == new["operationId"]


def _by_name(found: list[_Keys]) -> dict[tuple[str, str], _Keys]:
    """Parameters by place and name; the case of a header's name does not matter."""
    return {
        (one["in"].value, one["name"].value.lower() if one["in"].value == "header" else one["name"].value): one
        for one in found
    }


def _schemes(document: Document) -> dict[str, At]:
    return members(At(document.get("components", {}).get("securitySchemes"), ("components", "securitySchemes")))


def _requirements(document: Document, at: At) -> dict[str, str]:
    """The ways to be let in: what a person calls each, and what a server makes of it."""
    schemes = _schemes(document)
    return {
        " and ".join(f"{name}{sorted(scopes) or ''}" for name, scopes in sorted(one.items())) or "no key": _text(
            sorted(
                _text(
                    [
                        {key: found.value for key, found in keys(document, schemes[name]).items() if key not in _WORDS},
                        scopes,
                    ]
                )
                for name, scopes in one.items()
            )
        )
        for one in at.value
    }


def _meaning(document: Document) -> Any:
    """What a document says, however it is written: with all written out, each list in one order."""
    said = {key: value for key, value in document.items() if key not in ("components", "paths", "security", "servers")}
    for path, method, operation in operations(document):
        own = {key: value for key, value in operation.items() if key not in ("parameters", "security", "servers")}
        inputs = [{key: at.value for key, at in one.items()} for one in parameters(document, path, method)]
        ways = sorted(_requirements(document, security(document, path, method)).values())
        said[_line(path, method)] = [own, inputs, ways, servers(document, path, method).value]
    return _unordered(plain(document, said))


def _unordered(node: Any) -> Any:
    if isinstance(node, list):
        return sorted((_unordered(item) for item in node), key=_text)
    return {key: _unordered(value) for key, value in node.items()} if isinstance(node, dict) else node


def _text(value: Any) -> str:
    """One text for one value: unlike `==`, it tells 1 from 1.0 and from true."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


# Which rule is for which key, by kind of object.

_WORD = _always(COMPATIBLE, "nothing: only people read it")
_RIGID = _always(BREAKING, f"what is sent goes elsewhere, or is written otherwise: {_RELEASE}")
_SCHEME_CHANGED = _always(BREAKING, f"the key may be refused: see facade/camb_client/_http/credentials.py; {_RELEASE}")
_OTHER_VERSION = _always(DECISION, "see that the generator and checks.py know this version")
_MAXIMUM = _limit(lambda old, new: new > old)
_MINIMUM = _limit(lambda old, new: new < old)
_PATTERN = _limit(lambda old, new: True)  # noqa: ARG005 (nobody can tell which of two patterns admits more)

_WORDS = {"$comment", "description", "example", "examples", "externalDocs", "summary", "title"}
_UNIONS = {"anyOf", "oneOf"}
_ANNOTATIONS: _Rules = dict.fromkeys(_WORDS, _WORD)
_DOCUMENT: _Rules = {
    **dict.fromkeys(("info", "tags", "externalDocs"), _WORD),
    **dict.fromkeys(("paths", "components", "servers")),
    "openapi": _OTHER_VERSION,
    "security": _top_security,
}
_PATH_ITEM: _Rules = {**_ANNOTATIONS, **dict.fromkeys((*METHODS, "parameters", "servers"))}
_OPERATION: _Rules = {
    **_ANNOTATIONS,
    **dict.fromkeys(("parameters", "security", "servers")),
    "deprecated": _deprecated,
    "operationId": _operation_id,
    "requestBody": _request_body,
    "responses": _responses,
    "tags": _tags,
}
_SERVER: _Rules = {"url": None, "description": _WORD, "variables": _RIGID}
_SCHEME: _Rules = {
    **dict.fromkeys(("type", "in", "name", "scheme", "flows", "openIdConnectUrl"), _SCHEME_CHANGED),
    **dict.fromkeys(("description", "bearerFormat"), _WORD),
}
_HEADER: _Rules = {
    **_ANNOTATIONS,
    **dict.fromkeys(("style", "explode", "allowReserved", "allowEmptyValue"), _RIGID),
    "content": _content,
    "deprecated": _deprecated,
    "required": _required,
    "schema": _body_schema,
}
_PARAMETER: _Rules = {**_HEADER, "in": None, "name": None}
_RESPONSE: _Rules = {**_ANNOTATIONS, "content": _content, "headers": _headers}
_BODY: _Rules = {**_ANNOTATIONS, "content": _content, "required": _required}
_MEDIA_TYPE: _Rules = {**_ANNOTATIONS, "schema": _body_schema}
_SCHEMA: _Rules = {
    **_ANNOTATIONS,
    "title": _always(COMPATIBLE, "nothing: only people read it, and the generator, which names a private class by it"),
    **dict.fromkeys(("enum", "const", "properties", "required")),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _MAXIMUM),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _MINIMUM),
    **dict.fromkeys(("pattern", "multipleOf", "uniqueItems"), _PATTERN),
    "additionalProperties": _other_fields,
    "default": _default,
    "deprecated": _deprecated,
    "format": _format,
    "items": _items,
    "type": _type,
}
