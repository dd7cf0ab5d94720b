"""``camb-client`` and ``python -m camb_client``: hand over to the command line, or say what it needs.

Rule of this file: it runs without the extra, so it imports nothing of ``camb_client.cli`` before it knows that
click and rich are there.
"""

import signal
import sys
from importlib.util import find_spec


def main() -> int:
    """Run the command line; the exit code."""
    if missing := [name for name in ("click", "rich") if find_spec(name) is None]:
        print(  # noqa: T201 (there is no click to print with)
            f'camb-client needs {" and ".join(missing)} for the terminal: pip install "camb-client[cli]"',
            file=sys.stderr,
        )
        return 2
    from .cli._app import run

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # It ends as by Ctrl-C, so that the terminal gets its cursor back; where that is ignored, it just ends.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    return run()


if __name__ == "__main__":
    sys.exit(main())
