"""`stadttakt assign`."""
