"""SUMO networks."""
