"""`make build`: make sdist and wheel, and prove the wheel as another team would meet it.

The proof happens in a new environment with nothing but the wheel and its dependencies, outside of this folder; only the
type checkers are lent to it. Then it gets the extras and pytest, and runs the tests of ``tests/sample_project``, a
project of another team.
"""

import email
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path

from markdown_it import MarkdownIt

from ..common.project import ROOT
from .materials import SUMS, bill_of_materials, hash_lines

DIST = ROOT / "dist"
SAMPLE = ROOT / "tests" / "sample_project"

CONSUMER = """\
from camb_client import CambClient, TaskState
from camb_client.testing import FakeCamb

fake = FakeCamb()
fake.add("tts:proof", ["PENDING", "SUCCESS"], run_id=11768)
seen: list[TaskState] = []
with fake.serve() as url, CambClient("test-key", base_url=url) as camb:
    run_id: int = camb.tts.wait("proof", schedule=0.01, on_update=seen.append).run_id
assert (run_id, [str(state.status) for state in seen]) == (11768, ["PENDING", "SUCCESS"])
print("waited over HTTP:", run_id)
"""

EXTRA = """\
import asyncio

from camb_client import AsyncCambClient
from camb_client.testing import FakeCamb


async def use(url: str) -> None:
    async with AsyncCambClient("test-key", base_url=url, transport="aiohttp") as camb:
        print("waited over aiohttp:", (await camb.tts.wait("proof")).run_id)


fake = FakeCamb()
fake.add("tts:proof", ["SUCCESS"], run_id=11768)
with fake.serve() as url:
    asyncio.run(use(url))
"""

IMPORTS = """\
import importlib.metadata, pathlib, camb_client, camb_openapi
# A plugin that pytest finds by itself would be loaded wherever this client is installed.
assert not importlib.metadata.distribution("camb-client").entry_points.select(group="pytest11")
for package in (camb_client, camb_openapi):
    folder = pathlib.Path(package.__file__).parent
    assert "site-packages" in folder.parts, folder
    assert (folder / "py.typed").exists(), folder
print("imports:", camb_client.__version__, camb_client.SPEC_DIGEST[:12])
"""

_LINKS = ("link_open", "image")

# The sample project's tests, as plain pytest runs them and as the plugins for async tests do.
RUNS = {
    "pytest": ["-p", "no:anyio", "-p", "no:asyncio", "-p", "no:cov", "tests/test_sync.py"],
    "anyio": ["-p", "no:asyncio", "-p", "no:cov", "--anyio-mode=auto"],
    "pytest-asyncio": [
        "-p",
        "no:anyio",
        "--asyncio-mode=auto",
        "-o",
        "asyncio_default_fixture_loop_scope=function",
        "--cov=audiobook",
    ],
}


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command; what it prints is shown only if it fails.

    Raises:
        SystemExit: It failed.
    """
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def install(place: Path, python: Path, *what: str | Path) -> None:
    """Install into the new environment with the pip of this one; what is never imported is not compiled."""
    options = ("-qq", "--no-compile", "--constraint", ROOT / "constraints.txt")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, *what, cwd=place)


def relative_links(markdown: str) -> list[str]:
    """Where the links and pictures of a text lead that name no scheme, so nowhere on the page of a package index."""
    inline = [child for token in MarkdownIt().parse(markdown) for child in token.children or ()]
    targets = [str(token.attrGet("href") or token.attrGet("src") or "") for token in inline if token.type in _LINKS]
    return [target for target in targets if not re.match("[a-z][a-z0-9+.-]*:", target)]


def prove_description(wheel: Path) -> None:
    """The description that the wheel brings is README.md, without its relative links."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(files.read(name))
    text = str(metadata.get_payload())
    if metadata["Description-Content-Type"] != "text/markdown" or not text.startswith("# camb-client"):
        sys.exit("the description in the wheel is not README.md")
    if relative := relative_links(text):
        sys.exit(f"the description in the wheel has relative links: {', '.join(relative)}")
    print(f"description: {len(text.splitlines())} lines, no relative link")


def prove_missing(place: Path, python: Path) -> None:
    """Without its extras the wheel says what to install: the console script, and a client over aiohttp."""
    for command, code, advice in (
        ((python.with_name("camb-client"), "--version"), 2, 'pip install "camb-client[cli]"'),
        ((python, "extra.py"), 1, "pip install 'camb-client[aiohttp]'"),
    ):
        bare = subprocess.run([*map(str, command)], cwd=place, capture_output=True, text=True, check=False)
        if bare.returncode != code or advice not in bare.stderr:
            sys.exit(f"without the extra, nothing says {advice}:\n{bare.stdout}{bare.stderr}")


def main() -> None:
    """Build, install, use, type-check."""
    shutil.rmtree(DIST, ignore_errors=True)
    # The tools of this environment are the pinned ones; sdist first, then the wheel out of the sdist.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", DIST, cwd=ROOT)
    (wheel,) = DIST.glob("*.whl")
    (sdist,) = DIST.glob("*.tar.gz")
    print(f"built: {sdist.name}, and from it {wheel.name}")
    prove_description(wheel)
    with tempfile.TemporaryDirectory(prefix="camb-client-proof-") as folder:
        place = Path(folder)
        venv.create(place / "venv")
        python = place / "venv" / "bin" / "python"
        install(place, python, wheel, "--report", "report.json")
        report = json.loads((place / "report.json").read_text(encoding="utf-8"))
        (place / "consumer.py").write_text(CONSUMER, encoding="utf-8")
        (place / "extra.py").write_text(EXTRA, encoding="utf-8")
        installed = [item["metadata"] for item in report["install"]]
        print("installed:", ", ".join(sorted(f"{one['name']}=={one['version']}" for one in installed)))
        print(run(python, "-W", "error", "-c", IMPORTS, cwd=place), end="")
        print(run(python, "-W", "error", "consumer.py", cwd=place), end="")
        prove_missing(place, python)
        install(place, python, f"{wheel}[cli,aiohttp]", *_test_tools())
        print("command:", run(python.with_name("camb-client"), "--version", cwd=place), end="")
        print(run(python, "-W", "error", "extra.py", cwd=place), end="")
        checked = run(sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "consumer.py", cwd=place)
        print("mypy --strict on a consumer:", checked, end="")
        # The check must be able to fail: without types, everything would pass.
        (place / "wrong.py").write_text(CONSUMER.replace("run_id: int", "run_id: str"), encoding="utf-8")
        wrong = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "wrong.py"]
        if subprocess.run(wrong, cwd=place, capture_output=True, check=False).returncode == 0:
            sys.exit("mypy did not see that run_id is an int: the wheel's types do not arrive")
        prove_sample(place, python)
    bill = wheel.with_name(f"{wheel.name.partition('-py3')[0]}.cdx.json")
    bill.write_text(json.dumps(bill_of_materials(report, wheel), indent=2) + "\n", encoding="utf-8")
    (DIST / SUMS).write_text(hash_lines(DIST), encoding="utf-8")
    print(f"written: {bill.name}, {SUMS}")


def _test_tools() -> list[str]:
    """What the sample project needs for its tests."""
    text = (SAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["dependency-groups"]["test"])


def prove_sample(place: Path, python: Path) -> None:
    """A project of another team passes its own tests and type checks with the wheel, in this environment."""
    project = place / SAMPLE.name
    shutil.copytree(SAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name, options in RUNS.items():
        *_, last = run(python, "-m", "pytest", "-q", *options, cwd=project).splitlines()
        print(f"the sample project's tests with {name}: {last}")
    run(sys.executable, "-m", "mypy", "--cache-dir", place / ".mypy_cache", "--python-executable", python, cwd=project)
    # As JSON, because only then it does not ask whether there is a newer one.
    run(sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", python, cwd=project)
    print("the sample project's types: mypy --strict and pyright in strict mode find nothing")


if __name__ == "__main__":
    main()
