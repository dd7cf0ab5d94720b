"""``make fuzz``: atheris looks for input that breaks what reads responses and what imports pages.

``python -m tests.gauntlet.fuzz [--minutes 1] [TARGET]`` has a minute for both, or for one. It begins with what the
fault matrix and the pages have; a case that breaks something stays in ``.cache/fuzz/``, and
``python -m tests.gauntlet.fuzz --once TARGET < case`` tries it again.
"""

import argparse
import hashlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / ".cache" / "fuzz"
CODES = (200, 201, 202, 204, 206, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503)
# The longest input, in bytes.
LONGEST = 4096


def response(data: bytes) -> None:
    """A response: a byte for what is asked, one for the status code, and the body."""
    from tests.gauntlet import reading

    uses = sorted(reading.USES)
    use, code = uses[data[0] % len(uses)], CODES[data[1] % len(CODES)] if len(data) > 1 else 200
    hint = data[-9:].decode("latin-1").strip()
    headers = [("retry-after", hint)] if code >= 400 and hint.isascii() and hint.isprintable() else []
    reading.read_response(use, code, headers, data[2:])


def responses() -> Iterator[bytes]:
    """The responses of the fault matrix, to each use."""
    from tests.gauntlet.matrix import ROWS
    from tests.gauntlet.reading import USES
    from tests.gauntlet.server import steps

    for _, row in ROWS:
        for step in (step for given in row.server.responses for step in steps(given) if isinstance(step, bytes)):
            head, _, body = step.partition(b"\r\n\r\n")
            code = head.split(b" ")[1] if b" " in head else b"200"
            place = CODES.index(int(code)) if code.isdigit() and int(code) in CODES else 0
            for use in range(len(USES)):
                yield bytes((use, place)) + body[: LONGEST - 2]


def page(data: bytes) -> None:
    """The text of a page."""
    from tests.gauntlet import reading

    reading.read_page(data.decode("utf-8", "replace"))


def page_texts() -> Iterator[bytes]:
    """The pages of the project, and a small one."""
    from tests.gauntlet import reading

    yield b"```yaml get /tts/{task_id}\nopenapi: 3.1.0\npaths: {/tts/{task_id}: {get: {}}}\n```\n"
    for text in reading.pages().values():
        yield text.encode()[:LONGEST]


TARGETS: dict[str, tuple[Any, Any]] = {"response": (response, responses), "page": (page, page_texts)}


def fuzz(target: str, seconds: int) -> None:
    """Fuzz in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["camb_client", "camb_openapi", "scripts"]):
        import tests.gauntlet.reading  # noqa: F401

    run, seeds = TARGETS[target]
    corpus = FOLDER / target
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in set(seeds()):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    bounds = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10"]
    shown = [f"-artifact_prefix={FOLDER}/{target}-", "-verbosity=0", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], str(corpus), *bounds, *shown], lambda data: run(data) if data else None)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gauntlet.fuzz", description="Look for input that breaks us.")
    parser.add_argument("target", nargs="?", choices=sorted(TARGETS), help="what to fuzz (default: all)")
    parser.add_argument("--minutes", type=float, default=1.0, help="for all of it (default: 1)")
    parser.add_argument("--once", action="store_true", help="try the standard input once")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    targets = [options.target] if options.target else sorted(TARGETS)
    seconds = max(1, round(60 * options.minutes / len(targets)))
    if options.once:
        TARGETS[targets[0]][0](sys.stdin.buffer.read())
        return 0
    if importlib.util.find_spec("atheris") is None:
        said = "There is no atheris here. `make fuzz` installs it; for Python 3.14 there is none: use an older one."
        print(said, file=sys.stderr)
        return 1
    if options.here:
        fuzz(targets[0], seconds)
    command = [sys.executable, "-m", "tests.gauntlet.fuzz", "--here", "--minutes", str(seconds / 60)]
    codes = [subprocess.run([*command, target], check=False).returncode for target in targets]
    print(f"{', '.join(targets)}: {'something broke, see .cache/fuzz/' if any(codes) else 'nothing broke'}")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
