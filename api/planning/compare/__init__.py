"""`stadttakt compare`."""
