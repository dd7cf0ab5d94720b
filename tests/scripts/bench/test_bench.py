"""The benchmark: its server answers and counts right, its report says what was measured, its simulation is the client.

Nothing here asks how fast anything is.
"""

import http.client
import json
import math
import random
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from camb_client import Schedule, TaskRef
from camb_client.testing import FakeCamb, VirtualClock, use_clock
from scripts.bench import engines, simulate
from scripts.bench.contenders import run, title
from scripts.bench.measure import by_turns, cpu, waiting
from scripts.bench.report import Bar, render
from scripts.bench.server import burst, report, server
from tests.facade.celery.conftest import require_redis


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def url(shared: str) -> str:
    report(shared)
    return shared


def poll(url: str, task_id: str) -> tuple[int, Any]:
    """Status code and body; 0 for no answer."""
    with closing(http.client.HTTPConnection(url.rpartition("/")[2], timeout=10)) as connection:
        try:
            connection.request("GET", f"/tts/{task_id}")
            response = connection.getresponse()
        except ConnectionError:
            return 0, None
        text = response.read().decode()
        return response.status, json.loads(text) if text.startswith("{") else text


def test_a_task_by_looks_and_one_by_time(url: str) -> None:
    answers = [poll(url, "n2-17")[1] for _ in range(4)]
    pending, success = {"status": "PENDING", "run_id": None}, {"status": "SUCCESS", "run_id": 17}
    assert answers == [pending, pending, success, success]
    assert poll(url, "t0-3") == (200, {"status": "SUCCESS", "run_id": 3})
    assert poll(url, "t60-3") == (200, pending)
    assert poll(url, "nonsense")[0] == 404
    seen = report(url)
    assert {name: seen[name] for name in ("polls", "tasks", "told", "again", "faults")} == {
        "polls": 6, "tasks": 3, "told": 2, "again": 1, "faults": 0
    }  # fmt: skip
    assert report(url)["polls"] == 0


def test_a_third_of_the_answers_is_faulty_and_never_four_in_a_row(url: str) -> None:
    answers = [poll(url, "x9999-1") for _ in range(600)]
    faulty = [answer != (200, {"status": "PENDING", "run_id": None}) for answer in answers]
    assert {answer[0] for answer in answers} == {0, 200, 429, 503}
    assert (200, "<!doctype html><title>Welcome</title>") in answers
    assert report(url)["faults"] == sum(faulty)
    assert 150 < sum(faulty) < 250
    assert "1111" not in "".join(str(int(fault)) for fault in faulty)


def test_the_largest_burst_is_that_of_any_second_not_of_a_second_of_the_clock() -> None:
    assert burst([]) == 0
    assert burst([0.0, 0.9, 1.1, 1.8, 1.85, 2.5]) == 4
    assert burst([0.0, 1.0, 2.0]) == 1


def test_contenders_say_how_it_went_and_the_report_says_it_too(url: str) -> None:
    names = ["by_hand", "httpx_eight", "ours", "ours_threads"]
    found = waiting(url, names, tasks=5, pending=3, limit=10.0, patience=0.0)
    for turn in found.values():
        assert turn["finished"], turn
        assert (turn["once"], turn["lost"], turn["errors"], turn["server"]["polls"]) == (5, 0, {}, 20)
        assert 0 < turn["p50"] <= turn["p99"] <= turn["wall"]
    results = {"machine": "here", "versions": {"httpx": "1"}, "waiting": {"1000": found}}
    shown = render(results)
    for name in names:
        assert f"| {title(name)} |" in shown
    assert f"polls a second: {title('ours')} / {title('httpx_eight')}" in shown


def test_faults_lose_no_outcome_and_give_none_twice(url: str) -> None:
    turn = run("ours", url, script="x0", tasks=12)
    results = {"machine": "here", "versions": {}, "waiting": {}, "chaos": turn}
    assert turn["server"]["faults"] > 3
    assert "outcomes, each once and right | 12 | ≥ 12 | yes |" in render(results)
    turn["once"] -= 1
    assert "outcomes, each once and right | 11 | ≥ 12 | **no** |" in render(results)
    assert "polled again | 1 | ≤ 0 | **no** |" in render(results)


def test_a_contender_that_is_too_slow_or_fails_is_a_result(url: str) -> None:
    slow = run("by_hand", url, script="n999999999", tasks=2, limit=0.3)
    assert (slow["finished"], slow["once"], slow["errors"]) == (False, 0, {})
    assert slow["throughput"] > 0
    failed = run("ours", url, script="n0", tasks=2, rate=-1.0)
    assert (failed["finished"], failed["once"], failed["errors"]) == (False, 0, {"ValueError": 1})


def test_a_bar_is_held_at_its_bounds() -> None:
    assert Bar("what", 2.0, least=2.0).held
    assert not Bar("what", 1.99, least=2.0).held
    assert Bar("what", 2.0, most=2.0).held
    assert Bar("what", 2.1, most=2.0, unit=" s").row() == "| what | 2.1 s | ≤ 2 s | **no** |"
    assert Bar("what", 1234.5).row() == "| what | 1,234 |  |  |"


def test_the_first_turn_does_not_count() -> None:
    times = iter([(900.0,), (1.0,), (3.0,), (2.0,)])
    assert by_turns({"it": lambda: next(times)}, 3) == {"it": [(1.0,), (3.0,), (2.0,)]}


def test_a_ratio_is_told_with_its_spread_and_whether_it_swings() -> None:
    pairs = [(1.0, 2.0), (3.0, 2.0), (2.0, 2.0)]
    assert Bar.ratio("what", pairs, most=1.2).row() == "| what | 1 (0.5 to 1.5) | ≤ 1.2 | yes, swings |"
    assert Bar.ratio("what", pairs, most=2).row() == "| what | 1 (0.5 to 1.5) | ≤ 2 | yes |"
    assert Bar.ratio("what", pairs, least=2).row() == "| what | 1 (0.5 to 1.5) | ≥ 2 | **no** |"


def test_cpu_is_compared_in_pairs_of_those_that_are_there(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "scripts.bench.measure.PAIRS", (("ours_httpx2", "httpx_loops"), ("ours_journal", "ours"), ("not_there", "ours"))
    )
    found = cpu(url, 1, 3)
    assert list(found) == ["ours_httpx2 / httpx_loops", "ours_journal / ours"]
    assert all(0 < seconds < 1 for turns in found.values() for turn in turns for seconds in turn)


def test_the_report_says_where_the_learned_pace_is_worst() -> None:
    cells = [["one kind of length", 8, 0.3, 20, 0.6, 0.9], ["a server that queues", 1, 0.5, 60, 0.8, 1.1]]
    shown = render({"machine": "here", "versions": {}, "waiting": {}, "learned": cells})
    assert "median 20 s, sigma 0.3, 8 in flight: requests | 0.6 | ≤ 0.65 | yes |" in shown
    assert (
        "by delay (a server that queues, 1 in flight, sigma 0.5, median 60 s) | 1.1; in the mean 1 | ≤ 1.05 |" in shown
    )


@pytest.mark.parametrize("schedule", [Schedule.DEFAULT, Schedule.INTERACTIVE, Schedule.BACKGROUND])
@pytest.mark.parametrize("submitted_at", [simulate.SUBMITTED, None], ids=["submission known", "not known"])
def test_what_is_simulated_is_what_a_client_does(
    schedule: Schedule, submitted_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "ROUND_TRIP", 0.0)
    for duration in (0.5, 7.3, 61.0):
        clock = VirtualClock(simulate.SUBMITTED.timestamp())
        fake = FakeCamb(clock=clock)
        ref = fake.add(TaskRef("tts", "it", submitted_at=submitted_at), {0: "PENDING", duration: "SUCCESS"})
        with use_clock(fake.client(), clock, random=random.Random(7).random) as camb:
            camb.wait(ref, schedule=schedule, timeout=None)
        polls, delay = simulate.ours(schedule, ref, duration, random.Random(7))
        assert (polls, delay) == (fake.polls(ref), pytest.approx(clock.monotonic() - duration))


def test_a_cell_of_the_simulation_is_the_same_in_every_run() -> None:
    cell = simulate.cell("docs page, 5 s", 20, 2_000)
    assert cell == simulate.cell("docs page, 5 s", 20, 2_000)
    # Every 5.15 s, so half of that late, and half a trip for the answer.
    assert cell.delay == pytest.approx(5.15 / 2 + 0.075, rel=0.03)
    assert cell.requests == pytest.approx(1.5 + 20 * math.exp(0.125) / 5.15, rel=0.03)
    assert simulate.cell("runwayml, 6 ± 1.5 s", 20, 50) == simulate.cell("runwayml, 6 ± 1.5 s", 20, 50)


def test_waits_on_celery_are_measured_and_told() -> None:
    require_redis()
    with server() as url:
        turn = engines.measure(engines.OURS, engines.Load(60, 30, 1.0, workers=1), url)
    assert turn["rate"] > 5
    assert 0 < turn["burst"] <= 30
    assert turn["cpu"] > 0
    assert 400 < turn["bytes"] < 5_000
    results = {"machine": "here", "versions": {}, "waiting": {}, "engines": {"designs": {"ours": turn}, "ours": turn}}
    shown = render(results)
    assert "| ours: 60 | 30 |" in shown
    assert "60 waits on Celery, 30 polls a second asked for: most polls in any second" in shown
