"""`make demo-celery` shows what it promises: 200 outcomes over two workers, though one of them is killed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.whole
@pytest.mark.skipif(os.environ.get("CAMB_HTTPX") is not None, reason="the sweep polls over aiohttp alone")
def test_a_worker_is_killed_and_all_tasks_end() -> None:
    command = [sys.executable, "-m", "scripts.release.demo_celery"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"worker 1 is killed with SIGKILL\n.*200 of 200 have ended", done.stdout, flags=re.DOTALL)
    assert "196 run ids, 4 errors, 0 waiting" in done.stdout
