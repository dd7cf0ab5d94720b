"""What speech and sound have besides."""
