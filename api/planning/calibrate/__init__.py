"""`stadttakt calibrate`."""
