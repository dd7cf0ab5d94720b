"""The kinds of tasks that the client knows: ``kinds.TRANSLATE`` is the handle of ``"translate"``, and so on.

A kind is the path of a status endpoint up to the id; its handle is what :meth:`CambClient.family` takes. ``ALL`` has
the kinds, and ``check`` says whether there is one.
"""

from ._api import handles
from ._api.handles import *  # noqa: F403
from ._api.operations import KINDS as ALL
from ._api.operations import check_kind as check

__all__ = ["ALL", "check"]
__all__ += handles.__all__
