"""A client library for accessing FastAPI"""

from .client import AuthenticatedClient, Client

# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "36c64aad2187f201537095ea79bf643c3487a322eda5fd6e00ccf6fc747f34ce"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
