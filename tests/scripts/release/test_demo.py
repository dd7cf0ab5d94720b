"""`make demo` shows what it promises: run ids, a file, many at once, and what goes wrong."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_demo_shows_each_ending() -> None:
    command = [sys.executable, "-W", "error", "-m", "scripts.release.demo"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.search(r"PENDING  queued.*PENDING  rendering.*SUCCESS\n +run_id = 11768", shown, flags=re.DOTALL)
    assert re.search(r"PENDING  queued.*PENDING  mixing.*SUCCESS\n +run_id = 228650", shown, flags=re.DOTALL)
    assert re.search(
        r"bytes, beginning with b'fLaC'\n.*200 outcomes in .* 196 run ids, 4 errors", shown, flags=re.DOTALL
    )
    for ending in (
        "TaskFailedError: tts:harmful",
        "TaskPaymentRequiredError: tts:unpaid",
        "WaitTimeoutError: tts:endless",
    ):
        assert ending in shown
    assert "https://studio.camb.ai/billing" in shown
