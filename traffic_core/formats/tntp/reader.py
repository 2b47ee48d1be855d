"""Assignment instances of the Transportation Networks format (TNTP): network, trips and node coordinates.

Form: https://github.com/bstabler/TransportationNetworks, section "File formats".
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from traffic_core.assignment.problem import AssignmentNetwork
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.link_errors import error_in_line
from traffic_core.formats.tntp.text import TntpText, read_tntp_text
from traffic_core.text_files import read_utf_8

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LINK_COLUMNS = (
    *("init_node", "term_node", "capacity", "length", "free_flow_time"),
    *("b", "power", "speed", "toll", "link_type"),
)
MOST_NODES = 10_000_000
MOST_ZONES = 10_000
"""Trips are a full table: these take 0.8 GB."""
USED = {name: place for place, name in enumerate(LINK_COLUMNS) if name not in {"speed", "link_type"}}
TOTAL_TOLERANCE_RATIO = 1e-3
"""How far the trips may miss the total that their file promises: published files are off a little."""

_ORIGIN = re.compile(r"origin\b\s*(\S*)(.*)", re.IGNORECASE)


def read_tntp_network(path: Path) -> AssignmentNetwork:
    """Read a network; nodes are "1" to "N", zones are nodes "1" to "Z", links are "1" to "L" in the order of the file.

    Nodes before FIRST THRU NODE let no through traffic pass; without the tag all do.  The names of the columns may
    stand first, as a comment or not; columns behind the tenth are not looked at.

    Raises
    ------
    FileError
        Names file, line, field, value and limit; for a file cut short the links promised and found.
    """
    text = read_tntp_text(path)
    nodes = text.whole("NUMBER OF NODES", 1, MOST_NODES)
    zones = text.whole("NUMBER OF ZONES", 1, min(nodes, MOST_ZONES))
    first_through = text.whole("FIRST THRU NODE", 1, nodes + 1, default=1)
    promised = text.whole("NUMBER OF LINKS", 1)
    lines = text.lines[1:] if text.lines and _is_header(text.lines[0][1]) else text.lines
    cut = bool(lines) and not text.ends_whole and len(_cells(lines[-1][1])) < len(LINK_COLUMNS)
    if len(lines) - cut < promised:
        _refuse_count(text, promised, len(lines) - cut)
    rows = [_link(text, number, line, nodes) for number, line in lines]
    if len(rows) > promised:
        _refuse_count(text, promised, len(rows))
    table = np.array(rows, dtype=np.float64).reshape(-1, len(USED))
    columns = {name: np.ascontiguousarray(table[:, place]) for place, name in enumerate(USED)}
    ids = tuple(str(number) for number in range(1, nodes + 1))
    try:
        return AssignmentNetwork(
            node_ids=ids,
            link_ids=tuple(str(number) for number in range(1, promised + 1)),
            zone_ids=ids[:zones],
            zone_node=np.arange(zones, dtype=np.int64),
            passable=(np.arange(1, nodes + 1) >= first_through).astype(np.uint8),
            from_node=columns["init_node"].astype(np.int64) - 1,
            to_node=columns["term_node"].astype(np.int64) - 1,
            **{name: columns[name] for name in ("free_flow_time", "capacity", "b", "power", "length", "toll")},
        )
    except InvalidValueError as error:
        line_of = {str(place): number for place, (number, _) in enumerate(lines, start=1)}
        raise error_in_line(text.file, error, line_of, {}) from error


def _cells(line: str) -> list[str]:
    return line.replace(";", " ").split()


def _is_header(line: str) -> bool:
    """Whether a line names columns: begins with a word, as no link does."""
    return _cells(line)[:1] != [] and _cells(line)[0].replace("_", "").isalpha()


def _refuse_count(text: TntpText, promised: int, found: int) -> NoReturn:
    line = text.metadata["NUMBER OF LINKS"].line
    limit = f"must be the number of whole links in the file: {promised} promised, {found} found"
    raise FileError(text.file, line, "<NUMBER OF LINKS>", promised, limit)


def _link(text: TntpText, number: int, line: str, nodes: int) -> list[float]:
    """Numbers of the columns in use; speed and type are not looked at."""
    cells = _cells(line)
    if len(cells) < len(LINK_COLUMNS):
        limit = f"must be at least the {len(LINK_COLUMNS)} columns {' '.join(LINK_COLUMNS)}"
        raise FileError(text.file, number, "columns", len(cells), limit)
    values: list[float] = []
    for name, place in USED.items():
        cell = cells[place]
        value = _number(text.file, number, name, cell)
        if name.endswith("_node") and not (1 <= value <= nodes and value == math.floor(value)):
            raise FileError(text.file, number, name, cell, f"must be a node from 1 to the {nodes} of <NUMBER OF NODES>")
        values.append(value)
    return values


def read_tntp_trips(path: Path, zone_ids: tuple[str, ...]) -> NDArray[np.float64]:
    """Trips from row to column, (Z, Z); the numbers of the file must be among `zone_ids`.  What is not given is 0.

    An entry may go on in the next line.  Trips inside a zone are kept.

    Raises
    ------
    FileError
        Names file, line, field, value and limit; for a file cut short the total promised and found.
    """
    text = read_tntp_text(path)
    zones = text.whole("NUMBER OF ZONES", 1, default=len(zone_ids))
    if zones != len(zone_ids):
        tag = text.metadata["NUMBER OF ZONES"]
        raise FileError(text.file, tag.line, "<NUMBER OF ZONES>", zones, f"must be the {len(zone_ids)} of the network")
    index = {zone_id: place for place, zone_id in enumerate(zone_ids)}
    trips = [0.0] * (zones * zones)
    taken = bytearray(zones * zones)
    first = -1
    begun = ""
    for number, line in text.lines:
        entries = f"{begun} {line}"
        if line[:1] in "oO":
            _refuse_stray(text.file, number, begun)
            origin = _ORIGIN.fullmatch(line)
            if origin is None or origin[1] not in index:
                raise FileError(text.file, number, "origin", line, f"must be 'Origin' and one of the {zones} zones")
            first, entries = index[origin[1]] * zones, origin[2]
        whole, begun = _whole_entries(entries)
        for entry in whole:
            destination, colon, value = entry.partition(":")
            if not colon:
                _refuse_stray(text.file, number, entry)
                continue
            place = index.get(destination.strip(), -1)
            if place < 0 or first < 0:
                limit = "must follow a line 'Origin n'" if first < 0 else f"must be one of the {zones} zones"
                raise FileError(text.file, number, "destination", destination.strip(), limit)
            if taken[first + place]:
                pair = f"{zone_ids[first // zones]} -> {zone_ids[place]}"
                raise FileError(text.file, number, "trips", pair, "must be given once")
            taken[first + place] = 1
            trips[first + place] = _trips(text.file, number, value)
    if text.lines:
        _refuse_stray(text.file, text.lines[-1][0], begun)
    _require_last_entry(text)
    table = np.array(trips, dtype=np.float64).reshape(zones, zones)
    _require_total(text, table)
    return table


def _whole_entries(text: str) -> tuple[list[str], str]:
    """Entries `zone : trips`, the last one also without a semicolon, and the start of one that the next line ends."""
    *entries, last = text.split(";")
    zone, _, trips = last.partition(":")
    if zone.strip() and not trips.strip():
        return entries, last
    return [*entries, last], ""


def _refuse_stray(file: str, number: int, entry: str) -> None:
    if entry.strip():
        raise FileError(file, number, "trips", entry.strip(), "must be 'zone : trips;'")


def _trips(file: str, number: int, text: str) -> float:
    value = _number(file, number, "trips", text.strip())
    if value < 0.0:
        raise FileError(file, number, "trips", text.strip(), "must be a number of at least 0")
    return value


def _require_last_entry(text: TntpText) -> None:
    """Refuse a last number that neither `;` nor a line end closes: its end may be missing."""
    if text.lines and not text.ends_whole:
        number, line = text.lines[-1]
        if ":" in line.rpartition(";")[2]:
            limit = "must be closed by ';': the file is cut off"
            raise FileError(text.file, number, "trips", line.rpartition(";")[2].strip(), limit)


def _require_total(text: TntpText, trips: NDArray[np.float64]) -> None:
    """Compare with the promised total, which some files give without the trips inside a zone."""
    tag = text.metadata.get("TOTAL OD FLOW")
    if tag is None or not tag.text:
        return
    promised = _number(text.file, tag.line, "<TOTAL OD FLOW>", tag.text)
    found = float(trips.sum())
    exponent = Decimal(tag.text).as_tuple().exponent
    rounding = 0.5 * 10.0**exponent if isinstance(exponent, int) else 0.0
    tolerance = max(TOTAL_TOLERANCE_RATIO * abs(promised), rounding)
    if min(abs(found - promised), abs(found - float(trips.trace()) - promised)) > tolerance:
        limit = f"must be the total of the trips, {found:.10g}: the file promises {promised:.10g}"
        raise FileError(text.file, tag.line, "<TOTAL OD FLOW>", tag.text, limit)


def read_tntp_nodes(path: Path) -> dict[str, tuple[float, float]]:
    """Coordinates (x, y) by node number, in the file's own reference system; a header line may stand first.

    Raises
    ------
    FileError
        Names file, line, field, value and limit, also for a file without any node, and for a last line that neither a
        line end closes nor `;` where it closes the others.
    """
    content = read_utf_8(path)
    rows = [(number, line.partition("~")[0].strip()) for number, line in enumerate(content.splitlines(), start=1)]
    rows = [(number, line) for number, line in rows if _cells(line) and not line.startswith("<")]
    if rows and not _cells(rows[0][1])[0].isdigit():
        del rows[0]
    if not rows:
        raise FileError(path.name, 0, "node", 0, "must be at least one")
    found: dict[str, tuple[float, float]] = {}
    for number, line in rows:
        cells = _cells(line)
        if len(cells) < 3:
            raise FileError(path.name, number, "columns", len(cells), "must be at least node, x and y")
        if not cells[0].isdigit() or cells[0] in found:
            raise FileError(path.name, number, "node", cells[0], "must be a whole number that occurs once")
        found[cells[0]] = (_number(path.name, number, "x", cells[1]), _number(path.name, number, "y", cells[2]))
    if not content.endswith(("\n", "\r")) and ";" in rows[0][1] and ";" not in rows[-1][1]:
        number, line = rows[-1]
        raise FileError(path.name, number, "y", _cells(line)[2], "must be closed by ';': the file is cut off")
    return found


def _number(file: str, line: int, field: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise FileError(file, line, field, text, "must be a number") from None
    if not math.isfinite(value):
        raise FileError(file, line, field, text, "must be a finite number")
    return value
