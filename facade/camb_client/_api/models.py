"""The models of the API, as the generated code has them: each is imported when it is asked for."""

from typing import TYPE_CHECKING

from camb_openapi.models import __all__ as __all__

if TYPE_CHECKING:
    from camb_openapi.models import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        """One of those."""
        if name not in __all__:
            raise AttributeError(f"module 'camb_client.models' has no attribute {name!r}")
        from camb_openapi import models

        return getattr(models, name)

    def __dir__() -> list[str]:
        """Their names."""
        return list(__all__)
