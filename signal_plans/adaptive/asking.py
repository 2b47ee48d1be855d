"""Requests as the look-ahead takes them: marked vehicles in lanes, lanes of callers, and stages that nobody needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.adaptive.callers import CallerPlaces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.adaptive.callers import Callers
    from signal_plans.adaptive.requests import BusAhead, Requests
    from signal_plans.adaptive.settings import AdaptiveSettings
    from signal_plans.streams.model import StreamTown
    from traffic_core.adaptive_arrays import Picture, Streets

SPACING_M = 7.5
"""Of standing vehicles."""
GROWTH_S = 30.0
"""After so long a person at a button counts for one vehicle more."""
MOST_GROWTH = 10.0
GIVEN_UP_VEH = -2.0
"""Green should have let so many more vehicles pass than stood up to the bus: it is not there."""


class Asking:
    """Writes requests into the picture of each second, after `look` has written what detectors see."""

    def __init__(self, town: StreamTown, callers: Callers, settings: AdaptiveSettings, streets: Streets) -> None:
        """`town`: without the lanes of callers."""
        self.places = CallerPlaces(town, callers)
        self._settings, self._streets = settings, streets
        self._needs = [(stage, np.array(groups, np.int64)) for stage, groups in callers.needs]
        self._up_to_veh: dict[tuple[str, int], float] = {}
        """Vehicles up to and with each bus that stands, where it should have passed by now; by name and run."""

    def write(
        self, requests: Requests, picture: Picture, standing_veh: NDArray[np.float64], moves: NDArray[np.bool_]
    ) -> None:
        """Take the requests of a second.

        standing_veh : (L,) vehicles that stand; moves : (L,) lanes whose vehicles have green
        """
        picture.called[:] = False
        picture.call_weight[:] = 0.0
        picture.call_s[:] = 0
        waiting: dict[tuple[str, int], float] = {}
        for bus in (bus for bus in requests.buses if bus.in_s <= self._settings.bus_ahead_s):
            weight = self._settings.bus_weight(bus.late_s)
            if bus.source_id in self.places.alone:
                self._alone(bus, weight, picture)
            elif bus.source_id in self.places.by_name:
                self._among_others(bus, weight, picture, standing_veh, moves, waiting)
        self._up_to_veh = waiting
        self._pressed(requests, picture)

    def _alone(self, bus: BusAhead, weight: float, picture: Picture) -> None:
        """A bus on a lane of its own: the lane has no other vehicles, whoever comes there has called."""
        lane, second = self.places.alone[bus.source_id], max(0, int(bus.in_s))
        if second >= picture.arrival_veh.shape[1]:
            return
        before_veh = float(picture.arrival_veh[lane].sum())
        picture.arrival_veh[lane, second] += 1.0
        share = 1.0 / (before_veh + 1.0)
        picture.weight[lane] = (1.0 + weight) * share + (picture.weight[lane] if before_veh else 0.0) * (1.0 - share)

    def _among_others(
        self,
        bus: BusAhead,
        weight: float,
        picture: Picture,
        standing_veh: NDArray[np.float64],
        moves: NDArray[np.bool_],
        waiting: dict[tuple[str, int], float],
    ) -> None:
        """Mark the bus on its lane; where it may be on several, on each in part.  Of several buses the first."""
        junction, lanes = self.places.by_name[bus.source_id]
        streets = self._streets
        for lane in lanes:
            second = max(0, int(bus.in_s))
            if bus.in_s <= 0.0:
                key = (f"{bus.source_id} {lane}", bus.run)
                headway_s = float(streets.headway_s[streets.first_stream[lane]])
                up_to_veh = self._up_to_veh.get(key)
                if up_to_veh is None:
                    up_to_veh = max(1.0, float(standing_veh[lane]))
                elif moves[lane]:
                    up_to_veh = max(GIVEN_UP_VEH, up_to_veh - 1.0 / headway_s)
                waiting[key] = up_to_veh
                if up_to_veh <= GIVEN_UP_VEH:
                    continue
                before_m = SPACING_M * max(0.0, up_to_veh - 1.0)
                second = int(math.sqrt(2.0 * before_m / self._settings.acceleration_m_s2))
            if weight <= 0.0 or second >= streets.horizon_s[junction]:
                continue
            if picture.call_weight[lane] <= 0.0 or second < picture.call_s[lane]:
                picture.call_s[lane] = second
            picture.call_weight[lane] += weight / len(lanes)
            picture.called[junction] = True

    def _pressed(self, requests: Requests, picture: Picture) -> None:
        picture.may_begin[:] = True
        if requests.waited_s is None:
            return
        for group in np.flatnonzero(np.isfinite(requests.waited_s)).tolist():
            lane = self.places.group.get(group)
            if lane is not None:
                waited_s = float(requests.waited_s[group])
                picture.arrival_veh[lane, 0] += 1.0
                picture.weight[lane] = self._settings.button_weight + min(MOST_GROWTH, waited_s / GROWTH_S)
        for stage, groups in self._needs:
            picture.may_begin[stage] = bool(np.isfinite(requests.waited_s[groups]).any())
