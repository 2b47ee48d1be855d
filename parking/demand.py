"""How many drivers who would follow a sign pass it: the demand that guidance assigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from parking.visitors import ANYBODY, Visitors
from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from parking.assignment import Cell
    from parking.model import ParkingModel
    from traffic_core.detector_flows import DetectorFlows

INTERVAL_S = 300.0
FOLLOWING_SHARE = 0.2
"""Drivers to a public car park who follow signs; assumed until the town has counted its own."""
PARKING_SHARE = 0.15
"""Vehicles past a sign that look for a public car park; assumed."""


class ParkingDemand:
    """Demand of each cell from the flow on the link its sign stands at.

    following_share : share of those who look for a car park that does as the sign says; comparisons use 0.2, 0.5, 1
    visitors : as those the cells were made with
    """

    def __init__(
        self,
        parking: ParkingModel,
        cells: Sequence[Cell],
        following_share: float = FOLLOWING_SHARE,
        visitors: Visitors = ANYBODY,
    ) -> None:
        require.between("demand.following_share", following_share, 0.0, 1.0)
        self._following_share = following_share
        self._links = [parking.signs[cell.sign_id].link_id for cell in cells]
        districts: dict[str, set[str]] = {}
        for cell in cells:
            districts.setdefault(cell.sign_id, set()).add(cell.district)
        self._share = np.array(
            [visitors.class_share[cell.vehicle_class] / len(districts[cell.sign_id]) for cell in cells]
        )

    def of(self, flows: DetectorFlows) -> NDArray[np.int64]:
        """(cells,) drivers who follow signs in the coming minutes; 0 where the flow is not known.

        Rounded by largest remainders, so that many small streams do not vanish.
        """
        flow_veh_h, known = flows.of(self._links)
        following_veh = flow_veh_h * (INTERVAL_S / 3_600.0) * PARKING_SHARE * self._following_share * self._share
        return rounded(np.where(known, following_veh, 0.0))


def rounded(exact_veh: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers whose sum is that of the exact ones, rounded; the largest remainders are rounded up."""
    whole_veh = np.floor(exact_veh).astype(np.int64)
    missing = round(float(exact_veh.sum())) - int(whole_veh.sum())
    upwards = np.argsort(whole_veh - exact_veh, kind="stable")[:missing]
    whole_veh[upwards] += 1
    return whole_veh
