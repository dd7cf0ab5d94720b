"""The Celery applications that ``engines`` measures, as their workers import them: three ways to wait on Celery.

``DESIGN`` says which. All poll the same server, with the same number of polls a second asked for.
"""

import os
from typing import Any

from celery import Celery

from camb_client import CambClient

BROKER, STORE = os.environ["BENCH_BROKER"], os.environ["BENCH_STORE"]
TASKS, RATE = int(os.environ["BENCH_TASKS"]), float(os.environ["BENCH_RATE"])
app = Celery("bench", broker=BROKER, backend=BROKER)
# Each task that waits is polled so often, so that all of them come to the rate that is asked for.
PACE = TASKS / RATE


if os.environ["DESIGN"] == "a task for each poll":
    _camb = CambClient()

    @app.task(bind=True, name="bench.wait", max_retries=None, acks_late=True, ignore_result=True)
    def wait(self: Any, task: str) -> None:
        """Poll once; if the task is pending, be called again later."""
        if _camb.status(task).is_pending:
            raise self.retry(countdown=PACE)

elif os.environ["DESIGN"] == "a thread for each wait":
    _camb = CambClient()

    @app.task(name="bench.wait", acks_late=True, ignore_result=True)
    def wait(task: str) -> None:
        """Hold a thread until the task has ended."""
        _camb.wait(task, timeout=None, schedule=PACE)

else:
    import camb_client.celery

    waits = camb_client.celery.register(app, store=STORE, max_requests_per_second=RATE)


def send(tasks: list[str]) -> None:
    """Have all of them waited for."""
    if os.environ["DESIGN"] == "a store and a sweep":
        waits.begin(tasks, timeout=None, schedule=PACE)
    else:
        for task in tasks:
            wait.delay(task)
