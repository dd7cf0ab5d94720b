"""`scripts.pipeline.generate`: same input, same bytes; whole or not at all; nothing trusted when it checks."""

import compileall
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openapi_python_client
import pytest
from openapi_python_client.config import Config

from scripts.common.errors import PipelineError
from scripts.common.project import PACKAGE, ROOT, SPEC
from scripts.pipeline.generate import check, differences, generate, main
from scripts.pipeline.import_page import import_page

from . import published

Run = Callable[..., "subprocess.CompletedProcess[str]"]
UP_TO_DATE = "camb.yaml and generated/camb_openapi: up to date"


def outputs(root: Path) -> dict[str, bytes]:
    files = [root / SPEC, *(root / PACKAGE).rglob("*")]
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if path.is_file() and "__pycache__" not in path.parts
    }


def state(root: Path) -> dict[str, tuple[int, int]]:
    """Each file below `root`, hidden ones too, with what changes when it is touched."""
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in [root, *root.rglob("*")]}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_committed_outputs_are_what_the_pipeline_makes() -> None:
    differing, _ = check(ROOT)
    assert [problem for problem in differing if problem.endswith((": missing", ": extra", ": differs"))] == []


def test_makes_the_spec_and_the_package(made: Path) -> None:
    files = outputs(made)
    header = files[SPEC].decode().splitlines()[0]
    assert header.startswith("# Made by scripts/pipeline/generate.py")
    assert header.endswith("make generate")
    assert files[f"{PACKAGE}/py.typed"] == b""
    assert hashlib.sha256(files[SPEC]).hexdigest() in files[f"{PACKAGE}/__init__.py"].decode()
    assert {f"{PACKAGE}/api/tts/get_tts_status.py", f"{PACKAGE}/models/task_status.py"} <= files.keys()
    assert f"{PACKAGE}/api/text_to_sound/get_text_to_sound_status.py" in files
    assert [path.name for path in (made / "generated").iterdir()] == ["camb_openapi"]
    assert not any(b"\r" in content for content in files.values())


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_bytes_do_not_depend_on_the_hash_seed(made: Path, project: Path, run: Run, seed: str) -> None:
    (project / SPEC).unlink()
    ended = run("scripts.pipeline.generate", env={**os.environ, "PYTHONHASHSEED": seed})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert outputs(project) == outputs(made)


def test_the_bytes_do_not_depend_on_the_order_of_the_pages(made: Path, project: Path) -> None:
    pages = project / "openapi/pages"
    (pages / "get-tts-result.yaml").rename(pages / "a.yaml")
    assert generate(project) == UP_TO_DATE
    assert outputs(project) == outputs(made)


def test_a_second_run_has_nothing_to_do(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(project)
    before = state(project)
    for module in ("openapi_python_client", "openapi_spec_validator", "ruff"):
        monkeypatch.setitem(sys.modules, module, None)  # importing it would fail
    assert generate(project) == UP_TO_DATE
    assert state(project) == before


def test_equal_bytes_are_not_written_again(project: Path) -> None:
    (project / ".cache/generate.json").unlink()
    before = state(project / PACKAGE), state(project / "openapi")
    assert generate(project) == UP_TO_DATE
    assert (state(project / PACKAGE), state(project / "openapi")) == before
    assert (project / ".cache/generate.json").exists()


def test_says_what_changed_and_makes_it_good(made: Path, project: Path) -> None:
    generate(project)
    edit(project / f"{PACKAGE}/client.py", "httpx", "requests")
    (project / f"{PACKAGE}/models/old.py").write_text("")
    (project / f"{PACKAGE}/py.typed").unlink()
    compileall.compile_dir(project / f"{PACKAGE}/models", quiet=1)
    report = generate(project)
    assert report == (
        f"camb.yaml and generated/camb_openapi: changed {PACKAGE}/client.py, "
        f"removed {PACKAGE}/models/old.py, added {PACKAGE}/py.typed"
    )
    assert outputs(project) == outputs(made)
    assert generate(project) == UP_TO_DATE


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("openapi/pages/get-tts-result.yaml", "Get Tts Result", "Get it", f"{PACKAGE}/api/tts/get_tts_status.py"),
        ("openapi/overlay.yaml", "More about how", "About how", SPEC),
        ("openapi/generator.yaml", "post_hooks", "docstrings_on_attributes: true\npost_hooks", f"{PACKAGE}/models"),
        ("openapi/templates/package_init.py.jinja", "# SHA-256", "# The SHA-256", f"{PACKAGE}/__init__.py"),
    ],
)
def test_any_changed_input_is_noticed(project: Path, file: str, old: str, new: str, changed: str) -> None:
    generate(project)
    edit(project / file, old, new)
    assert f"changed {changed}" in generate(project)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "openapi/pages/get-tts-result.yaml",
            "- TIMEOUT",
            "- TIMED_OUT",
            "openapi/pages/get-tts-result.yaml: /components/schemas/TaskStatus/enum/2: 'TIMED_OUT' differs from",
        ),
        (
            "openapi/pages/get-tts-result.yaml",
            "get_tts_result_tts__id__get",
            "get_text_to_audio-statustext_to_audio__task_id__get",
            "openapi/pages/get-tts-result.yaml: /paths/~1tts~1{task_id}/get/operationId: becomes get_text_to_",
        ),
        (
            "openapi/pages/get-tts-result.yaml",
            "get_tts_result_tts__id__get",
            "get_tts_status",
            "openapi/overlay.yaml: /actions/0: changes nothing at /paths/~1tts~1{task_id}/get/operationId: have",
        ),
        (
            "openapi/overlay.yaml",
            "operationId: get_text_to_sound_status",
            "operationId: getTtsStatus",
            "openapi/overlay.yaml: /paths/~1tts~1{task_id}/get/operationId: becomes get_tts_status in Python",
        ),
        (
            "openapi/overlay.yaml",
            "'#/components/schemas/ApiKeyError'",
            "'#/components/schemas/Gone'",
            "openapi/overlay.yaml: /components/responses/ApiKeyRefused/content/application~1json/schema/$ref: ",
        ),
        (
            "openapi/generator.yaml",
            "post_hooks:",
            "post_hook:",
            "openapi/generator.yaml: /post_hook: the generator has no such setting, and would ignore it",
        ),
        ("openapi/generator.yaml", "post_hooks: []", "post_hooks: 5", "openapi/generator.yaml: 1 validation error"),
        (
            "openapi/overlay.yaml",
            "application/json:\n",
            "application/odd:\n",
            "openapi/camb.yaml: the generator would leave something out: WARNING parsing GET /",
        ),
        (
            "openapi/templates/package_init.py.jinja",
            "{% from",
            "{% fro",
            "openapi/camb.yaml: the generator failed: TemplateSyntaxError: ",
        ),
    ],
)
def test_a_refusal_writes_nothing(
    project: Path, file: str, old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(project)
    edit(project / file, old, new)
    before = state(project)
    assert main(["--root", str(project)]) == 1
    out, err = capsys.readouterr()
    assert err.startswith(f"error: {message}")
    assert "object at 0x" not in err
    assert out == ""
    assert {line.partition(": ")[0] for line in err.splitlines()[1:]} <= {SPEC}  # A line for each of several reasons.
    # A folder in generated/ comes and goes, which touches generated/ itself.
    after = state(project)
    before.pop(str(project / "generated")), after.pop(str(project / "generated"))
    assert after == before


def test_all_that_the_generator_says_is_said_with_what_to_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The operation lacks a reference, says one line, and the other that the enum has no one type, which is why."""
    pages = published.sing()
    pages["create-sing"] = pages["create-sing"].replace("text:", "pitch:\n          enum: [low, 440]\n        text:")
    pages["get-sing-result"] = pages["get-sing-result"].replace("application/json", "video/mp4", 1)
    for name, page in pages.items():
        import_page(page, slug=name, pages=project / "openapi/pages")
    assert main(["--root", str(project)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in said] == ["error", SPEC, SPEC], said
    (mended,) = [line for line in said if "content_type video/mp4" in line]
    assert ": say what it is to the generator, in content_type_overrides of openapi/generator.yaml" in mended
    (why,) = [line for line in said if "/components/schemas/SingPayload" in line]
    assert "Got {<class 'int'>, <class 'str'>}" in why
    assert any("parsing POST /sing within apis" in line for line in said)


def test_an_operation_that_the_generator_loses_is_missed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = openapi_python_client.generate

    def lossy(*, config: Config, **rest: Any) -> Any:
        errors = real(config=config, **rest)
        assert config.output_path
        (config.output_path / "api/tts/get_tts_status.py").unlink()
        return errors

    monkeypatch.setattr(openapi_python_client, "generate", lossy)
    with pytest.raises(PipelineError) as refusal:
        check(project)
    assert str(refusal.value) == (
        f"{SPEC}: the generator made 1 operations; missing: GET /tts/{{task_id}} (tts/get_tts_status.py)"
    )


def test_builds_at_once_agree(made: Path, project: Path) -> None:
    for path in (project / SPEC, project / ".cache/generate.json"):
        path.unlink()
    command = [sys.executable, "-m", "scripts.pipeline.generate", "--root", str(project)]
    builds = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in "ab"]
    for build in builds:
        out, _ = build.communicate(timeout=60)
        assert build.returncode == 0, out
    assert outputs(project) == outputs(made)
    assert [path.name for path in (project / "generated").iterdir()] == ["camb_openapi"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing_behind(made: Path, project: Path, how: signal.Signals) -> None:
    (project / SPEC).unlink()
    command = [sys.executable, "-m", "scripts.pipeline.generate", "--root", str(project)]
    build = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while build.poll() is None and not list((project / "generated").glob(".*")):
        time.sleep(0.001)
    build.send_signal(how)
    _, err = build.communicate(timeout=60)
    assert [path.name for path in (project / "generated").iterdir()] == ["camb_openapi"]
    assert build.returncode == (130 if how is signal.SIGINT else 143), err
    assert err == b""
    assert differences(outputs(made), outputs(project)) == [f"{SPEC}: missing"]


def test_what_a_killed_build_left_is_swept_up(project: Path) -> None:
    old, new = project / "generated/.camb_openapi-old", project / "generated/.camb_openapi-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "file").touch()
    os.utime(old, (0, 0))
    (project / ".cache/generate.json").unlink()
    generate(project)
    assert not old.exists()
    assert new.exists(), "another build may be at work in it"


def test_the_package_can_be_imported_in_any_order(made: Path) -> None:
    for module in ("camb_openapi.api", "camb_openapi.api.tts.get_tts_status", "camb_openapi.models", "camb_openapi"):
        command = [sys.executable, "-W", "error", "-c", f"import {module}"]
        environment = {**os.environ, "PYTHONPATH": str(made / "generated"), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, env=environment, check=True)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(project: Path) -> Path:
    (project / ".gitignore").write_text("__pycache__/\n/.cache/\n")
    git(project, "init", "-q")
    git(project, "add", ".")
    return project


def checked(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    before = state(root)
    code = main(["--check", "--root", str(root)])
    touched = {path for path, what in state(root).items() if before.get(path) != what and ".git" not in path}
    assert touched == set()
    out, err = capsys.readouterr()
    assert (code, not out) == (1, True) if err else (0, False)
    return (err or out).splitlines()


ADVICE = "run make generate and commit"


def test_check_passes_what_is_made_and_staged(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compileall.compile_dir(checkout / PACKAGE, quiet=1)
    assert checked(checkout, capsys) == [f"{SPEC} and {PACKAGE}: up to date; the same as in git"]


def test_check_says_that_there_is_no_git(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(project, capsys) == [
        f"{SPEC} and {PACKAGE}: up to date; not compared with git: this is no git checkout"
    ]


def test_check_works_without_git_installed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "this is no git checkout" in checked(project, capsys)[0]


def test_check_never_trusts_the_stamp(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stamp = checkout / ".cache/generate.json"
    generate(checkout)
    edit(checkout / f"{PACKAGE}/client.py", "httpx", "requests")
    stamp.write_text("{}")
    (checkout / ".gitignore").write_text("")
    assert checked(checkout, capsys)[0] == f"{PACKAGE}/client.py: differs"


def change_file(root: Path) -> None:
    edit(root / f"{PACKAGE}/errors.py", "class", "class  ")


def add_file(root: Path) -> None:
    (root / f"{PACKAGE}/models/more.py").touch()


def remove_file(root: Path) -> None:
    (root / f"{PACKAGE}/py.typed").unlink()


def change_spec(root: Path) -> None:
    edit(root / SPEC, "openapi: 3.1.0", "openapi:  3.1.0")


def unstage(root: Path) -> None:
    git(root, "rm", "-q", "--cached", f"{PACKAGE}/types.py")


def unstage_and_ignore(root: Path) -> None:
    unstage(root)
    (root / ".gitignore").write_text("types.py\n")


def stage_something_else(root: Path) -> None:
    content = (root / SPEC).read_bytes()
    (root / SPEC).write_bytes(content + b"# more\n")
    git(root, "add", SPEC)
    (root / SPEC).write_bytes(content)


def stage_extra(root: Path) -> None:
    add_file(root)
    git(root, "add", ".")


@pytest.mark.parametrize(
    ("break_it", "problems"),
    [
        (change_file, [f"{PACKAGE}/errors.py: differs", f"{PACKAGE}/errors.py: changed, but not staged"]),
        (add_file, [f"{PACKAGE}/models/more.py: extra"]),
        (remove_file, [f"{PACKAGE}/py.typed: missing", f"{PACKAGE}/py.typed: changed, but not staged"]),
        (change_spec, [f"{SPEC}: differs", f"{SPEC}: changed, but not staged"]),
        (unstage, [f"{PACKAGE}/types.py: not in git"]),
        (unstage_and_ignore, [f"{PACKAGE}/types.py: not in git"]),
        (stage_something_else, [f"{SPEC}: changed, but not staged"]),
        (stage_extra, [f"{PACKAGE}/models/more.py: extra", f"{PACKAGE}/models/more.py: in git, but no longer made"]),
    ],
)
def test_check_names_what_is_not_as_it_should_be(
    checkout: Path, break_it: Callable[[Path], None], problems: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    break_it(checkout)
    assert checked(checkout, capsys) == [*problems, ADVICE]


def test_check_looks_at_the_checkout_it_is_in(
    checkout: Path, family_page: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    import_page(family_page("dub"), slug="get-dub", pages=checkout / "openapi/pages")
    lines = checked(checkout, capsys)
    assert f"{PACKAGE}/api/apis/get_dub_status_dub_task_id_get.py: missing" in lines
    assert f"{SPEC}: differs" in lines
    generate(checkout)
    assert f"{PACKAGE}/api/apis/__init__.py: not in git" in checked(checkout, capsys)
    git(checkout, "add", ".")
    assert checked(checkout, capsys)[0].endswith("up to date; the same as in git")


def test_check_passes_on_what_git_says_is_wrong(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / ".git/index").write_bytes(b"broken")
    assert main(["--check", "--root", str(checkout)]) == 1
    assert capsys.readouterr().err.startswith("error: git: ")


def test_a_folder_without_pages_is_refused_and_left_alone(tmp_path: Path, capsys: Any) -> None:
    assert main(["--root", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith("error: openapi/pages: no pages")
    assert list(tmp_path.iterdir()) == []


def test_the_names_in_generated_code_are_not_left_to_chance(project: Path, family_page: Callable[..., str]) -> None:
    """Tags and ids that ruff, Python or the file system could trip over."""
    for kind in ("dist", "class"):
        import_page(family_page(kind, tags=[kind]), slug=kind, pages=project / "openapi/pages")
    generate(project)
    assert (project / f"{PACKAGE}/api/dist/__init__.py").read_text().startswith('"""Contains'), "formatted"
    assert (project / f"{PACKAGE}/api/class_").is_dir()
