"""Text files in UTF-8; what is in another encoding is refused with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path


def read_utf_8(path: Path) -> str:
    """Text of a file in UTF-8 or ASCII, without a byte order mark.

    Raises
    ------
    FileError
        Where the file cannot be read, and with the line of the first byte that is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(path.name, 0, "file", str(path), f"must be readable ({error.strerror})") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(path.name, line, "encoding", f"byte {data[error.start]:#04x}", "must be UTF-8 text") from error
