"""The SimPy replay of a town model."""
