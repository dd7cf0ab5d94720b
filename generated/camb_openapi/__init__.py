"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "552a1d7cb891be88dce45fb9da7393a18065c2d5f54c0025d866340fbb4a161d"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
