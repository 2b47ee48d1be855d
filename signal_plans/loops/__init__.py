"""Vehicles in front of the stop lines, reckoned from induction loops alone."""
