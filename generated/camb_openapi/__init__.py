"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "4ac293b1d5a8ff17f7e2210e1c88ec52b6967969c70a652180a0cfc804050a1c"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
