"""The text of a file that PTV Visum wrote: UTF-8 or Windows-1252, told apart by its bytes."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = "cp1252"
"""What Visum writes on a German or English Windows; contains ISO 8859-1 but for control characters."""

_TWO_BYTES_OF_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_LIMIT = "must be text in UTF-8 or Windows-1252"


def read_lines(path: Path) -> tuple[list[str], bool]:
    """Lines of a text file without their ends, and whether the last one is ended.

    Raises
    ------
    FileError
        Where the file cannot be read, is UTF-16, holds zero bytes, or is neither UTF-8 nor Windows-1252; the row is
        the line of the first byte that cannot be decoded.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(path.name, 0, "file", str(path), f"must be readable ({error.strerror})") from error
    lines = [line.removesuffix("\r") for line in _decoded(path.name, data).split("\n")]
    ended = not lines[-1]
    return (lines[:-1] if ended else lines), ended


def _decoded(file: str, data: bytes) -> str:
    _refuse_wide_or_binary(file, data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith(codecs.BOM_UTF8) or _means_utf_8(data):
            raise _undecodable(file, data, error.start, "UTF-8") from error
    try:
        return data.decode(WINDOWS)
    except UnicodeDecodeError as error:
        raise _undecodable(file, data, error.start, "Windows-1252") from error


def _refuse_wide_or_binary(file: str, data: bytes) -> None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data[:200].count(0) > 50:
        raise FileError(file, 0, "encoding", "UTF-16", f"{_LIMIT}: save the file anew in one of these")
    if (place := data.find(0)) >= 0:
        raise FileError(file, _line(data, place), "byte", "0x00", f"{_LIMIT}: a zero byte is in neither")


def _means_utf_8(data: bytes) -> bool:
    """Whether most bytes above 127 are pairs of UTF-8: such pairs hardly occur in German text of Windows-1252."""
    pairs = len(_TWO_BYTES_OF_UTF_8.findall(data))
    return pairs > len(_HIGH_BYTE.findall(data)) - 2 * pairs


def _undecodable(file: str, data: bytes, place: int, encoding: str) -> FileError:
    return FileError(file, _line(data, place), "byte", f"0x{data[place]:02X}", f"{_LIMIT}: is not {encoding}")


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
