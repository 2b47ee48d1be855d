"""Lines of a TNTP file: metadata tags, comments from `~`, and the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.text_files import read_utf_8

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

END = "END OF METADATA"


@dataclass(frozen=True, slots=True)
class Tag:
    """Value of a metadata tag, and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class TntpText:
    """Metadata by tag in capitals, and the lines after them with their numbers, without comments and outer blanks."""

    file: str
    metadata: Mapping[str, Tag]
    lines: tuple[tuple[int, str], ...]
    ends_whole: bool
    """Whether the file's last line is closed by a line end: otherwise its last number may be cut off."""

    def whole(self, tag: str, low: int, high: int | None = None, *, default: int | None = None) -> int:
        """Whole number of a tag from `low` to `high`.  Raises `FileError`, also where tag and default are missing."""
        found = self.metadata.get(tag)
        if found is None or not found.text:
            if default is not None:
                return default
            raise FileError(self.file, found.line if found else 0, f"<{tag}>", None, "must be given")
        try:
            value = float(found.text)
        except ValueError:
            value = math.nan
        if not (value.is_integer() and value >= low and (high is None or value <= high)):
            limit = f"must be a whole number of at least {low}" + ("" if high is None else f" and at most {high}")
            raise FileError(self.file, found.line, f"<{tag}>", found.text, limit)
        return int(value)


def read_tntp_text(path: Path) -> TntpText:
    """Split a TNTP file into metadata and lines.

    Raises
    ------
    FileError
        Where the file is missing, is not UTF-8, has no `<END OF METADATA>`, something else than tags before it, or a
        tag twice.
    """
    text = read_utf_8(path)
    lines = enumerate(text.splitlines(), start=1)
    metadata: dict[str, Tag] = {}
    stray: FileError | None = None
    for number, line in lines:
        content = line.strip()
        if not content or content.startswith("~"):
            continue
        name, closed, value = content.removeprefix("<").partition(">")
        tag = " ".join(name.upper().split())
        if not content.startswith("<") or not closed:
            stray = stray or FileError(path.name, number, "metadata", _short(content), "must be a line '<TAG> value'")
        elif tag == END:
            break
        elif tag in metadata:
            raise FileError(path.name, number, f"<{tag}>", value.strip(), "must be given once")
        else:
            metadata[tag] = Tag(value.partition("~")[0].strip(), number)
    else:
        raise FileError(path.name, 0, f"<{END}>", None, "must close the metadata")
    if stray:
        raise stray
    return TntpText(path.name, metadata, tuple(_without_comments(lines)), text.endswith(("\n", "\r")))


def _without_comments(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        content = line.partition("~")[0].strip()
        if content:
            yield number, content


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
