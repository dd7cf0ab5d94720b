"""`make demo`: the main job on a local server, over real HTTP, with no account; public names only, as a user would."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from camb_client import CambClient, CambError, TaskState
from camb_client.testing import FakeCamb

KEY = "demo-key"
# Seconds between two polls: the tasks of the demo are short.
SCHEDULE = 0.25


def message(text: str) -> dict[str, object]:
    """The body of a task that is on its way, and says how far."""
    return {"status": "PENDING", "run_id": None, "message": text}


def progress(started: float) -> Callable[[TaskState], None]:
    """A line for each change."""

    def show(state: TaskState) -> None:
        said = f"  {state.message}" if state.message else ""
        print(f"   {time.monotonic() - started:4.1f} s  {state.ref!s:<22} {state.status}{said}", flush=True)

    return show


def wait(camb: CambClient, task: str, *, timeout: float = 600.0) -> bool:
    """Wait for one task and print how it ended; whether it ended well."""
    print(f'>> camb.wait("{task}", ' + ("" if timeout == 600 else f"timeout={timeout:g}, ") + f"schedule={SCHEDULE})")
    started = time.monotonic()
    try:
        done = camb.wait(task, timeout=timeout, schedule=SCHEDULE, on_update=progress(started))
    except CambError as error:
        print(f"   {type(error).__name__}: {error}\n")
        return False
    print(f"   run_id = {done.run_id}\n")
    return True


def speak(camb: CambClient) -> bool:
    """Go from a text to an audio file; whether one came."""
    print(f'>> camb.tts.create_and_wait(text="Good morning.", voice_id=147320, language="en-us", schedule={SCHEDULE})')
    show = progress(time.monotonic())
    done = camb.tts.create_and_wait(
        text="Good morning.", voice_id=147320, language="en-us", schedule=SCHEDULE, on_update=show
    )
    print(f'>> camb.tts.download({done.run_id}, "morning.flac")')
    with tempfile.TemporaryDirectory() as folder:
        path = camb.tts.download(done.run_id, Path(folder) / "morning.flac")
        head, size = path.read_bytes()[:4], path.stat().st_size
    print(f"   {size:,} bytes, beginning with {head!r}\n")
    return head == b"fLaC"


def many(camb: CambClient, fake: FakeCamb) -> bool:
    """Wait for many tasks at once; whether all outcomes came."""
    print(">> camb.wait_all([…], schedule=0.2, max_requests_per_second=400)")
    tasks = [
        fake.add(f"tts:line-{number}", ["PENDING", "SUCCESS"] if number % 50 else ["ERROR"]) for number in range(200)
    ]
    started = time.monotonic()
    outcomes = camb.wait_all(tasks, schedule=0.2, max_requests_per_second=400)
    took, good = time.monotonic() - started, sum(outcome.state is not None for outcome in outcomes)
    print(f"   {len(outcomes)} outcomes in {took:.1f} s: {good} run ids, {len(outcomes) - good} errors\n")
    return [outcome.ref for outcome in outcomes] == tasks


def main() -> int:
    """Run the demo; 1 if it does not show what it should."""
    fake = FakeCamb(KEY)
    fake.add("tts:speech", {0: message("queued"), 0.6: message("rendering"), 1.2: "SUCCESS"}, run_id=11768)
    fake.add("tts:harmful", ["PENDING", {"status": "ERROR", "exception_reason": "HARMFUL_CONTENT_DETECTED"}])
    fake.add("tts:unpaid", ["PAYMENT_REQUIRED"])
    fake.add("tts:endless", ["PENDING"])
    with fake.serve() as url, CambClient(KEY, base_url=url) as camb:
        print(f"A local CAMB server is at {url}; this is {camb!r}\n")
        print("Two tasks that succeed")
        good = wait(camb, "tts:speech")
        fake.add("text-to-sound:rain", {0: message("queued"), 0.6: message("mixing"), 1.2: "SUCCESS"}, run_id=228650)
        good &= wait(camb, "text-to-sound:rain")
        print("From a text to an audio file")
        good &= speak(camb)
        print("Two hundred at once")
        good &= many(camb, fake)
        print("A task that failed")
        bad = wait(camb, "tts:harmful")
        print("A payment problem")
        bad |= wait(camb, "tts:unpaid")
        print("A missed deadline")
        bad |= wait(camb, "tts:endless", timeout=1)
        print(f"{len(fake.requests)} requests in all. Next: README.md, or `make test`.")
    return int(bad or not good)


if __name__ == "__main__":
    sys.exit(main())
