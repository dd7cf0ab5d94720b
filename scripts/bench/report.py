"""What the numbers mean: the bars, and every table, in Markdown.

Pure; from the results of ``measure.everything`` to text. The bars stand here and nowhere else. A bar
whose contenders were not measured has no row.
"""

import statistics
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from .contenders import title
from .learning import WORSE, Cell, worst
from .simulate import MEDIANS, SIGMA

Results = dict[str, Any]
# Ours, another, and how many times its polls a second ours must reach, if anything is promised.
SPEEDS = (
    ("ours", "camb_sdk", 15),
    ("ours_aiohttp", "camb_sdk", 40),
    ("ours_threads", "camb_sdk", None),
    ("ours", "httpx_eight", 0.8),
    ("ours_aiohttp", "httpx_over_aiohttp", 0.8),
    ("ours_aiohttp", "aiohttp_eight", None),
)
# How many times the CPU time of another's poll one of ours may take, if anything is promised.
CPU = {
    "ours / httpx_eight": 0.75,
    "ours / httpx_loops": 1.05,
    "ours_httpx2 / ours": None,
    "ours_aiohttp / aiohttp_eight": 1.5,
    "ours_journal / ours": None,
}
# Where requests pile up, a contender slows down for as many seconds; stopped sooner, it is not held against a bar.
SETTLED = 20.0


@attrs.frozen
class Bar:
    """A number, and the bounds it is held against, if any."""

    what: str
    value: float
    least: float | None = None
    most: float | None = None
    unit: str = ""
    note: str = ""
    among: tuple[float, ...] = ()

    @classmethod
    def ratio(cls, what: str, pairs: Iterable[tuple[float, float]], **bounds: float | None) -> "Bar":
        """The median of the ratios of pairs that were measured side by side."""
        among = tuple(one / other for one, other in pairs)
        return cls(what, statistics.median(among), among=among, **bounds)  # type: ignore[arg-type]

    @property
    def held(self) -> bool:
        """Whether it is within its bounds."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    @property
    def swings(self) -> bool:
        """Whether some of the pairs held it, and others did not."""
        held = {attrs.evolve(self, value=it).held for it in self.among}
        return len(held) > 1

    def row(self) -> str:
        """A row of Markdown."""
        bounds = [f"{sign} {it:,g}{self.unit}" for sign, it in (("≥", self.least), ("≤", self.most)) if it is not None]
        verdict = ("yes" if self.held else "**no**") + (", swings" if self.swings else "") if bounds else ""
        spread = f" ({_short(min(self.among))} to {_short(max(self.among))})" if self.among else ""
        return _row(self.what, f"{_short(self.value)}{self.unit}{spread}{self.note}", ", ".join(bounds), verdict)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [_row(*head), _row(*["---"] + ["---:"] * (len(head) - 1)), *(_row(*row) for row in rows)]
    return "\n".join(lines)


def bars(results: Results) -> Iterator[Bar]:
    """Every bar that was measured."""
    if costs := results.get("costs"):
        yield _costs("`import camb_client` / `import httpx`", costs["import"], most=1.35)
        yield _costs("start of Python to first status / bare httpx", costs["first"], most=1.3)
        yield _costs("camb-sdk's start to first status / ours", costs["first"], "camb-sdk", "camb-client", least=1.4)
        status = zip(costs["status"]["camb-client"], costs["status"]["httpx"], strict=True)
        cpu = [(ours[1], theirs[1]) for ours, theirs in status]
        yield Bar.ratio("CPU time of a status call / httpx get + json", cpu, most=1.05)
        for name, seconds in (("from scratch", 3.0), ("again", 0.3)):
            what = "`make generate`" + (", nothing changed" if name == "again" else "")
            took = tuple(turn[0] for turn in costs["generate"][name])
            yield Bar(what, statistics.median(took), most=seconds, unit=" s", among=took)
    for pair, bound in CPU.items():
        if turns := results.get("cpu", {}).get(pair):
            ours, other = map(title, pair.split(" / "))
            yield Bar.ratio(f"1,000 tasks at once, CPU time of a poll: {ours} / {other}", turns, most=bound)
    yield from _speeds(results["waiting"].get("1000", {}))
    if rated := results.get("rated"):
        tasks, seen, rate = rated["wanted"], rated["server"], results["rate"]
        given = f"{tasks:,} tasks, {rate:,g} polls a second asked for"
        yield Bar(f"{given}: outcomes", rated["once"], least=tasks)
        yield Bar(f"{given}: memory over the idle client", rated["memory"], most=25, unit=" MB")
        yield Bar(f"{given}: most polls in any second", seen["burst"], most=rate)
        yield Bar(f"{given}: polls a second reached", rated["throughput"])
    if waiting := results.get("memory"):
        what = "10,000 tasks that all wait: memory over the idle client"
        yield Bar(what, waiting["memory"], most=12, unit=" MB")
    yield from _learned([Cell(*it) for it in results.get("learned", ())])
    if engines := results.get("engines"):
        yield from _engines(engines["ours"])
    if chaos := results.get("chaos"):
        tasks, seen = chaos["wanted"], chaos["server"]
        given = f"{tasks:,} tasks, {seen['faults'] / max(seen['polls'], 1):.0%} of the answers faulty"
        yield Bar(f"{given}: outcomes, each once and right", min(chaos["once"], seen["told"]), least=tasks)
        wrong = tasks - chaos["once"] + sum(chaos["errors"].values()) + seen["again"]
        yield Bar(f"{given}: lost, given twice, or polled again", wrong, most=0)


def _engines(ours: dict[str, Any]) -> Iterator[Bar]:
    given = f"{ours['tasks']:,} waits on Celery, {ours['asked']:,g} polls a second asked for"
    yield Bar(f"{given}: polls a second reached", ours["rate"], least=0.9 * ours["asked"])
    yield Bar(f"{given}: most polls in any second", ours["burst"], most=ours["asked"])
    yield Bar(f"{given}: CPU of a poll, all workers", ours["cpu"] * 1_000, most=0.4, unit=" ms")
    yield Bar(f"{given}: Redis for each", ours["bytes"], most=1_000, unit=" bytes")


def _by_cpu(ratio: float) -> str:
    """All they do is compute: where other programs take their share of the machine, the CPU time says it better."""
    return f" (by CPU time {_short(ratio)})"


def _costs(
    what: str,
    found: dict[str, list[list[float]]],
    over: str = "camb-client",
    under: str = "httpx",
    *,
    least: float | None = None,
    most: float | None = None,
) -> Bar:
    turns = list(zip(found[over], found[under], strict=True))
    wall, cpu = (Bar.ratio(what, [(one[by], other[by]) for one, other in turns]) for by in range(2))
    return attrs.evolve(wall, least=least, most=most, note=_by_cpu(cpu.value))


def _learned(cells: list[Cell]) -> Iterator[Bar]:
    """The learned pace beside the base schedule: where the bar is, and where it is worst."""
    for it in cells:
        if it[:3] == ("one kind of length", 8, 0.3) and it.median in {20, 60}:
            where = f"learned pace / base, median {it.median:g} s, sigma 0.3, 8 in flight"
            yield Bar(f"{where}: requests", it.requests, most=0.65)
            yield Bar(f"{where}: mean delay", it.delay, most=1)
    for by in ("requests", "delay") if cells else ():
        found = worst(cells, by)
        mean = statistics.fmean(getattr(it, by) for it in cells)
        what = f"learned pace / base, the worst of {len(cells)} cells by {by} ({str(found).partition(': ')[2]})"
        yield Bar(what, getattr(found, by), most=WORSE, note=f"; in the mean {_short(mean)}")


def _speeds(found: dict[str, dict[str, Any]]) -> Iterator[Bar]:
    settled = {name: turn for name, turn in found.items() if turn["finished"] or turn["wall"] > SETTLED}
    for ours, other, least in SPEEDS:
        if ours in settled and other in settled and settled[other]["throughput"]:
            mine, theirs = settled[ours], settled[other]
            note = _by_cpu(_cpu(theirs) / _cpu(mine)) if mine["finished"] and theirs["finished"] else ""
            what = f"1,000 tasks at once, polls a second: {title(ours)} / {title(other)}"
            yield Bar(what, mine["throughput"] / theirs["throughput"], least=least, note=note)


def _cpu(turn: dict[str, Any]) -> float:
    """The CPU time of a poll, in seconds."""
    return float(turn.get("cpu", 0.0) / max(turn["server"]["polls"], 1))


def _ended(turn: dict[str, Any]) -> str:
    if turn["finished"]:
        return "all"
    errors = ", ".join(turn["errors"]) or "time limit"
    return f"did not finish: {turn['once']:,}, {turn['server']['polls']:,} polls ({errors})"


def _waiting(found: dict[str, dict[str, Any]]) -> str:
    base = found.get("camb_sdk", {}).get("throughput", 0.0)

    def row(name: str, turn: dict[str, Any]) -> tuple[object, ...]:
        speed, polled = turn["throughput"], turn["server"]["polls"] > 0 and "cpu" in turn
        quantiles = [f"{turn[part] * 1000:.1f}" if polled else "" for part in ("p50", "p95", "p99")]
        cpu = f"{_cpu(turn) * 1000:.2f}" if polled else ""
        memory = f"{turn['memory']:.1f}" if "memory" in turn else ""
        times = f"{speed / base:.2f}" if base else ""
        return title(name), _short(speed), times, *quantiles, cpu, memory, _ended(turn)

    columns = ("polls / s", "× camb-sdk", "p50 ms", "p95 ms", "p99 ms", "CPU ms / poll", "MB over idle", "outcomes")
    return _table(("contender", *columns), (row(*item) for item in found.items()))


def _polite(results: Results) -> str:
    def row(name: str, turn: dict[str, Any]) -> tuple[object, ...]:
        known, _, asked = name.partition(", ")
        seen = turn["server"]
        polls = seen["polls"] / max(seen["tasks"], 1)
        return (
            f"{title(known)}{asked and f', asked for {asked} polls a second'}",
            f"{polls:.1f}",
            f"{seen['burst']:,}",
            f"{seen['delay']:.2f}",
        )

    head = ("contender", "polls / task", "most in any second", "mean delay, s")
    return _table(head, (row(*item) for item in results["polite"].items()))


def _schedules(results: Results) -> str:
    rows = (
        (name, *(f"{requests:.1f} / {delay:.2f} / {late:.1f} / {share:.0%}" for requests, delay, late, share in cells))
        for name, cells in results["schedules"].items()
    )
    return _table(("schedule", *(f"median {median} s" for median in MEDIANS)), rows)


def _designs(found: dict[str, dict[str, Any]]) -> str:
    def row(name: str, turn: dict[str, Any]) -> tuple[object, ...]:
        cpu, size = f"{turn['cpu'] * 1000:.2f}", f"{turn['bytes']:.0f}"
        return (
            f"{name}: {turn['tasks']:,}",
            f"{turn['asked']:,g}",
            _short(turn["rate"]),
            f"{turn['burst']:,}",
            cpu,
            size,
        )

    columns = ("polls / s asked for", "reached", "most in any second", "CPU ms / poll", "bytes of Redis each")
    return _table(("design: tasks waiting", *columns), (row(*item) for item in found.items()))


def _calls(results: Results) -> str:
    found = results["costs"]["status"]
    rows = (
        (name, *(f"{statistics.median(seconds) * 1e6:.0f}" for seconds in zip(*turns, strict=True)))
        for name, turns in found.items()
    )
    return _table(("client", "µs", "of which CPU"), rows)


def sections(results: Results) -> Iterator[tuple[str, str, str]]:
    """Heading, text and table of each section there are results for."""
    if "costs" in results:
        text = "One after the other on one connection; the docs page opens a new one for each."
        yield "One status call", text, _calls(results)
    text = (
        "Every task is PENDING a few times, then done, and contenders poll as fast as they can (the docs page's loop "
        "keeps its pause of 5 s). Where one was stopped, its polls a second are those of the later half."
    )
    for tasks, found in results["waiting"].items():
        yield f"{int(tasks):,} tasks at once", text, _waiting(found)
    if "polite" in results:
        text = (
            "Each at its own pace (where it has none, 5 s); tasks take 3 s. Delay: from then to the poll that saw it."
        )
        yield "Manners", text, _polite(results)
    if "engines" in results:
        text = "Three workers; broker and store in one Redis. All ask for the same number of polls a second."
        yield "Waiting on Celery", text, _designs(results["engines"]["designs"])
    if "schedules" in results:
        text = (
            "On a virtual clock: requests for each task / mean delay / p95 of the delay, in seconds / mean delay as a "
            f"share of the task's duration; log-normal durations, sigma {SIGMA}."
        )
        yield "Schedules", text, _schedules(results)


def summary(results: Results) -> str:
    """Where it was measured, and the table of the bars."""
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    head = f"{results['machine']}; {versions}"
    rows = "\n".join(bar.row() for bar in bars(results))
    return f"{head}\n\n| what | measured | bar | held |\n| --- | ---: | ---: | --- |\n{rows}\n"


def render(results: Results) -> str:
    """The whole report."""
    parts = [f"# What camb-client costs and gives\n\n{summary(results)}"]
    parts += [f"## {heading}\n\n{text}\n\n{table}\n" for heading, text, table in sections(results)]
    return "\n".join(parts)
