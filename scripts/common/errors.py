"""The one exception of the pipeline, and the places it names.

The rule of this file: a refusal says where (a file, with a line or a JSON pointer) and why, in one line.
"""

import textwrap
from collections.abc import Sequence
from typing import Any

JsonPath = tuple[str | int, ...]


class PipelineError(ValueError):
    """The pipeline refuses its input; whoever runs it prints this and stops, no traceback needed."""

    def __init__(self, where: str, reason: str) -> None:
        """`where` names the place to mend, `reason` what is wrong with it."""
        super().__init__(where, reason)
        self.where = where
        # What other tools say may have many lines, or hold the whole document.
        self.reason = textwrap.shorten(reason, 500, placeholder=" …")

    def __str__(self) -> str:
        """One line, ready to print."""
        return f"{self.where}: {self.reason}"


def pointer(path: Sequence[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901); `/` is the whole document, easier to see than nothing."""
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in path)


def place(file: str, path: Sequence[str | int]) -> str:
    """Name a place in a file: `openapi/camb.yaml: /paths/~1tts`."""
    return f"{file}: {pointer(path)}"


def children(node: Any) -> dict[str | int, Any]:
    """What is one step below `node`: by key, by index, or nothing."""
    return node if isinstance(node, dict) else dict(enumerate(node)) if isinstance(node, list) else {}


def follow(node: Any, path: Sequence[str | int]) -> Any:
    """What is at `path`; KeyError if nothing is."""
    for step in path:
        node = children(node)[step]
    return node
