"""Intergreen times from the geometry of a junction, after the German guideline for traffic signals (RiLSA)."""
