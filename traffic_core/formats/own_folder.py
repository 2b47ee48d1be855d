"""A model folder of our own as an import: recognised by its tables, read by its strict rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.counts import read_counts
from traffic_core.demand_files import read_demand
from traffic_core.formats.imported import UNKNOWN_LICENCE, ImportedModel, ImportedParking
from traffic_core.formats.model_tables import FACILITY_COLUMNS
from traffic_core.formats.model_yaml import read_model_yaml
from traffic_core.gmns import read_network
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.network import Network
    from traffic_core.tables import Row

MARKS = ("model.yaml", "profile.csv", "signal_group.csv", "facility.csv", "link.csv")
"""Files that only our own folders have side by side."""


def is_model_folder(folder: Path) -> bool:
    """Whether a folder holds a model of our own."""
    return all((folder / name).is_file() for name in MARKS)


def read_model_folder(folder: Path) -> ImportedModel:
    """Read the parts of a model folder that an import holds: not signal supply data, signs, profiles and detail of use.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    network = read_network(folder)
    demand = read_demand(folder, network)
    info = read_model_yaml(folder)
    return ImportedModel(
        name=str(info.get("name", folder.name)),
        source=f"model folder {folder.resolve().name}",
        licence=str(info.get("licence", UNKNOWN_LICENCE)),
        network=network,
        zones=tuple(demand.zones.values()),
        cells=demand.cells,
        counts=read_counts(folder, network.links),
        parking=tuple(
            _parking(row, network)
            for row in read_table(folder / "facility.csv", FACILITY_COLUMNS, key=("facility_id",))
        ),
    )


def _parking(row: Row, network: Network) -> ImportedParking:
    return ImportedParking(
        id=row.text("facility_id"),
        name=row.text("name"),
        position=(row.decimal("lon"), row.decimal("lat")),
        kind=row.text("kind"),
        capacity_veh=row.whole_or_none("capacity_veh"),
        access_node=row.reference("access_node_id", network.nodes, "a node of the network"),
        source=row.text("source"),
    )
