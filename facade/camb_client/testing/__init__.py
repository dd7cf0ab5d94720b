"""For tests and demos: a small local CAMB server, and a clock that does not make you wait.

::

    from camb_client.testing import FakeCamb, VirtualClock

    fake = FakeCamb(clock=VirtualClock())
    task = fake.add("tts:c8b8e3cd", ["PENDING", "PENDING", "SUCCESS"], run_id=11768)
    with fake.client() as camb:
        assert camb.wait(task).run_id == 11768   # takes no time

    with fake.patch():                           # for code that makes its own clients
        ...
    with fake.serve() as base_url:               # the same over real HTTP, on a free loopback port
        ...

For pytest there are fixtures: :mod:`camb_client.testing.pytest_plugin`.
"""

from .._http.clock import Clock
from ._bodies import CreateBody, Upload
from ._clock import VirtualClock, use_clock
from ._fake import FakeCamb, RecordedRequest
from ._replies import (
    BAD_JSON,
    HANG,
    HTML,
    RESET,
    STALL,
    TRUNCATED,
    Fault,
    Reply,
    Timeline,
    cut,
    error,
    rate_limited,
    slow,
)
from ._transport import FakeTransport

__all__ = [
    "BAD_JSON",
    "HANG",
    "HTML",
    "RESET",
    "STALL",
    "TRUNCATED",
    "Clock",
    "CreateBody",
    "FakeCamb",
    "FakeTransport",
    "Fault",
    "RecordedRequest",
    "Reply",
    "Timeline",
    "Upload",
    "VirtualClock",
    "cut",
    "error",
    "rate_limited",
    "slow",
    "use_clock",
]
