"""The one logger of the client."""

import logging

log = logging.getLogger("camb_client")
log.addHandler(logging.NullHandler())
