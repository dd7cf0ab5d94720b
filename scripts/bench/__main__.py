"""`make bench`: measure, print the bars, and write the report and the plot."""

import argparse
import json
import sys
from pathlib import Path

from .contenders import ROOT
from .measure import FULL, QUICK, everything
from .plots import draw
from .report import render

CACHE = ROOT / ".cache/bench"


def main(arguments: list[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes instead of fifteen: fewer tasks, fewer turns")
    parser.add_argument("--out", type=Path, default=CACHE, help="where report and plot go")
    asked = parser.parse_args(arguments)
    results = everything(QUICK if asked.quick else FULL, lambda what: print(f"… {what}", file=sys.stderr, flush=True))
    for folder in (CACHE, asked.out):
        folder.mkdir(parents=True, exist_ok=True)
    (CACHE / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    report = render(results)
    (asked.out / "results.md").write_text(report, encoding="utf-8")
    draw(results, asked.out / "bench.png")
    print(report)
    print(f"Report and plot: {asked.out}; numbers: {CACHE}", file=sys.stderr)


if __name__ == "__main__":
    main()
