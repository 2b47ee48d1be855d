"""A first trip table of a town from the masses of its zones, for a model without one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.calibration.balancing import scaled_to_shares
from traffic_core.calibration.gravity import Deterrence, gravity
from traffic_core.demand import LARGEST_CELL_VEH_24H, WAY_BACK, DemandCell, Purpose, TripKind, ZoneKind
from traffic_core.errors import InvalidValueError
from traffic_core.provenance import Confidence, Provenance
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from traffic_core.calibration.structure import Structure
    from traffic_core.demand import Zone

MASS_COLUMNS = ("zone_id", "purpose", "production_veh_24h", "attraction_veh_24h", *PROVENANCE_COLUMNS)
LEAST_VEH_24H = 0.05
BETWEEN_GATES = frozenset({Purpose.THROUGH, Purpose.FAIR, Purpose.FAIR_HOME})
"""Purposes whose trips may both begin and end outside: the airport and the fair count as outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """Ways there of a weekday that begin and that end in a zone with one purpose, vehicles: ways back come on top."""

    zone: str
    purpose: Purpose
    production_veh_24h: float
    attraction_veh_24h: float

    def __post_init__(self) -> None:
        where = f"mass[{self.zone},{self.purpose.value}]"
        for name in ("production_veh_24h", "attraction_veh_24h"):
            require.between(f"{where}.{name}", getattr(self, name), 0.0, LARGEST_CELL_VEH_24H)
        if self.purpose in WAY_BACK.values():
            raise InvalidValueError(f"{where}.purpose", self.purpose.value, "must be that of the way there")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """Costs between the zones of a model, (Z, Z), in the order of `zones`, and how they deter."""

    zones: Mapping[str, Zone]
    cost: NDArray[np.float64]
    deterrence: Deterrence


def read_masses(path: Path, zones: Collection[str]) -> tuple[Mass, ...]:
    """Read a table of masses.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    return tuple(_mass(row, zones) for row in read_table(path, MASS_COLUMNS, key=("zone_id", "purpose")))


def _mass(row: Row, zones: Collection[str]) -> Mass:
    row.provenance()
    with row.checked():
        return Mass(
            zone=row.reference("zone_id", zones, "a zone_id of zone.csv"),
            purpose=row.choice("purpose", Purpose),
            production_veh_24h=row.decimal("production_veh_24h"),
            attraction_veh_24h=row.decimal("attraction_veh_24h"),
        )


def gravity_cells(
    masses: Sequence[Mass],
    ways: Ways,
    *,
    structure: Structure | None = None,
    passing: Collection[str] = (),
    kept: Sequence[DemandCell] = (),
    source: str = "gravity model",
) -> tuple[DemandCell, ...]:
    """Cells of a gravity model: one balance for each purpose, its way back, then the structure of the trips.

    Masses count ways there.  Ways back are as many: as the purpose that `WAY_BACK` names, or with the same purpose;
    through trips have none.  Attractions are scaled to the productions of their purpose.  Two zones outside exchange
    trips with the purposes in `BETWEEN_GATES` only.  `kept` are cells of other purposes that a model has already.  The
    structure (and its total) scales through, origin-destination and internal trips of all purposes alike, kept ones
    too; it does not speak of trips between two `passing` zones.  Cells under 0.05 vehicles a day are left out.

    Raises
    ------
    InvalidValueError
        Where the masses of a purpose cannot be balanced, or kept cells have a purpose of the masses; names the purpose.
    """
    ids = list(ways.zones)
    place = {zone: row for row, zone in enumerate(ids)}
    outside = np.array([zone.kind is ZoneKind.OUTSIDE for zone in ways.zones.values()])
    trips = _both_ways(masses, ways, outside)
    total = np.sum(list(trips.values()), axis=0) if trips else np.zeros((len(ids), len(ids)))
    for cell in kept:
        if cell.purpose in trips:
            raise InvalidValueError("kept", cell.purpose.value, "must not be a purpose that has masses")
        total[place[cell.origin], place[cell.destination]] += cell.veh_24h
    factor = np.ones_like(total)
    if structure is not None:
        factor = _structure_factor(total, outside, structure, [zone in passing for zone in ids])
    made = Provenance(source=source, confidence=Confidence.ESTIMATED)
    cells = [
        DemandCell(
            origin=ids[i],
            destination=ids[j],
            purpose=purpose,
            veh_24h=float(factor[i, j] * table[i, j]),
            provenance=made,
        )
        for purpose, table in trips.items()
        for i, j in np.argwhere(factor * table >= LEAST_VEH_24H)
    ]
    for cell in kept:
        scale = float(factor[place[cell.origin], place[cell.destination]])
        cells.append(replace(cell, veh_24h=scale * cell.veh_24h))
    return tuple(cells)


def _both_ways(masses: Sequence[Mass], ways: Ways, outside: NDArray[np.bool_]) -> dict[Purpose, NDArray[np.float64]]:
    trips: dict[Purpose, NDArray[np.float64]] = {}
    for purpose in dict.fromkeys(mass.purpose for mass in masses):
        table = _of_purpose(purpose, masses, ways, outside)
        if purpose in WAY_BACK:
            trips[WAY_BACK[purpose]] = table.T.copy()
        elif purpose is not Purpose.THROUGH:
            table = table + table.T
        trips[purpose] = table
    return trips


def replaced_purposes(masses: Sequence[Mass]) -> frozenset[Purpose]:
    """Purposes that a table of masses speaks of, with their ways back."""
    named = {mass.purpose for mass in masses}
    return frozenset(named | {WAY_BACK[purpose] for purpose in named if purpose in WAY_BACK})


def _structure_factor(
    total: NDArray[np.float64], outside: NDArray[np.bool_], structure: Structure, passing: Sequence[bool]
) -> NDArray[np.float64]:
    inside = (~outside).astype(np.int64)
    kind = inside[:, None] + inside[None, :]  # 0 through, 1 origin or destination, 2 internal: in the order of TripKind
    kind[np.logical_and.outer(passing, passing)] = -1
    scaled = scaled_to_shares(total, kind, np.array([structure.shares[name] for name in TripKind]))
    if structure.total_veh is not None:
        scaled[kind >= 0] *= structure.total_veh / total[kind >= 0].sum()
    return np.divide(scaled, total, out=np.ones_like(total), where=total > 0.0)


def _of_purpose(
    purpose: Purpose, masses: Sequence[Mass], ways: Ways, outside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    ids = list(ways.zones)
    production, attraction = np.zeros(len(ids)), np.zeros(len(ids))
    for mass in masses:
        if mass.purpose is purpose:
            production[ids.index(mass.zone)] = mass.production_veh_24h
            attraction[ids.index(mass.zone)] = mass.attraction_veh_24h
    where = f"masses of {purpose.value}"
    if production.sum() <= 0.0 or attraction.sum() <= 0.0:
        raise InvalidValueError(
            where, [float(production.sum()), float(attraction.sum())], "must both be above 0 in sum"
        )
    attraction *= production.sum() / attraction.sum()
    cost = ways.cost.copy()
    if purpose not in BETWEEN_GATES:
        cost[np.logical_and.outer(outside, outside)] = np.inf
    try:
        return gravity(production, attraction, cost, ways.deterrence).trips
    except InvalidValueError as error:
        raise InvalidValueError(f"{where}: {error.field}", error.value, error.limit) from error
