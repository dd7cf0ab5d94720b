"""The models of the API, as the generated code has them: each is imported when it is asked for."""

from typing import TYPE_CHECKING

from camb_openapi.models import __all__ as __all__

if TYPE_CHECKING:
    from camb_openapi.models import *  # noqa: F403
else:
    from camb_openapi.models import __dir__ as __dir__
    from camb_openapi.models import __getattr__ as __getattr__
