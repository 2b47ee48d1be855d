"""What crosses the wire: strict pydantic models and their conversion from and to the domain."""
