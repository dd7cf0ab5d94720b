"""The contenders: what one would write or pick to wait for many tasks, and ours.

Each is as its users would write it, runs alone in a process of its own, and imports nothing but
what it needs. It says when its client is idle and ready, times each poll, and says of each task how it ended; what it
asked of the server, the server knows. Whatever goes wrong, and whatever is too slow, is a result.
"""

import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from .server import report

KEY = "bench-key"
HEADERS = {"x-api-key": KEY}
ROOT = Path(__file__).resolve().parents[2]
# The pause of the docs page's loop.
DOCS_PACE = 5.0


def memory(peak: bool = False) -> float:
    """What this process holds in memory, now or at most so far, in MB."""
    with contextlib.suppress(OSError):
        lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return int(lines["VmHWM" if peak else "VmRSS"].split()[0]) / 1024
    # Elsewhere only the peak is to be had. macOS counts in bytes, the others in kB.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


class Job:
    """One run of one contender.

    Args:
        url: The server.
        script: How each task behaves; see ``server``.
        tasks: How many there are.
        pace: Seconds between two polls a task; ``None`` is the contender's own.
        limit: Seconds after which it is stopped.
        rate: Polls a second it is asked to keep to; ``None`` is no limit.
    """

    def __init__(
        self, *, url: str, script: str, tasks: int, pace: float | None, limit: float, rate: float | None
    ) -> None:
        """The tasks are numbered from 0."""
        self.url, self.pace, self.limit, self.rate = url, pace, limit, rate
        self.ids = [f"{script}-{number}" for number in range(tasks)]
        self._took, self._ended = array("d"), bytearray(tasks)
        self.errors: dict[str, int] = {}
        self._begin()

    def _begin(self) -> None:
        self._idle, self._cpu = memory(), time.process_time()
        self._started = self._stopped = time.perf_counter()
        del self._took[:]

    def ready(self) -> None:
        """The client is there, and has made one poll: all that comes from here on counts."""
        report(self.url)
        self._begin()
        # In a thread, and no cancellation: a pool with ten thousand requests in it takes minutes to be cancelled.
        watch = threading.Timer(self.limit, self.close)
        watch.daemon = True
        watch.start()

    def close(self) -> None:
        """Say what it came to, and end this process with all that is still going on in it."""
        print(json.dumps(self.result()), flush=True)
        os._exit(0)

    def took(self, started: float) -> None:
        """A poll that began at ``started`` has been answered."""
        self._stopped = time.perf_counter()
        self._took.append(self._stopped - started)

    def end(self, task_id: str, run_id: int | None) -> None:
        """A task ended, with that run id."""
        number = int(task_id.rpartition("-")[2])
        if run_id != number:
            raise ValueError(f"{task_id} ended with run id {run_id}")
        self._ended[number] += 1

    def failed(self, error: BaseException) -> None:
        """A task, or all that were left, ended with an error."""
        name = type(error).__name__
        self.errors[name] = self.errors.get(name, 0) + 1

    def result(self) -> dict[str, Any]:
        """What it came to: seconds, CPU seconds, MB over the idle client, seconds of a poll, outcomes, errors."""
        took = sorted(self._took) or [0.0]
        quantiles = {f"p{part}": took[min(len(took) * part // 100, len(took) - 1)] for part in (50, 95, 99)}
        return {
            "wall": self._stopped - self._started,
            "cpu": time.process_time() - self._cpu,
            "memory": max(0.0, memory(peak=True) - self._idle),
            **quantiles,
            "wanted": len(self._ended),
            "once": self._ended.count(1),
            "lost": self._ended.count(0),
            "errors": self.errors,
        }


Poll = Callable[[str], Awaitable[tuple[str, int | None]]]


async def _gather(job: Job, poll: Poll, at_once: int | None = None) -> None:
    """``asyncio.gather`` over all tasks; at most so many at once."""
    gate: Any = contextlib.nullcontext() if at_once is None else asyncio.Semaphore(at_once)

    async def wait(task_id: str) -> None:
        while True:
            async with gate:
                started = time.perf_counter()
                status, run_id = await poll(task_id)
                job.took(started)
            if status != "PENDING":
                return job.end(task_id, run_id)
            await asyncio.sleep(DOCS_PACE if job.pace is None else job.pace)

    await poll("n0-0")
    job.ready()
    await asyncio.gather(*map(wait, job.ids))


def docs_loop(job: Job) -> None:
    """docs page's loop, a thread for each."""
    import requests

    def poll(task_id: str) -> tuple[str, int | None]:
        started = time.perf_counter()
        answer = requests.get(f"{job.url}/tts/{task_id}", headers=HEADERS).json()  # noqa: S113 (the page's)
        job.took(started)
        return answer["status"], answer["run_id"]

    def wait(task_id: str) -> None:
        try:
            while (answer := poll(task_id))[0] == "PENDING":
                time.sleep(DOCS_PACE if job.pace is None else job.pace)
            job.end(task_id, answer[1])
        except Exception as error:  # noqa: BLE001 (whatever goes wrong is a result)
            job.failed(error)

    poll("n0-0")
    threads = [threading.Thread(target=wait, args=(task_id,), daemon=True) for task_id in job.ids]
    job.ready()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def camb_sdk(job: Job) -> None:
    """camb-sdk, `asyncio.gather`."""
    from camb.client import AsyncCambAI

    client = AsyncCambAI(api_key=KEY, base_url=job.url)

    async def poll(task_id: str) -> tuple[str, int | None]:
        answer = await client.text_to_speech.get_tts_result(task_id)
        return answer.status, answer.run_id

    await _gather(job, poll)


async def _httpx(job: Job, at_once: int | None = None, transport: Any = None) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=job.url, headers=HEADERS, transport=transport) as client:

        async def poll(task_id: str) -> tuple[str, int | None]:
            answer = (await client.get(f"/tts/{task_id}")).json()
            return answer["status"], answer["run_id"]

        await _gather(job, poll, at_once)


async def httpx_gather(job: Job) -> None:
    """httpx, `asyncio.gather`."""
    await _httpx(job)


async def httpx_eight(job: Job) -> None:
    """httpx, eight at a time."""
    await _httpx(job, 8)


async def httpx_loops(job: Job) -> None:
    """httpx, eight plain loops of `get`."""
    import httpx

    async with httpx.AsyncClient(base_url=job.url, headers=HEADERS) as client:

        async def loop(waiting: list[str]) -> None:
            while waiting:
                for task_id in tuple(waiting):
                    started = time.perf_counter()
                    answer = (await client.get(f"/tts/{task_id}")).json()
                    job.took(started)
                    if answer["status"] != "PENDING":
                        waiting.remove(task_id)
                        job.end(task_id, answer["run_id"])

        await client.get("/tts/n0-0")
        job.ready()
        await asyncio.gather(*(loop(job.ids[first::8]) for first in range(8)))


async def httpx_over_aiohttp(job: Job) -> None:
    """httpx with httpx-aiohttp, eight at a time."""
    from httpx_aiohttp import AiohttpTransport

    await _httpx(job, 8, AiohttpTransport())


async def _aiohttp(job: Job, at_once: int | None = None) -> None:
    import aiohttp

    async with aiohttp.ClientSession(job.url, headers=HEADERS) as session:

        async def poll(task_id: str) -> tuple[str, int | None]:
            async with session.get(f"/tts/{task_id}") as response:
                answer = await response.json()
            return answer["status"], answer["run_id"]

        await _gather(job, poll, at_once)


async def aiohttp_gather(job: Job) -> None:
    """aiohttp, `asyncio.gather`."""
    await _aiohttp(job)


async def aiohttp_eight(job: Job) -> None:
    """aiohttp, eight at a time."""
    await _aiohttp(job, 8)


async def by_hand(job: Job) -> None:
    """HTTP by hand on eight sockets."""
    host, _, port = job.url.rpartition("/")[2].partition(":")
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(8):
        free.put_nowait(await asyncio.open_connection(host, int(port)))

    async def poll(task_id: str) -> tuple[str, int | None]:
        reader, writer = connection = await free.get()
        writer.write(f"GET /tts/{task_id} HTTP/1.1\r\nhost: {host}\r\nx-api-key: {KEY}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        answer = json.loads(await reader.readexactly(int(head.rpartition(b"content-length: ")[2])))
        free.put_nowait(connection)
        return answer["status"], answer["run_id"]

    await _gather(job, poll, 8)


def _timed(job: Job, camb: Any) -> None:
    """Time each request on the wire, as for the others."""
    inner = camb._wire.ask

    async def ask(*arguments: Any) -> Any:
        started = time.perf_counter()
        result = await inner(*arguments)
        job.took(started)
        return result

    def ask_sync(*arguments: Any) -> Any:
        started = time.perf_counter()
        result = inner(*arguments)
        job.took(started)
        return result

    camb._wire.ask = ask if asyncio.iscoroutinefunction(inner) else ask_sync


def _outcome(job: Job, outcome: Any) -> None:
    try:
        job.end(outcome.ref.task_id, outcome.result().run_id)
    except Exception as error:  # noqa: BLE001 (whatever goes wrong is a result)
        job.failed(error)


def _arguments(job: Job) -> dict[str, Any]:
    return {"schedule": job.pace, "max_requests_per_second": job.rate}


@contextlib.asynccontextmanager
async def _ours(job: Job, **settings: Any) -> AsyncIterator[tuple[Any, list[str]]]:
    from camb_client import AsyncCambClient

    tasks = [f"tts:{task_id}" for task_id in job.ids]
    async with AsyncCambClient(KEY, base_url=job.url, **settings) as camb:
        _timed(job, camb)
        await camb.tts.status("n0-0")
        job.ready()
        yield camb, tasks


async def ours(job: Job, **settings: Any) -> None:
    """`AsyncCambClient.as_completed`."""
    async with _ours(job, **settings) as (camb, tasks), camb.as_completed(tasks, **_arguments(job)) as outcomes:
        async for outcome in outcomes:
            _outcome(job, outcome)


async def ours_aiohttp(job: Job) -> None:
    """`AsyncCambClient.as_completed`, `transport="aiohttp"`."""
    await ours(job, transport="aiohttp")


async def ours_httpx2(job: Job) -> None:
    """`AsyncCambClient.as_completed`, with httpx2 in the place of httpx."""
    import httpx2

    httpx2.alias_httpx()
    await ours(job)


async def ours_journal(job: Job) -> None:
    """`AsyncCambClient.journal`, which keeps each wait in a file."""
    with tempfile.TemporaryDirectory() as folder:
        async with _ours(job) as (camb, tasks), camb.journal(Path(folder, "waits.db")) as journal:
            journal.add(tasks, schedule=job.pace)
            async for outcome in journal.as_completed(max_requests_per_second=job.rate):
                _outcome(job, outcome)


def ours_threads(job: Job) -> None:
    """`CambClient.wait_all`."""
    from camb_client import CambClient

    tasks = [f"tts:{task_id}" for task_id in job.ids]
    with CambClient(KEY, base_url=job.url) as camb:
        _timed(job, camb)
        camb.tts.status("n0-0")
        job.ready()
        for outcome in camb.wait_all(tasks, **_arguments(job)):
            _outcome(job, outcome)


# Name → what runs, in the order of the tables; the docstring says what it is.
CONTENDERS: dict[str, Callable[[Job], Any]] = {
    it.__name__: it
    for it in (
        docs_loop,
        camb_sdk,
        httpx_gather,
        httpx_eight,
        httpx_loops,
        httpx_over_aiohttp,
        aiohttp_gather,
        aiohttp_eight,
        by_hand,
        ours_threads,
        ours,
        ours_httpx2,
        ours_aiohttp,
        ours_journal,
    )
}


def title(name: str) -> str:
    """What a contender is, in one line of Markdown."""
    return (CONTENDERS[name].__doc__ or name).strip().rstrip(".")


def run(
    name: str,
    url: str,
    *,
    script: str,
    tasks: int,
    pace: float | None = 0.001,
    limit: float = 20.0,
    rate: float | None = None,
) -> dict[str, Any]:
    """Run a contender in a process of its own: what it came to, and what the server saw."""
    job = {"url": url, "script": script, "tasks": tasks, "pace": pace, "limit": limit, "rate": rate}
    command: Sequence[str] = [sys.executable, "-m", "scripts.bench.contenders", name, json.dumps(job)]
    try:
        # Far beyond its own limit it hangs in a place that no limit of its own can end.
        shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=limit + 15)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        lines = str(error.stderr or "").splitlines() or ["hung"]
        result: dict[str, Any] = {
            "wall": limit,
            "wanted": tasks,
            "once": 0,
            "lost": tasks,
            "errors": {lines[-1][:80]: 1},
        }
    else:
        result = json.loads(shown.stdout)
    seen, finished = report(url), result["once"] == tasks
    # What was stopped would have gone on as it did at last, not as in its first seconds.
    throughput = seen["polls"] / result["wall"] if finished else seen["late_rate"]
    return {**result, "server": seen, "throughput": throughput, "finished": finished}


def main(name: str, settings: str) -> None:
    """The process of one contender."""
    job = Job(**json.loads(settings))
    contender = CONTENDERS[name]
    try:
        if asyncio.iscoroutinefunction(contender):
            asyncio.run(contender(job))
        else:
            contender(job)
    except Exception as error:  # noqa: BLE001 (whatever goes wrong is a result)
        job.failed(error)
    job.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
