"""Networks without geography, as assignment instances are: a folder of GMNS-like tables that keeps every digit.

node.csv, zone.csv, link.csv (with `vdf_alpha` and `vdf_beta` of the volume-delay function), demand.csv and model.yaml
with `kind: abstract`.  Units are the user's own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.assignment.problem import AssignmentNetwork, TripClass
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.link_errors import error_in_line
from traffic_core.formats.model_yaml import read_model_yaml, write_model_yaml
from traffic_core.formats.new_folder import new_folder
from traffic_core.formats.table_writer import write_table
from traffic_core.tables import Row, each_row, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

NODE_COLUMNS = ("node_id", "x_coord", "y_coord", "zone_id", "passable")
ZONE_COLUMNS = ("zone_id", "node_id")
LINK_COLUMNS = (
    *("link_id", "from_node_id", "to_node_id", "directed", "length", "capacity"),
    *("free_flow_time", "vdf_alpha", "vdf_beta", "toll"),
)
DEMAND_COLUMNS = ("o_zone_id", "d_zone_id", "volume")
COLUMN_OF = {"b": "vdf_alpha", "power": "vdf_beta"}
"""Names of the array that differ in the table."""
NUMBERS = ("length", "capacity", "free_flow_time", "b", "power", "toll")


def write_abstract(
    folder: Path,
    network: AssignmentNetwork,
    trips: NDArray[np.float64] | None,
    *,
    name: str,
    source: str,
    nodes_xy: Mapping[str, tuple[float, float]] | None = None,
) -> None:
    """Write a new folder; `trips` is (Z, Z), None for none.  Coordinates of a node may be missing.

    Raises
    ------
    InvalidValueError
        Where `folder` is in use, or trips and network do not fit.
    """
    zones = len(network.zone_ids)
    table = np.zeros((zones, zones)) if trips is None else trips
    if table.shape != (zones, zones):
        raise InvalidValueError("trips", table.shape, f"must be a table of {zones} by {zones} zones")
    TripClass(name="trips", trips=table)
    for link, power in zip(network.link_ids, network.power.tolist(), strict=True):
        require.between(f"link[{link}].power", power, -math.inf, math.inf)
    info: dict[str, object] = {
        "kind": "abstract",
        "name": name,
        "source": source,
        "notes": "Network without geography; times, lengths, tolls and flows in the units of the source.",
    }
    with new_folder(folder) as new:
        write_table(new / "node.csv", NODE_COLUMNS, _node_rows(network, nodes_xy or {}))
        nodes = [network.node_ids[node] for node in network.zone_node.tolist()]
        write_table(new / "zone.csv", ZONE_COLUMNS, zip(network.zone_ids, nodes, strict=True))
        write_table(new / "link.csv", LINK_COLUMNS, _link_rows(network))
        write_table(new / "demand.csv", DEMAND_COLUMNS, _demand_rows(network.zone_ids, table))
        write_model_yaml(new, info)


def is_abstract(folder: Path) -> bool:
    """Whether a folder holds a network without geography.  Raises `FileError` where model.yaml is no YAML mapping."""
    return read_model_yaml(folder).get("kind") == "abstract"


def read_abstract(folder: Path) -> tuple[AssignmentNetwork, NDArray[np.float64]]:
    """Read network and trips, (Z, Z), of a folder that `write_abstract` wrote.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    if not is_abstract(folder):
        raise FileError("model.yaml", 0, "kind", None, "must be 'abstract'")
    nodes = read_table(folder / "node.csv", NODE_COLUMNS, key=("node_id",))
    node_index = {row.text("node_id"): place for place, row in enumerate(nodes)}
    zones = read_table(folder / "zone.csv", ZONE_COLUMNS, key=("zone_id",))
    zone_index = {row.text("zone_id"): place for place, row in enumerate(zones)}
    at_node = [row.reference("node_id", node_index, "a node_id of node.csv") for row in zones]
    _check_zones_of_nodes(nodes, dict(zip(zone_index, at_node, strict=True)))
    links = read_table(folder / "link.csv", LINK_COLUMNS, key=("link_id",))
    ends = {name: [_end(row, name, node_index) for row in links] for name in ("from_node_id", "to_node_id")}
    numbers = {name: [_number(row, COLUMN_OF.get(name, name)) for row in links] for name in NUMBERS}
    passable = [row.flag("passable") for row in nodes]
    try:
        network = AssignmentNetwork(
            node_ids=tuple(node_index),
            link_ids=tuple(row.text("link_id") for row in links),
            zone_ids=tuple(zone_index),
            zone_node=np.array([node_index[node] for node in at_node], dtype=np.int64),
            passable=np.array(passable, dtype=np.uint8),
            from_node=np.array(ends["from_node_id"], dtype=np.int64),
            to_node=np.array(ends["to_node_id"], dtype=np.int64),
            **{name: np.array(values, dtype=np.float64) for name, values in numbers.items()},
        )
    except InvalidValueError as error:
        line_of = {row.text("link_id"): row.number for row in links}
        raise error_in_line("link.csv", error, line_of, COLUMN_OF) from error
    return network, _read_demand(folder / "demand.csv", zone_index)


def _node_rows(network: AssignmentNetwork, nodes_xy: Mapping[str, tuple[float, float]]) -> Iterator[tuple[object, ...]]:
    zones_at: dict[int, list[str]] = {}
    for zone, node in zip(network.zone_ids, network.zone_node.tolist(), strict=True):
        zones_at.setdefault(node, []).append(zone)
    for place, node_id in enumerate(network.node_ids):
        x, y = nodes_xy.get(node_id, ("", ""))
        yield node_id, x, y, ";".join(zones_at.get(place, ())), int(network.passable[place])


def _link_rows(network: AssignmentNetwork) -> Iterator[tuple[object, ...]]:
    columns = [getattr(network, name).tolist() for name in NUMBERS]
    ends = zip(network.link_ids, network.from_node.tolist(), network.to_node.tolist(), strict=True)
    for (link_id, start, end), numbers in zip(ends, zip(*columns, strict=True), strict=True):
        yield link_id, network.node_ids[start], network.node_ids[end], 1, *numbers


def _demand_rows(zone_ids: tuple[str, ...], trips: NDArray[np.float64]) -> Iterator[tuple[object, ...]]:
    for origin, row in zip(zone_ids, trips.tolist(), strict=True):
        for destination, volume in zip(zone_ids, row, strict=True):
            if volume:
                yield origin, destination, volume


def _check_zones_of_nodes(nodes: list[Row], node_of: Mapping[str, str]) -> None:
    """Refuse a zone_id in node.csv that zone.csv sees at another node; it stands there for other programs."""
    for row in nodes:
        for zone in row.texts("zone_id"):
            if node_of.get(zone) != row.text("node_id"):
                raise row.error("zone_id", f"must agree with zone.csv, which has zone {zone} at {node_of.get(zone)}")


def _end(row: Row, name: str, node_index: Mapping[str, int]) -> int:
    if row.text("directed") != "1":
        raise row.error("directed", "must be 1: each row is one direction")
    return node_index[row.reference(name, node_index, "a node_id of node.csv")]


def _number(row: Row, column: str) -> float:
    """Cell as a number; a capacity may be without limit."""
    return math.inf if column == "capacity" and row.cells[column] == "inf" else row.decimal(column)


def _read_demand(path: Path, zone_index: Mapping[str, int]) -> NDArray[np.float64]:
    zones = len(zone_index)
    trips = [0.0] * (zones * zones)
    taken = bytearray(zones * zones)
    for row in each_row(path, DEMAND_COLUMNS):
        origin = zone_index[row.reference("o_zone_id", zone_index, "a zone_id of zone.csv")]
        place = origin * zones + zone_index[row.reference("d_zone_id", zone_index, "a zone_id of zone.csv")]
        if taken[place]:
            raise row.error("d_zone_id", f"must occur once with origin {row.text('o_zone_id')}")
        taken[place] = 1
        trips[place] = row.decimal("volume")
        if trips[place] < 0.0:
            raise row.error("volume", "must be a number of at least 0")
    return np.array(trips, dtype=np.float64).reshape(zones, zones)
