"""Errors that name the field, the value and the limit."""

from __future__ import annotations


class InvalidValueError(ValueError):
    """A value that its type cannot hold.  `field`, `value` and `limit` are kept apart for machines."""

    def __init__(self, field: str, value: object, limit: str) -> None:
        super().__init__(field, value, limit)  # what pickle and SimPy make it anew from
        self.field = field
        self.value = value
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.field} = {self.value!r}: {self.limit}"


class FileError(InvalidValueError):
    """A value in a file that cannot be used.  `row` counts lines from 1 (the header); 0 means the whole file."""

    def __init__(self, file: str, row: int, field: str, value: object, limit: str) -> None:
        super().__init__(field, value, limit)
        self.args = (file, row, field, value, limit)
        self.file = file
        self.row = row

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{where}: {super().__str__()}"
