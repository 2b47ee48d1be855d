"""What can go wrong with a store."""

from __future__ import annotations


class StoreUnavailableError(Exception):
    """The database is away, locked or full; try again later.  The text says which, without any password."""


class RowsRefusedError(Exception):
    """The database is well and refuses a row for what is in it; trying again cannot help."""
