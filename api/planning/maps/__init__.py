"""Maps of streets."""
