"""`make bench`: what camb-client costs, as ratios against what one would use instead, side by side in one run.

Rule of this file: ratios, not absolutes (machines are noisy): the contenders take turns, and the medians are
compared. The server is a process of its own, so that its work is not counted.
"""

import asyncio
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import httpx
from httpx_aiohttp import AiohttpTransport

from camb_client import AsyncCambClient, CambClient

ROOT = Path(__file__).resolve().parents[1]
KEY = "bench-key"

IMPORT_CAMB, IMPORT_HTTPX = "import camb_client", "import httpx"
FIRST_OURS = "from camb_client import CambClient; CambClient('{key}', base_url='{url}').tts.status('1').status"
FIRST_HTTPX = "import httpx; httpx.Client().get('{url}/tts/1', headers={{'x-api-key': '{key}'}}).json()['status']"
FIRST_SDK = (
    "from camb.client import CambAI; CambAI(api_key='{key}', base_url='{url}').text_to_speech.get_tts_result('1')"
)


@contextmanager
def server() -> Iterator[str]:
    """A local server in another process; gives its base URL."""
    program = (
        "import sys\nfrom camb_client.testing import FakeCamb\n"
        f"fake = FakeCamb('{KEY}')\nfake.add('tts:1', ['PENDING'])\n"
        "with fake.serve() as url:\n    print(url, flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def medians(contenders: list[Callable[[], float]], rounds: int) -> list[float]:
    """The median of each contender's seconds; they take turns, after one turn that does not count."""
    turns = [[contender() for contender in contenders] for _ in range(rounds + 1)][1:]
    return [statistics.median(times) for times in zip(*turns, strict=True)]


def wall(command: list[str]) -> Callable[[], float]:
    """How long a command takes, in seconds."""

    def measure() -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    return measure


def cpu(call: Callable[[], object], calls: int = 200) -> Callable[[], float]:
    """The CPU time of one call in this process, in seconds."""

    def measure() -> float:
        start = time.process_time()
        for _ in range(calls):
            call()
        return (time.process_time() - start) / calls

    return measure


def cpu_async(url: str, *, at_once: int = 8, looks: int = 400) -> list[Callable[[], float]]:
    """The CPU time of one look over aiohttp, several at a time: ours, and that of bare httpx with httpx-aiohttp."""

    async def ours() -> Callable[[], Awaitable[object]]:
        camb = await stack.enter_async_context(AsyncCambClient(KEY, base_url=url, transport="aiohttp"))
        return lambda: camb.tts.status("1")

    async def bare() -> Callable[[], Awaitable[object]]:
        over = AiohttpTransport()
        client = await stack.enter_async_context(httpx.AsyncClient(headers={"x-api-key": KEY}, transport=over))

        async def get() -> object:
            return (await client.get(f"{url}/tts/1")).json()["status"]

        return get

    stack = AsyncExitStack()

    async def measure(contender: Callable[[], Awaitable[Callable[[], Awaitable[object]]]]) -> float:
        async with stack:
            look = await contender()

            async def some() -> None:
                for _ in range(looks // at_once):
                    await look()

            await some()  # Opens a connection, and does what is done once.
            start = time.process_time()
            await asyncio.gather(*(some() for _ in range(at_once)))
            return (time.process_time() - start) / looks

    return [lambda: asyncio.run(measure(ours)), lambda: asyncio.run(measure(bare))]


def python(program: str) -> Callable[[], float]:
    """How long a new interpreter takes for a program, in seconds."""
    return wall([sys.executable, "-c", program])


def main() -> None:
    """Measure, and print a Markdown table."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "facade", "generated"], cwd=ROOT, check=True)
    rows: list[tuple[str, str, str]] = []
    ours, bare = medians([python(IMPORT_CAMB), python(IMPORT_HTTPX)], 20)
    rows.append(("`import camb_client` / `import httpx`", f"{ours / bare:.2f}", "≤ 1.5"))
    with server() as url:
        programs = [program.format(key=KEY, url=url) for program in (FIRST_OURS, FIRST_HTTPX, FIRST_SDK)]
        ours, bare, sdk = medians([python(program) for program in programs], 15)
        rows.append(("start to first status / bare httpx", f"{ours / bare:.2f}", "≤ 1.45"))
        rows.append(("camb-sdk's start to first status / ours", f"{sdk / ours:.2f}", "≥ 1.3"))
        with CambClient(KEY, base_url=url) as camb, httpx.Client(headers={"x-api-key": KEY}) as client:
            calls = [cpu(lambda: camb.tts.status("1")), cpu(lambda: client.get(f"{url}/tts/1").json()["status"])]
            ours, bare = medians(calls, 15)
        rows.append(("CPU of one status call / httpx get + json", f"{ours / bare:.2f}", "≤ 1.15"))
        ours, bare = medians(cpu_async(url), 9)
        rows.append(("the same over aiohttp, 8 at a time / httpx with httpx-aiohttp", f"{ours / bare:.2f}", "≤ 1.25"))
    stamp = ROOT / ".cache" / "generate.json"
    generate = [sys.executable, "-m", "scripts.generate"]

    def from_scratch() -> float:
        stamp.unlink(missing_ok=True)
        return wall(generate)()

    full, again = medians([from_scratch, wall(generate)], 3)
    rows.append(("`make generate`", f"{full:.2f} s", "≤ 3 s"))
    rows.append(("`make generate`, nothing changed", f"{again:.2f} s", "≤ 0.5 s"))
    names = ("httpx", "aiohttp", "httpx-aiohttp", "attrs", "camb-sdk", "openapi-python-client")
    shown = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}; {shown}\n")
    print("| what | measured | bar |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
