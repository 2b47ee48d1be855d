"""Kernels of the planning commands; the live service never loads them."""
