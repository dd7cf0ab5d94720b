"""The kinds of tasks that the client can wait for: each is the path of a status endpoint up to the id."""

from ._api.operations import KINDS as ALL
from ._api.operations import check_kind as check

__all__ = ["ALL", "check"]
