"""Demand from masses, counts and what a model may be trusted with."""
