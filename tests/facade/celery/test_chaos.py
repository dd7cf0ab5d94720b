"""Workers that are killed or stopped, a Redis that restarts, messages that come twice: each wait ends once.

A short run every day; with ``--whole`` each event by itself, 500 tasks over three workers, for longer than it takes a
broker to deliver again what a dead worker has not acknowledged.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import chain

from scripts.bench.server import report, server

from .conftest import RedisServer, Studio, require_redis

Make = Callable[..., Studio]
RATE = 200
# A broker that delivers again after half a minute; kombu looks for such messages every hundred seconds or so.
AGAIN = {"broker_transport_options": {"visibility_timeout": 30}}
LONG_ENOUGH = 115.0


@pytest.fixture
def api() -> Iterator[str]:
    """A server in a process of its own, that counts what comes in any second: ``t9-1`` succeeds after 9 s."""
    with server() as url:
        yield url


@pytest.fixture
def durable_redis(tmp_path: Path) -> Iterator[RedisServer]:
    require_redis()
    (folder := tmp_path / "redis").mkdir()
    made = RedisServer(folder, "--appendonly", "yes")
    yield made
    made.stop(kill=True)


def over(server: RedisServer) -> dict[str, str]:
    base = server.url.removesuffix("/0")
    return {"broker": f"{base}/0", "backend": f"{base}/1", "store": f"{base}/2"}


def begin(module: Any, tasks: int, seconds: Callable[[int], float]) -> dict[str, str]:
    """So many chains, each of which waits for a task that takes so long; their ids of the wait, and of the call that
    publishes what it came to.
    """
    chains = [
        chain(module.waits.wait.s(f"tts:t{seconds(number):g}-{number}", schedule=2.0), module.publish.s())
        for number in range(tasks)
    ]
    return {one.parent.id: one.id for one in (one.apply_async() for one in chains)}


def count(studio: Studio, module: Any, ids: Iterable[str]) -> tuple[int, int]:
    """How many waits have not ended, and how many have ended twice.

    A worker may be killed after the result of a call was stored, and before it has noted that the call has ended.
    """
    ended = Counter(line.split()[1] for line in studio.lines("ended"))
    silent = [one for one in ids if not ended[one]]
    return sum(not module.app.AsyncResult(one).successful() for one in silent), sum(ended[one] > 1 for one in ids)


def test_two_workers_and_one_kill(make_studio: Make, over_redis: dict[str, str], api: str) -> None:
    seconds = {
        "stores": {"CLAIM_SECONDS": 4.0, "TURN_SECONDS": 3.0},
        "_sweep": {"RESEND_SECONDS": 5.0},
        "_tasks": {"TICK_SECONDS": 0.2},
    }
    studio = make_studio(api, **over_redis, options={"max_requests_per_second": 50}, conf=AGAIN, seconds=seconds)
    studio.worker()
    studio.worker()
    with studio.module() as module:
        ids = begin(module, 40, lambda number: 1 + number % 3)
        # All are in the store: what a killed worker has of the broker comes again only after a minute or two.
        studio.until(lambda: len(studio.lines("ended")) + len(module.waits.pending()) >= 40)
        studio.until(lambda: len(studio.lines("ended")) >= 10)
        killed, _ = studio.holder()
        studio.kill(killed)
        studio.until(lambda: count(studio, module, ids)[0] == 0)
        time.sleep(1)
        assert count(studio, module, ids) == (0, 0)
        assert module.waits.pending() == {}
    assert report(api)["burst"] <= 50


def kill_the_sweeper(studio: Studio, _: RedisServer) -> None:
    for pause in (3, 8, 12):
        time.sleep(pause)
        worker, _ = studio.holder()
        studio.kill(worker)
        studio.worker()


def kill_the_sweeping_child(studio: Studio, _: RedisServer) -> None:
    for pause in (3, 8, 12):
        time.sleep(pause)
        _, pid = studio.holder()
        os.kill(pid, signal.SIGKILL)


def stop_the_sweeper(studio: Studio, _: RedisServer) -> None:
    time.sleep(5)
    worker, _child = studio.holder()
    studio.kill(worker, signal.SIGSTOP)
    time.sleep(45)
    studio.kill(worker, signal.SIGCONT)


def restart_redis(studio: Studio, broker: RedisServer) -> None:
    for kill in (False, True):
        time.sleep(8)
        broker.stop(kill=kill)
        time.sleep(3)
        broker.start()


def deliver_twice(studio: Studio, _: RedisServer) -> None:
    time.sleep(5)


EVENTS = [kill_the_sweeper, kill_the_sweeping_child, stop_the_sweeper, restart_redis, deliver_twice]
# Messages that may be lost on the way: one with each worker that is killed, or loses its broker.
MOST_LOST: dict[Any, int] = {kill_the_sweeper: 3, restart_redis: 2 * 3}


# Once is enough: the sweep polls over aiohttp, whatever is in the place of httpx.
long = pytest.mark.skipif(os.environ.get("CAMB_HTTPX") is not None, reason="runs over aiohttp alone")


@long
@pytest.mark.whole
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.__name__))
def test_each_wait_ends_once(make_studio: Make, durable_redis: RedisServer, api: str, event: Any) -> None:
    settings = {"options": {"max_requests_per_second": RATE}, "conf": AGAIN}
    studio = make_studio(api, **over(durable_redis), **settings, resumes_twice=event is deliver_twice)
    for _ in range(3):
        studio.worker()
    with studio.module() as module:
        ids = begin(module, 500, lambda number: 2 + number % 50)
        studio.until(lambda: len(studio.lines("ended")) >= 20)
        event(studio, durable_redis)
        began = time.monotonic()

        def all_ended() -> bool:
            studio.supervise()
            return count(studio, module, ids)[0] == 0

        studio.until(all_ended, 240)
        time.sleep(max(0.0, LONG_ENOUGH - (time.monotonic() - began)))
        assert count(studio, module, ids) == (0, 0)
        assert module.waits.pending() == {}
    assert report(api)["burst"] <= RATE
    # And each chain has gone on. Kombu takes a message off Redis before it notes that it has it: each time that a
    # worker loses its broker, one may be lost that no worker has received, and no code of ours sees it again.
    lost = set(ids.values()) - studio.received()
    assert len(lost) <= MOST_LOST.get(event, 0)
    assert len({line.split()[1] for line in studio.lines("published")}) == 500 - len(lost)


@long
@pytest.mark.whole
def test_each_wait_ends_once_where_workers_are_killed_while_they_register(
    make_studio: Make, durable_redis: RedisServer, api: str
) -> None:
    studio = make_studio(api, **over(durable_redis), options={"max_requests_per_second": RATE}, conf=AGAIN)
    with studio.module() as module:
        ids = begin(module, 500, lambda number: 2 + number % 20)
        kills = 3
        for _ in range(kills):
            worker = studio.worker()
            before = len(module.waits.pending()) + len(studio.lines("ended"))
            studio.until(lambda: len(module.waits.pending()) + len(studio.lines("ended")) > before + 20)  # noqa: B023
            studio.kill(worker)
        for _ in range(3):
            studio.worker()
        # The last delivery again may come a hundred seconds after the last worker began.
        began = time.monotonic()

        def all_ended() -> bool:
            late = time.monotonic() > began + 200
            return late and count(studio, module, ids.keys() & studio.received())[0] == 0

        studio.until(all_ended, 400)
        # Kombu takes a message off Redis before it notes that it has it: one may be lost with each kill, before any
        # worker has received it. No code of ours has seen it then.
        received = ids.keys() & studio.received()
        assert len(received) >= len(ids) - kills
        assert count(studio, module, received) == (0, 0)
        assert module.waits.pending() == {}
