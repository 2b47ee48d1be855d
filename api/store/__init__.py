"""The store: what was measured, shown and decided, in SQLite or PostgreSQL, behind one schema."""
