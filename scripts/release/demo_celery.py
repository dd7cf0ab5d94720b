"""`make demo-celery`: 200 tasks over two Celery workers, one of them killed in the middle; no server, no account."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from camb_client.testing import FakeCamb

from ..common.project import ROOT

KEY = "demo-key"
TASKS, WORKERS = 200, 2
# When it is given up, in seconds: what the killed worker had claimed is due again after half a minute.
LIMIT = 120.0


@contextlib.contextmanager
def worker(number: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process group of its own."""
    command = [
        *(sys.executable, "-m", "celery", "-A", "scripts.release.demo_studio", "worker", "-Q", "celery,camb"),
        *("-n", f"worker{number}@demo", "-c", "2", "-l", "WARNING", "--without-gossip", "--without-mingle"),
    ]
    with (folder / f"worker{number}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker and its children, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(fake: FakeCamb, folder: Path) -> bool:
    """Wait for all of them; whether each ended once, as it should."""
    from .demo_studio import waits

    for number in range(TASKS):
        end = "ERROR" if number % 50 == 49 else "SUCCESS"
        fake.add(f"tts:line-{number}", {0: "PENDING", 2 + number % 20: end}, run_id=1000 + number)
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"   {time.monotonic() - started:5.1f} s  {what}", flush=True)

    with worker(1, folder) as first, worker(2, folder):
        # As a web handler would: half of them straight into the store, half as Celery tasks that wait.
        print('>> waits.begin(["tts:line-0", …], schedule=1), waits.wait.delay("tts:line-100", schedule=1), …')
        begun = waits.begin([f"tts:line-{number}" for number in range(TASKS // 2)], schedule=1).results
        calls = [waits.wait.delay(f"tts:line-{number}", schedule=1) for number in range(TASKS // 2, TASKS)]
        results, killed, done = list(begun or ()) + calls, False, 0
        while done < TASKS and time.monotonic() - started < LIMIT:
            time.sleep(0.5)
            before, done = done, sum(result.state in {"SUCCESS", "FAILURE"} for result in results)
            if done // 25 > before // 25 or done == TASKS:
                tell(f"{done} of {TASKS} have ended")
            if not killed and done >= TASKS // 4 and len(waits.pending()) + done >= TASKS:
                kill(first)
                killed = True
                tell("worker 1 is killed with SIGKILL")
    states = [result.state for result in results]
    good = [result.result["run_id"] for result in results if result.state == "SUCCESS"]
    print(f"   {states.count('SUCCESS')} run ids, {states.count('FAILURE')} errors, {len(waits.pending())} waiting\n")
    print(f"{len(fake.requests)} requests in all. Next: docs/guides/celery.md.")
    wanted = [1000 + number for number in range(TASKS) if number % 50 != 49]
    return killed and good == wanted and states.count("FAILURE") == TASKS - len(wanted)


def main() -> int:
    """Run the demo; 1 if it does not show what it should."""
    fake = FakeCamb(KEY)
    with fake.serve() as url, tempfile.TemporaryDirectory() as name:
        os.environ.update(STUDIO=name, CAMB_API_KEY=KEY, CAMB_BASE_URL=url)
        print(f"A local CAMB server is at {url}; broker, store and results are in {name}\n")
        print(f"{TASKS} tasks, {WORKERS} workers, one of which is killed in the middle")
        good = run(fake, Path(name))
        if not good:
            for log in sorted(Path(name).glob("*.log")):
                print(f"== {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}", file=sys.stderr)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
