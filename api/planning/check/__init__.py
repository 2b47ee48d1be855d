"""`stadttakt network check`."""
