"""Trips that use chosen links, or start or end in chosen zones: where else they drive and between which zones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.assignment.select import select_link
from traffic_core.assignment.select_pairs import from_or_to, select_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from api.planning.assign.case import Slice
    from traffic_core.assignment.solver import Assignment

OD_COLUMNS = ("o_zone_id", "d_zone_id", "class")


@dataclass(slots=True, kw_only=True)
class Selection:
    """Selected trips, summed over the slices of a case."""

    links: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    volume: NDArray[np.float64] | None = None
    """(R,) vehicles of the selected trips on each link."""
    trips: dict[tuple[str, str, str], float] = field(default_factory=lambda: defaultdict(float))
    """Vehicles by origin zone, destination zone and class."""

    @property
    def total(self) -> float:
        """Vehicles of all selected trips."""
        return sum(self.trips.values())

    def add(self, piece: Slice, assignment: Assignment, places: Sequence[int]) -> None:
        """Add the selected trips of one slice; `places` are the chosen links among those of the case."""
        if self.zones:
            chosen = [index for index, zone in enumerate(piece.zones) if zone in self.zones]
            found = select_pairs(assignment, from_or_to(len(piece.zones), chosen))
        else:
            found = select_link(assignment, piece.rows[list(places)].tolist())
        volume: NDArray[np.float64] = found.volume[:, piece.rows].sum(axis=0)
        self.volume = volume if self.volume is None else self.volume + volume
        for m, o, d in np.argwhere(found.trips > 0.0).tolist():
            pair = (piece.zones[o], piece.zones[d], assignment.classes[m].name)
            self.trips[pair] += float(found.trips[m, o, d])

    def rows(self, digits: int | None) -> list[tuple[str, str, str, float]]:
        """Lines of the table of trips, the largest first; `digits` after the point, None for all."""
        rounded = {pair: trips if digits is None else round(trips, digits) for pair, trips in self.trips.items()}
        return [(*pair, trips) for pair, trips in sorted(rounded.items(), key=lambda item: (-item[1], item[0]))]
