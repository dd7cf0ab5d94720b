"""`python -m tests.contract.mutations`: try every mutation, and print a table."""

import sys

from scripts.comparison.changes import Verdict
from scripts.comparison.words import markdown

from . import cases
from .run import REFUSED, run


def main() -> int:
    """Run all, and print the table; 1 if one does not come to what it has to."""
    rows, failures = [], 0
    for mutation in cases.MUTATIONS:
        came = run(mutation)
        missing = [words for words in mutation.words if words not in came.printed]
        good = came.outcome == mutation.outcome and not missing
        failures += not good
        shown = "yes" if good else f"NO: {came.outcome}, without {missing}"
        rows.append((mutation.name, mutation.outcome, " … ".join(f"`{word}`" for word in mutation.words), shown))
    counts = {outcome: sum(one.outcome == outcome for one in cases.MUTATIONS) for outcome in (REFUSED, *Verdict)}
    print(markdown(("edit", "has to be", "has to say", "is so"), rows))
    print(f"\n{len(cases.MUTATIONS)} edits, {len(cases.MUTATIONS) - failures} as they have to be:", end=" ")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
