"""`make docs`: the site made of the pages of docs/ and the docstrings.

Every warning is an error (a reference that leads nowhere, a docstring that cannot be read), and nothing of an earlier
build is used: Sphinx does not repeat a warning about what it read then.
"""

import subprocess
import sys
from pathlib import Path

from ..common.project import ROOT

SITE = ROOT / ".cache" / "docs"


def build(site: Path = SITE) -> None:
    """Make the site.

    Raises:
        subprocess.CalledProcessError: Sphinx has warned; it has said of what.
    """
    strict = ("--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--write-all", "--quiet")
    subprocess.run([sys.executable, "-m", "sphinx", *strict, ROOT / "docs", site], check=True)


if __name__ == "__main__":
    try:
        build()
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    print(f"open {SITE / 'index.html'}")
