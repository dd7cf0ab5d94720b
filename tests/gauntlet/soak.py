"""``make soak``: clients that live for long poll a server, a third of whose responses are faulty.

``python -m tests.gauntlet.soak [--minutes 10] [--seed 1]``. Each client waits for new tasks without end, and meanwhile
creates, downloads, streams, leaves batches early and is cancelled. Each task has one outcome, and it is a success; and
neither memory nor file descriptors grow. The server is another process, so that what it keeps does not count.
"""

import argparse
import asyncio
import gc
import itertools
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from camb_client import AsyncCambClient, CambClient, CambError, TaskOutcome
from camb_client.testing import HANG, RESET, STALL, TRUNCATED, FakeCamb, Reply, error, slow
from tests.gauntlet.driver import NEW

KEY = "key-0123456789abcdef"
# Seconds from one new task to the next, of each client: fewer than it can poll.
PACE = 0.1
# What memory may grow by in the second half, in MiB, and file descriptors (a few connections may be idle).
MEMORY, DESCRIPTORS = 3.0, 8
FAULTS = [
    RESET, HANG, STALL, TRUNCATED, slow(0.3), error(500), error(502), error(503, headers={"retry-after": "0"}),
    error(429, headers={"retry-after": "0.1"}), error(408),
    Reply(200, b"<!doctype html>", {"content-type": "text/html"}), Reply(200, b'{"status": "PEND'), Reply(200, b""),
    Reply(200, b"[]"), Reply(200, b"\xff" * 3000), Reply(200, b'{"status": "SUCCESS", "run_id": "seven"}'),
]  # fmt: skip


class FaultyCamb(FakeCamb):
    """A server of which every third response is faulty."""

    chance = random.Random(0)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        reply = super().answer(method, path, headers, body)
        if len(self.requests) > 10_000:
            self.requests.clear()
        return self.chance.choice(FAULTS) if self.chance.random() < 1 / 3 else reply


def _serve(told: Any, seed: int) -> None:
    fake = FaultyCamb(KEY, timeline="PENDING SUCCESS", others="PENDING PENDING SUCCESS")
    fake.chance = random.Random(seed)
    with fake.serve() as url, suppress(EOFError):
        told.send(url)
        told.recv()  # Until the other end is closed.


class Sample(NamedTuple):
    """What the process has at a moment: seconds, MiB, open descriptors, outcomes so far."""

    at: float
    memory: float
    descriptors: int
    outcomes: int


def _sample(began: float, outcomes: int) -> Sample:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Sample(time.monotonic() - began, memory, len(os.listdir("/proc/self/fd")), outcomes)  # noqa: PTH208 (often)


class Feed:
    """New tasks until the time is over, and whether each has had its one outcome."""

    def __init__(self, kind: str, end: float) -> None:
        self.kind, self.end, self.outcomes = kind, end, 0
        self.waiting: set[str] = set()

    def _names(self) -> Iterator[str]:
        for number in itertools.count():
            if time.monotonic() > self.end:
                return
            self.waiting.add(name := f"tts:{self.kind}-{number}")
            yield name

    def __iter__(self) -> Iterator[str]:
        for name in self._names():
            time.sleep(PACE)
            yield name

    async def __aiter__(self) -> AsyncIterator[str]:
        for name in self._names():
            await asyncio.sleep(PACE)
            yield name

    def take(self, outcome: TaskOutcome) -> None:
        self.waiting.remove(str(outcome.ref))  # KeyError: it has had one.
        assert outcome.error is None, outcome
        self.outcomes += 1


def poll(camb: CambClient, feed: Feed) -> None:
    with camb.as_completed(iter(feed), schedule=0.05, timeout=None) as outcomes:
        for outcome in outcomes:
            feed.take(outcome)


def use(camb: CambClient, folder: Path) -> None:
    """What is done once; it may fail, as a create and a stream are sent once, whatever comes of it."""
    with suppress(CambError):
        done = camb.tts.create_and_wait(**NEW, timeout=10, schedule=0.1)
        camb.tts.download(done, folder / "file.flac", overwrite=True, timeout=10)
    with suppress(CambError), camb.tts.stream(**NEW) as audio:
        sum(map(len, audio))
    with camb.as_completed(["tts:left-1", "tts:left-2"], schedule=0.05) as outcomes:
        next(outcomes)  # The other is left.


async def apoll(camb: AsyncCambClient, feed: Feed) -> None:
    async with camb.as_completed(aiter(feed), schedule=0.05, timeout=None) as outcomes:
        async for outcome in outcomes:
            feed.take(outcome)


async def ause(camb: AsyncCambClient, folder: Path) -> None:
    """As :func:`use`; and a wait is cancelled."""
    with suppress(CambError):
        done = await camb.tts.create_and_wait(**NEW, timeout=10, schedule=0.1)
        await camb.tts.download(done, folder / f"{id(camb)}.flac", overwrite=True, timeout=10)
    with suppress(CambError):
        async with camb.tts.stream(**NEW) as audio:
            async for _ in audio:
                pass
    async with camb.as_completed(["tts:left-1", "tts:left-2"], schedule=0.05) as outcomes:
        await anext(outcomes)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.02):
            await camb.wait("tts:cancelled", schedule=0.01)


async def _until(end: float, work: Callable[[], Awaitable[None]]) -> None:
    while time.monotonic() < end:
        await work()


async def soak(url: str, minutes: float) -> list[Sample]:
    """Poll with each client at once; some forty samples."""
    began = time.monotonic()
    end, every = began + 60 * minutes, 60 * minutes / 40
    feeds = [Feed(kind, end) for kind in ("sync", "async", "aiohttp")]
    samples: list[Sample] = []

    async def watch() -> None:
        await asyncio.sleep(every)
        samples.append(_sample(began, sum(feed.outcomes for feed in feeds)))
        waiting = sum(len(feed.waiting) for feed in feeds)
        shown = "{:6.0f} s {:8.1f} MiB {:4} descriptors {:7} outcomes {:4} waiting"
        print(shown.format(*samples[-1], waiting), flush=True)

    with tempfile.TemporaryDirectory() as name, CambClient(KEY, base_url=url, timeout=1) as camb:
        folder = Path(name)
        async with (
            AsyncCambClient(KEY, base_url=url, timeout=1) as first,
            AsyncCambClient(KEY, base_url=url, timeout=1, transport="aiohttp") as second,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(asyncio.to_thread(poll, camb, feeds[0]))
            group.create_task(_until(end, lambda: asyncio.to_thread(use, camb, folder)))
            for client, feed in ((first, feeds[1]), (second, feeds[2])):
                group.create_task(apoll(client, feed))
                group.create_task(_until(end, partial(ause, client, folder)))
            group.create_task(_until(end, watch))
    for feed in feeds:
        assert not feed.waiting, f"without an outcome: {feed.waiting}"
    return samples


def problems(samples: list[Sample]) -> list[str]:
    """What has grown in the second half: the middle is what the end is compared with."""
    tenth = max(1, len(samples) // 10)
    middle, last = samples[len(samples) // 2 :][:tenth], samples[-tenth:]
    memory = min(it.memory for it in last) - max(it.memory for it in middle)
    descriptors = min(it.descriptors for it in last) - max(it.descriptors for it in middle)
    found = [f"memory has grown by {memory:.1f} MiB"] if memory > MEMORY else []
    return found + ([f"{descriptors} descriptors more are open"] if descriptors > DESCRIPTORS else [])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gauntlet.soak", description="Poll a faulty server for long.")
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long (default: 10)")
    parser.add_argument("--seed", type=int, default=1, help="of what goes wrong (default: 1)")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, options.seed), daemon=True)
    server.start()
    theirs.close()
    try:
        samples = asyncio.run(soak(ours.recv(), options.minutes))
    finally:
        server.terminate()
        server.join()
    found = problems(samples)
    told = "; ".join(found) if found else "memory and descriptors are flat"
    print(f"{samples[-1].outcomes} outcomes, each once; {told}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
