"""What a poll means and when the next one is due: decisions only."""
