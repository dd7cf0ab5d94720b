"""Text and JSON for people and programs: nothing secret in it, nothing that cannot be printed or parsed."""

import math
import re
from typing import Any

# The query of an address may be what signs the address, so it stands in no message and no log line.
_WORD = re.compile(r"\S+")
# A question mark, as it is or as URLs, JSON, Python and HTML escape it.
_MARK = re.compile(r"\?|%(?:25){0,3}3f|\\{1,4}u003f|\\{1,4}x3f|&(?:amp;){0,2}(?:#63|#x3f|quest);", re.IGNORECASE)
# Where a query ends within a word: at a tag, or at a quote with nothing but the syntax of JSON or Python after it.
_END = re.compile(r"""[<>]|\\{0,8}["'](?=[\s,:;}\])>]|$)""")
_PATH = re.compile(r"/|%(?:25){0,3}2f|\\u002f|&#x?2f;|&#47;", re.IGNORECASE)
# Surrogates, which cannot be encoded, and control characters, which a terminal would obey.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def without_queries(text: str) -> str:
    """The text, with ``?[query]`` for the query of each address in it."""
    return _WORD.sub(lambda word: _without_queries(word[0]), text) if _MARK.search(text) else text


def _without_queries(word: str) -> str:
    shown, start = "", 0
    while (mark := _MARK.search(word, start)) is not None:
        end = _END.search(word, mark.end())
        stop = end.start() if end else len(word)
        before, query = word[start : mark.start()], word[mark.end() : stop]
        is_query = bool(query) and ("=" in query or _PATH.search(before) is not None)
        shown += before + ("?[query]" if is_query else word[mark.start() : stop])
        start = stop
    return shown + word[start:]


def printable(text: str) -> str:
    """The text, with an escape such as ``\\ud800`` for each character that no terminal should be sent."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def plain(value: Any) -> Any:
    """A value as JSON has it: NaN and infinity become ``None``, queries of addresses are left out."""
    if isinstance(value, str):
        return without_queries(str(value))
    if isinstance(value, dict):
        return {plain(str(name)): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int | None):
        return value
    return value.to_dict() if hasattr(value, "to_dict") else plain(str(value))
