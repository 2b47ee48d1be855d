"""Revisions of the schema, applied by `Store.migrate`."""
