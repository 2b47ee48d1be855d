"""The problem as the kernels see it: links sorted by the node they leave, classes in passenger-car equivalents."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.assignment.problem import AssignmentNetwork, TripClass

LARGEST_WHOLE_POWER = 16
"""Larger powers are cheaper through logarithm and exponential than by multiplying."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Arrays in the order of the kernels; `sorted_links` and `place_of_link` lead to the network's order and back."""

    sorted_links: NDArray[np.int64]
    place_of_link: NDArray[np.int64]
    first_out: NDArray[np.int64]
    from_node: NDArray[np.int64]
    to_node: NDArray[np.int64]
    first_in: NDArray[np.int64]
    in_link: NDArray[np.int64]
    passable: NDArray[np.uint8]
    zone_node: NDArray[np.int64]
    zone_ids: tuple[str, ...]
    curve: NDArray[np.float64]
    """(L, 4) free-flow time, rise (free-flow time times b), 1 / capacity, power."""
    whole_power: NDArray[np.int64]
    fixed: NDArray[np.float64]
    """(M, L) toll and distance in units of time; inf where the class must not drive."""
    demand: NDArray[np.float64]
    """(M Z, Z) passenger-car equivalents; row m Z + o holds the trips of class m from zone o."""
    class_names: tuple[str, ...]

    @property
    def links(self) -> int:
        """L."""
        return int(self.to_node.size)

    @property
    def nodes(self) -> int:
        """N."""
        return int(self.passable.size)

    @staticmethod
    def of(network: AssignmentNetwork, classes: Sequence[TripClass]) -> Layout:
        """Sort and scale.  Raises `InvalidValueError` where a class does not fit the network."""
        zones, links = len(network.zone_ids), len(network.link_ids)
        order = np.argsort(network.from_node, kind="stable").astype(np.int64)
        place = np.empty(links, dtype=np.int64)
        place[order] = np.arange(links)
        from_node, to_node = network.from_node[order], network.to_node[order]
        constant = (network.b == 0.0) | (network.free_flow_time == 0.0)
        rise = np.where(constant, 0.0, network.free_flow_time * network.b)
        per_capacity = np.where(constant, 0.0, 1.0 / np.where(network.capacity > 0.0, network.capacity, 1.0))
        power = np.where(constant, 0.0, network.power)
        curve = np.ascontiguousarray(np.stack([network.free_flow_time, rise, per_capacity, power], axis=1)[order])
        demand = np.zeros((len(classes) * zones, zones))
        fixed = np.zeros((len(classes), links))
        for m, trips in enumerate(classes):
            if trips.trips.shape != (zones, zones):
                where = f"class[{trips.name}].trips"
                raise InvalidValueError(where, trips.trips.shape, f"must have shape ({zones}, {zones}) like the zones")
            demand[m * zones : (m + 1) * zones] = trips.trips * trips.pce
            fixed[m] = trips.toll_weight * network.toll + trips.distance_weight * network.length
            if trips.closed is not None:
                if trips.closed.shape != (links,):
                    raise InvalidValueError(
                        f"class[{trips.name}].closed", trips.closed.shape, f"must have shape ({links},) like the links"
                    )
                fixed[m, trips.closed != 0] = np.inf
        for m in range(len(classes)):
            np.fill_diagonal(demand[m * zones : (m + 1) * zones], 0.0)
        return Layout(
            sorted_links=order,
            place_of_link=place,
            first_out=_offsets(from_node, len(network.node_ids)),
            from_node=from_node,
            to_node=to_node,
            first_in=_offsets(to_node, len(network.node_ids)),
            in_link=np.argsort(to_node, kind="stable").astype(np.int64),
            passable=network.passable,
            zone_node=network.zone_node,
            zone_ids=network.zone_ids,
            curve=curve,
            whole_power=np.array([_whole(value) for value in curve[:, 3]], dtype=np.int64),
            fixed=np.ascontiguousarray(fixed[:, order]),
            demand=demand,
            class_names=tuple(trips.name for trips in classes),
        )

    def time(self, volume: NDArray[np.float64]) -> NDArray[np.float64]:
        """Travel time of every link at a volume, (L,) each."""
        t0, rise, per_capacity, power = self.curve.T
        time: NDArray[np.float64] = t0 + rise * np.power(volume * per_capacity, power)
        return time

    def objective(self, class_volume: NDArray[np.float64]) -> float:
        """Beckmann's objective; added up exactly, because its differences near the optimum are tiny."""
        volume = class_volume.sum(axis=0)
        t0, rise, per_capacity, power = self.curve.T
        integral = volume * (t0 + rise * np.power(volume * per_capacity, power) / (power + 1.0))
        used = class_volume > 0.0
        return math.fsum(integral) + math.fsum(self.fixed[used] * class_volume[used])


def _whole(power: float) -> int:
    """The power where multiplying is quicker, 0 for a constant, -1 for the general case."""
    return int(power) if power == int(power) and power <= LARGEST_WHOLE_POWER else -1


def _offsets(owner: NDArray[np.int64], owners: int) -> NDArray[np.int64]:
    offsets = np.zeros(owners + 1, dtype=np.int64)
    offsets[1:] = np.cumsum(np.bincount(owner, minlength=owners))
    return offsets
