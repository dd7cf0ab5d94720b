"""Merge the docs pages' OpenAPI documents into one.

Pages may repeat each other, never contradict each other; the merge adds nothing and drops nothing.
"""

import contextlib
import re
from pathlib import Path
from typing import Any, NamedTuple

from ..common.documents import METHODS, Document, JsonPath, copied, follow, operations, place, shown
from ..common.errors import PipelineError
from ..common.project import PAGES, SUPPLEMENTS
from ..common.strict_yaml import load_file


class Page(NamedTuple):
    """The OpenAPI document of one docs page; `file` is how messages name it."""

    file: str
    document: Document


def load_pages(folder: Path) -> list[Page]:
    """Read `openapi/pages/*.yaml`, sorted by name."""
    pages = load_folder(folder, PAGES)
    if not pages:
        raise PipelineError(
            "openapi/pages", "no pages: `python -m scripts.pipeline.import_page` makes them from docs pages"
        )
    return pages


def load_folder(folder: Path, shown: str) -> list[Page]:
    """Read `*.yaml` of a folder, sorted by name; `shown` is the name of the folder in messages."""
    pages = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        file = f"{shown}/{path.name}"
        if path.name.startswith("."):
            continue
        if path.suffix != ".yaml":
            raise PipelineError(file, "only *.yaml is read here; make import-page takes a docs page")
        document = load_file(path, file)
        if not isinstance(document, dict):
            raise PipelineError(file, "not an OpenAPI document: the top level is not a mapping")
        pages.append(Page(file, document))
    return pages


def merge(pages: list[Page]) -> Document:
    """Merge the pages; refuse (`PipelineError`) where two of them cannot both be right."""
    first = pages[0]
    merged: Document = {**_frame(first.document), "paths": {}, "components": {}}
    spelled: dict[tuple[str, str], str] = {}
    for page in pages:
        frame = _frame(page.document)
        if _is_same_minor(merged.get("openapi"), frame.get("openapi")):
            # Patches of OpenAPI differ in words alone: whichever is newer.
            merged["openapi"] = max(merged["openapi"], frame["openapi"], key=_numbers)
            frame["openapi"] = first.document["openapi"]
        _same(_without_extensions(_frame(first.document)), _without_extensions(frame), (), first.file, page.file)
        add_operation(merged["paths"], page, pages, spelled)
        add_components(merged["components"], page, pages)
    return copied(merged)


def _frame(document: Document) -> Document:
    """All that has to be the same in each page: openapi, info, servers, security and whatever else there is."""
    return {key: value for key, value in document.items() if key not in ("paths", "components")}


def _without_extensions(frame: Document) -> Document:
    """What the site of the docs notes for itself is no promise: the first page's stays."""
    return {key: value for key, value in frame.items() if not key.startswith("x-")}


def _is_same_minor(first: Any, second: Any) -> bool:
    return bool(_numbers(first)) and _numbers(first)[:2] == _numbers(second)[:2]


def _numbers(version: Any) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+\.\d+\.\d+", str(version)) else ()


def spelling(path: str) -> str:
    """What a path is to a server, for which /tts/{id} and /tts/{task_id} are the same."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def described(document: Document) -> dict[tuple[str, str], str]:
    """The path of each operation, by what path and method are to a server."""
    return {(spelling(path), method): path for path, method, _ in operations(document)}


def add_operation(paths: dict[str, Any], page: Page, pages: list[Page], spelled: dict[tuple[str, str], str]) -> None:
    """Add the one operation of a page; `spelled` has the paths of those that are there (`described`)."""
    found = [(path, method) for path, method, _ in operations(page.document)]
    if len(found) != 1 or len(page.document["paths"]) != 1:
        what = ", ".join(f"{method.upper()} {path}" for path, method in found) or "none"
        raise PipelineError(place(page.file, ("paths",)), f"a page describes exactly one operation; this one: {what}")
    path, method = found[0]
    item = page.document["paths"][path]
    other = spelled.setdefault((spelling(path), method), path)
    if other != path:
        file = first_with(pages, ("paths", other))
        raise PipelineError(place(page.file, ("paths", path)), f"is the same path as {other} in {file}")
    known = paths.setdefault(path, {})
    if method in known:
        file = first_with(pages, ("paths", path, method))
        raise PipelineError(place(page.file, ("paths", path, method)), f"{method.upper()} {path} is in {file} too")
    if known:
        _same(
            _without_methods(known),
            _without_methods(item),
            ("paths", path),
            first_with(pages, ("paths", path)),
            page.file,
        )
    known.update(item)


def _without_methods(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in METHODS}


def add_components(components: dict[str, Any], page: Page, pages: list[Page]) -> None:
    """Add the components of a page; those that are there already have to be the same."""
    sections = page.document.get("components", {})
    if not isinstance(sections, dict):
        raise PipelineError(place(page.file, ("components",)), "not a mapping")
    for section, named in sections.items():
        if not isinstance(named, dict):
            raise PipelineError(place(page.file, ("components", section)), "not a mapping")
        known = components.setdefault(section, {})
        for name, component in named.items():
            path = ("components", section, name)
            _same(known.setdefault(name, component), component, path, first_with(pages, path), page.file)


def first_with(pages: list[Page], path: JsonPath) -> str:
    """The first page that has something at `path`; the first of all if none has."""
    for page in pages:
        with contextlib.suppress(KeyError):
            follow(page.document, path)
            return page.file
    return pages[0].file


def _same(first: Any, second: Any, path: JsonPath, first_file: str, second_file: str) -> None:
    """Refuse two values that differ, at the first place where they do. 1, 1.0 and true are three values."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted(first.keys() | second.keys()):
            if key not in first or key not in second:
                has, lacks = (first_file, second_file) if key in first else (second_file, first_file)
                raise PipelineError(place(has, (*path, key)), f"is not in {lacks}; {_agree(has, lacks)}")
            _same(first[key], second[key], (*path, key), first_file, second_file)
    elif isinstance(first, list) and isinstance(second, list):
        for index, (one, other) in enumerate(zip(first, second, strict=False)):
            _same(one, other, (*path, index), first_file, second_file)
        if len(first) != len(second):
            has, lacks = (first_file, second_file) if len(first) > len(second) else (second_file, first_file)
            index = min(len(first), len(second))
            extra = shown(max(first, second, key=len)[index])
            raise PipelineError(place(has, (*path, index)), f"{extra} is not in {lacks}; {_agree(has, lacks)}")
    elif type(first) is not type(second) or first != second:
        raise PipelineError(
            place(second_file, path),
            f"{shown(second)} differs from {shown(first)} in {first_file}; {_agree(first_file, second_file)}",
        )


def _agree(*files: str) -> str:
    """What to do about two files that differ."""
    if any(file.startswith(SUPPLEMENTS) for file in files):
        return "a supplement has to agree with the others: correct it"
    again = "import both anew, and if they still differ, leave the newer out and tell those who publish the docs"
    return f"the pages have to agree: {again}"
