"""Numerical kernels: pure functions of arrays, one call for the whole town."""
