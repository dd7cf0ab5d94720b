"""What makes and proves the client; run as `python -m scripts.FOLDER.NAME`, or by a target of the Makefile."""
