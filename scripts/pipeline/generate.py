"""Make `openapi/camb.yaml` and `generated/camb_openapi`: `python -m scripts.pipeline.generate [--check] [--root DIR]`.

The rule of this file: the same input gives the same bytes; on a refusal nothing is written; what is new is
made beside and swapped in whole. `--check` writes nothing and compares.

The generator is imported where it is used, so that a run with nothing to do stays quick.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..common.atomic import swap_in, write_file
from ..common.errors import PipelineError, place
from ..common.strict_yaml import dump, load_file
from .checks import check as check_document
from .checks import module_name, task_result
from .merge import first_with, load_pages, merge, operations
from .overlay import FILE as OVERLAY
from .overlay import apply_overlay, load_overlay
from .supplements import SUPPLEMENTS, add_supplements, load_supplements, promised, replaced

ROOT = Path(__file__).parents[2]
SPEC = "openapi/camb.yaml"
PACKAGE = "generated/camb_openapi"
STAMP = ".cache/generate.json"

_HEADER = """\
# Made by scripts/pipeline/generate.py: edit pages/, overlay.yaml or supplements/ instead, and run make generate
"""
_RUFF_OPTIONS = (
    "--isolated",  # from this project's own settings
    "--config=exclude=[]",  # by default a tag called `dist` or `build` would be passed over
    "--no-cache",
    "--no-respect-gitignore",
    "--target-version=py311",
    "--quiet",
    ".",
)
_TOOLS = ("openapi-python-client", "jinja2", "pyyaml", "ruff")  # what the bytes of the output depend on
_LEFTOVER_SECONDS = 3600  # no build takes so long: what is older was left by one that was killed

Files = dict[str, bytes]


def generate(root: Path = ROOT) -> str:
    """Make both outputs if need be, and return a line that says what changed."""
    inputs = _inputs(root)
    if _read(root / STAMP) == _stamp(inputs, _outputs(root)):
        return _report([])
    document = make_document(root)
    # Beside the package, so that it is on the same file system and can be swapped in.
    with scratch_folder((root / PACKAGE).parent) as folder:
        made = make(document, root, folder)
        changes = differences(made, _outputs(root))
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
    problems = differences(made, _outputs(root)) + _leftovers(root)
    tracked = _git(root, "ls-files", "-z", "--", SPEC, PACKAGE)
    if tracked is None:
        return problems, "not compared with git: this is no git checkout"
    problems += [f"{file}: not in git" for file in sorted(made.keys() - set(tracked))]
    problems += [f"{file}: in git, but no longer made" for file in sorted(set(tracked) - made.keys())]
    # The inputs too: a commit of what they made, without them, could not be made again elsewhere.
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", "openapi") or []
    problems += [f"{file}: not in git" for file in untracked if file not in made]
    unstaged = _git(root, "diff", "--name-only", "--relative", "-z", "--", "openapi", PACKAGE) or []
    problems += [f"{file}: changed, but not staged" for file in unstaged]
    return problems, "the same as in git"


def make(document: dict[str, Any], root: Path, folder: Path) -> Files:
    """Make both outputs in `folder`, under the names they have in the project, and return them."""
    spec = folder / SPEC
    spec.parent.mkdir(parents=True)
    spec.write_text(_HEADER + dump(document), encoding="utf-8", newline="\n")
    package = folder / PACKAGE
    package.parent.mkdir(parents=True)
    _run_generator(root / "openapi", spec, package)
    _check_modules(document, package)
    (package / "py.typed").touch()
    _run_ruff("check", "--fix-only", "--select=I,F401", folder=package)
    _run_ruff("format", folder=package)
    return _outputs(folder)


def make_document(root: Path) -> dict[str, Any]:
    """Merge the pages, apply the overlay, add the supplements, and check the document before and after each."""
    pages = load_pages(root / "openapi" / "pages")
    supplements = load_supplements(root / SUPPLEMENTS)
    merged = merge(pages)
    check_document(merged, lambda path: first_with(pages, path), task_result, promised)
    corrected = apply_overlay(merged, load_overlay(root / OVERLAY))
    # What was sound before the overlay is not the pages' fault now.
    check_document(corrected, lambda _: OVERLAY, promised)
    if not supplements:
        return corrected
    document = add_supplements(corrected, supplements)
    check_document(document, lambda path: first_with(supplements, path[:3]))
    return document


def _leftovers(root: Path) -> list[str]:
    """The supplements that count no more."""
    pages = merge(load_pages(root / "openapi" / "pages"))
    leftover = [one.file for one in load_supplements(root / SUPPLEMENTS) if replaced(pages, one)]
    return [f"{file}: a page has taken its place, delete it" for file in leftover]


def _run_generator(openapi: Path, spec: Path, package: Path) -> None:
    """Run openapi-python-client in this process, as its command line does with `--fail-on-warning`."""
    from openapi_python_client import generate as generate_client
    from openapi_python_client.config import Config, ConfigFile, MetaType

    file = "openapi/generator.yaml"
    settings = load_file(openapi / "generator.yaml", file)
    if not isinstance(settings, dict):
        raise PipelineError(file, "not a mapping")
    for key in sorted(settings.keys() - ConfigFile.model_fields.keys()):
        raise PipelineError(place(file, (key,)), "the generator has no such setting, and would ignore it")
    settings["package_version_override"] = hashlib.sha256(spec.read_bytes()).hexdigest()
    try:
        config_file = ConfigFile(**settings)
    except ValueError as error:
        raise PipelineError(file, str(error)) from error
    config = Config.from_sources(config_file, MetaType.NONE, spec, "utf-8", overwrite=False, output_path=package)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            errors = generate_client(config=config, custom_template_path=openapi / "templates")
    except Exception as error:  # It may fail in any way; a traceback through it helps nobody.
        raise PipelineError(SPEC, f"the generator failed: {type(error).__name__}: {error}") from error
    for problem in errors:
        reason = f"{problem.header} {problem.detail or ''}"
        raise PipelineError(SPEC, f"the generator would leave something out: {reason}")


def _check_modules(document: dict[str, Any], package: Path) -> None:
    """Each operation has its module: the generator drops some with a warning, and overwrites some without."""
    from openapi_python_client.strings import PythonIdentifier

    expected = {
        f"{PythonIdentifier((operation.get('tags') or ['default'])[0], prefix='tag')}/"
        f"{module_name(operation['operationId'])}.py": f"{method.upper()} {path}"
        for path, method, operation in operations(document)
    }
    made = {path.relative_to(package / "api").as_posix() for path in package.glob("api/*/*.py")}
    made = {name for name in made if not name.endswith("/__init__.py")}
    if made != expected.keys() or len(made) != len(list(operations(document))):
        lost = [f"{expected[name]} ({name})" for name in sorted(expected.keys() - made)]
        raise PipelineError(SPEC, f"the generator made {len(made)} operations; missing: {', '.join(lost) or 'none'}")


def _run_ruff(*command: str, folder: Path) -> None:
    from ruff import find_ruff_bin  # type: ignore[import-untyped]

    run = subprocess.run(
        [find_ruff_bin(), *command, *_RUFF_OPTIONS], cwd=folder, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise PipelineError(PACKAGE, f"ruff {command[0]} failed: {run.stderr or run.stdout}")


def differences(made: Files, present: Files) -> list[str]:
    """Say of each file how what is present is not what was made."""
    return [
        f"{file}: {'missing' if file not in present else 'extra' if file not in made else 'differs'}"
        for file in sorted(made.keys() | present.keys())
        if made.get(file) != present.get(file)
    ]


def _outputs(root: Path) -> Files:
    return dict(read_files(root, SPEC, PACKAGE))


def read_files(root: Path, *names: str) -> Iterator[tuple[str, bytes]]:
    """Each file that is at one of `names` or below it, but no byte code: its path below `root`, and its content."""
    for name in names:
        path = root / name
        # os.walk and suppress: another build may swap the package while we read it.
        walk = (Path(folder, file) for folder, _, inside in os.walk(path) for file in inside)
        for file in [path] if path.is_file() else walk:
            with contextlib.suppress(FileNotFoundError):
                if file.parent.name != "__pycache__":
                    yield file.relative_to(root).as_posix(), file.read_bytes()


def _stamp(inputs: str, outputs: Files) -> bytes:
    return json.dumps({"inputs": inputs, "outputs": _digest(outputs)}).encode()


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


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, gone afterwards, whatever happens."""
    parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{Path(PACKAGE).name}-"
    for leftover in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                shutil.rmtree(leftover)
    # Not tempfile: an interrupt between its making the folder and telling us the name would leave the folder.
    folder = parent / f"{prefix}{secrets.token_hex(8)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:  # The interrupt came just now: finish first.
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _git(root: Path, *arguments: str) -> list[str] | None:
    """The NUL-separated answer of git; None outside a checkout."""
    command = ["git", "-C", str(root), *arguments]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        return None
    if run.returncode:
        if "not a git repository" in run.stderr:
            return None
        raise PipelineError("git", run.stderr)
    return [name for name in run.stdout.split("\0") if name]


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
