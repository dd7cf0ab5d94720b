"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "9074b3430cadd08f37e85314296a1289595548629fcc43bc2dfb2ab9cf6c84cb"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
