"""What each guidance sign is worth: the town with it and without it, with the same seeds."""
