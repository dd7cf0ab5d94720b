"""Edits to what the pipeline reads, and what has to come of each."""
