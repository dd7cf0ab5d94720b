"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "3aa4ba221f1be60edf35d13e2601da91d7350941067442fb7c9bb5801cfcac65"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
