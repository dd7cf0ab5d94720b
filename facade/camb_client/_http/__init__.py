"""One call on the wire."""
