"""Any set of origin-destination pairs of an assignment, and where their trips drive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.assignment.select import Selection, select_zone
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from traffic_core.assignment.solver import Assignment


def select_pairs(assignment: Assignment, pairs: NDArray[np.bool_]) -> Selection:
    """Trips between the pairs (Z, Z), and where they drive: on the paths of the assignment, in its shares.

    Raises
    ------
    InvalidValueError
        Where `pairs` is not a table of the network's zones.
    """
    zones = len(assignment.network.zone_ids)
    if pairs.shape != (zones, zones):
        raise InvalidValueError("pairs", pairs.shape, f"must be a table of {zones} by {zones} zones")
    wanted = np.where(np.tile(pairs, (len(assignment.classes), 1)), assignment.layout.demand, 0.0)
    part = replace(assignment, layout=replace(assignment.layout, demand=wanted))
    return select_zone(part, range(zones))


def from_or_to(zones: int, chosen: Collection[int]) -> NDArray[np.bool_]:
    """Pairs (Z, Z) that start or end in a chosen zone."""
    pairs = np.zeros((zones, zones), dtype=np.bool_)
    pairs[list(chosen), :] = True
    pairs[:, list(chosen)] = True
    return pairs
