"""TNTP files of the classic assignment instances."""
