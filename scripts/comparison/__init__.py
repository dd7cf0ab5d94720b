"""Two versions of the API description, compared: what changed, for whom, and what to do."""

from .document_rules import compare

__all__ = ["compare"]
