"""Adaptive control: each second, for every junction, go on with the stage or choose another."""
