"""What is assigned: a network as arrays, and the trips of each class.  Valid by construction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_POWER = 64.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentNetwork:
    """N nodes, L links, Z zones.  The cost of link a at volume v is t0 (1 + b (v / capacity) ** power).

    All arrays are C-contiguous; units are the user's own, as long as they are the same everywhere.
    """

    node_ids: tuple[str, ...]
    link_ids: tuple[str, ...]
    zone_ids: tuple[str, ...]
    zone_node: NDArray[np.int64]
    """(Z,) node at which the trips of a zone start and end."""
    passable: NDArray[np.uint8]
    """(N,) 1 where trips may pass through the node, 0 where they only start and end (centroids)."""
    from_node: NDArray[np.int64]
    to_node: NDArray[np.int64]
    free_flow_time: NDArray[np.float64]
    capacity: NDArray[np.float64]
    b: NDArray[np.float64]
    power: NDArray[np.float64]
    length: NDArray[np.float64]
    toll: NDArray[np.float64]

    def __post_init__(self) -> None:
        links, nodes = len(self.link_ids), len(self.node_ids)
        for name in ("from_node", "to_node", "free_flow_time", "capacity", "b", "power", "length", "toll"):
            self._require_shape(name, links)
        self._require_shape("passable", nodes)
        self._require_shape("zone_node", len(self.zone_ids))
        for name in ("from_node", "to_node"):
            self._require_each(name, (getattr(self, name) >= 0) & (getattr(self, name) < nodes), "must be a node")
        if not ((self.zone_node >= 0) & (self.zone_node < nodes)).all():
            raise InvalidValueError("zone_node", self.zone_node.tolist(), "must be nodes")
        for name in ("free_flow_time", "b", "length", "toll"):
            values = getattr(self, name)
            self._require_each(name, np.isfinite(values) & (values >= 0.0), "must be a finite number of at least 0")
        congestible = (self.b > 0.0) & (self.free_flow_time > 0.0) & (self.power > 0.0)
        self._require_each("capacity", ~(self.capacity < 0.0) & ~np.isnan(self.capacity), "must not be negative")
        self._require_each("capacity", (self.capacity > 0.0) | ~congestible, "must be above 0 where b is above 0")
        power_ok = (self.power == 0.0) | ((self.power >= 1.0) & (self.power <= LARGEST_POWER))
        self._require_each("power", power_ok | ~congestible, f"must be 0 or from 1 to {LARGEST_POWER:g}")

    def _require_shape(self, name: str, size: int) -> None:
        values: NDArray[np.generic] = getattr(self, name)
        if values.shape != (size,) or not values.flags.c_contiguous:
            raise InvalidValueError(name, values.shape, f"must be a contiguous array of shape ({size},)")

    def _require_each(self, name: str, good: NDArray[np.bool_], limit: str) -> None:
        if not good.all():
            at = int(np.argmin(good))
            raise InvalidValueError(f"link[{self.link_ids[at]}].{name}", getattr(self, name)[at].item(), limit)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TripClass:
    """Trips of one kind of vehicle, and how it weighs time against toll and distance.

    Its cost of a link is time + toll_weight * toll + distance_weight * length.
    """

    name: str
    trips: NDArray[np.float64]
    """(Z, Z) vehicles from row to column; the diagonal is not assigned."""
    pce: float = 1.0
    """Passenger-car equivalents of one vehicle."""
    toll_weight: float = 0.0
    distance_weight: float = 0.0
    closed: NDArray[np.uint8] | None = None
    """(L,) 1 where the class must not drive; None: it may drive everywhere."""

    def __post_init__(self) -> None:
        where = f"class[{self.name}]"
        if self.trips.ndim != 2 or self.trips.shape[0] != self.trips.shape[1]:
            raise InvalidValueError(f"{where}.trips", self.trips.shape, "must be a square table, zones by zones")
        if not (np.isfinite(self.trips) & (self.trips >= 0.0)).all():
            at = np.argwhere(~(np.isfinite(self.trips) & (self.trips >= 0.0)))[0]
            value = float(self.trips[at[0], at[1]])
            raise InvalidValueError(f"{where}.trips[{at[0]}, {at[1]}]", value, "must be a finite number of at least 0")
        if not (np.isfinite(self.pce) and self.pce > 0.0):
            raise InvalidValueError(f"{where}.pce", self.pce, "must be a finite number above 0")
        for name in ("toll_weight", "distance_weight"):
            if not (np.isfinite(getattr(self, name)) and getattr(self, name) >= 0.0):
                raise InvalidValueError(f"{where}.{name}", getattr(self, name), "must be a finite number of at least 0")
