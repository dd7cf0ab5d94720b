"""Two versions of the API description, compared."""

from .engine import compare

__all__ = ["compare"]
