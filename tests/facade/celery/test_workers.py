"""Waits with real workers, a real broker and a real store."""

from collections.abc import Callable

from celery import chain

from camb_client.testing import FakeCamb

from .conftest import KEY, Studio

Make = Callable[..., Studio]


def test_a_chain_goes_on_with_the_outcome(make_studio: Make, over_redis: dict[str, str]) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["PENDING", "SUCCESS"], run_id=7)
    with fake.serve() as url:
        # The queue is there even where Celery must not make it up.
        studio = make_studio(url, **over_redis, conf={"task_create_missing_queues": False})
        studio.worker()
        with studio.module() as m:
            assert chain(m.waits.wait.s("tts:1", schedule=0.5), m.publish.s()).delay().get(timeout=20) == 7
            assert m.waits.pending() == {}
    assert studio.lines("published") == ["published tts:1 7"]
