"""Facilities, the quality of their counts, guidance, and the content of a sign."""
