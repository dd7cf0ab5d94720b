"""Run openapi-python-client on a document, and see that nothing is left out.

The generator is imported where it is used, so that a build with nothing to do stays quick.
"""

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ..common.documents import Document, mapped, operations, place
from ..common.errors import PipelineError
from ..common.project import PACKAGE, SPEC, Files, outputs
from ..common.strict_yaml import dump, load_file
from .checks import module_name
from .roles import roles_template

_HEADER = """\
# Made by scripts/pipeline/generate.py: edit pages/, overlay.yaml or supplements/ instead, and run make generate
"""
_ENDPOINT = "endpoint_module.py.jinja"
# Names that the code around a field or a parameter has itself, and which the generator gives these as well.
_TAKEN = {
    *("additional_keys", "additional_properties", "cast", "cls", "cookies", "d", "field_dict", "from_dict", "headers"),
    *("kwargs", "params", "prop", "prop_dict", "prop_name", "quote", "src_dict", "to_dict", "to_multipart"),
}
_RUFF_OPTIONS = (
    "--isolated",  # from this project's own settings
    "--config=exclude=[]",  # by default a tag called `dist` or `build` would be passed over
    "--no-cache",
    "--no-respect-gitignore",
    "--target-version=py311",
    "--quiet",
    ".",
)


def spec_text(document: Document) -> str:
    """The whole of `openapi/camb.yaml`."""
    return _HEADER + dump(document)


def make(document: Document, root: Path, folder: Path) -> Files:
    """Make both outputs in `folder`, under the names they have in the project, and return them."""
    from openapi_python_client.strings import RESERVED_WORDS

    RESERVED_WORDS.update(_TAKEN)  # Such a name gets a `_` behind it, as `class` does.
    spec = folder / SPEC
    spec.parent.mkdir(parents=True)
    spec.write_text(spec_text(document), encoding="utf-8", newline="\n")
    package = folder / PACKAGE
    package.parent.mkdir(parents=True)
    templates = folder / "templates"
    shutil.copytree(root / "openapi/templates", templates)
    (templates / "roles.jinja").write_text(roles_template(document), encoding="utf-8")
    (templates / _ENDPOINT).write_text(_endpoint_template(), encoding="utf-8")
    source = folder / "source.json"  # Which it reads in a hundredth of the time of YAML.
    source.write_text(json.dumps(mapped(document, _without_default), sort_keys=True), encoding="utf-8")
    _run_generator(root / "openapi", templates, source, hashlib.sha256(spec.read_bytes()).hexdigest(), package)
    _check_modules(document, package)
    (package / "py.typed").touch()
    _run_ruff("check", "--fix-only", "--select=I,F401", folder=package)
    _run_ruff("format", folder=package)
    return outputs(folder)


def _endpoint_template() -> str:
    """The generator's own, with the import that it forgets where a body may have two content types."""
    import openapi_python_client

    text = (Path(openapi_python_client.__file__).parent / "templates" / _ENDPOINT).read_text(encoding="utf-8")
    imports = "from ...types import Response, UNSET"
    if text.count(f"{imports}\n") != 1:
        raise PipelineError(_ENDPOINT, f"the generator's own has no line `{imports}`: see what it imports now")
    return text.replace(imports, f"{imports}, Unset")  # Where nothing needs it, ruff takes it out.


def _without_default(node: dict[str, Any]) -> dict[str, Any]:
    """What is left out is left to the server: the generator would send the default as if the user had chosen it."""
    return {key: value for key, value in node.items() if key != "default"}


def _run_generator(openapi: Path, templates: Path, source: Path, digest: str, package: Path) -> None:
    """Run openapi-python-client in this process, as its command line does with `--fail-on-warning`."""
    from openapi_python_client import generate as generate_client
    from openapi_python_client.config import Config, ConfigFile, MetaType

    file = "openapi/generator.yaml"
    settings = load_file(openapi / "generator.yaml", file)
    if not isinstance(settings, dict):
        raise PipelineError(file, "not a mapping")
    for key in sorted(settings.keys() - ConfigFile.model_fields.keys()):
        raise PipelineError(place(file, (key,)), "the generator has no such setting, and would ignore it")
    settings["package_version_override"] = digest
    try:
        config_file = ConfigFile(**settings)
    except ValueError as error:
        raise PipelineError(file, str(error)) from error
    config = Config.from_sources(config_file, MetaType.NONE, source, "utf-8", overwrite=False, output_path=package)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            errors = generate_client(config=config, custom_template_path=templates)
    except Exception as error:  # It may fail in any way; a traceback through it helps nobody.
        raise PipelineError(SPEC, f"the generator failed: {type(error).__name__}: {error}") from error
    if errors:
        # All of them: one may say only that a reference is missing, and another what became of it.
        raise PipelineError(SPEC, *(f"the generator would leave something out: {_reason(one)}" for one in errors))


def _reason(problem: Any) -> str:
    """What the generator says, without its own objects; the part of the document that it is about is in the data."""
    reason = re.sub(r"<[\w.]+ object at 0x\w+>", "…", f"{problem.header} {problem.detail or ''}".strip())
    data = getattr(problem, "data", None)
    about = "" if data is None else f" (about {data.model_dump_json(by_alias=True, exclude_unset=True)[:300]})"
    mend = ": say what it is to the generator, in content_type_overrides of openapi/generator.yaml"
    return f"{reason}{mend if 'Unsupported content_type' in reason else ''}{about}"


def _check_modules(document: Document, package: Path) -> None:
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
