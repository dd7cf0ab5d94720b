"""The kinds of tasks that the client knows: ``kinds.TRANSLATE`` is the handle of ``"translate"``, and so on.

A kind is the path of a status endpoint up to the id; its handle is what :meth:`CambClient.family` takes. ``ALL`` has
the kinds, ``check`` says whether there is one, ``operations`` what can be done with its tasks, and ``handle`` gives the
handle of a kind by its name: its ``files`` are the fields of a create that are files.
"""

from ._api import handles
from ._api.handles import *  # noqa: F403
from ._api.operations import KINDS as ALL
from ._api.operations import check_kind as check
from ._api.operations import handle, operations

__all__ = ["ALL", "check", "handle", "operations"]
__all__ += handles.__all__
