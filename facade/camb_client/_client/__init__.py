"""The clients: how one is made and closed, and the families it has by name."""
