"""Files that a command writes: whether they can be written is asked first, and none is ever half-written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from api.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def check_outputs(outputs: Mapping[str, Path | None], suffixes: Mapping[str, Sequence[str]]) -> None:
    """Look at every output before any work is done; `outputs` by option, with the endings each may have.

    Raises
    ------
    ConfigError
        Names the option, the path and what it must be.
    """
    seen: dict[Path, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        if path.suffix.lower() not in suffixes[option]:
            raise ConfigError(option, str(path), f"must end in {' or '.join(suffixes[option])}")
        if path.exists() and not path.is_file():
            raise ConfigError(option, str(path), "must be a file")
        whole = path.resolve()
        if whole in seen:
            raise ConfigError(option, str(path), f"must be another file than that of {seen[whole]}")
        seen[whole] = option
        _check_folder(option, path)


def _check_folder(option: str, path: Path) -> None:
    probe = _part_of(path)
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError(option, str(path), f"cannot be written: {error.strerror}") from error


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path` and put it in its place when it is complete.

    Raises
    ------
    ConfigError
        Where the file cannot be written; nothing is left behind.
    """
    part = _part_of(path)
    try:
        write(part)
        part.replace(path.resolve())
    except OSError as error:
        raise ConfigError(str(path), None, f"cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text as a whole, line ends as they are."""
    write_whole(path, lambda part: _fill(part, text))


def _fill(part: Path, text: str) -> None:
    part.write_text(text, encoding="utf-8", newline="")


def _part_of(path: Path) -> Path:
    """A file beside the wanted one; the number keeps two runs apart."""
    whole = path.resolve()
    return whole.with_name(f".{whole.name}.{os.getpid()}.part")
