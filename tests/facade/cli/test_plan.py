"""``plan``: the numbers are those of the schedules, and the drawing is of them."""

import pathlib
import re

import pytest

from camb_client import Schedule

from .conftest import Cli


def test_the_numbers_are_those_of_the_schedules(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = cli("plan", "--duration", "90", "--schedule", "5")
    assert (done.code, done.err, cli.fake.requests) == (0, "", [])
    rows = dict(re.findall(r"^(\w[\w ]*?)  +(\d+ .* s)$", done.out, flags=re.MULTILINE))
    for name, preset in (
        ("default", Schedule.DEFAULT),
        ("interactive", Schedule.INTERACTIVE),
        ("background", Schedule.BACKGROUND),
        ("every 5 s", Schedule.fixed(5)),
    ):
        polls = [0.0, *preset.preview(89.999)]
        seen = polls[-1] + preset.delay(polls[-1])
        numbers = [float(number) for number in re.findall(r"[\d.]+", rows[name])]
        assert numbers == pytest.approx([len(polls) + 1, seen, seen - 90, seen - polls[-1]], abs=0.06)
        drawing = re.search(rf"^{name} +([|.]+)$", done.out, flags=re.MULTILINE)
        assert drawing is not None
        assert 2 < drawing[1].count("|") <= len(polls) + 1
        assert drawing[1][0] == drawing[1][-1] == "|"
    assert re.search(r"^default +at 0, 2, 3.4, 5.3, .*, \.\.\., 98\.6 s$", done.out, flags=re.MULTILINE)
    assert max(map(len, done.out.splitlines())) <= 80
    assert "--timeout" not in done.out


def test_where_it_ends_stands_above_its_place(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "113")
    lines = cli("plan", "--duration", "50", "--schedule", "50").out.splitlines()
    mark = next(line for line in lines if line.endswith("it ends v"))
    drawing = next(line for line in lines if re.fullmatch(r"every 50 s +[|.]+", line))
    assert len(mark) == len(drawing)
    assert drawing.count("|") == 2


def test_a_task_that_takes_no_time_or_too_long_for_the_deadline(cli: Cli) -> None:
    assert re.search(r"^default +1      0\.0 s", cli("plan", "--duration", "0").out, flags=re.MULTILINE)
    assert "--timeout" in cli("plan", "--duration", "700").out
    assert cli("plan", "--duration", "-1").code == 2


def test_what_a_batch_learns_from_durations(cli: Cli, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "durations.txt"
    file.write_text("".join(f"{58 + number % 5}\n" for number in range(24)) + "\n", encoding="utf-8")
    done = cli("plan", "--durations", str(file), "--schedule", "60")
    assert (done.code, done.err, cli.fake.requests) == (0, "", [])
    assert done.out.startswith("24 tasks, 8 at a time; they take 58 to 62 s, 60 s in the median\n")
    rows = {
        name.strip(): [float(number) for number in re.findall(r"[\d.]+", rest)]
        for name, rest in re.findall(r"^(\w[\w ]*?)  +([\d.]+ .* s)$", done.out, flags=re.MULTILINE)
    }
    assert list(rows) == ["learned", "default", "interactive", "background", "every 60 s"]
    polls = [2.0, *(at for at in Schedule.DEFAULT.preview(75) if at > 2)]
    assert rows["default"][0] == pytest.approx(sum(at < 60 for at in polls) + 1, abs=1)
    assert rows["learned"][0] < 0.8 * rows["default"][0]
    assert re.search(r"\nlearned polls the last task, which takes 61 s, at [\d., ]+ s\n$", done.out)


@pytest.mark.parametrize(
    ("text", "said"), [("", "there are none in it"), ("12\nfast\n", "'fast' is not a number of seconds")]
)
def test_durations_that_are_none(cli: Cli, tmp_path: pathlib.Path, text: str, said: str) -> None:
    file = tmp_path / "durations.txt"
    file.write_text(text, encoding="utf-8")
    done = cli("plan", "--durations", str(file))
    assert done.code == 2
    assert said in done.err
