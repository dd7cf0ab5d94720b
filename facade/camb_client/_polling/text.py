"""Text and JSON for people and programs: nothing secret in it, nothing that cannot be printed or parsed."""

import math
import re
from typing import Any

# The query of an address. It may be what signs the address, so it stands in no message and no log line.
_QUERY = re.compile(r"""(?<=[^\s"'<>])\?[^\s"'<>?=]+=[^\s"'<>\\]*""")
# Surrogates, which cannot be encoded, and control characters, which a terminal would obey.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def without_queries(text: str) -> str:
    """The text, with ``?[query]`` for the query of each address in it."""
    return _QUERY.sub("?[query]", text)


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
