"""Drawings of signal plans as SVG, made of strings: the same input gives the same bytes."""
