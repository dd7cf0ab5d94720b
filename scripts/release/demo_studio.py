"""The application of `make demo-celery`, as its workers and its web handler import it: no server is needed.

Its broker and its results are folders, its store is a file; all of them are where STUDIO says.
"""

import os
from pathlib import Path

from celery import Celery

import camb_client.celery

FOLDER = Path(os.environ["STUDIO"])
(QUEUE := FOLDER / "queue").mkdir(exist_ok=True)
(RESULTS := FOLDER / "results").mkdir(exist_ok=True)
app = Celery("studio", broker="filesystem://", backend=f"file://{RESULTS}")
app.conf.broker_transport_options = {
    "data_folder_in": str(QUEUE), "data_folder_out": str(QUEUE), "control_folder": str(FOLDER / "control"),
}  # fmt: skip
waits = camb_client.celery.register(app, store=f"sqlite:///{FOLDER / 'waits.db'}", max_requests_per_second=100)
