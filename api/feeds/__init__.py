"""Feeds of other systems: bytes in, readings and static facts out, every refusal counted with its reason."""
