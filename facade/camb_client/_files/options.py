"""What a download takes besides what to fetch."""

import os
from collections.abc import Callable
from typing import TypedDict

OnProgress = Callable[[int, int | None], object] | None
StrPath = str | os.PathLike[str]


class FetchOptions(TypedDict, total=False):
    """What a download takes besides what to fetch and where to."""

    on_progress: OnProgress
    overwrite: bool
    timeout: float | None
