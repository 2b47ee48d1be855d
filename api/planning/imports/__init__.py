"""`stadttakt import`."""
