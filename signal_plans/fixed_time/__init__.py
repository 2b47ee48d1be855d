"""Fixed-time programmes from traffic flows: cycle, stages and their order, greens, offsets."""
