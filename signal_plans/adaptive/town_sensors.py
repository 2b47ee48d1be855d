"""All that adaptive control sees with in a town: area detectors first, loops where they alone are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.adaptive.bus_calls import BusCalls
from signal_plans.adaptive.buttons import Buttons
from signal_plans.adaptive.call_points import buttons
from signal_plans.adaptive.callers import callers_of
from signal_plans.adaptive.control import AdaptiveControl, AdaptiveSettings
from signal_plans.adaptive.full_links import FullLinks
from signal_plans.adaptive.loop_sensors import INTERVAL_S, LoopSensors
from signal_plans.adaptive.requests import Requests
from signal_plans.adaptive.sensors import AdaptivePicture, AreaSensors
from signal_plans.adaptive.sightings import Sightings
from signal_plans.lamp import Lamp
from signal_plans.streams.from_layout import stream_town
from traffic_core.readings import ApproachReading, BusCall, ButtonPress, DetectorReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.adaptive.area import AreaDetector
    from signal_plans.decision import SignalState
    from signal_plans.junction import Junction
    from signal_plans.layout import SignalLayout
    from signal_plans.streams.model import StreamTown
    from traffic_core.network import Network
    from traffic_core.readings import Reading


class TownSensors:
    """Fed with readings as they come and, after each step of signal control, with what the signals show.

    Nothing here reads a clock.  Junctions, lanes and exits are in the order of `stream_town` for the same layouts.
    """

    def __init__(
        self,
        town: StreamTown,
        network: Network,
        layouts: Sequence[SignalLayout],
        detectors: Sequence[AreaDetector],
        sight_m: float,
    ) -> None:
        self.area = AreaSensors(town, network, detectors, sight_m=sight_m)
        self.loops = LoopSensors(town, network, layouts)
        self.seen_m = tuple(np.maximum(np.array(self.area.seen_m), self.loops.seen_m).tolist())
        """(L,) how far back each lane is seen; 0 where nothing watches."""
        self.bus_calls = BusCalls()
        places = buttons(layouts)
        self.buttons = Buttons(places) if places else None
        self._groups = sum(len(layout.groups) for layout in layouts)
        self._green: NDArray[np.bool_] | None = None
        self._full = FullLinks(layouts, network)
        self._full_links: frozenset[str] = frozenset()

    def accept(self, reading: Reading) -> None:
        """Take a reading that has passed the gate; those of car parks say nothing here."""
        if isinstance(reading, ApproachReading):
            self.area.accept(reading)
        elif isinstance(reading, DetectorReading):
            self.loops.accept(reading)
        elif isinstance(reading, BusCall):
            self.bus_calls.accept(reading)
        elif isinstance(reading, ButtonPress) and self.buttons is not None:
            self.buttons.accept(reading)

    def note(self, state: SignalState, occupancy_share: NDArray[np.float64] | None) -> None:
        """Remember what the signals show, and the queues that control reckons with; occupancies (G)."""
        self._green = state.lamp == Lamp.GREEN
        if self.loops.is_equipped.any():
            self.loops.note_lamps(state.lamp)
        if occupancy_share is not None:
            self._full_links = self._full.of(state.queue_veh, occupancy_share)

    def requests(self, now_s: float) -> Requests:
        """Who asks for green at `now_s`; call once a second."""
        buses = self.bus_calls.ahead(now_s)
        if self.buttons is None:
            return Requests(buses)
        faults = self.buttons.look(now_s, self._green)
        return Requests(buses, self.buttons.waited_s(now_s, self._groups), tuple(faults))

    def picture(self, now_s: float) -> AdaptivePicture:
        """What is known at `now_s`; call once a second."""
        seen = self.area.picture(now_s, self._full_links)
        if not self.loops.is_equipped.any():
            return seen
        reckoned = self.loops.step(now_s)
        by_loops = self.loops.ready(now_s) & ~seen.ready
        if not by_loops.any():
            return seen
        by_lane = by_loops[self.loops.lane_junction]
        sightings = _joined(_of_lanes(seen.sightings, ~by_lane), _of_lanes(reckoned, by_lane))
        return seen._replace(sightings=sightings, ready=seen.ready | by_loops)


class AdaptiveTown(NamedTuple):
    """Sensors and the control that looks through them."""

    sensors: TownSensors
    control: AdaptiveControl


def adaptive_town(
    network: Network,
    junctions: Mapping[str, Junction],
    detectors: Sequence[AreaDetector],
    settings: AdaptiveSettings | None = None,
) -> AdaptiveTown | None:
    """What it takes to control a town adaptively; None where nothing sees any approach.

    Junctions are in the order of signal control.  Raises `InvalidValueError` where supply data make a headway or a
    green that adaptive control cannot hold.
    """
    may_reckon = any(detector.interval_s == INTERVAL_S for detector in network.detectors.values())
    if not junctions or not (detectors or may_reckon):
        return None
    settings = settings or AdaptiveSettings()
    layouts = [junction.layout for junction in junctions.values()]
    town = stream_town(network, layouts)
    sensors = TownSensors(town, network, layouts, detectors, settings.sight_m)
    if not any(sensors.seen_m):
        return None
    callers = callers_of(network, layouts, town)
    return AdaptiveTown(sensors, AdaptiveControl(town, settings, seen_m=sensors.seen_m, callers=callers))


def _of_lanes(sightings: Sightings, wanted: NDArray[np.bool_]) -> Sightings:
    rows = np.flatnonzero(wanted[sightings.lane])
    lane, distance_m, speed_m_s, weight_veh = sightings
    return Sightings(lane[rows], distance_m[rows], speed_m_s[rows], weight_veh[rows])


def _joined(one: Sightings, other: Sightings) -> Sightings:
    return Sightings(
        lane=np.concatenate((one.lane, other.lane)),
        distance_m=np.concatenate((one.distance_m, other.distance_m)),
        speed_m_s=np.concatenate((one.speed_m_s, other.speed_m_s)),
        weight_veh=np.concatenate((one.weight_veh, other.weight_veh)),
    )
