"""The plot: how fast 1,000 waiting tasks are polled, and what schedules cost and give.

The only one that imports matplotlib, and only when it draws. What is ours has one colour, what was
stopped is hollow.
"""

import statistics
from pathlib import Path
from typing import Any

from .contenders import title
from .simulate import MEDIANS, OURS

OURS_COLOUR, OTHER_COLOUR = "#c8384c", "#7d8aa0"


def _throughput(axis: Any, found: dict[str, dict[str, Any]]) -> None:
    """Polls a second, as a multiple of camb-sdk's (of the slowest, where that was not measured)."""
    speed = {name: turn["throughput"] for name, turn in found.items() if turn["throughput"]}
    base = speed.get("camb_sdk", min(speed.values()))
    names = sorted(speed, key=lambda name: speed[name])
    colours = [OURS_COLOUR if name.startswith("ours") else OTHER_COLOUR for name in names]
    faces = [colour if found[name]["finished"] else "white" for name, colour in zip(names, colours, strict=True)]
    times = [speed[name] / base for name in names]
    bars = axis.barh([title(name).replace("`", "") for name in names], times, color=faces, edgecolor=colours)
    axis.bar_label(bars, [f"{it:.0f}×" if it >= 10 else f"{it:.1f}×" for it in times], padding=3, fontsize=7)
    axis.set(xscale="log", xlim=(min(times) / 2, max(times) * 2))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.set_title("1,000 tasks waiting at once:\npolls a second, camb-sdk = 1 (hollow: did not finish)", fontsize=9)


def _schedules(axis: Any, found: dict[str, list[list[float]]]) -> None:
    """Requests against delay, means over all medians: whoever picks a schedule does not know how long tasks take."""
    points = {
        name: (statistics.fmean(cell[0] for cell in cells), 100 * statistics.fmean(cell[3] for cell in cells))
        for name, cells in found.items()
        if "not known" not in name  # One request more; it would cover its neighbour.
    }
    fixed = sorted(point for name, point in points.items() if name not in OURS and "×" not in name)
    axis.plot(*zip(*fixed, strict=True), color=OTHER_COLOUR, linewidth=0.8, alpha=0.6, zorder=1)
    for name, (requests, delay) in points.items():
        ours = name in OURS
        # To the left of the line that joins the fixed intervals is better, to its right is worse.
        left = ours or "×" in name
        place: dict[str, Any] = {"xytext": (-6 if left else 6, 0), "ha": "right" if left else "left", "va": "center"}
        colour = OURS_COLOUR if ours else OTHER_COLOUR
        axis.scatter(requests, delay, s=30 if ours else 16, color=colour, zorder=3)
        label = name.removeprefix("camb-client, ") if ours else name.partition(", 1 s × ")[0]
        axis.annotate(label, (requests, delay), textcoords="offset points", fontsize=7, color=colour, **place)
    axis.set(
        xscale="log", yscale="log", xlabel="requests for each task", ylabel="mean delay, in % of the task's duration"
    )
    axis.set(xlim=(1, 2000), ylim=(1, 400))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_major_formatter("{x:g}")
    medians = ", ".join(map(str, MEDIANS))
    axis.set_title(f"Schedules (red: camb-client's), tasks of\n{medians} s (medians): lower left is better", fontsize=9)


def draw(results: dict[str, Any], file: Path) -> None:
    """Draw it, as PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10.5, 4), dpi=100, layout="constrained")
    _throughput(left, results["waiting"]["1000"])
    _schedules(right, results["schedules"])
    figure.savefig(file)
