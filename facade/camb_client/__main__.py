"""``camb-client`` and ``python -m camb_client``: hand over to the command line, or say what it needs.

It runs without the extra, so it imports nothing that needs click or rich before it knows that they are there.
"""

import os
import sys
import threading
from importlib.util import find_spec


def main() -> int:
    """Run the command line; the exit code."""
    from .cli._signals import signals

    signals.install()
    try:
        code = _main()
    except KeyboardInterrupt:  # While it is imported.
        code = 128 + signals.number
    signals.uninstall()
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        os._exit(code)  # Python would wait for it: a name that does not resolve, for one. All output is flushed.
    return code


def _main() -> int:
    if missing := [name for name in ("click", "rich") if find_spec(name) is None]:
        print(  # noqa: T201 (there is no click to print with)
            f'camb-client needs {" and ".join(missing)} for the terminal: pip install "camb-client[cli]"',
            file=sys.stderr,
        )
        return 2
    # httpx has a command line of its own, and loads it wherever click and rich are: a third of the time to start ours.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from .cli._app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
