"""The workflows: they parse, may do little, call what there is. Scripts run here with stand-ins for make and gh."""

import base64
import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.common.strict_yaml import load_file
from scripts.release.materials import SUMS, hash_lines

ROOT = Path(__file__).parents[1]
WORKFLOWS = {path.stem: load_file(path, path.name) for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}
JOBS = {f"{name}/{job}": content for name, workflow in WORKFLOWS.items() for job, content in workflow["jobs"].items()}
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
ACTIONS = {
    "actions/checkout", "actions/setup-python", "actions/setup-node", "actions/upload-artifact",
    "actions/download-artifact", "actions/attest-build-provenance", "pypa/gh-action-pypi-publish",
}  # fmt: skip
# What the tests of Celery need of Debian.
REDIS = "sudo apt-get update -qq && sudo apt-get install -yqq --no-install-recommends redis-server"
# What has an older version to compare with.
HISTORY = {"ci/test", "ci/whole", "ci/contract", "spec-update/update", "release/build"}
MORE = {
    "spec-update/propose": {"contents": "write", "pull-requests": "write"},
    "release/publish": {"id-token": "write", "attestations": "write"},
    "release/attach": {"contents": "write"},
}


def test_there_are_three() -> None:
    assert WORKFLOWS.keys() == {"ci", "spec-update", "release"}
    assert WORKFLOWS["ci"]["jobs"].keys() == {"test", "whole", "contract"}
    assert WORKFLOWS["release"]["jobs"].keys() == {"build", "publish", "attach"}


def test_only_actions_that_are_known_here_and_those_of_others_by_their_hash() -> None:
    for _, step in STEPS:
        assert ("uses" in step) != ("run" in step)
        action, _, version = step.get("uses", "actions/checkout@v5").partition("@")
        assert action in ACTIONS
        assert re.fullmatch(r"v\d+" if action.startswith("actions/") else r"[0-9a-f]{40}", version), action


def test_permissions_are_the_least() -> None:
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())
    for name, job in JOBS.items():
        assert job["permissions"] == MORE.get(name, {"contents": "read"}), name


def test_who_may_write_or_sign_runs_nothing_of_ours() -> None:
    for name in MORE:
        for step in JOBS[name]["steps"]:
            assert not re.search(r"\b(make|python|pip|npm|npx|node)\b", step.get("run", "")), name
        checked_out = any(step.get("uses", "").startswith("actions/checkout@") for step in JOBS[name]["steps"])
        assert checked_out == (name == "spec-update/propose"), name


def test_ci_calls_the_two_commands_and_nothing_more() -> None:
    def commands(job: str) -> list[str]:
        return [step["run"] for step in JOBS[job]["steps"] if "run" in step]

    assert commands("ci/test") == ["make demo", "bash .ci/run"]
    assert commands("ci/whole") == [REDIS, "make test-all"]
    assert JOBS["ci/test"]["strategy"]["matrix"] == {"python": ["3.11", "3.12", "3.13", "3.14"]}
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        """sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)""",
        "$sudo apt-get update -qq",
        "$sudo apt-get install -yqq --no-install-recommends redis-server",
        "make test",
    ]  # fmt: skip


def test_no_token_stays_behind_and_history_is_there_to_compare_with() -> None:
    for name, step in STEPS:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
            assert step["with"].get("fetch-depth") == (0 if name in HISTORY else None), name


def test_scripts_stop_at_the_first_error_and_hold_no_expression() -> None:
    for workflow in WORKFLOWS.values():
        assert workflow["defaults"] == {"run": {"shell": "bash"}}, "bash, if named, is run with -e and pipefail"
    for name, step in STEPS:
        assert "${{" not in step.get("run", ""), f"{name}: what is put into a script by an expression is run by it"


def test_every_job_ends_by_itself() -> None:
    assert all(job["timeout-minutes"] <= 30 for job in JOBS.values())


def test_every_target_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    scripts = [step.get("run", "") for _, step in STEPS]
    targets = set(re.findall(r"\bmake (?:--silent )?([a-z][a-z-]*)", "\n".join(scripts)))
    assert targets == {"breaking", "build", "demo", "test", "test-all", "update"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_the_gate_compares_with_the_base_branch_and_shows_the_table() -> None:
    step = JOBS["ci/contract"]["steps"][-1]
    assert JOBS["ci/contract"]["if"] == "github.event_name == 'pull_request'"
    assert step["env"] == {"BASE_BRANCH": "origin/${{ github.base_ref }}"}
    assert 'make --silent breaking BASE="$base" FORMAT=markdown | tee -a "$GITHUB_STEP_SUMMARY"' in step["run"]


def script(job: str, name: str) -> str:
    """What a step runs."""
    return next(str(step["run"]) for step in JOBS[job]["steps"] if step.get("name") == name)


def run_script(job: str, name: str, place: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a step as the machine of a workflow does."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(job, name)]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


def stand_in(folder: Path, name: str, text: str) -> None:
    """A script in the place of a program."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


class Weekly:
    """The scripts of the weekly workflow, run in a clone, with a stand-in for make and gh."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.here, self.origin = folder, folder / "here", folder / "origin.git"
        (folder / "temp").mkdir()
        self.stand_in("make", 'echo "fetched it" >&2; echo "| change |"; echo new > openapi/pages/a.yaml; '
                              "echo new > generated/p/new.py; rm generated/p/old.py; echo new > README")  # fmt: skip
        self.stand_in("gh", 'echo "$@" >> "$GH_LOG"; case "$*" in *state=open*) echo "$GH_OPEN";; esac')
        self.git("init", "--quiet", "--initial-branch=main", str(self.here), at=folder)
        for file in ("openapi/pages/a.yaml", "generated/p/old.py", "README"):
            (self.here / file).parent.mkdir(parents=True, exist_ok=True)
            (self.here / file).write_text("old\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=first")
        self.git("clone", "--quiet", "--bare", str(self.here), str(self.origin))
        self.git("remote", "add", "origin", str(self.origin))

    def stand_in(self, name: str, script: str) -> None:
        stand_in(self.folder / "bin", name, script)

    def environment(self, **more: str) -> dict[str, str]:
        person = {
            f"GIT_{who}_{what}": "person@example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        files = {
            name: str(self.folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GH_LOG", "HOME")
        }
        path = {"PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "RUNNER_TEMP": f"{self.folder}/temp"}
        github = {"GITHUB_WORKSPACE": str(self.here), "GITHUB_REPOSITORY": "us/it", "GITHUB_REPOSITORY_OWNER": "us"}
        run = {"GITHUB_SERVER_URL": "https://x", "GITHUB_RUN_ID": "1", "GITHUB_REF_NAME": "main"}
        return {**person, **files, **path, **github, **run, "GIT_CONFIG_GLOBAL": os.devnull, **more}

    def git(self, *arguments: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=at or self.here, env=self.environment(), capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def run(self, job: str, name: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return run_script(f"spec-update/{job}", name, self.here, self.environment(**environment))

    def update(self) -> dict[str, str]:
        """Run the job that makes the change; what it puts out."""
        done = self.run("update", "Take in what the docs publish")
        assert done.returncode == 0, done.stderr
        done = self.run("update", "Pack it for the job that may write", GATE="success", TESTS="failure")
        assert done.returncode == 0, done.stderr
        lines = (self.folder / "github_output").read_text().splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def propose(self, outputs: dict[str, str], opened: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the job that may write, on a fresh checkout."""
        self.git("reset", "--quiet", "--hard", "main")
        self.git("clean", "--quiet", "-df")
        self.git("checkout", "--quiet", "--detach", "main")
        bot = {f"GIT_{who}_{what}": "bot@example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        name = "Open the pull request, or update it"
        given = {"BRANCH": "spec-update", "PATCH": outputs["patch"], "TEXT": outputs["text"], "GH_OPEN": opened}
        return self.run("propose", name, **bot, **given)

    def asked(self) -> list[str]:
        return (self.folder / "gh_log").read_text().splitlines()


@pytest.fixture
def weekly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weekly:
    if not shutil.which("bash"):
        pytest.skip("there is no bash to run the scripts with")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    return Weekly(tmp_path)


@pytest.mark.parametrize("table", ["| change |", "## The gate"])
def test_the_change_is_packed_with_its_table(weekly: Weekly, table: str) -> None:
    if "gate" in table:  # it has the table too, and the lines that are missing
        (weekly.folder / "temp/gate.md").write_text(f"{table}\n")
    outputs = weekly.update()
    assert outputs["changed"] == "yes"
    text = gzip.decompress(base64.b64decode(outputs["text"])).decode()
    assert text.startswith(f"{table}\n\nAgainst `main`: `make breaking` ended in success, `make test` in failure")
    assert "([the run](https://x/us/it/actions/runs/1))" in text
    assert (weekly.folder / "github_step_summary").read_text() == f"fetched it\n{text}"


def test_nothing_changed_is_nothing_to_do(weekly: Weekly) -> None:
    weekly.stand_in("make", "echo no change")
    assert weekly.run("update", "Take in what the docs publish").returncode == 0
    assert not (weekly.folder / "github_output").exists()


def test_a_refused_update_fails_and_says_why(weekly: Weekly) -> None:
    weekly.stand_in("make", "echo 'error: the page is gone' >&2; exit 2")
    assert weekly.run("update", "Take in what the docs publish").returncode == 2
    assert (weekly.folder / "github_step_summary").read_text() == "error: the page is gone\n"


@pytest.mark.parametrize("opened", ["", "7"])
def test_a_pull_request_is_opened_or_updated(weekly: Weekly, opened: str) -> None:
    outputs = weekly.update()
    for _ in range(2):  # the second finds the branch of the first
        done = weekly.propose(outputs, opened)
        assert done.returncode == 0, done.stderr
    branch = weekly.git("diff", "--name-only", "--no-renames", "main", "spec-update", at=weekly.origin)
    assert branch.split() == ["generated/p/new.py", "generated/p/old.py", "openapi/pages/a.yaml"], (
        "README is none of its business"
    )
    find, write = weekly.asked()[-2:]
    assert find.startswith("api repos/us/it/pulls?state=open&head=us:spec-update")
    expected = "PATCH repos/us/it/pulls/7 " if opened else "POST repos/us/it/pulls --raw-field head=spec-update "
    assert write.startswith(f"api --silent --method {expected}")
    assert f"--field body=@{weekly.folder}/temp/text.md" in write
    assert (weekly.folder / "temp/text.md").read_text().startswith("| change |")


def test_what_a_person_put_on_the_branch_stays(weekly: Weekly) -> None:
    outputs = weekly.update()
    weekly.git("reset", "--quiet", "--hard")
    weekly.git("switch", "--quiet", "--create", "theirs")
    weekly.git("commit", "--quiet", "--allow-empty", "--message=theirs")
    weekly.git("push", "--quiet", "origin", "HEAD:refs/heads/spec-update")
    theirs = weekly.git("rev-parse", "HEAD")
    done = weekly.propose(outputs)
    assert (done.returncode, done.stdout.startswith("::error::The branch spec-update has a commit of")) == (1, True)
    assert weekly.git("rev-parse", "spec-update", at=weekly.origin) == theirs


# The release


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What `make build` leaves, as the jobs of the release find it."""
    if not shutil.which("bash") or not shutil.which("sha256sum"):
        pytest.skip("there is no bash, or no sha256sum, to run the scripts with")
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in ("camb_client-1.2.3-py3-none-any.whl", "camb_client-1.2.3.tar.gz", "camb_client-1.2.3.cdx.json"):
        (folder / name).write_text(name)
    (folder / SUMS).write_text(hash_lines(folder))
    return folder


def released(dist: Path, job: str, name: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = f"{dist.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return run_script(f"release/{job}", name, dist.parent, {"PATH": path, **environment})


def test_only_a_tag_releases_and_only_after_all_checks_and_with_what_was_proved() -> None:
    assert WORKFLOWS["release"]["on"] == {"push": {"tags": ["v*"]}}
    build, publish, attach = (JOBS[f"release/{name}"] for name in ("build", "publish", "attach"))
    assert [step["run"] for step in build["steps"] if "run" in step][:3] == [REDIS, "make test-all", "make build"]
    assert (publish["needs"], publish["environment"], attach["needs"]) == ("build", "release", "publish")
    assert build["steps"][-1]["with"] == {"name": "dist", "path": "dist/", "if-no-files-found": "error"}
    for job in (publish, attach):
        assert job["steps"][0]["with"] == {"name": "dist", "path": "dist"}
    assert [step["with"] for step in publish["steps"][2:]] == [
        {"subject-checksums": "dist/SHA256SUMS"}, {"packages-dir": "packages"},
    ]  # fmt: skip


@pytest.mark.parametrize(("tag", "code"), [("v1.2.3", 0), ("v1.2.4", 1), ("v1.2", 1)])
def test_the_tag_is_the_version(dist: Path, tag: str, code: int) -> None:
    done = released(dist, "build", "Hold the tag against the version", TAG=tag)
    assert (done.returncode, f"::error::The tag is {tag}" in done.stdout) == (code, bool(code))


def test_only_the_packages_go_to_the_index_and_none_that_changed(dist: Path) -> None:
    done = released(dist, "publish", "Check the hashes, and set the packages apart")
    assert done.returncode == 0, done.stderr
    assert {path.suffix for path in (dist.parent / "packages").iterdir()} == {".whl", ".gz"}
    next(dist.glob("*.whl")).write_text("something else")
    assert released(dist, "publish", "Check the hashes, and set the packages apart").returncode == 1


def test_a_release_has_all_of_the_files(dist: Path) -> None:
    stand_in(dist.parent / "bin", "gh", 'printf "%s\\n" "$@"')
    done = released(dist, "attach", "Attach the files to a release", TAG="v1.2.3", GITHUB_REPOSITORY="us/it")
    said = done.stdout.splitlines()
    assert said[:3] == ["release", "create", "v1.2.3"]
    assert said[-4:] == sorted(f"dist/{path.name}" for path in dist.iterdir())
