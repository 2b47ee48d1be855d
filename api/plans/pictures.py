"""Folders and languages of the drawings that commands write."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from api.errors import ConfigError
from signal_plans.drawing.words import Language

if TYPE_CHECKING:
    from pathlib import Path


def language_of(text: str) -> Language:
    """Language of a drawing by its option.  Raises `ConfigError` for one that is not known."""
    try:
        return Language(text)
    except ValueError as error:
        raise ConfigError("--lang", text, f"must be {' or '.join(Language)}") from error


def make_folder(folder: Path) -> None:
    """Make a folder for files of a command.  Raises `ConfigError` where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("--out", str(folder), f"must be a folder that can be written: {error.strerror}") from error


def file_name(text: str) -> str:
    """Part of a file name; signs that it should not hold become `%` and two hexadecimal digits."""
    return quote(text, safe="~ ")
