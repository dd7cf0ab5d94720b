"""README.md as the package index shows it: there, a link to a file of this project leads nowhere.

The build calls the hook. In the place of a relative link stands its text, in that of a relative picture what it shows.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# Code is not looked into: blocks between fences, and spans between backticks.
_CODE = re.compile(r"(^(?P<fence>```+|~~~+).*?^(?P=fence)[^\n]*$|`+[^`\n]+`+)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(
    r"!?\[(?P<text>(?:[^\[\]]|!?\[[^\[\]]*\]\([^()]*\))*)\]\((?![a-z][a-z0-9+.-]*:)[^()]*\)", re.IGNORECASE
)


def for_index(markdown: str) -> str:
    """The text without relative links."""
    spans: list[str] = []

    def put_aside(code: re.Match[str]) -> str:
        spans.append(code[0])
        return f"\0{len(spans) - 1}\0"

    text = _CODE.sub(put_aside, markdown)
    while text != (text := _LINK.sub(r"\g<text>", text)):
        pass  # A picture may be the text of a link.
    return re.sub(r"\0(\d+)\0", lambda found: spans[int(found[1])], text)


class ReadmeHook(MetadataHookInterface):
    """Gives the project its description."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme`, which pyproject.toml declares as dynamic."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": for_index(text)}
