"""Turning counts as a table: node,from_link,to_link,start,minutes,vehicles, or turn_id instead of the two links.

`start` is the local time at which an interval begins, such as 2026-05-12T07:00; `minutes` its duration, the same in
the whole table; `vehicles` may be empty where nothing was counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from api.plans.count_faults import FaultKind, faults_of, usable
from traffic_core.errors import FileError
from traffic_core.tables import Row, each_row

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from api.plans.count_faults import Fault
    from traffic_core.network import Network

COLUMNS = ("node", "start", "minutes", "vehicles")
LONGEST_MINUTES = 1_440
MOST_INTERVALS = 1_000_000
"""Between the first and the last interval of a movement."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountSeries:
    """Counts of one movement, one value per interval from `start` on; NaN where none was given."""

    node: str
    movement: str
    start: datetime
    minutes: int
    values: NDArray[np.float64]
    faults: tuple[Fault, ...]

    @property
    def good(self) -> NDArray[np.bool_]:
        """(N,) intervals without fault."""
        return usable(self.values, list(self.faults))

    def time_of(self, place: int) -> datetime:
        """Begin of an interval."""
        return self.start + timedelta(minutes=self.minutes * place)

    def minute_of_day(self) -> NDArray[np.int64]:
        """(N,) minutes since midnight at which each interval begins."""
        first = self.start.hour * 60 + self.start.minute
        return (first + self.minutes * np.arange(len(self.values))) % 1_440

    def fault_text(self, fault: Fault) -> str:
        """A fault in words: movement, kind, since when, how long, value."""
        hours = fault.length * self.minutes / 60.0
        value = "" if fault.kind is FaultKind.GAP else f", value {fault.value:g}"
        start = self.time_of(fault.first).isoformat(timespec="minutes")
        return f"{self.node} {self.movement}: {fault.kind.value} from {start} for {hours:g} h{value}"


def read_turning_counts(path: Path, network: Network) -> dict[str, CountSeries]:
    """Counts by turn id, in the order of the table.

    Raises
    ------
    FileError
        Names row, field, value and limit: a table that cannot be read, an unknown node or turn, a time that is none,
        another duration than before, an interval that comes twice or lies off the others' grid.
    """
    by_pair = {(turn.from_link, turn.to_link): turn.id for turn in network.turns.values()}
    cells: dict[str, dict[datetime, float]] = {}
    minutes = 0
    for row in each_row(path, COLUMNS, more=True):
        turn_id = _turn(row, network, by_pair)
        start, vehicles = _start(row), _vehicles(row)
        said = row.whole("minutes")
        if not 1 <= said <= LONGEST_MINUTES:
            raise row.error("minutes", f"must be from 1 to {LONGEST_MINUTES}")
        minutes = minutes or said
        if said != minutes:
            raise row.error("minutes", f"must be {minutes} as in the rows before")
        of_turn = cells.setdefault(turn_id, {})
        if start in of_turn:
            raise row.error("start", f"must occur once for turn {turn_id}")
        first = min(of_turn, default=start)
        if (start - first).total_seconds() % (60 * minutes):
            raise row.error("start", f"must be whole intervals of {minutes} min apart from {first.isoformat()}")
        if abs((start - first).total_seconds()) > 60 * minutes * MOST_INTERVALS:
            raise row.error("start", f"must be at most {MOST_INTERVALS} intervals apart from {first.isoformat()}")
        of_turn[start] = vehicles
    if not cells:
        raise FileError(path.name, 0, "rows", 0, "must hold counts")
    return {
        turn_id: series_of(network.turns[turn_id].node_id, turn_id, minutes, of_turn)
        for turn_id, of_turn in cells.items()
    }


def series_of(node: str, movement: str, minutes: int, cells: dict[datetime, float]) -> CountSeries:
    """A series from cells by time, with its gaps and faults."""
    start, end = min(cells), max(cells)
    size = round((end - start).total_seconds() / 60.0 / minutes) + 1
    values = np.full(size, np.nan)
    for time, vehicles in cells.items():
        values[round((time - start).total_seconds() / 60.0 / minutes)] = vehicles
    first_minute = start.hour * 60 + start.minute
    hour = (first_minute + minutes * np.arange(size)) // 60 % 24
    return CountSeries(
        node=node,
        movement=movement,
        start=start,
        minutes=minutes,
        values=values,
        faults=tuple(faults_of(values, hour.astype(np.int64), minutes / 60.0)),
    )


def fault_counts(series: list[CountSeries]) -> dict[str, int]:
    """Number of faults by kind, in the order of `FaultKind`."""
    found = Counter(fault.kind for each in series for fault in each.faults)
    return {kind.value: found[kind] for kind in FaultKind if found[kind]}


def _turn(row: Row, network: Network, by_pair: dict[tuple[str, str], str]) -> str:
    node = row.reference("node", network.nodes, "a node of the network")
    if row.cells.get("turn_id"):
        turn_id = row.reference("turn_id", network.turns, "a turn of the network")
    elif "from_link" in row.cells and "to_link" in row.cells:
        pair = row.text("from_link"), row.text("to_link")
        if pair not in by_pair:
            raise row.error("to_link", f"must be a link that a turn from {pair[0]} leads to")
        turn_id = by_pair[pair]
    else:
        raise row.error("turn_id", "must be given, or from_link and to_link")
    if network.turns[turn_id].node_id != node:
        raise row.error("node", f"must be {network.turns[turn_id].node_id}, where turn {turn_id} is")
    return turn_id


def _start(row: Row) -> datetime:
    try:
        start = datetime.fromisoformat(row.text("start"))
    except ValueError as error:
        raise row.error("start", "must be a time such as 2026-05-12T07:00") from error
    if start.tzinfo is not None:
        raise row.error("start", "must be local time without offset")
    return start


def _vehicles(row: Row) -> float:
    return row.decimal("vehicles") if row.cells["vehicles"] else float("nan")
