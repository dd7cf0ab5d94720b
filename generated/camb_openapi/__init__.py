"""A client library for accessing FastAPI"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client
else:

    def __getattr__(name: str) -> object:
        if name not in ("AuthenticatedClient", "Client"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import client

        return getattr(client, name)


# SHA-256 of the openapi/camb.yaml that this package is made from.
SPEC_DIGEST: str = "4ac293b1d5a8ff17f7e2210e1c88ec52b6967969c70a652180a0cfc804050a1c"

__all__ = (
    "SPEC_DIGEST",
    "AuthenticatedClient",
    "Client",
)
