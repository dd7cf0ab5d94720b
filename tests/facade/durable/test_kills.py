"""The proof: a job of many lines, killed and interrupted at random moments, over a server with faults.

Every line ends in exactly one state, the server makes no task twice but those that were asked for again, every file is
whole, and no part of one is left. ``make test-all`` has the whole of it, ``make test`` a short one.
"""

import os
import random
import resource
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from camb_client import BulkItem, CambClient
from camb_client.testing import RESET, FakeCamb, Reply, error, rate_limited
from camb_client.testing._replies import read
from tests.facade.cli.conftest import COMMAND
from tests.facade.conftest import KEY

SEED = 20260


class Studio:
    """A folder with lines, and the server that makes their audio."""

    def __init__(self, fake: FakeCamb, url: str, folder: Path, count: int) -> None:
        self.fake, self.url, self.folder, self.count = fake, url, folder, count
        self.random = random.Random(SEED)
        self.lines = folder / "lines.csv"
        self.lines.write_text("text\n" + "".join(f"Line {number}\n" for number in range(count)))

    def faulty(self) -> None:
        """From now on one create of five goes wrong, in any way, and one download of ten."""
        fails, lost = self._fail, lambda _: RESET
        ways: list[Any] = [lost, fails, error(500), rate_limited(0.02), error(402), error(422)]
        well = [lambda reply: reply] * 4 * len(ways)
        for endpoint, script in {"POST /tts": ways + well, "GET /files": [error(503), RESET, *well]}.items():
            self.fake.script(endpoint, *self.random.choices(script, k=40 * self.count))

    def well(self) -> None:
        """From now on nothing goes wrong."""
        self.fake._scripts.clear()

    def _fail(self, reply: Reply) -> Reply:
        self.fake._know(self.fake.created[-1], read("PENDING ERROR"))
        return reply

    def start(self, *options: str, limit: int | None = None) -> subprocess.Popen[str]:
        """Run the command."""

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.Popen(
            [*COMMAND, "batch", str(self.lines), "-o", str(self.folder / "out"), "--schedule", "0.1", "--voice", "5",
             "--language", "en-us", *options],
            env={"CAMB_API_KEY": KEY, "CAMB_BASE_URL": self.url, "PYTHONUTF8": "1",
                 "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=prepare,
        )  # fmt: skip

    def run(self, *options: str) -> tuple[int, str]:
        """Run the command to its end."""
        with self.start(*options) as process:
            _, said = process.communicate(timeout=300)
        return process.returncode, said

    def end(self, process: subprocess.Popen[str], number: int) -> None:
        """End it at some moment after it has begun to work, unless it has ended before."""
        began = len(self.fake.requests)
        deadline = time.monotonic() + 10
        while len(self.fake.requests) == began and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(self.random.random() ** 2 * 0.8)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, said
        assert process.returncode in {-number, 128 + number, 0, 3, 4, 7, 8, 9, 124}, said

    def items(self) -> list[BulkItem]:
        with CambClient(KEY, base_url=self.url) as camb, camb.journal(self.folder / "out.camb.db") as journal:
            return journal.items()

    def check(self, asked: int = 0) -> None:
        """What holds at the end, so many having been asked for again.

        A task that was made and is in no line's journal is that of one that is unknown.
        """
        items = self.items()
        assert len(items) == self.count
        states = Counter(str(item.state) for item in items)
        assert states.keys() <= {"downloaded", "failed", "refused", "unknown"}, states
        assert len({item.ref for item in items if item.ref}) == sum(item.ref is not None for item in items)
        assert len(self.fake.created) <= sum(states[name] for name in ("downloaded", "failed", "unknown")) + asked
        assert {item.ref for item in items if item.ref} <= set(self.fake.created)
        files = list((self.folder / "out").iterdir())
        assert sorted(files) == sorted(item.path for item in items if item.path)
        assert len(files) == states["downloaded"]
        whole = {file.read_bytes() for file in files}
        assert len(whole) == 1
        assert len(whole.pop()) == 8086


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Callable[[int], Studio]]:
    fake = FakeCamb(KEY, timeline={0.0: "PENDING", 0.15: "SUCCESS"})
    with fake.serve() as url:
        yield lambda count: Studio(fake, url, tmp_path, count)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
@pytest.mark.parametrize(
    ("count", "times"), [(40, 4), pytest.param(300, 50, marks=pytest.mark.whole)], ids=["short", "whole"]
)
def test_a_job_survives_what_ends_it(
    studio: Callable[[int], Studio], number: signal.Signals, count: int, times: int
) -> None:
    job = studio(count)
    job.faulty()
    for _ in range(times):
        with job.start("--creates-per-second", "20", "--retry", "refused") as process:
            job.end(process, number)
    job.well()
    job.run("--retry", "refused")
    code, said = job.run()
    job.check()
    assert code in {0, 3, 9}, said
    if number == signal.SIGINT:  # An interruption waits for its creates: only lost responses are unknown.
        assert not [item for item in job.items() if "ended while it was being created" in str(item.error)]
    # What is asked for again is made again, and then all is there.
    asked = sum(item.state in {"unknown", "failed"} for item in job.items())
    before = len(job.fake.created)
    code, said = job.run("--retry", "unknown", "--retry", "failed")
    assert code == 0, said
    job.check(asked)
    assert {str(item.state) for item in job.items()} == {"downloaded"}
    assert len(job.fake.created) - before == asked
    assert job.run()[0] == 0


@pytest.mark.parametrize(
    "limit", [90_000, *(pytest.param(at, marks=pytest.mark.whole) for at in range(60_000, 150_000, 3_000))]
)
def test_a_disk_that_is_full(studio: Callable[[int], Studio], limit: int) -> None:
    """No file may grow beyond a limit: the journal soon cannot be written. No reference is lost."""
    job = studio(40)
    assert job.run("--dry-run")[0] == 0
    with job.start(limit=limit) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 74, said
    assert "cannot be written" in said
    made = len(job.fake.created)
    assert made < 40
    known = {item.ref for item in job.items()}
    for ref in job.fake.created:
        assert ref in known or str(ref) in said
    code, said = job.run()
    assert code in {0, 9}, said
    job.check()
    assert len(job.fake.created) == 40
