"""The pipeline: docs pages in, `openapi/camb.yaml` and `generated/` out. Run as `python -m scripts.NAME`."""
