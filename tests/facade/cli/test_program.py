"""The program as a whole: how it starts, with the extra and without, and what a shell completes."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib

import click
import pytest

from camb_client import SPEC_DIGEST, __version__

from .conftest import Cli

ROOT = pathlib.Path(__file__).parents[3]
RUN = [sys.executable, "-W", "error", "-m", "camb_client"]


def test_the_version(cli: Cli) -> None:
    assert cli("--version").out == f"camb-client {__version__} (spec {SPEC_DIGEST[:12]})\n"
    done = subprocess.run([*RUN, "--version"], env=cli.env, capture_output=True, text=True, check=True)
    assert done.stdout == cli("--version").out


def test_the_console_script_is_the_same_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"camb-client": "camb_client.__main__:main"}


def test_every_command_has_its_help_and_its_place_in_the_page(cli: Cli) -> None:
    from camb_client.cli._app import COMMANDS

    page = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    shown = cli("--help").out
    for command in COMMANDS:
        assert f"\n  {command} " in shown
        assert re.search(rf"`camb-client {command}\b", page)
        assert cli(command, "--help").out.startswith(f"Usage: camb-client {command} ")
        assert "--debug" in cli(command, "--help").out
    assert cli().out == shown


def test_a_command_that_is_none_is_said_with_what_it_looks_like(cli: Cli) -> None:
    done = cli("statu")
    alike = " Did you mean 'status'?" if hasattr(click, "NoSuchCommand") else ""  # Older ones say no more.
    assert (done.code, done.out) == (2, "")
    assert done.err == f"error: No such command 'statu'.{alike}\nTry 'camb-client --help'.\n"


@pytest.mark.parametrize(("missing", "named"), [(["click"], "click"), (["rich", "click"], "click and rich")])
def test_without_the_extra_it_says_what_to_install(missing: list[str], named: str) -> None:
    program = (
        "import sys, importlib.util as util\n"
        f"found = util.find_spec; util.find_spec = lambda name: None if name in {missing} else found(name)\n"
        "from camb_client.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f'camb-client needs {named} for the terminal: pip install "camb-client[cli]"\n'


def test_an_import_of_the_client_loads_none_of_it() -> None:
    program = (
        "import sys\n"
        "sys.modules['httpx._main'] = None\n"  # httpx loads click and rich itself, for its own command line.
        "import camb_client\n"
        "print(*{'click', 'rich', 'pytest', 'camb_client.cli', 'camb_client.__main__'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def loaded(*modules: str, arguments: list[str]) -> str:
    """Which of these modules the program has imported at its end."""
    program = (
        "import sys\n"
        "sys.modules.pop('httpx._main', None)\n"  # conftest.py leaves it out of what tests start; so must the program.
        f"sys.argv = {['camb-client', *arguments]}\n"
        "from camb_client.__main__ import main\n"
        "main()\n"
        f"print('loaded:', *(name for name in {modules} if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("loaded:")[2].strip()


def test_a_command_loads_none_of_the_others() -> None:
    modules = ("httpx", "camb_client.cli._batch", "camb_client.cli._plan")
    assert loaded(*modules, arguments=["plan", "--help"]) == "camb_client.cli._plan"


def test_help_waits_for_nothing_that_it_does_not_need() -> None:
    modules = ("asyncio", "rich", "pygments", "http.server", "camb_client.testing", "camb_client.cli._plan")
    assert loaded(*modules, arguments=["--help"]) == "camb_client.cli._plan"


COMPLETE = """\
eval "$(_CAMB_CLIENT_COMPLETE=bash_source camb-client)"
COMP_WORDS=({words}) COMP_CWORD={last}
$(complete -p camb-client | sed 's/.*-F \\([^ ]*\\) .*/\\1/') camb-client
echo "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["wa"], "wait watch"),
        (["wait", "--sched"], "--schedule"),
        (["wait", "--schedule", "b"], "background"),
        (["status", "text-to-s"], "text-to-sound:"),
    ],
)
def test_bash_completes(cli: Cli, tmp_path: pathlib.Path, words: list[str], completed: str) -> None:
    script = tmp_path / "camb-client"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m camb_client "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    env = {**cli.env, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    program = COMPLETE.format(words=" ".join(["camb-client", *words]), last=len(words))
    done = subprocess.run(["bash", "-c", program], env=env, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{completed}\n", "")
