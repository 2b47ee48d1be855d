"""What is known about vehicles in front of the stop lines, whoever saw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Sightings(NamedTuple):
    """Vehicles (V) in one second; lanes are counted through all junctions of the town in their order.

    An area detector sees each vehicle; loops let one reckon.  A vehicle that may still choose between lanes stands in
    each of them with a part of its weight.
    """

    lane: NDArray[np.int64]
    """(V,) position of the approach lane."""
    distance_m: NDArray[np.float64]
    """(V,) from the stop line."""
    speed_m_s: NDArray[np.float64]
    """(V,)"""
    weight_veh: NDArray[np.float64]
    """(V,) in (0, 1]."""
