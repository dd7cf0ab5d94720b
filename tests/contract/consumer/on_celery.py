"""A project that waits on Celery: each public name of ``camb_client.celery`` in use.

It is checked by mypy --strict and by pyright in strict mode, and never run.
"""

from typing import assert_type

from celery import Celery

from camb_client import Schedule, TaskRef, WaitState
from camb_client.celery import Waits, register

app = Celery("studio")
waits = register(app, store="redis://localhost:6379/2", max_requests_per_second=50, max_concurrency=64, namespace="a")
assert_type(waits, Waits)
waits.wait.s("tts:1", timeout=3600, schedule=Schedule.BACKGROUND).delay()
waits.sweep.delay()
results = waits.begin(["tts:1", TaskRef("tts", "2")], timeout=None, schedule=2.0)
results.save()
assert_type(waits.pending(), dict[str, WaitState])
assert_type(waits.forget("id"), bool)
