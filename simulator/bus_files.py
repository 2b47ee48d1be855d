"""Read the bus lines of a model folder."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from simulator.bus_lines import BusLine, BusStopCall
from traffic_core.errors import FileError
from traffic_core.stops import StopType, read_stops
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from traffic_core.network import Network
    from traffic_core.stops import Stop

LINE_COLUMNS = ("line_id", "name", "links", *PROVENANCE_COLUMNS)
CALL_COLUMNS = ("line_id", "stop_id", "position", "dwell_s", "in_lane", *PROVENANCE_COLUMNS)
DEPARTURE_COLUMNS = ("line_id", "from_min", "until_min", "every_min", *PROVENANCE_COLUMNS)
DAY_MIN = 1_440.0
LONGEST_DWELL_S = 600.0
SHORTEST_HEADWAY_MIN = 1.0


def read_lines(folder: Path, network: Network) -> tuple[BusLine, ...]:
    """Read bus_line.csv, bus_call.csv and bus_departure.csv, in the order of the first; none where that is missing.

    A row of bus_departure.csv stands for a departure at `from_min` and every `every_min` after it, before `until_min`:
    minutes after local midnight of a weekday.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used: also where the links of a line
        are not joined by permitted turns, or a line has no departure.
    """
    if not (folder / "bus_line.csv").exists():
        return ()
    rows = {row.text("line_id"): row for row in read_table(folder / "bus_line.csv", LINE_COLUMNS, key=("line_id",))}
    turns = frozenset((turn.from_link, turn.to_link) for turn in network.turns.values())
    ways = {line_id: _way(row, network, turns) for line_id, row in rows.items()}
    calls = _calls(folder, ways, read_stops(folder, network)) if ways else {}
    departures_min = _departures_min(folder, ways) if ways else {}
    return tuple(_line(row, ways[line_id], calls, departures_min) for line_id, row in rows.items())


def _line(
    row: Row,
    links: tuple[str, ...],
    calls: Mapping[str, list[BusStopCall]],
    departures_min: Mapping[str, list[float]],
) -> BusLine:
    row.provenance()
    line_id = row.text("line_id")
    if line_id not in departures_min:
        raise row.error("line_id", "must have departures in bus_departure.csv")
    with row.checked():
        return BusLine(
            id=line_id,
            name=row.text("name"),
            links=links,
            calls=tuple(calls.get(line_id, ())),
            departures_min=tuple(departures_min[line_id]),
        )


def _way(row: Row, network: Network, turns: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    row.text("links")
    links = row.texts("links")
    for link in links:
        if link not in network.links:
            raise FileError(row.file, row.number, "links", link, "must name links of the network")
    for pair in pairwise(links):
        if pair not in turns:
            limit = "must be links joined by a permitted turn"
            raise FileError(row.file, row.number, "links", ";".join(pair), limit)
    return links


def _calls(
    folder: Path, ways: Mapping[str, tuple[str, ...]], stops: Mapping[str, Stop]
) -> dict[str, list[BusStopCall]]:
    """Calls of each line, ascending."""
    found: dict[str, list[BusStopCall]] = defaultdict(list)
    for row in read_table(folder / "bus_call.csv", CALL_COLUMNS, key=("line_id", "position")):
        row.provenance()
        line_id = row.reference("line_id", ways, "a line of bus_line.csv")
        stop_id = row.reference("stop_id", stops, "a stop of stop.csv")
        if stops[stop_id].type is StopType.RAIL:
            raise row.error("stop_id", "must name a stop of buses, not of trains")
        position = row.whole("position")
        before = found[line_id][-1].position if found[line_id] else -1
        last = len(ways[line_id]) - 1
        if not 0 <= position <= last:
            raise row.error("position", f"must be from 0 to {last}, the last link of line {line_id}")
        if position <= before:
            raise row.error("position", f"must lie above {before}, the call before it")
        dwell_s = row.decimal("dwell_s")
        if not 0.0 <= dwell_s <= LONGEST_DWELL_S:
            raise row.error("dwell_s", f"must be from 0 to {LONGEST_DWELL_S:g}")
        found[line_id].append(
            BusStopCall(stop_id=stop_id, position=position, dwell_s=dwell_s, in_lane=row.flag("in_lane"))
        )
    return found


def _departures_min(folder: Path, ways: Mapping[str, tuple[str, ...]]) -> dict[str, list[float]]:
    """Minutes after midnight at which buses of each line start, ascending."""
    found: dict[str, list[float]] = defaultdict(list)
    ended_min: dict[str, float] = {}
    for row in read_table(folder / "bus_departure.csv", DEPARTURE_COLUMNS):
        row.provenance()
        line_id = row.reference("line_id", ways, "a line of bus_line.csv")
        start_min, end_min, every_min = (row.decimal(name) for name in ("from_min", "until_min", "every_min"))
        earliest_min = ended_min.get(line_id, 0.0)
        if not earliest_min <= start_min < DAY_MIN:
            limit = (
                f"must be at least {earliest_min:g}, where the row before it of the line ends, and below {DAY_MIN:g}"
            )
            raise row.error("from_min", limit)
        if not start_min < end_min <= DAY_MIN:
            raise row.error("until_min", f"must be above from_min and at most {DAY_MIN:g}")
        if not SHORTEST_HEADWAY_MIN <= every_min <= DAY_MIN:
            raise row.error("every_min", f"must be from {SHORTEST_HEADWAY_MIN:g} to {DAY_MIN:g}")
        count = 0
        while start_min + count * every_min < end_min:
            found[line_id].append(start_min + count * every_min)
            count += 1
        ended_min[line_id] = end_min
    return found
