"""User-equilibrium assignment of trips to a network."""
