"""The inputs that tests are written about: two pages, and the corrections of them.

One more page in the project, or one more correction, must not disturb them.
"""

import re

from scripts.common.project import OVERLAY, PAGES, ROOT

SOUND, TTS = "get-text-to-sound-status.yaml", "get-tts-result.yaml"
_PATHS = ("/text-to-sound/{task_id}", "/tts/{task_id}")


def pages() -> dict[str, str]:
    """The two pages, by name."""
    return {name: (ROOT / PAGES / name).read_text(encoding="utf-8") for name in (SOUND, TTS)}


def overlay() -> str:
    """The overlay as it is written, without the actions on paths of other pages."""
    parts = re.split(r"^(?=  - target:)", (ROOT / OVERLAY).read_text(encoding="utf-8"), flags=re.MULTILINE)
    paths = [re.match(r"  - target: \$\.paths\['([^']*)'\]", part) for part in parts]
    return "".join(part for part, path in zip(parts, paths, strict=True) if path is None or path[1] in _PATHS)
