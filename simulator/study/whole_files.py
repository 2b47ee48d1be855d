"""Files that are whole or not there at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

PART = ".part"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there.

    Raises
    ------
    FileError
        Where it cannot be written, as on a full disk; nothing is left behind.
    """
    part = path.with_name(f".{path.name}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise cannot_write(path, error) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def cannot_write(path: Path, error: OSError) -> FileError:
    """The same error in words that say what to do."""
    limit = "must be writable and have room; completed runs are kept, start again to go on from them"
    return FileError(str(path), 0, "write", error.strerror or str(error), limit)
