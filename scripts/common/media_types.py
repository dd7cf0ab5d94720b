"""Media types, the keys of `content`: some are the same in other words."""

from typing import Any

_UTF_8 = 'charset="utf-8"', "charset=utf-8"  # which JSON always is, and which httpx takes any text for


def plain_media_types(node: dict[str, Any]) -> dict[str, Any]:
    """A body or a response with each media type in one spelling, unless two of them would be one then."""
    content = node.get("content")
    if not isinstance(content, dict):
        return node
    plain = {_plain(str(name)): media for name, media in content.items()}
    return {**node, "content": plain} if len(plain) == len(content) else node


def _plain(name: str) -> str:
    """The type in small letters, and without the `charset=utf-8` that goes without saying."""
    kind, *parameters = (part.strip() for part in name.split(";"))
    return "; ".join([kind.lower(), *(one for one in parameters if one and one.lower() not in _UTF_8)])
