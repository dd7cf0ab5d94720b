"""`make demo` shows what it promises: two run ids, a failure, a payment problem, a missed deadline."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_shows_each_ending() -> None:
    command = [sys.executable, "-W", "error", "-m", "scripts.demo"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.search(r"PENDING  queued.*PENDING  rendering.*SUCCESS\n +run_id = 11768", shown, flags=re.DOTALL)
    assert re.search(r"PENDING  queued.*PENDING  mixing.*SUCCESS\n +run_id = 228650", shown, flags=re.DOTALL)
    for ending in (
        "TaskFailedError: tts:harmful",
        "TaskPaymentRequiredError: tts:unpaid",
        "WaitTimeoutError: tts:endless",
    ):
        assert ending in shown
    assert "https://studio.camb.ai/billing" in shown
