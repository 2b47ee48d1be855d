"""The 24 hours of a weekday of a town, assigned one by one for the trips of an estimate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from traffic_core.assignment.select import count_shares
from traffic_core.assignment.solver import solve
from traffic_core.assignment.town import town_problem
from traffic_core.calibration.estimation import Loaded
from traffic_core.demand import HOURS, DayType, Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from traffic_core.assignment.problem import AssignmentNetwork, TripClass
    from traffic_core.assignment.solver import Assignment
    from traffic_core.assignment.town import Approach
    from traffic_core.calibration.pairs import Pairs
    from traffic_core.demand import Demand
    from traffic_core.network import Network


@dataclass(slots=True, kw_only=True, eq=False)
class TownDay:
    """A weekday of a town; calling it assigns the vehicles of a day of each pair, (P,).

    A pair's trips spread over the hours by the profiles of its purposes and over the access nodes of its zones in equal
    shares.  Each hour starts from the equilibrium of the hour before, the first from the last call's.
    """

    network: AssignmentNetwork
    classes: tuple[TripClass, ...]
    """Of any hour; their trips are replaced."""
    counted: tuple[int, ...]
    """(C,) links of `network` that are reported."""
    cell: NDArray[np.int64]
    """(E,) place of each used pair of access nodes in the trips of all classes, laid out as `count_shares` does."""
    pair: NDArray[np.int64]
    """(E,) pair of zones that it belongs to."""
    share: NDArray[np.float64]
    """(24, E) vehicles in an hour for each vehicle a day of the pair."""
    gap: float
    on_hour: Callable[[], None] | None = None
    """Called after each assigned hour."""
    worst_gap: float = 0.0
    """Largest relative gap of any hour so far."""
    _latest: Assignment | None = field(default=None, init=False)
    _prior: tuple[NDArray[np.float64], Loaded] | None = field(default=None, init=False)

    @staticmethod
    def of(
        network: Network,
        demand: Demand,
        pairs: Pairs,
        links: Sequence[str],
        *,
        gap: float = 1e-5,
        approaches: Mapping[str, Approach] | None = None,
        on_hour: Callable[[], None] | None = None,
    ) -> TownDay:
        """Day of a town whose flows on `links` are wanted; `approaches` as in `town_problem`."""
        problem = town_problem(network, demand, day_type=DayType.WEEKDAY, hour=0, approaches=approaches)
        number = {link_id: int(problem.street_links[at]) for at, link_id in enumerate(network.links)}
        cell, pair, share = _entries(demand, pairs, problem.centroid_zones)
        return TownDay(
            network=problem.assignment_network,
            classes=problem.classes,
            counted=tuple(number[link_id] for link_id in links),
            cell=cell,
            pair=pair,
            share=share,
            gap=gap,
            on_hour=on_hour,
        )

    def __call__(self, pair_veh: NDArray[np.float64], /) -> Loaded:
        """Equilibrium of all hours; the first trips ever asked for are kept, because estimates start from the same."""
        if self._prior is not None and np.array_equal(self._prior[0], pair_veh):
            return self._prior[1]
        hourly_share, hourly_veh = [], np.zeros((HOURS, len(self.counted)))
        for hour in range(HOURS):
            part, hourly_veh[hour] = self._hour(hour, pair_veh)
            hourly_share.append(part)
        loaded = Loaded(hourly_share=tuple(hourly_share), hourly_veh=hourly_veh)
        if self._prior is None:
            self._prior = (pair_veh.copy(), loaded)
        return loaded

    def _hour(self, hour: int, pair_veh: NDArray[np.float64]) -> tuple[sparse.csr_array, NDArray[np.float64]]:
        zones = len(self.network.zone_ids)
        trips = np.zeros(len(self.classes) * zones * zones)
        trips[self.cell] = self.share[hour] * pair_veh[self.pair]
        tables = trips.reshape(len(self.classes), zones, zones)
        classes = [replace(each, trips=table) for each, table in zip(self.classes, tables, strict=True)]
        self._latest = solve(self.network, classes, gap=self.gap, start=self._latest)
        if self.on_hour is not None:
            self.on_hour()
        self.worst_gap = max(self.worst_gap, self._latest.relative_gap)
        shape = (trips.size, pair_veh.size)
        spread = sparse.csr_array((self.share[hour], (self.cell, self.pair)), shape=shape)
        used = sparse.csr_array(count_shares(self._latest, self.counted)) @ spread
        return used, self._latest.class_volume[:, list(self.counted)].sum(axis=0)


def _entries(
    demand: Demand, pairs: Pairs, centroid_zones: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Place, pair and hourly shares of every pair of access nodes that some class uses."""
    row = pairs.rows()
    course = {purpose: np.array(demand.shares(DayType.WEEKDAY, purpose)) for purpose in Purpose}
    of_pair = np.zeros((2, len(pairs.ends), HOURS))
    for cell in demand.cells:
        if cell.veh_24h > 0.0:
            at = row[cell.origin, cell.destination]
            of_class = 1 if cell.purpose is Purpose.DELIVERY else 0
            of_pair[of_class, at] += cell.veh_24h / pairs.veh[at] * course[cell.purpose]
    places: dict[str, list[int]] = {}
    for place, zone in enumerate(centroid_zones):
        places.setdefault(zone, []).append(place)
    size = len(centroid_zones)
    cells: list[int] = []
    owners: list[int] = []
    shares: list[NDArray[np.float64]] = []
    for at, (origin, destination) in enumerate(pairs.ends):
        starts, ends = places[origin], places[destination]
        for of_class in np.flatnonzero(of_pair[:, at].any(axis=1)).tolist():
            for start in starts:
                cells.extend((of_class * size + start) * size + end for end in ends)
            count = len(starts) * len(ends)
            owners.extend([at] * count)
            shares.extend([of_pair[of_class, at] / count] * count)
    share = np.ascontiguousarray(np.array(shares).reshape(-1, HOURS).T)
    return np.array(cells, dtype=np.int64), np.array(owners, dtype=np.int64), share
