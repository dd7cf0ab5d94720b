"""What a person sees: the program on a pseudo-terminal, its screen, and Ctrl-C."""

import os
import re

import pytest

from camb_client.testing import error

from .conftest import Cli
from .terminal import terminal

QUICK = ("--schedule", "0.05")
COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-7][0-9;]*m")
TASKS = ("tts:1", "text-to-sound:rain", "tts:3")


@pytest.fixture
def pending(cli: Cli) -> Cli:
    for task in TASKS:
        cli.fake.add(task, [{"status": "PENDING", "message": "rendering"}])
    return cli


def test_a_live_table_and_then_a_line_for_each_task(pending: Cli) -> None:
    with terminal("wait", *QUICK, *TASKS, env=pending.env) as it:
        row = r"^\S  {}  PENDING  rendering +\d+\.\d s  \d+ polls  polling$"
        for task in TASKS:
            it.until(lambda screen, task=task: re.search(row.format(task.ljust(18)), screen, re.MULTILINE), task)
        assert it.screen.splitlines()[-1].strip() == "0 of 3 done"
        assert it.cursor_is_hidden
        pending.fake.add("tts:3", ["SUCCESS"], run_id=7)
        it.until(lambda screen: "run_id 7" in screen and "1 of 3 done" in screen)
        first, *others = it.screen.splitlines()
        assert re.fullmatch(r"tts:3               SUCCESS  run_id 7  \d+\.\d s  \d+ polls", first)
        assert ["tts:3" in line for line in others] == [False] * 3
        pending.fake.add("tts:1", ["TIMEOUT"])
        pending.fake.add("text-to-sound:rain", ["SUCCESS"], run_id=8)
        assert it.end() == 5
        assert not it.cursor_is_hidden
        # Nothing is left of the table.
        lines = sorted(re.sub(r"  \d+\.\d s  \d+ polls?", "", line) for line in it.screen.splitlines())
        assert lines == [
            "error: tts:1 ended as TIMEOUT. The server gave up: submit smaller pieces.",
            "text-to-sound:rain  SUCCESS  run_id 8",
            "tts:1               TIMEOUT  timed out",
            "tts:3               SUCCESS  run_id 7",
        ]


def test_it_says_when_it_polls_next_and_what_it_tolerates(cli: Cli) -> None:
    cli.fake.add("tts:1", ["PENDING"])
    cli.fake.add("tts:2", [error(503)])
    with terminal("wait", "--schedule", "30", "tts:1", "tts:2", env=cli.env) as it:
        it.until(lambda screen: re.search(r"tts:1 +PENDING +\d+\.\d s  1 poll +next in \d\d s", screen))
        it.until(
            lambda screen: re.search(
                r"tts:2 +not seen +\d+\.\d s  \d polls? +next in \d s; HTTP 503: scripted\n", screen
            )
        )


def test_ctrl_c_leaves_the_terminal_clean_and_says_how_to_go_on(pending: Cli) -> None:
    pending.fake.add("tts:3", ["SUCCESS"], run_id=7)
    with terminal("wait", "--timeout", "60", *QUICK, *TASKS, env=pending.env) as it:
        it.until(lambda screen: "run_id 7" in screen and "1 of 3 done" in screen)
        it.press("\x03")
        assert it.end() == 130
        assert not it.cursor_is_hidden
        done, *said = it.screen.splitlines()
        assert done.startswith("tts:3               SUCCESS  run_id 7")
        assert said == [
            "interrupted; submitted tasks are still running at CAMB.AI",
            "to go on waiting: camb-client wait --timeout 60 --schedule 0.05 tts:1 text-to-sound:rain",
        ]


def test_a_signal_to_end_leaves_the_terminal_clean_as_well(pending: Cli) -> None:
    with terminal("wait", *QUICK, "tts:1", env=pending.env) as it:
        it.until(lambda screen: "PENDING  rendering" in screen)
        it.process.terminate()  # As timeout(1) does.
        assert it.end() == 143
        assert it.screen.endswith("to go on waiting: camb-client wait --schedule 0.05 tts:1")
        assert not it.cursor_is_hidden


def test_ctrl_c_while_references_are_typed(pending: Cli) -> None:
    with terminal("watch", "-", *QUICK, env=pending.env) as it:
        it.press("tts:1\n")
        it.until(lambda screen: "PENDING  rendering" in screen)
        it.press("tts:3\n")
        it.until(lambda screen: re.search(r"^tts:3  PENDING  rendering", screen, re.MULTILINE))
        it.press("\x03")
        assert it.end() == 130
        assert it.screen.endswith("to go on waiting: camb-client watch --schedule 0.05 tts:1 tts:3")
        assert not it.cursor_is_hidden
        assert b"Fatal" not in it.output


@pytest.mark.parametrize("without", [{"NO_COLOR": "1"}, {}, {"TERM": "dumb"}], ids=["no-color", "color", "dumb"])
def test_colours_are_for_those_who_want_them(pending: Cli, without: dict[str, str]) -> None:
    pending.fake.add("tts:3", ["ERROR"])
    with terminal("wait", "tts:3", env={**pending.env, **without}) as it:
        assert it.end() == 3
        assert bool(COLOUR.search(it.output)) == (not without)
        assert (b"\x1b" in it.output) == (without != {"TERM": "dumb"})


def test_results_that_are_piped_leave_the_table_on_the_terminal(pending: Cli) -> None:
    reading, writing = os.pipe()
    with terminal("wait", "--json", *QUICK, "tts:1", env=pending.env, stdout=writing) as it, os.fdopen(reading) as out:
        os.close(writing)
        it.until(lambda screen: "tts:1  PENDING  rendering" in screen)
        pending.fake.add("tts:1", ["SUCCESS"])
        assert it.end() == 0
        assert it.screen == ""
        assert out.read().startswith('{"event": "ended", "task": "tts:1", "status": "SUCCESS"')


def test_a_reader_that_goes_away_leaves_the_terminal_clean(pending: Cli) -> None:
    reading, writing = os.pipe()
    with terminal("wait", *QUICK, "tts:1", env=pending.env, stdout=writing) as it:
        os.close(writing)
        it.until(lambda screen: "tts:1  PENDING" in screen)
        os.close(reading)
        pending.fake.add("tts:1", ["SUCCESS"])
        assert it.end() == 141
        assert it.screen == ""
        assert not it.cursor_is_hidden


def test_more_tasks_than_fit(cli: Cli) -> None:
    tasks = [f"tts:{number}" for number in range(20)]
    for task in tasks:
        cli.fake.add(task, ["PENDING"])
    with terminal("wait", *QUICK, *tasks, env=cli.env, lines=10) as it:
        it.until(lambda screen: "0 of 20 done, 13 not shown" in screen)
        assert len(it.screen.splitlines()) == 8
        for task in tasks:
            cli.fake.add(task, ["SUCCESS"])
        assert it.end() == 0


def test_a_terminal_that_knows_no_unicode(pending: Cli) -> None:
    env = {**pending.env, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    with terminal("wait", *QUICK, "tts:1", env=env) as it:
        it.until(lambda screen: re.search(r"^[-\\|/]  tts:1  PENDING  rendering", screen))
        pending.fake.add("tts:1", [{"status": "ERROR", "message": "ça"}])
        assert it.end() == 3
        assert "\\xe7a" in it.screen
    pending.fake.add("tts:1", [{"status": "PENDING", "message": "ça"}])
    with terminal("status", "tts:1", env=env) as it:
        assert it.end() == 124
        assert it.screen.startswith("tts:1  PENDING  not done, \\xe7a")
