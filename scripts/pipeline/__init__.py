"""From docs pages to `openapi/camb.yaml` and `generated/`: import, merge, overlay, supplements, checks, generator."""
