"""Waits with real workers, a real broker and a real store."""

import signal
from collections.abc import Callable

from celery import chain

from camb_client._durable.stores import open_store
from camb_client.testing import FakeCamb

from .conftest import KEY, Studio

Make = Callable[..., Studio]


def test_a_worker_that_is_shut_down_while_it_sweeps_leaves_all_to_the_next_one(
    make_studio: Make, over_redis: dict[str, str]
) -> None:
    fake, tasks = FakeCamb(KEY), [f"tts:{number}" for number in range(40)]
    for task in tasks:
        fake.add(task, ["PENDING"])
    with fake.serve() as url:
        # The queue is there even where Celery must not make it up.
        conf = {"task_create_missing_queues": False}
        seconds = {"_sweep": {"SWEEP_SECONDS": 1.5}, "_tasks": {"TICK_SECONDS": 0.2}}
        studio = make_studio(url, **over_redis, seconds=seconds, conf=conf)
        worker = studio.worker()
        with studio.module() as m:
            chained = chain(m.waits.wait.s(tasks[0], schedule=0.5), m.publish.s()).delay()
            batch = m.waits.begin(tasks[1:], schedule=0.5)
            studio.until(lambda: all(map(fake.polls, tasks)))
            studio.holder()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
            waiting, store = m.waits.pending(), open_store(over_redis["store"], "studio")
            assert {str(state.ref) for state in waiting.values()} == set(tasks)
            # Nothing is claimed any more: all is due when its schedule says.
            assert max(entry.due_in for entry in map(store.get, waiting) if entry is not None) < 1
            polls = {task: fake.polls(task) for task in tasks}
            for run_id, task in enumerate(tasks):
                fake.add(task, ["SUCCESS"], run_id=run_id)
            studio.worker()
            assert chained.get(timeout=60, interval=0.05) == 0
            assert [one["run_id"] for one in batch.get(timeout=60, interval=0.05)] == list(range(1, 40))
            studio.until(lambda: not m.waits.pending())
    assert {task: fake.polls(task) - polls[task] for task in tasks} == dict.fromkeys(tasks, 1)
    assert len(studio.lines("ended")) == len(studio.lines("published")) == 1
