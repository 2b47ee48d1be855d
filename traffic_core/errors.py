"""Errors that name the field, the value and the limit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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


@contextmanager
def located(file: str, row: int = 0) -> Iterator[None]:
    """Turn an `InvalidValueError` of what is built from a file into a `FileError` that names file and row."""
    try:
        yield
    except FileError:
        raise
    except InvalidValueError as error:
        raise FileError(file, row, error.field, error.value, error.limit) from error
