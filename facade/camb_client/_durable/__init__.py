"""Waits that outlive a process: a wait as a value, a journal of waits and of planned work."""
