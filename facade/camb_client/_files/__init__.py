"""The file of a result."""
