"""Trip matrices that PTV Visum writes as text: `$V` (all cells) and `$O` (origin, destination, trips a line).

The first line is the format: `$V` or `$O` (the letter or the figure 0), an `M` where the number of a transport mode
follows, an `R` in files of old versions, and `;D3` for three decimals.  Lines beginning with `*` are comments.  Then
come, between blanks or line ends:
the mode's number (only `M`), hours from and to (`7.30` is half past seven, `-` unknown), a factor for all cells, and
in `$V` the number of zones, their numbers and the cells row by row,
in `$O` one line for each pair with trips.
`$NAMES` ends the cells.  Source: PTV Visum help, annex `Data structures of matrices in Visum-specific text formats`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import FileError
from traffic_core.formats.visum.text import read_lines
from traffic_core.formats.visum.values import quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LARGEST = 1e9
"""Of a cell and of the factor."""
LATEST_H = 48.0

_FORMAT = re.compile(r"\$([VO0])(M?)R?(?:;[A-Z]\d+)*", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})(?:[.:](00?|[0-5]\d))?")
_COUNT = re.compile(r"\d{1,7}")
_UNKNOWN_TIME = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisumMatrix:
    """Trips between zones in a time of the day."""

    trips: NDArray[np.float64]
    """(Z, Z) trips from row to column, the factor of the file applied; zones in the order asked for."""
    from_h: float | None
    to_h: float | None
    """Hours of the day; None where the file does not say them."""


def read_visum_matrix(path: Path, zones: Sequence[str]) -> VisumMatrix:
    """Read a matrix; cells between zones that the file does not mention are 0.

    Raises
    ------
    FileError
        Where the file is no matrix in one of the two formats or cut off (the last value must be closed by a line end
        or `$NAMES`), names a zone that is not among `zones` or gives a pair twice, or holds a value that is no number
        from 0 to `LARGEST`.
    """
    lines, ended = read_lines(path)
    kind = _FORMAT.fullmatch(lines[0].strip()) if lines else None
    if kind is None:
        first = lines[0][:40] if lines else ""
        raise FileError(path.name, 1, "first line", first, "must be $V or $O: these two formats of matrices are read")
    if not ended and not any(line.startswith("$") for line in lines[1:]):
        limit = "must have a line end: the file is cut off, or its last value may be"
        raise FileError(path.name, len(lines), "last line", lines[-1][:40], limit)
    tokens = _Tokens(path.name, lines)
    if kind[2]:
        tokens.take("transport mode")
    from_h, to_h = _hour(tokens, "from"), _hour(tokens, "to")
    factor = _value(tokens, "factor")
    index = {zone: place for place, zone in enumerate(zones)}
    read = _all_cells if kind[1].upper() == "V" else _pairs
    return VisumMatrix(trips=factor * read(tokens, index), from_h=from_h, to_h=to_h)


class _Tokens:
    """Texts between blanks, with the line of the last one taken."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.line = 1
        self._lines = len(lines)
        self._texts = iter(_texts(lines))
        self._next = next(self._texts, None)

    def left(self) -> bool:
        return self._next is not None

    def take(self, field: str) -> str:
        """Next text.  Raises `FileError` at the end of the file."""
        if self._next is None:
            raise FileError(self.file, self._lines, field, None, "must follow: the file ends here, it is cut off")
        self.line, text = self._next
        self._next = next(self._texts, None)
        return text

    def error(self, field: str, value: object, limit: str) -> FileError:
        return FileError(self.file, self.line, field, value, limit)


def _texts(lines: list[str]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines[1:], 2):
        if line.startswith("$"):
            break
        if not line.startswith("*"):
            found.extend((number, text) for text in line.replace(";", " ").split())
    return found


def _hour(tokens: _Tokens, field: str) -> float | None:
    """Hour of the day from a text such as `7.30`."""
    text = tokens.take(field)
    if text == _UNKNOWN_TIME:
        return None
    found = _TIME.fullmatch(text)
    hour = int(found[1]) + int(found[2] or 0) / 60.0 if found else LATEST_H + 1.0
    if hour > LATEST_H:
        raise tokens.error(field, text, f"must be a time such as 7.30, at most {LATEST_H:.0f}.00")
    return hour


def _value(tokens: _Tokens, field: str) -> float:
    text = tokens.take(field)
    try:
        value = quantity(text)
    except ValueError as error:
        raise tokens.error(field, text, str(error)) from error
    if not 0.0 <= value <= LARGEST:
        raise tokens.error(field, text, f"must be a number from 0 to {LARGEST:g}")
    return value


def _zone(tokens: _Tokens, index: Mapping[str, int], field: str) -> int:
    text = tokens.take(field)
    if text not in index:
        raise tokens.error(field, text, "must be a zone of the network")
    return index[text]


def _all_cells(tokens: _Tokens, index: Mapping[str, int]) -> NDArray[np.float64]:
    count = tokens.take("number of zones")
    if not _COUNT.fullmatch(count):
        raise tokens.error("number of zones", count, "must be a whole number")
    places = [_zone(tokens, index, "zone") for _ in range(int(count))]
    if len(set(places)) != len(places):
        raise tokens.error("zone", count, "must name each zone once")
    trips = np.zeros((len(index), len(index)))
    for origin in places:
        for destination in places:
            trips[origin, destination] = _value(tokens, "trips")
    if tokens.left():
        raise tokens.error("trips", tokens.take("trips"), f"must be {count} times {count} cells: there are more")
    return trips


def _pairs(tokens: _Tokens, index: Mapping[str, int]) -> NDArray[np.float64]:
    trips = np.zeros((len(index), len(index)))
    known = np.zeros(trips.shape, dtype=np.bool_)
    while tokens.left():
        origin = _zone(tokens, index, "origin")
        line = tokens.line
        pair = (origin, _zone(tokens, index, "destination"))
        value = _value(tokens, "trips")
        if tokens.line != line:
            raise tokens.error("row", line, "must be origin, destination and trips in one line")
        if known[pair]:
            raise tokens.error("trips", value, "is given already for this origin and destination")
        trips[pair] = value
        known[pair] = True
    return trips
