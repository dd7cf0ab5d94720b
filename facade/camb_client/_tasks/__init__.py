"""What can be done with tasks of any kind."""
