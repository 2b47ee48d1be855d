"""Stops of buses, trams and trains, and where in the network they lie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import LonLat, require_lon_lat
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.network import Network
    from traffic_core.provenance import Provenance

STOP_COLUMNS = ("stop_id", "name", "type", "lon", "lat", "node_id", "link_id", *PROVENANCE_COLUMNS)


class StopType(StrEnum):
    """What calls at a stop; where several do, the one on rails."""

    BUS = "bus"
    TRAM = "tram"
    RAIL = "rail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop at a node or beside a link: exactly one of the two is known."""

    id: str
    name: str
    type: StopType
    position: LonLat
    node_id: str | None
    link_id: str | None
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("stop.id", self.id)
        require_lon_lat(f"stop[{self.id}].position", self.position)
        if (self.node_id is None) == (self.link_id is None):
            places = (self.node_id, self.link_id)
            raise InvalidValueError(f"stop[{self.id}].node_id/link_id", places, "must name either a node or a link")


def read_stops(folder: Path, network: Network) -> dict[str, Stop]:
    """Read stop.csv of a model folder by id, in the order of the file.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used; also where the file is missing.
    """
    rows = read_table(folder / "stop.csv", STOP_COLUMNS, key=("stop_id",))
    return {stop.id: stop for stop in (_stop(row, network) for row in rows)}


def _stop(row: Row, network: Network) -> Stop:
    with row.checked():
        return Stop(
            id=row.text("stop_id"),
            name=row.text("name"),
            type=row.choice("type", StopType),
            position=(row.decimal("lon"), row.decimal("lat")),
            node_id=row.reference("node_id", network.nodes, "a node of the network") if row.cells["node_id"] else None,
            link_id=row.reference("link_id", network.links, "a link of the network") if row.cells["link_id"] else None,
            provenance=row.provenance(),
        )
