"""Waiting on Celery: three designs, over a Redis of the benchmark's own, each with some workers.

It needs ``redis-server``; where that is missing there is nothing to measure.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from .contenders import KEY, ROOT
from .server import report, server

DESIGNS = {
    "a task for each poll": ("--pool", "prefork", "-c", "2", "-Q", "celery"),
    "a thread for each wait": ("--pool", "threads", "-c", "1700", "-Q", "celery", "--prefetch-multiplier", "1"),
    "a store and a sweep": ("--pool", "prefork", "-c", "2", "-Q", "celery,camb"),
}
OURS = "a store and a sweep"


@attrs.frozen
class Load:
    """How much waits.

    Attributes:
        tasks: How many tasks wait at once.
        rate: Polls a second asked for.
        seconds: For how long it is measured, once all of them are on their way.
        workers: How many workers share it.
    """

    tasks: int
    rate: float
    seconds: float
    workers: int = 3


def is_there() -> bool:
    """Whether there is a redis-server."""
    return shutil.which("redis-server") is not None


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """A Redis with an append-only file; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = ["redis-server", "--port", f"{port}", "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
               "--appendonly", "yes"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def _ticks(groups: set[int]) -> float:
    """The CPU seconds that the processes of some groups have used, those that have ended too."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) in groups:
                used += sum(map(int, fields[11:15]))
    return used / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _workers(design: str, how_many: int, environment: dict[str, str], folder: Path) -> Iterator[set[int]]:
    running = []
    try:
        for number in range(how_many):
            command = [
                *(sys.executable, "-m", "celery", "-A", "scripts.bench.engine_apps", "worker", "-n", f"w{number}@%h"),
                *(*DESIGNS[design], "-l", "WARNING", "--without-gossip", "--without-mingle"),
            ]
            with (folder / f"{number}.log").open("wb") as log:
                running.append(
                    subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
                )
        yield {process.pid for process in running}
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _memory(port: int) -> int:
    """What Redis holds, in bytes."""
    import redis

    with redis.Redis(port=port) as client:
        return int(client.info("memory")["used_memory"])


def measure(design: str, load: Load, url: str) -> dict[str, Any]:
    """One design under one load: polls a second, the most in any second, CPU seconds of a poll, bytes of a wait."""
    with tempfile.TemporaryDirectory() as name, redis_server(folder := Path(name)) as port:
        environment = {
            **os.environ,
            "DESIGN": design,
            "BENCH_BROKER": f"redis://127.0.0.1:{port}/0",
            "BENCH_STORE": f"redis://127.0.0.1:{port}/1",
            "BENCH_TASKS": f"{load.tasks}",
            "BENCH_RATE": f"{load.rate}",
            "CAMB_API_KEY": KEY,
            "CAMB_BASE_URL": url,
        }
        tasks = f"[f'tts:n999999-{{number}}' for number in range({load.tasks})]"
        send = f"from scripts.bench import engine_apps; engine_apps.send({tasks})"
        before = _memory(port)
        report(url)
        subprocess.run([sys.executable, "-c", send], check=True, cwd=ROOT, env=environment)
        size = (_memory(port) - before) / load.tasks
        with _workers(design, load.workers, environment, folder) as groups:
            # Until all are on their way: each has been polled once, or the time for that is over.
            deadline, seen, burst = time.monotonic() + 3 * load.tasks / load.rate + 10, 0, 0
            while seen < load.tasks and time.monotonic() < deadline:
                time.sleep(min(2.0, load.seconds))
                found = report(url)
                seen, burst = seen + found["polls"], max(burst, found["burst"])
            used, began = _ticks(groups), time.monotonic()
            time.sleep(load.seconds)
            found, used, took = report(url), _ticks(groups) - used, time.monotonic() - began
    return {
        "rate": found["polls"] / took,
        "burst": max(burst, found["burst"]),
        "cpu": used / max(found["polls"], 1),
        "bytes": size,
        "asked": load.rate,
        "tasks": load.tasks,
    }


def everything(load: Load, ours: Load, tell: Callable[[str], None]) -> dict[str, Any]:
    """All designs under one load, and ours under another."""
    found: dict[str, Any] = {"designs": {}}
    with server() as url:
        for design in DESIGNS:
            tell(f"{load.tasks:,} waits on Celery: {design}")
            found["designs"][design] = measure(design, load, url)
        tell(f"{ours.tasks:,} waits on Celery: {OURS}")
        found["ours"] = measure(OURS, ours, url)
    return found
