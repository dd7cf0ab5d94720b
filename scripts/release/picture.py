"""`python -m scripts.release.picture`: run README's quick start, and draw the terminal that docs/index.md shows.

The commands are run as they are written in README.md, on a free port; the picture says the port of README.
"""

import html
import io
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "terminal.svg"
PORT = "8000"
SOUND = 'camb-client sound "rain on a tin roof" --duration 8 -o rain.wav'

_COLUMNS = 108
# As rich draws it, without the fonts that it would fetch from the network.
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace; line-height: {line_height}px; }}
.{unique_id}-title {{ font: bold 18px ui-sans-serif, Arial, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def quick_start() -> list[str]:
    """The blocks of code of README's quick start: the server, the settings, the program."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Quick start\n")[2].partition("\n## ")[0]
    return [token.content for token in MarkdownIt().parse(section) if token.type == "fence"]


def session(folder: Path) -> list[tuple[str, str]]:
    """Run the quick start in a folder, and one command more: each command, and all that it printed."""
    server, settings, program = quick_start()
    (folder / "morning.py").write_text(program, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = {
        "cwd": folder, "env": {**os.environ, "PATH": path}, "text": True, "encoding": "utf-8",
        "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT,
    }  # fmt: skip
    command = ["bash", "-c", f"exec {server.strip()} --port {port}"]
    with subprocess.Popen(command, **shell) as fake:  # type: ignore[call-overload]
        try:
            printed = fake.stdout.readline()
            if f"127.0.0.1:{port}/" not in printed:
                raise RuntimeError(f"{server.strip()} printed {printed!r}")
            done = []
            for line in ("python morning.py", SOUND):
                typed = f"set -e\n{settings.replace(PORT, port)}\n{line}"
                command = ["bash", "-c", typed]
                ended = subprocess.run(command, check=False, timeout=60, **shell)  # type: ignore[call-overload]
                if ended.returncode:
                    raise RuntimeError(f"{line} ended with {ended.returncode}: {ended.stdout}")
                done.append((line, ended.stdout))
        finally:
            fake.terminate()
            fake.communicate()
    return [*((line, "") for line in settings.splitlines()), *done]


def draw(lines: list[tuple[str, str]]) -> str:
    """The picture of a terminal with these commands and what they printed."""
    console = Console(record=True, file=io.StringIO(), width=_COLUMNS, force_terminal=True, legacy_windows=False)
    for command, printed in lines:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        for line in printed.splitlines():
            text = Text(line)
            text.highlight_regex(r"\bPENDING\b", "cyan")
            text.highlight_regex(r"\b(saved|downloaded)\b", "green")
            console.print(text)
    drawn = console.export_svg(title="camb-client", code_format=_SVG, unique_id="camb", font_aspect_ratio=0.61)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def words(drawn: str) -> str:
    """What is to be read in a picture, without seconds and numbers of polls, which differ from run to run."""
    shown = " ".join(html.unescape(text) for text in re.findall(r">([^<>]+)</text>", drawn)).replace("\u00a0", " ")
    return re.sub(r"\d+\.\d s\b|\d+ polls?\b", "…", " ".join(shown.split()))


def main() -> None:
    """Run the quick start and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        lines = session(Path(folder))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(lines), encoding="utf-8")
    for command, printed in lines:
        print(f"$ {command}\n{printed}", end="")
    print(f"written: {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
