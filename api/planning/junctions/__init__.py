"""Drawings of junctions."""
