"""Errors that stop a start."""

from __future__ import annotations


class ConfigError(Exception):
    """A setting that cannot be used: where it stands, its value, and what it must be."""

    def __init__(self, where: str, value: object, limit: str) -> None:
        super().__init__(f"{where}: {limit}" if value is None else f"{where} = {value!r}: {limit}")
        self.where = where
        self.value = value
        self.limit = limit
