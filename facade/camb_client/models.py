"""What tasks are made of, and what comes of them: ``models.TranslateBody``, ``models.TranslateResult`` and so on.

For each kind there are ``<Kind>Body`` and ``<Kind>Result``, where the API description has them. Other names are those
of its components, and may change with it. :class:`File` is what a field that is a file takes, beside a path and an
open binary handle.
"""

from typing import TYPE_CHECKING

from ._api.models import __all__ as __all__

if TYPE_CHECKING:
    from ._api.models import *  # noqa: F403
else:
    from ._api.models import __dir__ as __dir__
    from ._api.models import __getattr__ as __getattr__
