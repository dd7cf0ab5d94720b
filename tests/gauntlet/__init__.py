"""What can go wrong, tried on purpose: faults on the wire, interruptions at every step, input that nobody meant."""
