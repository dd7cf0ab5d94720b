"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "a0b2f06745a1131c338c88c2ff825fbd9f357d970c8789b11ea27da71c31e260"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
