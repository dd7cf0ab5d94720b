"""What the numbers mean: the bars, and every table, in Markdown.

Pure; from the results of ``measure.everything`` to text. The bars stand here and nowhere else. A bar
whose contenders were not measured has no row.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from .contenders import title
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

    @property
    def held(self) -> bool:
        """Whether it is within its bounds."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def row(self) -> str:
        """A row of Markdown."""
        bounds = [f"{sign} {it:,g}{self.unit}" for sign, it in (("≥", self.least), ("≤", self.most)) if it is not None]
        verdict = ("yes" if self.held else "**no**") if bounds else ""
        return _row(self.what, f"{_short(self.value)}{self.unit}{self.note}", ", ".join(bounds), verdict)


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
        yield _costs("`import camb_client` / `import httpx`", costs["import"], most=1.5)
        yield _costs("start of Python to first status / bare httpx", costs["first"], most=1.45)
        yield _costs("camb-sdk's start to first status / ours", costs["first"], "camb-sdk", "camb-client", least=1.3)
        cpu = {name: times[1] for name, times in costs["status"].items()}
        yield Bar("CPU time of a status call / httpx get + json", cpu["camb-client"] / cpu["httpx"], most=1.15)
        yield Bar("`make generate`", costs["generate"]["from scratch"][0], most=3, unit=" s")
        yield Bar("`make generate`, nothing changed", costs["generate"]["again"][0], most=0.5, unit=" s")
    yield from _speeds(results["waiting"].get("1000", {}))
    if rated := results.get("rated"):
        tasks, seen, rate = rated["wanted"], rated["server"], results["rate"]
        given = f"{tasks:,} tasks, {rate:,g} polls a second asked for"
        yield Bar(f"{given}: outcomes", rated["once"], least=tasks)
        yield Bar(f"{given}: memory over the idle client", rated["memory"], most=25, unit=" MB")
        yield Bar(f"{given}: most polls in any second", seen["burst"], most=rate)
        yield Bar(f"{given}: polls a second reached", rated["throughput"])
    if chaos := results.get("chaos"):
        tasks, seen = chaos["wanted"], chaos["server"]
        given = f"{tasks:,} tasks, {seen['faults'] / max(seen['polls'], 1):.0%} of the answers faulty"
        yield Bar(f"{given}: outcomes, each once and right", min(chaos["once"], seen["told"]), least=tasks)
        wrong = tasks - chaos["once"] + sum(chaos["errors"].values()) + seen["again"]
        yield Bar(f"{given}: lost, given twice, or polled again", wrong, most=0)


def _by_cpu(ratio: float) -> str:
    """All they do is compute: where other programs take their share of the machine, the CPU time says it better."""
    return f" (by CPU time {_short(ratio)})"


def _costs(
    what: str,
    found: dict[str, list[float]],
    over: str = "camb-client",
    under: str = "httpx",
    *,
    least: float | None = None,
    most: float | None = None,
) -> Bar:
    wall, cpu = (one / other for one, other in zip(found[over], found[under], strict=True))
    return Bar(what, wall, least=least, most=most, note=_by_cpu(cpu))


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


def _calls(results: Results) -> str:
    found = results["costs"]["status"]
    rows = ((name, *(f"{seconds * 1e6:.0f}" for seconds in times)) for name, times in found.items())
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
