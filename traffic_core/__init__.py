"""The street network, readings from the world, and every numerical kernel."""
