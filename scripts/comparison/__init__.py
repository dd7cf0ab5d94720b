"""Two versions of the API description, compared: what changed, what it means for users, and what to do."""

from .document_rules import compare

__all__ = ["compare"]
