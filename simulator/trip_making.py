"""Turns drawn trips into rows of the traffic kernel and of the trip book."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.parking_shares import ParkingShares, parking_shares
from simulator.road_traffic import Trips
from simulator.routes import tree_of
from simulator.trip_book import NOWHERE, PURPOSES, Rows
from simulator.trip_demand import quarters_of, staged_cells
from simulator.trip_schedule import TripSource, decide, parking_table
from traffic_core.errors import InvalidValueError
from traffic_core.traffic_arrays import IS_AWAITED, READS_SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.day_clock import DayClock
    from simulator.garage import Garage
    from simulator.routes import RouteTable
    from simulator.staged import Staged
    from traffic_core.demand import Demand
    from traffic_core.network import Network

    Ints = NDArray[np.int64]


class TripMaking:
    """Draws the trips of a staged model and decides where they park."""

    def __init__(
        self, staged: Staged, garages: Mapping[str, Garage], clock: DayClock, seed: int, node_index: Mapping[str, int]
    ) -> None:
        self.cells = staged_cells(staged)
        self.shares = _shares(staged.model.demand, staged.model.network, garages)
        self._kappa = staged.kappa
        self._clock = clock
        self._source = TripSource(self.cells, clock, seed, node_index)
        self._table = parking_table(self.cells, self.shares, list(garages))
        self._access = np.array([node_index[g.facility.access_node] for g in garages.values()], dtype=np.int64)
        self._purpose = np.array([PURPOSES.index(cell.purpose.value) for cell in self.cells], dtype=np.int64)

    def destinations(self, node_index: Mapping[str, int]) -> Ints:
        """Nodes that somebody drives to, ascending: ends of trips, of trips home, and car parks."""
        nodes = {node_index[node] for cell in self.cells for node in cell.nodes}
        return np.array(sorted(nodes | set(self._access.tolist())), dtype=np.int64)

    def block(self, from_s: float, until_s: float, routes: RouteTable, row_of_node: Ints) -> tuple[Trips, Rows]:
        """Trips of a period; `row_of_node` (N,) are rows of the routes."""
        block = self._source.block(from_s, until_s)
        decided = decide(block, self._table, self._clock.local_times(block.at_s).hour, self._kappa)
        keep = np.flatnonzero(decided.keep)
        facility = decided.facility[keep]
        parks = facility >= 0
        ends_at = block.destination_node[keep]
        destination = ends_at.copy()
        destination[parks] = self._access[facility[parks]]
        origin = block.origin_node[keep]
        row = row_of_node[destination]
        flags = np.where(parks, IS_AWAITED, 0) | np.where(decided.follower[keep] == 1, READS_SIGNS, 0)
        trips = Trips(
            at_s=block.at_s[keep],
            origin=origin,
            destination=row,
            tree=tree_of(block.attention[keep]),
            kind=block.vehicle_class[keep],
            flags=flags.astype(np.uint8),
            first_link=np.full(keep.size, -1, dtype=np.int64),
            end_s=np.full(keep.size, np.nan),
        )
        unknown = np.full(keep.size, np.nan)
        rows = Rows(
            purpose=self._purpose[block.cell[keep]],
            facility=facility,
            ends_at=ends_at,
            free_s=routes.free_s[row, origin],
            parking_s=unknown,
            walk_m=unknown.copy(),
            driven_m=unknown.copy(),
            parked_at=np.full(keep.size, NOWHERE, dtype=np.int64),
        )
        return trips, rows

    def homes(self, node_index: Mapping[str, int]) -> list[tuple[int, float]]:
        """Nodes where those come from who park in the town, with weights."""
        return [
            (node_index[node], cell.veh_24h)
            for cell in self.cells
            if cell.to_inside and cell.may_park and cell.window_s is None
            for node in cell.origins
        ]

    def check_ways(self, routes: RouteTable, node_index: Mapping[str, int], row_of_node: Ints) -> None:
        """Raise `InvalidValueError` where somebody could not get where he must."""
        names = list(node_index)
        parking_homes = {node for node, _ in self.homes(node_index)}
        wanted = {
            (node_index[a], node_index[b]): cell.name
            for cell in self.cells
            for a in cell.origins
            for b in cell.destinations
        }
        for access in self._access.tolist():
            wanted |= {(home, access): f"to the car park at {names[access]}" for home in parking_homes}
            wanted |= {(access, home): f"home from the car park at {names[access]}" for home in parking_homes}
        for (start, end), name in wanted.items():
            if routes.free_s[row_of_node[end], start] == math.inf:
                where = f"trip[{name}]"
                raise InvalidValueError(where, (names[start], names[end]), "must have a way through the network")


def _shares(demand: Demand, network: Network, garages: Mapping[str, Garage]) -> ParkingShares:
    """Parking shares; the second round knows which trips garages make instead of the demand."""
    positions = {name: garage.facility.position for name, garage in garages.items()}
    flows = {name: garage.flow for name, garage in garages.items()}
    first = parking_shares(positions, flows, quarters_of(demand, network, {}))
    return parking_shares(positions, flows, quarters_of(demand, network, first.leaving))


def row_of_nodes(destinations: Ints, nodes: int) -> Ints:
    """Row of the routes for every node, -1 for those nobody drives to."""
    rows = np.full(nodes, -1, dtype=np.int64)
    rows[destinations] = np.arange(destinations.size)
    return rows
