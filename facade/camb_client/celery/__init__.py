"""Waits on Celery, for who outgrows one process: ``pip install 'camb-client[celery]'``.

::

    app = Celery("studio", broker="redis://localhost/0", backend="redis://localhost/1")
    waits = camb_client.celery.register(app, store="redis://localhost/2", max_requests_per_second=50)

    chain(waits.wait.s("tts:ID"), publish.s()).delay()     # resumed with the outcome, on whatever worker
    results = waits.begin(["tts:ID", "tts:ANOTHER"])       # thousands, from a web handler: a GroupResult

No worker is held while a task is waited for: open waits stand in the store, one short sweep at a time polls what is
due, and the waiting Celery task is resumed with its outcome. Workers run ``celery -A studio worker -Q celery,camb``.
"""

from .._polling.errors import ConfigurationError

try:
    from ._waits import Waits, register
except ImportError as missing:
    if (missing.name or "").partition(".")[0] not in {"celery", "kombu"}:
        raise
    raise ConfigurationError("camb_client.celery needs Celery: pip install 'camb-client[celery]'") from missing

__all__ = ["Waits", "register"]
for _public in (Waits, register):
    _public.__module__ = __name__
