"""The operations of the API: the only importer of the generated code."""
