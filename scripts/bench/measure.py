"""What is measured, and in which order.

It gives plain numbers, as they can be written to a JSON file; what they mean stands in ``report``.
Contenders take turns, and the medians of their turns count. All times are seconds.
"""

import itertools
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Any

import attrs
import httpx

from camb_client import CambClient

from . import engines, learning
from .contenders import CONTENDERS, HEADERS, KEY, ROOT, run
from .server import server
from .simulate import simulate

VERSIONS = ("httpx", "httpx2", "attrs", "camb-sdk", "aiohttp", "httpx-aiohttp", "requests", "openapi-python-client")
IMPORTS = {"camb-client": "import camb_client", "httpx": "import httpx"}
FIRST = {
    "camb-client": "from camb_client import CambClient; CambClient('{key}', base_url='{url}').tts.status('n9-1')",
    "httpx": "import httpx; httpx.Client().get('{url}/tts/n9-1', headers={{'x-api-key': '{key}'}}).json()['status']",
    "camb-sdk": "from camb.client import CambAI; "
    "CambAI(api_key='{key}', base_url='{url}').text_to_speech.get_tts_result('n9-1')",
}
Times = tuple[float, ...]
# Ours, and beside what the CPU time of its polls is measured, turn by turn. (What a wait on Celery costs is measured by
# `engines`.)
PAIRS = (
    ("ours", "httpx_eight"),
    ("ours", "httpx_loops"),
    ("ours_httpx2", "ours"),
    ("ours_aiohttp", "aiohttp_eight"),
    ("ours_journal", "ours"),
)
# By contender, what `run` gives.
Turns = dict[str, dict[str, Any]]


@attrs.frozen
class Plan:
    """How much is measured.

    Attributes:
        rounds: Turns of each contender where a turn takes less than a second.
        pairs: Turns of each of two contenders whose CPU time is compared, and the tasks they wait for.
        waiting: How many tasks wait at once → how often each is PENDING, and seconds until a contender is stopped.
        patience: There a contender has up to three turns, while those so far took less than this.
        many: The tasks of the run at a given rate, and of the one with faults.
        rate: That rate, in polls a second.
        polite: The tasks waited for at each contender's own pace.
        simulated: The tasks of a cell of the simulation.
        learned: The runs of a cell of that of the learned pace.
        engines: What waits on Celery: for each of the designs, and for ours alone.
    """

    rounds: int
    pairs: tuple[int, int]
    waiting: dict[int, tuple[int, float]]
    patience: float
    many: int
    rate: float
    polite: int
    simulated: int
    learned: int
    engines: tuple[engines.Load, engines.Load]


FULL = Plan(
    rounds=9,
    pairs=(7, 1_000),
    # Ten polls are what the default schedule takes for a task of half a minute. With fewer, the pool of httpx drains
    # before it is full; and it takes camb-sdk half a minute to become as slow as it stays.
    waiting={10: (49, 20), 100: (4, 20), 1_000: (9, 40), 10_000: (0, 15)},
    patience=1,
    many=10_000,
    rate=1_000,
    polite=1_000,
    simulated=5_000,
    learned=learning.RUNS,
    engines=(engines.Load(5_000, 500, 30), engines.Load(10_000, 1_000, 64)),
)
QUICK = Plan(
    rounds=5,
    pairs=(5, 200),
    waiting={10: (9, 6), 1_000: (2, 6)},
    patience=0,
    many=1_000,
    rate=200,
    polite=200,
    simulated=500,
    learned=learning.QUICK_RUNS,
    engines=(engines.Load(500, 100, 5), engines.Load(1_000, 200, 5)),
)


def by_turns(contenders: dict[str, Callable[[], Times]], rounds: int) -> dict[str, list[Times]]:
    """What each contender gives, turn by turn; they take turns, after one turn that does not count."""
    turns = [{name: turn() for name, turn in contenders.items()} for _ in range(rounds + 1)][1:]
    return {name: [turn[name] for turn in turns] for name in contenders}


def command(*arguments: str) -> Callable[[], Times]:
    """How long a command takes, and how much CPU time."""

    def measure() -> Times:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return measure


def call(poll: Callable[[], object], calls: int = 200) -> Callable[[], Times]:
    """How long one call in this process takes, and how much CPU time."""

    def measure() -> Times:
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(calls):
            poll()
        return (time.perf_counter() - start) / calls, (time.process_time() - cpu) / calls

    return measure


@contextmanager
def polls(url: str) -> Iterator[dict[str, Callable[[], object]]]:
    """One status call, as each would make it."""
    import requests
    from camb.client import CambAI

    with ExitStack() as stack:
        camb = stack.enter_context(CambClient(KEY, base_url=url))
        bare = stack.enter_context(httpx.Client(headers=HEADERS))
        session = stack.enter_context(requests.Session())
        session.headers.update(HEADERS)
        sdk = CambAI(api_key=KEY, base_url=url)
        path = f"{url}/tts/n999999999-1"
        yield {
            "camb-client": lambda: camb.tts.status("n999999999-1"),
            "httpx": lambda: bare.get(path).json()["status"],
            "requests": lambda: session.get(path, timeout=30).json()["status"],
            "requests, as the docs page": lambda: requests.get(path, headers=HEADERS).json()["status"],  # noqa: S113
            "camb-sdk": lambda: sdk.text_to_speech.get_tts_result("n999999999-1"),
        }


def costs(url: str, rounds: int) -> dict[str, dict[str, list[Times]]]:
    """Import, first answer, one status call, generate."""
    first = {name: command("-c", program.format(key=KEY, url=url)) for name, program in FIRST.items()}
    stamp = ROOT / ".cache" / "generate.json"
    generate = command("-m", "scripts.pipeline.generate")

    def from_scratch() -> Times:
        stamp.unlink(missing_ok=True)
        return generate()

    with polls(url) as calls:
        return {
            "import": by_turns({name: command("-c", program) for name, program in IMPORTS.items()}, rounds),
            "first": by_turns(first, rounds),
            "status": by_turns({name: call(poll) for name, poll in calls.items()}, rounds),
            "generate": by_turns({"from scratch": from_scratch, "again": generate}, min(rounds, 3)),
        }


def waiting(url: str, names: Iterable[str], tasks: int, pending: int, limit: float, patience: float) -> Turns:
    """Each contender, waiting for so many tasks at once: its median turn by throughput."""
    turns: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _, (name, done) in itertools.product(range(3), turns.items()):
        if not done or sum(turn["wall"] for turn in done) < patience:
            # The docs page's loop pauses for 5 s, whatever is asked of it.
            docs = name == "docs_loop"
            script = f"n{min(pending, 1) if docs else pending}"
            done.append(run(name, url, script=script, tasks=tasks, pace=None if docs else 0.001, limit=limit))
    return {name: sorted(done, key=lambda turn: turn["throughput"])[len(done) // 2] for name, done in turns.items()}


def cpu(url: str, rounds: int, tasks: int) -> dict[str, list[list[float]]]:
    """The CPU seconds of a poll of two contenders, turn by turn; the pairs that are there."""

    def turn(name: str) -> float:
        found = run(name, url, script="n4", tasks=tasks, pace=0.001, limit=60.0)
        return float(found["cpu"] / found["server"]["polls"])

    there = [pair for pair in PAIRS if CONTENDERS.keys() >= set(pair)]
    return {" / ".join(pair): [[turn(name) for name in pair] for _ in range(rounds)] for pair in there}


def polite(url: str, tasks: int) -> Turns:
    """Contenders at their own pace, waiting for tasks that take 3 s; ours also with a rate asked for."""
    asked = {"docs_loop": None, "aiohttp_eight": None, "ours": None, f"ours, {tasks // 4}": tasks / 4}
    return {
        name: run(name.partition(",")[0], url, script="t3", tasks=tasks, pace=None, limit=30.0, rate=rate)
        for name, rate in asked.items()
    }


def everything(plan: Plan, tell: Callable[[str], None]) -> dict[str, Any]:
    """All there is to measure."""
    os.environ.update(no_proxy="127.0.0.1", NO_PROXY="127.0.0.1")  # A proxy is not what is measured.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "facade", "generated", "scripts"], cwd=ROOT, check=True)
    results: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}",
        "versions": {name: version(name) for name in VERSIONS},
        "waiting": {},
        "rate": plan.rate,
    }
    if engines.is_there():
        results["engines"] = engines.everything(*plan.engines, tell)
    with server() as url:
        tell("import, first answer, status call, generate")
        results["costs"] = costs(url, plan.rounds)
        for tasks, (pending, limit) in plan.waiting.items():
            tell(f"{tasks:,} tasks waiting")
            results["waiting"][f"{tasks}"] = waiting(url, CONTENDERS, tasks, pending, limit, plan.patience)
        tell("CPU of a poll, in pairs")
        results["cpu"] = cpu(url, *plan.pairs)
        tell("10,000 tasks that all wait")
        results["memory"] = run("ours_aiohttp", url, script="n1", tasks=10_000, pace=25.0, limit=120.0)
        tell("at their own pace")
        results["polite"] = polite(url, plan.polite)
        tell(f"{plan.many:,} tasks, at a given rate, then with faults")
        # The limit is no limit of theirs: at this rate, or with these faults, it takes its time.
        results["rated"] = run("ours_aiohttp", url, script="n1", tasks=plan.many, rate=plan.rate, limit=120.0)
        results["chaos"] = run("ours", url, script="x0", tasks=plan.many, limit=120.0)
    tell("schedules, on a virtual clock")
    results["schedules"] = simulate(plan.simulated)
    tell("the learned pace, on a virtual clock")
    results["learned"] = [list(it) for it in learning.grid(plan.learned)]
    return results
