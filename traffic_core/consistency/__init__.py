"""Checks of a whole model: what its parts, each valid by itself, contradict or leave open together."""
