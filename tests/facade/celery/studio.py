"""The application of the tests, as each of its processes imports it: settings come from the environment."""

import json
import os
from pathlib import Path
from typing import Any

from celery import Celery

import camb_client.celery

SETTINGS: dict[str, Any] = json.loads(os.environ["STUDIO"])
app = Celery("studio", broker=SETTINGS["broker"], backend=SETTINGS["backend"])
app.conf.update(SETTINGS.get("conf", {}))
waits = camb_client.celery.register(app, store=SETTINGS["store"], **SETTINGS.get("options", {}))
BOOK = Path(SETTINGS["book"])


def write(line: str) -> None:
    """One line in the book, whole, from whatever process."""
    with BOOK.open("a", encoding="utf-8") as book:
        book.write(line + "\n")


@app.task
def publish(outcome: dict[str, Any]) -> int:
    write(f"published {outcome['task']} {outcome['run_id']}")
    return int(outcome["run_id"])


@app.task
def complain(request: Any, exc: BaseException, traceback: Any) -> None:
    write(f"failed {type(exc).__name__} {exc}")


@app.task
def total(run_ids: list[int]) -> int:
    write(f"total {sum(run_ids)}")
    return sum(run_ids)
