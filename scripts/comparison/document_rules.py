"""Compare two versions of the API description: operations, what each takes and returns, security, servers.

Both documents have passed the checks of the pipeline. A supplement is no promise: a change of what only a supplement
said is compatible, and says so.
"""

from typing import Any

from ..common.documents import (
    EVIDENCE,
    METHODS,
    NOTHING,
    WORDS,
    At,
    Document,
    JsonPath,
    members,
    operations,
    security,
    security_schemes,
    servers,
)
from ..common.families import families
from ..common.refs import keys, parameters, plain, used
from .changes import BREAKING, COMPATIBLE, DECISION, DOCS, Change, Statuses, Verdict
from .engine import ANNOTATIONS, Comparison, Keys, Rules, always, changed, deprecated, required, word
from .schema_rules import schema
from .words import READ, RELEASE, SENT, SUPPLEMENT, UNCOVERED, Way, line, text

_Operation = tuple[str, str]  # path and method


def compare(base: Document, new: Document, layer: str, statuses: Statuses | None = None) -> list[Change]:
    """Say how `new` differs from `base`, the worst first; without `statuses`, one that comes needs a decision."""
    comparison = Comparison(base, new, layer, statuses)
    comparison.objects(
        members(At(comparison.base, ())), members(At(comparison.new, ())), _DOCUMENT, "the document", SENT
    )
    _operations(comparison)
    _unused_components(comparison)
    _extensions(comparison)
    _net(comparison)
    return sorted(comparison.found, key=lambda change: (list(Verdict).index(change.verdict), change.place, change.what))


def _net(comparison: Comparison) -> None:
    """The net under the rules: no two documents that differ pass without a change."""
    if comparison.found or not comparison.is_rewritten:
        return
    if text(_meaning(comparison.base)) == text(_meaning(comparison.new)):
        what, advice = "the same is spelled differently", "nothing: both mean the same"
        comparison.say((), what, COMPATIBLE, advice)
    else:
        comparison.say((), "the documents differ in what no rule covers", DECISION, UNCOVERED)


# Operations, each with what has become of it


def _operations(comparison: Comparison) -> None:
    old, new = comparison.base["paths"], comparison.new["paths"]
    for path in sorted(old.keys() & new.keys()):
        items = [members(At(paths[path], ("paths", path))) for paths in (old, new)]
        comparison.objects(items[0], items[1], _PATH_ITEM, path, SENT)
    pairs, come = _pairs(comparison)
    for was, now in pairs.items():
        if now is None:
            _say_of_operation(comparison, was, was, f"{line(*was)} is gone")
            continue
        _say_what_became(comparison, was, now)
        with comparison.in_supplement(was in comparison.supplements):
            _operation(comparison, was, now)
    for one in come:
        comparison.say(("paths", *one), f"{line(*one)} is new", COMPATIBLE, _works(comparison.new, one))


def _pairs(comparison: Comparison) -> tuple[dict[_Operation, _Operation | None], list[_Operation]]:
    """Each old operation and where it is now; and those that are new.

    Supplements come last: what a page's operation shares with them has been compared as a promise by then.
    """
    old, new = (
        {(path, method): operation for path, method, operation in operations(document)}
        for document in (comparison.base, comparison.new)
    )
    come = sorted(new.keys() - old.keys())
    pairs: dict[_Operation, _Operation | None] = {}
    for was in sorted(old, key=lambda one: (one in comparison.supplements, one)):
        # An operation that has moved takes its id along, or only writes a parameter of its path otherwise.
        moved = (now for now in come if now[1] == was[1] and _is_same(was, old[was], now, new[now]))
        pairs[was] = was if was in new else next(moved, None)
        come = [now for now in come if now != pairs[was]]
    return pairs, come


def _is_same(was: _Operation, old: dict[str, Any], now: _Operation, new: dict[str, Any]) -> bool:
    first, second = (["{}" if step.startswith("{") else step for step in path.split("/")] for path, _ in (was, now))
    return first == second or old["operationId"] == new["operationId"]


def _say_what_became(comparison: Comparison, was: _Operation, now: _Operation) -> None:
    before, after = _kind(comparison.base, was), _kind(comparison.new, now)
    if now != was:
        _say_of_operation(comparison, was, now, f"{line(*was)} is now {line(*now)}")
    elif before and not after:
        _say_of_operation(comparison, was, now, f"{line(*now)} no longer returns a task result")
    elif after and not before:
        what = f"{line(*now)} returns a task result now"
        comparison.say(("paths", *now), what, COMPATIBLE, _works(comparison.new, now))
    if was in comparison.supplements and now not in comparison.still_supplements:
        what = f"{line(*now)} has a page now, in place of our supplement"
        comparison.say(("paths", *now), what, COMPATIBLE, "nothing: where they differ there is a row of its own")


def _say_of_operation(comparison: Comparison, was: _Operation, now: _Operation, what: str) -> None:
    """An operation is not what it was: whoever goes by it is left without."""
    kind = _kind(comparison.base, was)
    verdict, advice = BREAKING, f"camb.wait({f'{kind}:…'!r}) would stop working; {RELEASE}" if kind else RELEASE
    if was in comparison.supplements:
        # Not what a page promised, but not nothing either.
        verdict, advice = DECISION, f"{SUPPLEMENT}; tell its users in CHANGELOG.md that it ends"
    comparison.say(("paths", *now), what, verdict, advice)


def _kind(document: Document, operation: _Operation) -> str | None:
    return next((kind for kind, place in families(document).items() if place == ("paths", *operation)), None)


def _works(document: Document, operation: _Operation) -> str:
    kind = _kind(document, operation)
    return f"nothing: camb.wait({f'{kind}:…'!r}) will work" if kind else "nothing: existing operations are unaffected"


# Within an operation


def _operation(comparison: Comparison, was: _Operation, now: _Operation) -> None:
    name = line(*now)
    old = members(At(comparison.base["paths"][was[0]][was[1]], ("paths", *was)))
    new = members(At(comparison.new["paths"][now[0]][now[1]], ("paths", *now)))
    comparison.objects(old, new, _OPERATION, name, SENT)
    olds, news = _by_name(parameters(comparison.base, *was)), _by_name(parameters(comparison.new, *now))
    for key in sorted(olds.keys() | news.keys()):
        if was == now or key[0] != "path":  # Parameters of a path that moved are a part of that change.
            here = f"the {key[0]} parameter `{key[1]}` of {name}"
            _parameter(comparison, olds.get(key), news.get(key), here)
    _security(comparison, was, now, name)
    _servers(comparison, servers(comparison.base, *was), servers(comparison.new, *now), name, SENT)


def _by_name(found: list[Keys]) -> dict[tuple[str, str], Keys]:
    """Parameters by place and name; the case of a header's name does not matter."""
    return {
        (one["in"].value, one["name"].value.lower() if one["in"].value == "header" else one["name"].value): one
        for one in found
    }


def _parameter(comparison: Comparison, old: Keys | None, new: Keys | None, name: str) -> None:
    if old is not None and new is not None:
        comparison.objects(old, new, _PARAMETER, name, SENT)
    elif new is not None:
        needed = new.get("required", NOTHING).value is True
        verdict = SENT.verdict(wider=True, narrower=needed)
        what = f"{name} is new and {'required' if needed else 'optional'}"
        comparison.say(new["name"].path[:-1], what, verdict, SENT.advice(verdict))
    elif old is not None:
        comparison.say(old["name"].path[:-1], f"{name} is gone", BREAKING, SENT.advice(BREAKING))


def _security(comparison: Comparison, was: _Operation, now: _Operation, name: str) -> None:
    old, new = security(comparison.base, *was), security(comparison.new, *now)
    olds, news = _requirements(comparison.base, old), _requirements(comparison.new, new)
    old_schemes, new_schemes = security_schemes(comparison.base), security_schemes(comparison.new)
    for scheme in sorted({one for ones in old.value for one in ones} & {one for ones in new.value for one in ones}):
        what = f"the security scheme `{scheme}`"
        comparison.following(old_schemes[scheme], new_schemes[scheme], _SCHEME, what, SENT)
    if olds.keys() == news.keys():
        return
    what = f"{name} requires {' or '.join(news) or 'no key'}, was {' or '.join(olds) or 'no key'}"
    if sorted(olds.values()) == sorted(news.values()):
        comparison.say(new.path, what, COMPATIBLE, "nothing: only the scheme's name in the document changes")
    elif olds and olds.keys() <= news.keys():
        comparison.say(new.path, what, COMPATIBLE, "nothing: the key is still accepted")
    else:
        comparison.say(
            new.path, what, BREAKING, f"the key is sent by facade/camb_client/_http/credentials.py: {RELEASE}"
        )


def _requirements(document: Document, at: At) -> dict[str, str]:
    """The ways to be let in: what a person calls each, and what a server makes of it."""
    schemes = security_schemes(document)

    def asked(name: str, scopes: list[str]) -> str:
        scheme = {key: found.value for key, found in keys(document, schemes[name]).items() if key not in WORDS}
        return text([scheme, scopes])

    return {
        " and ".join(f"{name}{sorted(scopes) or ''}" for name, scopes in sorted(one.items())) or "no key": text(
            sorted(asked(name, scopes) for name, scopes in one.items())
        )
        for one in at.value
    }


# Components that no operation uses: nobody else compares them, and they break nobody


def _unused_components(comparison: Comparison) -> None:
    old, new = _components(comparison.base), _components(comparison.new)
    old_used, new_used = used(comparison.base), used(comparison.new)
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if path in (new_used if was is None else old_used if now is None else old_used | new_used):
            continue
        if was is None or now is None:
            what = f"`{path[-1]}` is {'new' if was is None else 'gone'}, and no operation uses it"
            comparison.say(path, what, COMPATIBLE, "nothing: no operation uses it")
        elif text(plain(comparison.base, was.value)) != text(plain(comparison.new, now.value)):
            what = f"`{path[-1]}` changes, and no operation uses it"
            comparison.say(path, what, COMPATIBLE, "nothing: it is not used")


def _components(document: Document) -> dict[JsonPath, At]:
    sections = members(At(document.get("components"), ("components",)))
    return {
        ("components", section, name): at for section, named in sections.items() for name, at in members(named).items()
    }


def _extensions(comparison: Comparison) -> None:
    """What `x-…` keys say is for other tools; how a supplement is known says nothing about what it is."""
    old, new = comparison.extensions
    for path in sorted(old.keys() | new.keys(), key=str):
        if path[-1] != EVIDENCE and text(old.get(path)) != text(new.get(path)):
            what = (
                f"the extension `{path[-1]}` {'is new' if path not in old else 'changes' if path in new else 'is gone'}"
            )
            comparison.say(path, what, COMPATIBLE, "nothing: extensions are for other tools")


# The whole of what a document says


def _meaning(document: Document) -> Any:
    """What a document says, however it is written: with all written out, each list in one order."""
    said = {key: value for key, value in document.items() if key not in ("components", "paths", "security", "servers")}
    for path, method, operation in operations(document):
        own = {key: value for key, value in operation.items() if key not in ("parameters", "security", "servers")}
        inputs = [{key: at.value for key, at in one.items()} for one in parameters(document, path, method)]
        ways = sorted(_requirements(document, security(document, path, method)).values())
        said[line(path, method)] = [own, inputs, ways, servers(document, path, method).value]
    return _unordered(plain(document, said))


def _unordered(node: Any) -> Any:
    if isinstance(node, list):
        return sorted((_unordered(item) for item in node), key=text)
    return {key: _unordered(value) for key, value in node.items()} if isinstance(node, dict) else node


# Rules


def _operation_id(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
    if found := changed(name, old, new):
        if comparison.layer == DOCS:
            advice = "nothing: the overlay still fits; camb.yaml decides"
            comparison.say(*found, COMPATIBLE, advice)
        else:
            comparison.say(*found, BREAKING, f"the generated module moves: keep the id in the overlay; else {RELEASE}")


def _tags(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    """The first tag names the generated module, as the id does."""
    was, now = (At((at.value if at else [])[:1], (at or NOTHING).path) for at in (old, new))
    if was.value != now.value:
        _operation_id(comparison, old, new, name, way)
    else:
        word(comparison, old, new, name, way)


def _version(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
    if found := changed(name, old, new):
        was, now = (str(at.value).split(".")[:2] if at else [] for at in (old, new))
        if was == now:
            comparison.say(*found, COMPATIBLE, "nothing: a patch of OpenAPI only mends its words")
        else:
            comparison.say(
                *found, DECISION, "check that the generator and scripts/pipeline/checks.py know this version"
            )


def _top_security(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
    """Operations are compared by what they require in the end; here is only what none of them takes over."""
    own = all("security" in one for document in (comparison.base, comparison.new) for _, _, one in operations(document))
    if own and (found := changed(name, old, new)):
        comparison.say(*found, COMPATIBLE, "nothing: every operation says itself what it requires")


def _servers(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    olds, news = (at.value if at and at.value else [{"url": "/"}] for at in (old, new))
    at = new or old or NOTHING
    was, now = ([server["url"] for server in one] for one in (olds, news))
    if was[0] != now[0]:
        advice = f"DEFAULT_BASE_URL in facade/camb_client/_http/credentials.py goes elsewhere: {RELEASE}"
        what = f"the server{'' if at.path == ('servers',) else f' of {name}'} is {now[0]}, was {was[0]}"
        comparison.say((*at.path, 0, "url"), what, BREAKING, advice)
    for url in sorted({*was[1:]} - {*now}):
        comparison.say(
            at.path, f"the server {url} is gone", DECISION, "users who set CAMB_BASE_URL to it have to change it"
        )
    for url in sorted({*now[1:]} - {*was}):
        comparison.say(at.path, f"the server {url} is new", COMPATIBLE, "nothing: CAMB_BASE_URL can name it")
    by_url = [
        {server["url"]: At(server, (*at.path, index)) for index, server in enumerate(one)} for one in (olds, news)
    ]
    for url in by_url[0].keys() & by_url[1].keys():
        comparison.following(by_url[0][url], by_url[1][url], _SERVER, f"the server {url}", way)


def _responses(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:  # noqa: ARG001
    olds, news = members(old or NOTHING), members(new or NOTHING)
    for code in sorted(olds.keys() | news.keys()):
        if code not in news:
            what = f"the response {code} of {name} is gone"
            comparison.say(olds[code].path, what, BREAKING, READ.advice(BREAKING))
        elif code not in olds:
            advice = "nothing: the client has an error for every code but 200"
            comparison.say(news[code].path, f"the response {code} of {name} is new", COMPATIBLE, advice)
        else:
            comparison.following(olds[code], news[code], _RESPONSE, f"the response {code} of {name}", READ)


def _headers(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    olds, news = members(old or NOTHING), members(new or NOTHING)
    for header in sorted(olds.keys() | news.keys()):
        here = f"the header `{header}` of {name}"
        if header not in news:
            comparison.say(olds[header].path, f"{here} is gone", BREAKING, way.advice(BREAKING))
        elif header not in olds:
            comparison.say(news[header].path, f"{here} is new", COMPATIBLE, way.advice(COMPATIBLE))
        else:
            comparison.following(olds[header], news[header], _HEADER, here, way)


def _request_body(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    here = f"the body of {name}"
    if old is not None and new is not None:
        comparison.following(old, new, _BODY, here, way)
    elif new is not None:
        needed = keys(comparison.new, new).get("required", NOTHING).value is True
        verdict = way.verdict(wider=True, narrower=needed)
        comparison.say(new.path, f"{here} is new{' and required' * needed}", verdict, way.advice(verdict))
    elif old is not None:
        comparison.say(old.path, f"{here} is gone", BREAKING, way.advice(BREAKING))


def _content(comparison: Comparison, old: At | None, new: At | None, name: str, way: Way) -> None:
    olds, news = members(old or NOTHING), members(new or NOTHING)
    for media in sorted(olds.keys() | news.keys()):
        if media not in news:
            comparison.say(olds[media].path, f"{name} is no longer {media}", BREAKING, way.advice(BREAKING))
        elif media in olds:
            comparison.following(olds[media], news[media], _MEDIA_TYPE, name, way)
        elif olds and not way.sent:
            # The server may choose it, unless it is asked for the other.
            comparison.say(
                news[media].path, f"{name} may be {media} too", DECISION, "check that the response is still JSON"
            )
        else:
            comparison.say(news[media].path, f"{name} may be {media}", COMPATIBLE, way.advice(COMPATIBLE))


_RIGID = always(BREAKING, f"requests are sent elsewhere, or encoded differently: {RELEASE}")
_SCHEME_CHANGED = always(BREAKING, f"the key may be refused: see facade/camb_client/_http/credentials.py; {RELEASE}")


_DOCUMENT: Rules = {
    **dict.fromkeys(("info", "tags", "externalDocs"), word),
    **dict.fromkeys(("paths", "components", "servers")),
    "openapi": _version,
    "security": _top_security,
}
_PATH_ITEM: Rules = {**ANNOTATIONS, **dict.fromkeys((*METHODS, "parameters", "servers"))}
_OPERATION: Rules = {
    **ANNOTATIONS,
    **dict.fromkeys(("parameters", "security", "servers")),
    "deprecated": deprecated,
    "operationId": _operation_id,
    "requestBody": _request_body,
    "responses": _responses,
    "tags": _tags,
}
_SERVER: Rules = {"url": None, "description": word, "variables": _RIGID}
_SCHEME: Rules = {
    **dict.fromkeys(("type", "in", "name", "scheme", "flows", "openIdConnectUrl"), _SCHEME_CHANGED),
    **dict.fromkeys(("description", "bearerFormat"), word),
}
_HEADER: Rules = {
    **ANNOTATIONS,
    **dict.fromkeys(("style", "explode", "allowReserved", "allowEmptyValue"), _RIGID),
    "content": _content,
    "deprecated": deprecated,
    "required": required,
    "schema": schema,
}
_PARAMETER: Rules = {**_HEADER, "in": None, "name": None}
_RESPONSE: Rules = {**ANNOTATIONS, "content": _content, "headers": _headers}
_BODY: Rules = {**ANNOTATIONS, "content": _content, "required": required}
_MEDIA_TYPE: Rules = {**ANNOTATIONS, "schema": schema}
