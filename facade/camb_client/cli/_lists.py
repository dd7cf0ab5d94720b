"""``kinds``, ``voices`` and ``languages``: what there is to choose from."""

import json
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from .. import CambClient, kinds
from ._command import Command
from ._exits import SUCCEEDED, Exit
from ._output import say
from ._result import plain
from ._text import clean

_F = TypeVar("_F", bound=Callable[..., Any])
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
_SEARCH = click.option("--search", metavar="TEXT", default="", help="Only those that have this in their words.")
# ISO/IEC 5218.
_GENDERS = {1: "male", 2: "female"}


@click.command("kinds", cls=Command)
@_JSON
def kinds_command(*, as_json: bool) -> Exit:
    """List the kinds of tasks, and what this client can do with each."""
    every = {name: getattr(kinds, name) for name in kinds.__all__}
    for kind in kinds.ALL:
        found = [*kinds.operations(kind)]
        parts = [name for name, it in every.items() if hasattr(it, "request") and it.kind == kind]
        _say({"kind": kind, "operations": found, "parts": parts}, [f"{kind:<16}", ", ".join([*found, *parts])], as_json)
    return SUCCEEDED


@click.command(cls=Command)
@click.option("--language", metavar="LOCALE", default="", help="Only those of a language: en-us, en, or its number.")
@_SEARCH
@_JSON
def voices(*, language: str, search: str, as_json: bool) -> Exit:
    """List the voices: the number that speak takes, the name, and what is known of each."""
    with CambClient() as camb:
        there = plain(camb.voices.list())
        named = language or not as_json
        listed = [*plain(camb.languages.source()), *plain(camb.languages.target())] if named else []
    locales = {one["id"]: str(one["short_name"]).lower() for one in listed}
    numbers = _numbers(language.lower(), locales) if language else None
    for voice in there:
        spoken = voice.get("language")
        if (numbers is None or spoken in numbers) and _has(voice, search):
            person = [_GENDERS.get(voice.get("gender"), ""), str(voice.get("age") or "")]
            about = [
                locales.get(spoken, str(spoken or "")),
                ", ".join(filter(None, person)),
                voice.get("description") or "",
            ]
            _say(voice, [str(voice["id"]), voice["voice_name"], *about], as_json)
    return SUCCEEDED


@click.command(cls=Command)
@click.option(
    "--source", is_flag=True, help="The languages to translate, transcribe or dub from; by default those to get to."
)
@_SEARCH
@_JSON
def languages(*, source: bool, search: str, as_json: bool) -> Exit:
    """List the languages: the number, the locale, the name."""
    with CambClient() as camb:
        there = plain(camb.languages.source() if source else camb.languages.target())
    for one in there:
        if _has(one, search):
            _say(one, [str(one["id"]), one["short_name"], one["language"]], as_json)
    return SUCCEEDED


def _numbers(language: str, locales: dict[Any, str]) -> set[Any]:
    """The numbers of a locale, or of all locales of a language.

    Raises:
        click.UsageError: There is no such language.
    """
    if language.isascii() and language.isdecimal():
        return {int(language)}
    wanted = language.replace("_", "-")
    found = {number for number, locale in locales.items() if locale == wanted or locale.startswith(f"{wanted}-")}
    if not found:
        near = get_close_matches(wanted, locales.values())
        meant = f"did you mean {', '.join(near)}?" if near else "camb-client languages lists the languages"
        raise click.UsageError(f"there is no language {language!r}: {meant}", click.get_current_context())
    return found


def _has(one: dict[str, Any], search: str) -> bool:
    """Whether each word of a search is in the words of something."""
    text = " ".join(str(value) for name, value in one.items() if not name.endswith("url")).lower()
    return all(word in text for word in search.lower().split())


def _say(one: dict[str, Any], columns: Iterable[str], as_json: bool) -> None:
    say(json.dumps(one) if as_json else "  ".join(filter(None, map(clean, columns))))
