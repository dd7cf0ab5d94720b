"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "5b787467fd80e6619e156cfd12010b8a1ad743a5fcfeb562836c469654f6ed27"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
