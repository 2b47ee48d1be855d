"""PTV Visum network and matrix files."""
