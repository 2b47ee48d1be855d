"""Errors that name the field, the value and the limit."""

from __future__ import annotations


class InvalidValueError(ValueError):
    """A value that its type cannot hold.  `field`, `value` and `limit` are kept apart for machines."""

    def __init__(self, field: str, value: object, limit: str) -> None:
        super().__init__(f"{field} = {value!r}: {limit}")
        self.field = field
        self.value = value
        self.limit = limit

    def __reduce__(self) -> tuple[type[InvalidValueError], tuple[object, ...]]:
        """For pickle, whose default would call the constructor with the text of the error alone."""
        return type(self), (self.field, self.value, self.limit)


class FileError(InvalidValueError):
    """A value in a file that cannot be used.  `row` counts lines from 1 (the header); 0 means the whole file."""

    def __init__(self, file: str, row: int, field: str, value: object, limit: str) -> None:
        super().__init__(field, value, limit)
        self.file = file
        self.row = row

    def __reduce__(self) -> tuple[type[FileError], tuple[object, ...]]:
        return type(self), (self.file, self.row, self.field, self.value, self.limit)

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{where}: {super().__str__()}"
