"""What a run of the simulator came to."""
