"""Redocly as a witness: it knows of no break that our comparison takes for compatible."""

import json
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.common.errors import PipelineError
from scripts.common.project import ROOT, SPEC
from scripts.common.strict_yaml import load_file
from scripts.comparison import compare
from scripts.comparison.changes import CORRECTED, Change, Verdict
from scripts.comparison.words import SUPPLEMENT
from scripts.contract.facts import statuses_of_the_client

from . import redocly_diff
from .cases import MUTATIONS
from .redocly_diff import Major, UnavailableError, majors, unexplained
from .run import layers

WITH_NODE = pytest.mark.skipif(shutil.which("npm") is None and not os.environ.get("CI"), reason="there is no Node here")


@WITH_NODE
def test_what_redocly_calls_major_is_not_compatible_for_us(steps: Callable[[list[Any]], list[Any]]) -> None:
    def found(mutation: Any) -> list[str]:
        base = layers(mutation.before)[CORRECTED]
        new = layers((*mutation.before, *mutation.edits))[CORRECTED]
        changes = compare(base, new, CORRECTED, statuses_of_the_client())
        return [f"{mutation.name}: {major}" for major in unexplained(majors(base, new), changes)] if changes else []

    compatible = [mutation for mutation in MUTATIONS if mutation.outcome == Verdict.COMPATIBLE]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert [one for few in pool.map(found, steps(compatible)) for one in few] == []


CHANGE = Change("docs", "/components/schemas/Mood/enum", '`Mood` gets the value "sad"', Verdict.COMPATIBLE, "")
ADDED = Major("enum-values-added", CHANGE.place, "Enum gained values.")


@pytest.mark.parametrize(
    ("major", "change", "known"),
    [
        (ADDED, CHANGE, True),
        (ADDED, CHANGE._replace(place="/components/schemas/Moods/enum"), False),
        (ADDED, CHANGE._replace(what="`Mood` gets a title"), False),
        (ADDED._replace(rule="schema-type-changed"), CHANGE, False),
        (ADDED._replace(rule="of-tomorrow"), CHANGE, False),
        (ADDED._replace(rule="of-tomorrow"), CHANGE._replace(verdict=Verdict.DECISION), True),
        (ADDED._replace(rule="of-tomorrow"), CHANGE._replace(advice=SUPPLEMENT), True),
        (
            ADDED._replace(rule="of-tomorrow"),
            CHANGE._replace(place="/components/schemas/Mood", verdict=Verdict.BREAKING),
            True,
        ),
        (ADDED._replace(rule="of-tomorrow"), CHANGE._replace(place="/elsewhere", verdict=Verdict.BREAKING), False),
        (ADDED._replace(rule="of-tomorrow"), CHANGE._replace(place="/", verdict=Verdict.DECISION), True),
    ],
)
def test_what_redocly_calls_major_has_to_be_known_here(major: Major, change: Change, known: bool) -> None:
    assert unexplained([major], [change]) == ([] if known else [major])
    assert unexplained([major], []) == [major]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Nothing on the PATH but a few programs of the system's own, and those of the test."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "cat"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))

    def add(**programs: str) -> None:
        for name, script in programs.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)

    return add


@pytest.mark.parametrize(("npm", "why"), [("", "there is no Node here"), ("echo no network >&2; exit 1", "no network")])
def test_without_redocly_it_says_so(tools: Callable[..., None], tmp_path: Path, npm: str, why: str) -> None:
    if npm:
        tools(node="exit 9", npm=npm)
    with pytest.raises(UnavailableError, match=why):
        majors({}, {}, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("redocly/*"))  # Nothing half-installed is taken for Redocly.


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ("echo crashed >&2; exit 3", "redocly diff: failed with exit code 3: crashed"),
        ("echo no report", "redocly diff: its report cannot be read"),
        ("echo '{}'", "redocly diff: its report cannot be read"),
        (
            """echo '{"reportVersion": "1", "summary": {"major": 1}, "changes": []}'""",
            "redocly diff: its report is not of the form that is read here",
        ),
    ],
)
def test_a_redocly_that_fails_is_no_witness(tools: Callable[..., None], tmp_path: Path, node: str, said: str) -> None:
    tools(npm="exit 0", node=node)
    with pytest.raises(PipelineError, match=said):
        majors({}, {}, tmp_path / "cache")


def test_the_lock_names_no_registry_and_every_digest() -> None:
    lock = (redocly_diff.FOLDER / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert not re.search(r"https?:", lock)
    packages = {name: package for name, package in json.loads(lock)["packages"].items() if name}
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert packages["node_modules/@redocly/cli"]["version"] == redocly_diff.VERSION


@WITH_NODE
def test_the_real_one_rates_as_it_is_read() -> None:
    """Its form is not promised: it calls itself experimental."""
    document: dict[str, Any] = load_file(ROOT / SPEC, SPEC)
    new = json.loads(json.dumps(document))
    new["info"]["title"] = "Other"
    del new["paths"]["/tts/{task_id}"]["get"]["responses"]["200"]["content"]
    assert [(major.rule, major.place) for major in majors(document, new)] == [
        ("media-type-removed", "/paths/~1tts~1{task_id}/get/responses/200/content")
    ]
    with pytest.raises(PipelineError, match="redocly diff: failed with"):
        majors(document, {"openapi": "9"})
