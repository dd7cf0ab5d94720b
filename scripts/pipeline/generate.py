"""Make `openapi/camb.yaml` and `generated/camb_openapi`: `python -m scripts.pipeline.generate [--check] [--root DIR]`.

The same input gives the same bytes; on a refusal nothing is written; what is new is made beside and swapped in whole.
`--check` writes nothing and compares.
"""

import argparse
import contextlib
import hashlib
import json
import os
import signal
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from ..common.atomic import scratch_folder, swap_in, write_file
from ..common.errors import PipelineError
from ..common.git import NoCheckoutError, git
from ..common.project import PACKAGE, PAGES, ROOT, SPEC, SUPPLEMENTS, Files, outputs, read_files
from .document import make_document
from .generator import make
from .merge import load_pages, merge
from .supplements import load_supplements, replaced

STAMP = ".cache/generate.json"

_TOOLS = ("openapi-python-client", "jinja2", "pyyaml", "ruff")  # what the bytes of the output depend on


def generate(root: Path = ROOT) -> str:
    """Make both outputs if need be, and return a line that says what changed."""
    inputs = _inputs(root)
    if _read(root / STAMP) == _stamp(inputs, outputs(root)):
        return _report([])
    document = make_document(root)
    # Beside the package, so that it is on the same file system and can be swapped in.
    with scratch_folder((root / PACKAGE).parent) as folder:
        made = make(document, root, folder)
        changes = differences(made, outputs(root))
        if any(change.startswith(PACKAGE) for change in changes):
            swap_in(folder / PACKAGE, root / PACKAGE)
        if any(change.startswith(SPEC) for change in changes):
            write_file(root / SPEC, made[SPEC])
    # Inputs that changed meanwhile are not what was read. Without a stamp the next run is slower, not wrong.
    if _inputs(root) == inputs:
        with contextlib.suppress(OSError):
            (root / STAMP).parent.mkdir(exist_ok=True)
            write_file(root / STAMP, _stamp(inputs, made))
    return _report(changes)


def check(root: Path = ROOT) -> tuple[list[str], str]:
    """Make both outputs elsewhere; say how what is there and in git differs, and a word on git."""
    document = make_document(root)
    with scratch_folder(Path(tempfile.gettempdir())) as folder:
        made = make(document, root, folder)
    problems = differences(made, outputs(root)) + _leftovers(root)
    try:
        return problems + _not_in_git(root, made), "the same as in git"
    except NoCheckoutError:
        return problems, "not compared with git: this is no git checkout"


def _not_in_git(root: Path, made: Files) -> list[str]:
    """How what was made differs from what the next commit would have."""
    tracked = _git_files(root, "ls-files", "-z", "--", SPEC, PACKAGE)
    problems = [f"{file}: not in git" for file in sorted(made.keys() - set(tracked))]
    problems += [f"{file}: in git, but no longer made" for file in sorted(set(tracked) - made.keys())]
    # The inputs too: a commit of what they made, without them, could not be made again elsewhere.
    untracked = _git_files(root, "ls-files", "--others", "--exclude-standard", "-z", "--", "openapi")
    problems += [f"{file}: not in git" for file in untracked if file not in made]
    unstaged = _git_files(root, "diff", "--name-only", "--relative", "-z", "--", "openapi", PACKAGE)
    return [*problems, *(f"{file}: changed, but not staged" for file in unstaged)]


def _git_files(root: Path, *arguments: str) -> list[str]:
    return [os.fsdecode(name) for name in git(root, *arguments).split(b"\0") if name]


def _leftovers(root: Path) -> list[str]:
    """The supplements that count no more."""
    pages = merge(load_pages(root / PAGES))
    leftover = [one.file for one in load_supplements(root / SUPPLEMENTS) if replaced(pages, one)]
    return [f"{file}: a page has taken its place, delete it" for file in leftover]


def differences(made: Files, present: Files) -> list[str]:
    """Say of each file how what is present is not what was made."""
    return [
        f"{file}: {'missing' if file not in present else 'extra' if file not in made else 'differs'}"
        for file in sorted(made.keys() | present.keys())
        if made.get(file) != present.get(file)
    ]


def _stamp(inputs: str, made: Files) -> bytes:
    return json.dumps({"inputs": inputs, "outputs": _digest(made)}).encode()


def _inputs(root: Path) -> str:
    inputs = ("pages", "supplements", "templates", "overlay.yaml", "generator.yaml")
    spec = read_files(root, *(f"openapi/{name}" for name in inputs))
    pipeline = read_files(ROOT, "scripts/common", "scripts/pipeline")
    tools = {tool: version(tool).encode() for tool in _TOOLS}
    return _digest({**dict(spec), **dict(pipeline), **tools, "python": sys.version.encode()})


def _digest(files: Files) -> str:
    lines = [f"{hashlib.sha256(content).hexdigest()} {name}" for name, content in sorted(files.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _report(changes: list[str]) -> str:
    """One line; `missing` before the build is `added` after it."""
    words = {"missing": "added", "extra": "removed", "differs": "changed"}
    done = [f"{words[how]} {file}" for file, _, how in (change.rpartition(": ") for change in changes)]
    return f"{Path(SPEC).name} and {PACKAGE}: {', '.join(done) or 'up to date'}"


def main(arguments: list[str] | None = None) -> int:
    """Generate, or check, from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.pipeline.generate", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the outputs are not up to date")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project to work on (default: this one)")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            print(generate(options.root.resolve()))
            return 0
        problems, compared = check(options.root.resolve())
    except (PipelineError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("run make generate and commit", file=sys.stderr)
        return 1
    print(f"{SPEC} and {PACKAGE}: up to date; {compared}")
    return 0


if __name__ == "__main__":
    # So that an end from outside tidies up as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
