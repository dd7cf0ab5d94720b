"""Where ``redis-server`` is missing: in CI the tests that need it fail, so that none of them is left out unseen; on a
machine of one's own they are skipped.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, require_redis

# One of each way to a server.
TESTS = (
    "test_stores.py::test_an_id_is_added_once[redis]",
    "test_stores.py::test_a_redis_cluster_has_all_keys_on_one_node",
    "test_tls.py::test_a_store_over_tls",
    "test_workers.py::test_a_worker_that_is_shut_down_while_it_sweeps_leaves_all_to_the_next_one",
    "test_chaos.py::test_each_wait_ends_once_where_workers_are_killed_while_they_register",
)


def test_in_ci_they_fail(tmp_path: Path) -> None:
    options = ("-q", "--whole", "--tb=no", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'it'}")
    environment = {name: value for name, value in os.environ.items() if name != "CAMB_HTTPX"}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(f"tests/facade/celery/{test}" for test in TESTS)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**environment, "CI": "true", "PATH": str(tmp_path), "COLUMNS": "300"},
    )  # fmt: skip
    assert ran.returncode == pytest.ExitCode.TESTS_FAILED, ran.stdout
    assert ran.stdout.count("Failed: redis-server is missing") == len(TESTS)
    last = ran.stdout.splitlines()[-1]
    assert "skipped" not in last
    assert "passed" not in last


def test_elsewhere_they_are_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed here"):
        require_redis()
