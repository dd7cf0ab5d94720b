"""The application of the tests, as each of its processes imports it: settings come from the environment."""

import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from celery import Celery, signals

from camb_client import CambError
from camb_client._durable import stores

SETTINGS: dict[str, Any] = json.loads(os.environ["STUDIO"])


def shorten(module: ModuleType) -> None:
    """Give a module the times that the test asks for, where it cannot wait for half a minute."""
    for name, seconds in SETTINGS.get("seconds", {}).get(module.__name__.rpartition(".")[2], {}).items():
        assert hasattr(module, name)
        setattr(module, name, seconds)


shorten(stores)

import camb_client.celery  # noqa: E402 (what it imports of stores is as the test wants it)
from camb_client.celery import _sweep, _tasks  # noqa: E402

for module in (_sweep, _tasks):
    shorten(module)

app = Celery("studio", broker=SETTINGS["broker"], backend=SETTINGS["backend"])
app.conf.update(SETTINGS.get("conf", {}))
waits = camb_client.celery.register(app, store=SETTINGS["store"], **SETTINGS.get("options", {}))
BOOK = Path(SETTINGS["book"])


def write(line: str) -> None:
    """One line in the book, whole, from whatever process."""
    with BOOK.open("a", encoding="utf-8") as book:
        book.write(line + "\n")


@signals.task_success.connect
@signals.task_failure.connect
def ended(sender: Any, exception: BaseException | None = None, **_: Any) -> None:
    """Note each call that waited and has ended, so that a test can count them. Where Celery cannot store a result, or
    send what comes after, it calls that a failure; a wait goes on then.
    """
    if sender.name == waits.wait.name and isinstance(exception, CambError | None):
        write(f"ended {sender.request.id}")


if SETTINGS.get("resumes_twice"):
    resume = waits._resume

    def resume_twice(one: Any) -> None:
        resume(one)
        resume(one)

    waits._resume = resume_twice  # type: ignore[method-assign]


@app.task(name="publish", shared=False, acks_late=True, reject_on_worker_lost=True)
def publish(outcome: dict[str, Any]) -> int:
    write(f"published {outcome['task']} {outcome['run_id']}")
    return int(outcome["run_id"])


@app.task(name="complain", shared=False)
def complain(request: Any, exc: BaseException, traceback: Any) -> None:
    write(f"failed {type(exc).__name__} {exc}")


@app.task(name="total", shared=False)
def total(run_ids: list[int]) -> int:
    write(f"total {sum(run_ids)}")
    return sum(run_ids)
