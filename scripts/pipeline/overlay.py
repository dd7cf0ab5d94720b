"""Apply `openapi/overlay.yaml`: our corrections to the docs, each with a reason and evidence.

The overlay adds, renames ids, tags and titles of components, and deprecates; it loosens no promise of the pages. Its
format is Overlay 1.0 (https://spec.openapis.org/overlay/v1.0.0.html), so that any tool can apply it with the same
result; this one is stricter than the standard, which lets an action match or change nothing.
"""

import re
from pathlib import Path
from typing import Any

from ..common.documents import METHODS, Document, JsonPath, copied, follow, place, pointer, shown
from ..common.errors import PipelineError
from ..common.project import OVERLAY
from ..common.strict_yaml import load_file

_TOP_LEVEL = {"overlay", "info", "extends", "actions"}
_ACTION = {"target", "description", "update", "remove", "x-evidence", "x-was"}
# The part of JSONPath that names one place, as RFC 9535 writes it.
_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_]\w*)|\[(?:'(?P<single>[^'\\]*)'|"(?P<double>[^"\\]*)"|(?P<index>0|[1-9]\d*))\]"""
)


def load_overlay(path: Path) -> dict[str, Any]:
    """Read the overlay, and hold it to the shape of Overlay 1.0."""
    overlay = load_file(path, OVERLAY)
    if not isinstance(overlay, dict) or not re.match(r"1\.0\.\d+\Z", str(overlay.get("overlay"))):
        raise PipelineError(OVERLAY, "not an overlay of version 1.0.x")
    for key in sorted(overlay.keys() - _TOP_LEVEL):
        raise PipelineError(place(OVERLAY, (key,)), "unknown key")
    info = overlay.get("info")
    if not isinstance(info, dict) or not info.keys() >= {"title", "version"}:
        raise PipelineError(place(OVERLAY, ("info",)), "needs title and version")
    if not isinstance(overlay.get("actions"), list):
        raise PipelineError(place(OVERLAY, ("actions",)), "not a list")
    return overlay


def apply_overlay(document: Document, overlay: dict[str, Any]) -> Document:
    """Return a corrected copy of `document`; refuse (`PipelineError`) an action that is not what it says."""
    result = copied(document)
    for index, action in enumerate(overlay["actions"]):
        where = place(OVERLAY, ("actions", index))
        _check_action(action, where)
        path = parse_target(action["target"], where)
        if action.get("remove"):
            _remove(result, path, action, where)
        else:
            _update(_find(result, path, where), action, path, where)
    return result


def _check_action(action: Any, where: str) -> None:
    if not isinstance(action, dict):
        raise PipelineError(where, "not a mapping")
    for key in sorted(action.keys() - _ACTION):
        raise PipelineError(where, f"unknown key {key!r}")
    for key, purpose in (("target", "a place"), ("description", "the reason"), ("x-evidence", "the source")):
        texts = action.get(key) if key == "x-evidence" and isinstance(action.get(key), list) else [action.get(key)]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise PipelineError(where, f"needs {key}: {purpose}, in words")
    if ("update" in action) == ("remove" in action):
        raise PipelineError(where, "needs update or remove, and not both")
    if action.get("remove", True) is not True:
        raise PipelineError(where, "remove can only be true")


def parse_target(target: str, where: str) -> JsonPath:
    """Read the part of JSONPath that names one place: `$`, `.name`, `['name']`, `[0]`."""
    path: list[str | int] = []
    position = 1
    while target.startswith("$") and position < len(target):
        step = _STEP.match(target, position)
        if step is None:
            break
        name = next(text for text in step.groups() if text is not None)
        path.append(int(name) if step["index"] else name)
        position = step.end()
    if not target.startswith("$") or position != len(target):
        raise PipelineError(where, f"the target {target!r} is not supported; only $, .name, ['name'] and [0] are")
    return tuple(path)


def _find(document: Any, path: JsonPath, where: str) -> Any:
    try:
        return follow(document, path)
    except KeyError as error:
        reason = f"the target matches nothing ({pointer(path)}): did the docs move it?"
        raise PipelineError(where, reason) from error


def _remove(document: Document, path: JsonPath, action: dict[str, Any], where: str) -> None:
    removed = _find(document, path, where)
    if not (_is_operation(path[:-1]) and path[-1] == "tags"):
        raise PipelineError(where, f"removes {pointer(path)}; only the tags of an operation may be removed")
    _check_was(removed, action.get("x-was"), path, where)
    del _find(document, path[:-1], where)["tags"]


def _update(target: Any, action: dict[str, Any], path: JsonPath, where: str) -> None:
    if isinstance(target, list):
        raise PipelineError(where, f"appends to the list {pointer(path)}, which would change what the pages promise")
    if not isinstance(target, dict) or not isinstance(action["update"], dict):
        raise PipelineError(where, f"only a mapping can be merged, and only into a mapping ({pointer(path)})")
    was = copied(action.get("x-was", {}))
    _merge(target, action["update"], was, path, where)
    if was:
        raise PipelineError(where, f"x-was names what is not replaced: {was!r}")


def _merge(target: dict[str, Any], update: dict[str, Any], was: Any, path: JsonPath, where: str) -> None:
    """Merge as the standard says. What is replaced is taken out of `was`, which mirrors the update."""
    if not update:
        raise PipelineError(where, f"changes nothing at {pointer(path)}: have the docs caught up?")
    was = was if isinstance(was, dict) else {}
    for key, new in update.items():
        here = (*path, key)
        if key not in target:
            target[key] = copied(new)
        elif isinstance(target[key], dict) and isinstance(new, dict):
            _merge(target[key], new, was.get(key), here, where)
            if was.get(key) == {}:
                del was[key]
        elif isinstance(target[key], list) and isinstance(new, list):
            raise PipelineError(
                where, f"appends to the list {pointer(here)}, which would change what the pages promise"
            )
        elif target[key] == new and type(target[key]) is type(new):
            raise PipelineError(where, f"changes nothing at {pointer(here)}: have the docs caught up?")
        else:
            if not _may_replace(here, new):
                raise PipelineError(
                    where,
                    f"replaces {pointer(here)}; only ids may be replaced, titles of components, and deprecated by true",
                )
            _check_was(target[key], was.pop(key, None), here, where)
            target[key] = new


def _check_was(value: Any, was: Any, path: JsonPath, where: str) -> None:
    if was != value:
        said = "there is no x-was" if was is None else f"x-was says {shown(was)}"
        reason = f"{pointer(path)} is {shown(value)}, but {said}: the published value changed; update x-was"
        raise PipelineError(where, reason)


def _may_replace(path: JsonPath, new: Any) -> bool:
    """Whether it loosens no promise: an id names a module, and the title of a component a class."""
    if path[:2] == ("components", "schemas") and len(path) == 4 and path[3] == "title":
        return True
    return _is_operation(path[:-1]) and (path[-1] == "operationId" or (path[-1] == "deprecated" and new is True))


def _is_operation(path: JsonPath) -> bool:
    return len(path) == 3 and path[0] == "paths" and path[2] in METHODS
