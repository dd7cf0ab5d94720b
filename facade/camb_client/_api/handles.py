"""The handle of each family of tasks, as the generated code has them."""

from camb_openapi.api import *  # noqa: F403
from camb_openapi.api import __all__ as __all__
