"""`scripts.pipeline.build_hook`: each build generates the package anew; a broken spec fails it in one line."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.common.project import PACKAGE, ROOT


@pytest.fixture
def buildable(project: Path) -> Path:
    """The scratch project with a facade that is only a version."""
    (project / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (project / "README.md").touch()
    (project / "LICENSE").touch()
    facade = project / "facade/camb_client"
    facade.mkdir(parents=True)
    (facade / "__init__.py").touch()
    (facade / "_version.py").write_text('__version__ = "0.0.0"\n')
    return project


def build(root: Path, what: str) -> "subprocess.CompletedProcess[str]":
    code = f"from hatchling.build import {what}; print({what}('dist'))"
    # -I: as in an isolated build, the project is not on the module path.
    return subprocess.run([sys.executable, "-I", "-c", code], cwd=root, capture_output=True, text=True, check=False)


def test_a_wheel_has_what_the_pipeline_makes(buildable: Path) -> None:
    (buildable / f"{PACKAGE}/client.py").write_text("edited by hand")
    (buildable / f"{PACKAGE}/extra.py").touch()
    ended = build(buildable, "build_wheel")
    assert ended.returncode == 0, ended.stderr
    with zipfile.ZipFile(buildable / "dist" / ended.stdout.splitlines()[-1]) as wheel:
        names = {name for name in wheel.namelist() if name.startswith("camb_openapi/")}
        client = wheel.read("camb_openapi/client.py")
    made = {path.relative_to(buildable / "generated").as_posix() for path in (buildable / PACKAGE).rglob("*.py")}
    assert names == made | {"camb_openapi/py.typed"}
    assert b"class AuthenticatedClient" in client
    assert "camb_openapi/extra.py" not in names


@pytest.mark.parametrize("what", ["build_wheel", "build_sdist", "build_editable"])
def test_a_broken_spec_fails_the_build(buildable: Path, what: str) -> None:
    page = buildable / "openapi/pages/get-tts-result.yaml"
    page.write_text(page.read_text().replace("version: 0.1.0", "version: 0.2.0"))
    ended = build(buildable, what)
    assert ended.returncode != 0
    assert ended.stderr == (
        "error: openapi/pages/get-tts-result.yaml: /info/version: '0.2.0' differs from '0.1.0' in "
        "openapi/pages/get-text-to-sound-status.yaml; the pages have to agree: import both anew, and if they still "
        "differ, leave the newer out and tell those who publish the docs\n"
    )
    assert not list((buildable / "dist").glob("*"))
