"""Where things are: the root of the project, the names of what the scripts read and make, and the files there."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGES = "openapi/pages"
SUPPLEMENTS = "openapi/supplements"
OVERLAY = "openapi/overlay.yaml"
SPEC = "openapi/camb.yaml"
PACKAGE = "generated/camb_openapi"
FACADE = "facade/camb_client"

Files = dict[str, bytes]  # content by name


def read_files(root: Path, *names: str) -> Iterator[tuple[str, bytes]]:
    """Each file that is at one of `names` or below it, but no byte code: its path below `root`, and its content."""
    for name in names:
        path = root / name
        # os.walk and suppress: another build may swap the package while we read it.
        walk = (Path(folder, file) for folder, _, inside in os.walk(path) for file in inside)
        for file in [path] if path.is_file() else walk:
            with contextlib.suppress(FileNotFoundError):
                if file.parent.name != "__pycache__":
                    yield file.relative_to(root).as_posix(), file.read_bytes()


def outputs(root: Path) -> Files:
    """What the pipeline makes, as it is there."""
    return dict(read_files(root, SPEC, PACKAGE))
