"""The loopback server of the benchmark: HTTP/1.1 by hand, so that it is never what a contender waits for.

A task is its id, so nothing is set up. ``n3-17`` is PENDING at three polls and then SUCCESS with
run id 17; ``t2.5-17`` succeeds 2.5 s after its first poll; ``x3-17`` is as ``n3-17``, but a third of its answers are
faulty. Everything that came is counted, and ``GET /report`` tells it once and begins anew.
"""

import asyncio
import contextlib
import http.client
import json
import random
import socket
import statistics
import struct
import subprocess
import sys
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

# So many in a row, then an answer: what is measured is how faults are ridden out, not how long a backoff grows.
FAULTS_IN_A_ROW = 3


def _answer(body: bytes, status: str = "200 OK", kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


PENDING = _answer(b'{"status":"PENDING","run_id":null}')
NOT_FOUND = _answer(b'{"detail":"Not Found"}', "404 Not Found")
# None is a reset, without an answer.
FAULTS = (
    None,
    _answer(b'{"detail":"scripted"}', "503 Service Unavailable"),
    _answer(b'{"detail":"scripted"}', "429 Too Many Requests"),
    _answer(b"<!doctype html><title>Welcome</title>", kind="text/html"),
)


class _Task:
    """What the server knows of one task: its script, and the polls it has had."""

    def __init__(self, task_id: str, now: float) -> None:
        script, _, number = task_id.rpartition("-")
        self.by_time, self.faulty = script[:1] == "t", script[:1] == "x"
        self.due = float(script[1:]) + (now if self.by_time else 0.0)
        self.success = _answer(b'{"status":"SUCCESS","run_id":%d}' % int(number))
        self.polls = self.told = self.again = self.faults_in_a_row = 0
        self.random = random.Random(task_id)  # noqa: S311 (the same faults in every run)

    def poll(self, now: float) -> tuple[bytes | None, bool]:
        """The answer to one poll, and whether it is a fault."""
        self.again += bool(self.told)
        if self.faulty and self.faults_in_a_row < FAULTS_IN_A_ROW and self.random.random() < 0.345:
            self.faults_in_a_row += 1
            return self.random.choice(FAULTS), True
        self.faults_in_a_row = 0
        self.polls += 1
        if (now if self.by_time else self.polls - 1) < self.due:
            return PENDING, False
        self.told += 1
        return self.success, False


class _Book:
    """What came since the last report."""

    def __init__(self) -> None:
        self.tasks: dict[bytes, _Task] = {}
        self.arrivals, self.delays = array("d"), array("d")
        self.faults = 0

    def answer(self, path: bytes) -> bytes | None:
        """The answer to a request for a path; ``None`` is a reset."""
        now = time.monotonic()
        task = self.tasks.get(path)
        if task is None:
            try:
                task = self.tasks[path] = _Task(path.decode().rpartition("/")[2], now)
            except ValueError:
                return NOT_FOUND
        self.arrivals.append(now)
        answer, fault = task.poll(now)
        self.faults += fault
        if task.by_time and task.told == 1 and answer is task.success:
            self.delays.append(now - task.due)
        return answer

    def report(self) -> dict[str, Any]:
        """What came, as plain numbers.

        Polls, the largest number of them in any second, the seconds from the first to the last, polls a second in
        the later half of these, tasks, tasks told their success, polls tasks after that, faulty answers, and the
        mean seconds from the time when a task was due (``t`` only) to the poll that saw it.
        """
        first, last = (self.arrivals[0], self.arrivals[-1]) if self.arrivals else (0.0, 0.0)
        half = (last - first) / 2
        return {
            "polls": len(self.arrivals),
            "burst": burst(self.arrivals),
            "seconds": last - first,
            "late_rate": (len(self.arrivals) - bisect_left(self.arrivals, first + half)) / half if half else 0.0,
            "tasks": len(self.tasks),
            "told": sum(bool(task.told) for task in self.tasks.values()),
            "again": sum(task.again for task in self.tasks.values()),
            "faults": self.faults,
            "delay": statistics.fmean(self.delays) if self.delays else 0.0,
        }


def burst(arrivals: Sequence[float], window: float = 1.0) -> int:
    """The most arrivals within any ``window`` seconds; ``arrivals`` ascend."""
    most = first = 0
    for last, at in enumerate(arrivals):
        while at - arrivals[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    book = _Book()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (for the type checker)
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole; none has a body."""
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            path = self.received.split(b" ", 2)[1]
            self.received = self.received[end + 4 :]
            if path == b"/report":
                answer: bytes | None = _answer(json.dumps(self.book.report()).encode())
                Connection.book = _Book()
            else:
                answer = self.book.answer(path)
            if answer is None:
                linger = struct.pack("ii", 1, 0)
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.transport.abort()
                return
            self.transport.write(answer)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=16_384)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # Until whoever started it is gone.


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The server in a process of its own; gives its base URL."""
    command = [sys.executable, "-m", "scripts.bench.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def report(url: str) -> dict[str, Any]:
    """What came to the server since the last report."""
    with contextlib.closing(http.client.HTTPConnection(url.rpartition("/")[2], timeout=60)) as connection:
        connection.request("GET", "/report")
        answer: dict[str, Any] = json.load(connection.getresponse())
    return answer


if __name__ == "__main__":
    asyncio.run(_serve())
