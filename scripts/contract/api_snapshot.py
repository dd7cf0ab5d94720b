"""Write down what the facade exports: `python -m scripts.contract.api_snapshot` renews `tests/contract/public_api.txt`.

Names, bases, fields, arguments, defaults and types, as the source has them, so that it is the same text on every
Python; no private name, and no value that changes with each spec or release.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import griffe

from ..common.project import ROOT

SNAPSHOT = "tests/contract/public_api.txt"
PACKAGES = ("camb_client", "camb_client.celery", "camb_client.testing", "camb_client.testing.pytest_plugin")

_HEADER = "# What camb_client exports. Made by scripts/contract/api_snapshot.py; to make it anew: make api-snapshot\n"
# Of an attrs field only these are a promise: the rest is how it is kept.
_FIELD = {"default", "factory", "init", "kw_only"}


def snapshot(root: Path = ROOT) -> str:
    """The whole text."""
    folders = [root / "facade", root / "generated"]
    package = griffe.load(PACKAGES[0], search_paths=folders, resolve_aliases=True, resolve_external=True)
    modules = {name: package[name.partition(".")[2]] if "." in name else package for name in PACKAGES}
    public = {module[str(name)].canonical_path for module in modules.values() for name in module.exports or ()}
    lines = [_HEADER]
    for name, module in modules.items():
        lines += ["", name]
        for export in sorted(map(str, module.exports or ())):
            lines += [f"    {line}" for line in _object(_real(module[export]), public)]
    return "\n".join(lines) + "\n"


def _object(it: griffe.Object, public: set[str]) -> Iterator[str]:
    if isinstance(it, griffe.Class):
        bases = ", ".join(str(base) for base in it.bases if _is_promised(base, public))
        yield from (f"@{decorator.value}" for decorator in it.decorators)
        yield f"class {it.name}({bases})" if bases else f"class {it.name}"
        for member in _members(it, public):
            yield from (f"    {line}" for line in _member(member))
    elif isinstance(it, griffe.Function):
        yield from _member(it)
    else:
        yield it.name  # A constant: its value is content.


def _is_promised(base: str | griffe.Expr, public: set[str]) -> bool:
    path = base if isinstance(base, str) else base.canonical_path
    return path in public or not path.startswith("camb_client.")


def _members(it: griffe.Class, public: set[str]) -> Iterator[griffe.Object]:
    """Its own members, and those of private bases: what a public base has is said there."""
    seen: set[str] = set()
    for owner in (it, *(base for base in it.mro() if base.canonical_path not in public)):
        for name, member in owner.members.items():
            if name not in seen and (name == "__init__" or not name.startswith("_")):
                seen.add(name)
                yield _real(member)


def _real(it: griffe.Object | griffe.Alias) -> griffe.Object:
    return it.final_target if isinstance(it, griffe.Alias) else it


def _member(it: griffe.Object) -> Iterator[str]:
    if isinstance(it, griffe.Function):
        yield from (f"@{decorator.value}" for decorator in it.decorators)
        yield f"{'async ' if 'async' in it.labels else ''}def {it.signature(return_type=True)}"
    elif isinstance(it, griffe.Attribute):
        annotation = f": {it.annotation}" if it.annotation is not None else ""
        yield f"{it.name}{annotation}{' (property)' if 'property' in it.labels else _default(it.value)}"


def _default(value: str | griffe.Expr | None) -> str:
    if isinstance(value, griffe.ExprCall) and value.canonical_path == "attrs.field":
        kept = [str(argument) for argument in value.arguments if getattr(argument, "name", None) in _FIELD]
        return f" = field({', '.join(kept)})" if kept else ""
    return "" if value is None else f" = {value}"


def main() -> int:
    """Write it."""
    (ROOT / SNAPSHOT).write_text(snapshot(), encoding="utf-8", newline="\n")
    print(f"wrote {SNAPSHOT}: check it with git diff")
    return 0


if __name__ == "__main__":
    sys.exit(main())
