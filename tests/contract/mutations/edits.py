"""Edits of what the pipeline reads: by place in a page, not by text, where they can, for the pages may move on."""

from collections.abc import Callable
from typing import Any

from scripts.common.documents import Document, follow, steps
from scripts.common.project import ROOT
from scripts.common.strict_yaml import dump, load
from tests import inputs

TTS, SOUND = f"pages/{inputs.TTS}", f"pages/{inputs.SOUND}"
OVERLAY = "overlay.yaml"
EVERY = "pages/"  # each page that has the place

Files = dict[str, str]  # by name in openapi/
Edit = Callable[[Files], None]


def text(old: str, new: str, file: str = TTS) -> Edit:
    """Replace the first of some text."""

    def edit(files: Files) -> None:
        if old not in files[file]:
            raise LookupError(f"{old!r} is not in {file}: the pages changed: update the mutation")
        files[file] = files[file].replace(old, new, 1)

    return edit


def whole_page(content: str, file: str = TTS) -> Edit:
    """Put something else in the place of a whole page."""

    def edit(files: Files) -> None:
        files[file] = content

    return edit


def put(place: str, value: Any, file: str = EVERY) -> Edit:
    """Put a value at a JSON pointer; `-` appends to a list."""

    def change(parent: Any, key: str | int) -> None:
        if key == "-":
            parent.append(value)
        else:
            parent[key] = value

    return _at(place, file, change, need=1)


def drop(place: str, file: str = EVERY) -> Edit:
    """Take away what is at a JSON pointer."""

    def change(parent: Any, key: str | int) -> None:
        del parent[key]

    return _at(place, file, change, need=0)


def rename(place: str, name: str, file: str = EVERY) -> Edit:
    """Give what is at a JSON pointer another name."""

    def change(parent: Any, key: str | int) -> None:
        parent[name] = parent.pop(key)

    return _at(place, file, change, need=0)


def operation_page(name: str, path: str, method: str, operation: Document) -> Edit:
    """Add a page for an operation, in the frame of another page."""

    def edit(files: Files) -> None:
        frame = load(files[TTS], TTS)
        components = {"securitySchemes": frame["components"]["securitySchemes"]}
        files[f"pages/{name}.yaml"] = dump({**frame, "paths": {path: {method: operation}}, "components": components})

    return edit


def copy_of_page(name: str, *changes: tuple[str, str], of: str = TTS) -> Edit:
    """Add a page that is another with some text replaced."""

    def edit(files: Files) -> None:
        source = files[of]
        for old, new in changes:
            source = source.replace(old, new)
        files[f"pages/{name}.yaml"] = source

    return edit


def supplement(name: str, *changes: tuple[str, str], to: str = "") -> Edit:
    """Add one of our supplements, with some text replaced, under the name `to` if it is given."""

    def edit(files: Files) -> None:
        source = (ROOT / "openapi/supplements" / f"{name}.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            if old not in source:
                raise LookupError(f"{old!r} is not in {name}: it changed: update the mutation")
            source = source.replace(old, new)
        files[f"supplements/{to or name}.yaml"] = source

    return edit


def without_page(file: str) -> Edit:
    """Remove a page."""

    def edit(files: Files) -> None:
        del files[file]

    return edit


def without_actions(words: str) -> Edit:
    """Remove the overlay's actions whose target has these words."""

    def edit(files: Files) -> None:
        overlay = load(files[OVERLAY], OVERLAY)
        kept = [action for action in overlay["actions"] if words not in action["target"]]
        files[OVERLAY] = dump({**overlay, "actions": kept})

    return edit


def _at(place: str, file: str, change: Callable[[Any, str | int], None], need: int) -> Edit:
    *parents, last = steps(place)

    def edit(files: Files) -> None:
        done = False
        for name in [name for name in files if name == file or (file == EVERY and name.startswith(EVERY))]:
            document = load(files[name], "an edited file")
            try:
                parent = _follow(document, parents)
                key: str | int = int(last) if isinstance(parent, list) and last != "-" else last
                if not need:
                    follow(parent, [key])
            except (KeyError, IndexError):
                continue
            change(parent, key)
            files[name] = dump(document)
            done = True
        if not done:
            raise LookupError(f"no page has {place}: the pages changed: update the mutation")

    return edit


def _follow(node: Any, path: list[str]) -> Any:
    for step in path:
        node = follow(node, [int(step) if isinstance(node, list) else step])
    return node
