"""Count the code that ``import camb_client`` loads of ours; `make check` holds it to its bar.

A line of code is one with something other than blanks, comments and docstrings on it. What the generator wrote is
shown, but does not count: nobody reads it.
"""

import ast
import io
import json
import subprocess
import sys
import tokenize
from functools import lru_cache
from pathlib import Path

from scripts.common.project import FACADE, ROOT

# What `import camb_client` may load of ours: values, errors and what means what; the rest is imported when it is used.
BAR = 1450
# What the rooms may have in all: to add here, take away elsewhere, or raise the number and say why.
ROOMS = {"_polling": 700, "the facade without cli, testing, _durable and celery": 4880}
# What is loaded when it is used, and not before.
LATER = {
    "a client": "camb_client._client.sync_client",
    "a batch": "camb_client._batch.outcomes, camb_client._batch.thread_runner",
    "speech and sound": "camb_client._audio.sync_audio",
}

_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@lru_cache(None)
def code_lines(source: str) -> int:
    """How many lines of Python code there are, without blanks, comments and docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            lines.difference_update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)


def loaded_files(package: str) -> dict[str, Path]:
    """The files of our packages that an import loads, by module, as a new interpreter finds them."""
    program = (
        f"import json, sys, {package}; print(json.dumps({{name: module.__file__ for name, module in sys.modules.items()"
        " if name.partition('.')[0] in ('camb_client', 'camb_openapi') and module.__file__}))"
    )
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    return {module: Path(file) for module, file in json.loads(shown).items()}


def rooms() -> dict[str, int]:
    """The lines of code of the rooms that have a bar."""
    facade = ROOT / FACADE
    files = {file.relative_to(facade).parts[0]: 0 for file in facade.rglob("*.py")}
    for file in facade.rglob("*.py"):
        files[file.relative_to(facade).parts[0]] += code_lines(file.read_text(encoding="utf-8"))
    total = sum(lines for name, lines in files.items() if name not in {"cli", "testing", "_durable", "celery"})
    return {"_polling": files["_polling"], "the facade without cli, testing, _durable and celery": total}


def main() -> int:
    """Print the table; 1 if a bar is passed."""
    counts = {name: code_lines(file.read_text(encoding="utf-8")) for name, file in loaded_files("camb_client").items()}
    ours = {name: count for name, count in sorted(counts.items()) if name.startswith("camb_client")}
    for name, count in ours.items():
        print(f"{count:6}  {name}")
    total = sum(ours.values())
    print(f"{total:6}  lines of code that `import camb_client` loads of ours (bar: {BAR})")
    print(f"{sum(counts.values()) - total:6}  more that the generator wrote (not counted)")
    for what, module in LATER.items():
        later = sum(code_lines(file.read_text(encoding="utf-8")) for file in loaded_files(module).values())
        print(f"{later - sum(counts.values()):6}  more of ours that {what} loads when first used (not counted)")
    sizes = rooms()
    for what, lines in sizes.items():
        print(f"{lines:6}  lines of code of {what} (bar: {ROOMS[what]})")
    return int(total > BAR or any(lines > ROOMS[what] for what, lines in sizes.items()))


if __name__ == "__main__":
    sys.exit(main())
