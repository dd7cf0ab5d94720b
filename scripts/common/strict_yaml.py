"""YAML in and out, with nothing to misread.

What is loaded is what JSON could say (string keys, no aliases, one document), read by the YAML 1.2 core schema
(https://yaml.org/spec/1.2.2/#103-core-schema): `no`, `12:30` and `2024-01-01` are strings. What is dumped reads the
same under YAML 1.1 and 1.2, and is the same text for the same value.
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .documents import JsonPath, copied, pointer
from .errors import PipelineError

_TAG = "tag:yaml.org,2002:"
_DEPTH = 100  # levels; the deepest page known has some 20, and what reads a document later has to come to an end too


def _integer(text: str) -> int:
    # Not int(text, 0), which refuses 007: YAML 1.2 reads it as seven.
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text if base == 10 else text[2:], base)


# What a plain scalar may mean, besides a string: pattern and constructor, by tag.
_CORE: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    _TAG + "null": (re.compile(r"(?:~|null|Null|NULL|)\Z"), lambda _: None),
    _TAG + "bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), lambda text: text.lower() == "true"),
    _TAG + "int": (re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"), _integer),
    _TAG + "float": (
        re.compile(
            r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
        ),
        lambda text: float(text.replace(".", "", 1) if text[-1] in "fFnN" else text),
    ),
}


class _Loader(yaml.SafeLoader):
    """Composes nodes only: the values are made by `_value`, which knows where it is."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {  # noqa: RUF012 (as PyYAML declares it)
        None: [(tag, pattern) for tag, (pattern, _) in _CORE.items()]
    }

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem=f"the alias *{event.anchor} is not supported: write the value out",
                problem_mark=event.start_mark,
            )
        self.depth += 1
        if self.depth > _DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem=f"nested too deeply: more than {_DEPTH} levels", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def load(text: str, file: str) -> Any:
    """Read one document; refuse (`PipelineError`) what could be taken in two ways. `file` is for messages."""
    try:
        return copied(_loaded(text, file))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise PipelineError(f"{file}:{line}", reason) from error
    except yaml.YAMLError as error:
        raise PipelineError(file, str(error)) from error


@lru_cache(256)  # More than there are pages and supplements, or going through all of them finds none again.
def _loaded(text: str, file: str) -> Any:
    """What is in a text, to be copied: the same pages are read several times, and reading is most of the work."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        return None if node is None else _value(node, (), file)
    finally:
        loader.dispose()


def load_file(path: Path, file: str) -> Any:
    """Read one document from `path`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PipelineError(file, f"not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise PipelineError(file, error.strerror or str(error)) from error
    return load(text, file)


def _value(node: yaml.Node, path: JsonPath, file: str) -> Any:
    if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
        return _mapping(node, path, file)
    if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
        return [_value(item, (*path, index), file) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, file)
    raise _refusal(node, path, file, f"the tag {node.tag} is not supported")


def _scalar(node: yaml.ScalarNode, path: JsonPath, file: str) -> Any:
    text = str(node.value)
    if node.tag == _TAG + "str":
        return text
    pattern, construct = _CORE.get(node.tag, (None, str))
    if pattern is None or not pattern.match(text):
        raise _refusal(node, path, file, f"{text!r} tagged {node.tag} is not supported")
    try:
        value = construct(text)
    except ValueError as error:
        raise _refusal(node, path, file, "a number with too many digits") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise _refusal(node, path, file, f"{text} is not a number that JSON knows")
    return value


def _mapping(node: yaml.MappingNode, path: JsonPath, file: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = _key(key_node, path, file)
        if key in result:
            raise _refusal(key_node, path, file, f"the key {key!r} is here twice, first in line {lines[key]}")
        lines[key] = key_node.start_mark.line + 1
        result[key] = _value(value_node, (*path, key), file)
    return result


def _key(node: yaml.Node, path: JsonPath, file: str) -> str:
    key = _value(node, path, file)
    if key == "<<" and isinstance(node, yaml.ScalarNode) and node.style is None:
        raise _refusal(node, path, file, "merge keys are not supported: write the keys out")
    # Response codes are written 200 as often as '200'; JSON knows only the second.
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    if not isinstance(key, str):
        raise _refusal(node, path, file, f"the key {key!r} is not a string: put it in quotes")
    return key


def _refusal(node: yaml.Node, path: JsonPath, file: str, reason: str) -> PipelineError:
    return PipelineError(f"{file}:{node.start_mark.line + 1}", f"{pointer(path)}: {reason}")


# The order in which OpenAPI documents are customarily read; anything else comes after, by name.
_TOP_LEVEL = ("openapi", "info", "servers", "security", "tags", "paths", "webhooks", "components")
# Booleans of YAML 1.1 that PyYAML itself does not know: https://yaml.org/type/bool.html
_OLD_BOOLEAN = re.compile(r"[yYnN]\Z")
# Line breaks in YAML 1.1, mere characters in 1.2: escaped, they are the same in both.
_OLD_BREAK = re.compile("[\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)  # Items of a list stand under their key, one level in.

    def represent_text(self, text: str) -> yaml.ScalarNode:
        # The emitter adds the quotes that YAML 1.1 needs; these are what 1.2 and other readers of 1.1 need.
        misread = _OLD_BOOLEAN.match(text) or any(pattern.match(text) for pattern, _ in _CORE.values())
        style = '"' if _OLD_BREAK.search(text) else "'" if misread else "|" if "\n" in text else None
        return self.represent_scalar(_TAG + "str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def dump(document: dict[str, Any]) -> str:
    """Write a document: block style, mappings sorted, the top level in the order customary for OpenAPI."""
    known = [key for key in _TOP_LEVEL if key in document]
    ordered = {key: _sorted(document[key]) for key in [*known, *sorted(document.keys() - set(known))]}
    return yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=110)


def _sorted(value: Any) -> Any:
    # A copy all the way down: no two places share a value, so none is written as an alias.
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
