"""Folders for results: whether they can be written is asked before any work is done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from api.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def usable_folder(option: str, path: Path) -> None:
    """Make a folder where it is missing.  Raises `ConfigError` where it cannot be written."""
    probe = path / f".{os.getpid()}.part"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError(option, str(path), f"must be a folder that can be written: {error.strerror}") from error
