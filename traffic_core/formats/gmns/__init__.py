"""GMNS folders written by other programs."""
