"""The structure of a town's trips (through, to and from, inside), and the trips that only pass the town."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.demand import TripKind, ZoneKind
from traffic_core.errors import InvalidValueError
from traffic_core.network import RoadClass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from traffic_core.demand import Demand
    from traffic_core.network import Network

LARGEST_TOTAL_VEH = 100_000_000.0
LONG_DISTANCE = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Shares of the trips of a town by kind, which sum to 1, and how many trips there are."""

    shares: Mapping[TripKind, float]
    tolerance_share: float = 0.005
    """Standard error of each share, and of the total as a share of it."""
    total_veh: float | None = None
    """Town trips of a weekday; None leaves their number free."""

    def __post_init__(self) -> None:
        if set(self.shares) != set(TripKind) or not all(0.0 <= share <= 1.0 for share in self.shares.values()):
            raise InvalidValueError(
                "structure", dict(self.shares), "must hold a share from 0 to 1 for each kind of trip"
            )
        if abs(sum(self.shares.values()) - 1.0) > 1e-6:
            raise InvalidValueError("structure", list(self.shares.values()), "must sum to 1 (or to 100 %)")
        if not 0.0 < self.tolerance_share <= 1.0:
            raise InvalidValueError("structure.tolerance", self.tolerance_share, "must be above 0 and at most 1")
        if self.total_veh is not None:
            require.between("town trips", self.total_veh, 1.0, LARGEST_TOTAL_VEH)


def parse_structure(text: str, total_veh: float | None = None) -> Structure:
    """Read `10/58/32`: percent of through, origin-destination and internal trips.

    Raises
    ------
    InvalidValueError
        Where it is not three numbers that sum to 100.
    """
    parts = text.split("/")
    try:
        values = [float(part) / 100.0 for part in parts]
    except ValueError as error:
        limit = "must be three numbers like 10/58/32 (through, origin or destination, internal, %)"
        raise InvalidValueError("structure", text, limit) from error
    if len(values) != len(TripKind):
        limit = "must be three numbers like 10/58/32 (through, origin or destination, internal, %)"
        raise InvalidValueError("structure", text, limit)
    return Structure(shares=dict(zip(TripKind, values, strict=True)), total_veh=total_veh)


def passing_zones(demand: Demand, network: Network) -> frozenset[str]:
    """Outside zones whose nodes join motorways, trunk roads and ramps only: trips between two of them pass the town."""
    classes: dict[str, set[RoadClass]] = {}
    for link in network.links.values():
        for node in (link.from_node, link.to_node):
            classes.setdefault(node, set()).add(link.road_class)
    return frozenset(
        zone.id
        for zone in demand.zones.values()
        if zone.kind is ZoneKind.OUTSIDE and all(classes.get(node, set()) <= LONG_DISTANCE for node in zone.nodes)
    )


def town_veh(demand: Demand, passing: Collection[str]) -> dict[TripKind, float]:
    """Trips of a weekday by kind, vehicles, without those between two zones that pass the town."""
    veh = dict.fromkeys(TripKind, 0.0)
    for cell in demand.cells:
        if not (cell.origin in passing and cell.destination in passing):
            veh[demand.trip_kind(cell)] += cell.veh_24h
    return veh


def town_shares(demand: Demand, passing: Collection[str]) -> dict[TripKind, float]:
    """Shares of `town_veh`; all 0 where there are no trips."""
    veh = town_veh(demand, passing)
    total = sum(veh.values())
    return {kind: value / total if total > 0.0 else 0.0 for kind, value in veh.items()}
