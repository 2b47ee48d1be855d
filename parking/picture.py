"""The picture of the town that accepted readings paint, and what guidance needs to know of the streets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from parking.counting.fleet import CountingFleet
from parking.counting.settings import DEFAULT_COUNTING
from parking.occupancy import OccupancyState
from parking.quality.watch import FacilityWatch
from traffic_core.detector_flows import DetectorFlows
from traffic_core.quality_gate import KnownSources
from traffic_core.quality_outcome import NO_NEWS, Accepted, Reason
from traffic_core.reach import drive_times_s
from traffic_core.readings import BayReading, DetectorReading, OccupancyReading, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from parking.model import ParkingModel
    from traffic_core.network import Network
    from traffic_core.quality_gate import QualityGate
    from traffic_core.quality_outcome import Rejected


class Picture:
    """State of detectors, car parks and bays, and which car parks' data are faulty."""

    def __init__(self, network: Network, parking: ParkingModel) -> None:
        self.flows = DetectorFlows(network)
        counting = {key: known.counting for key, known in parking.quality.items()}
        fleet = CountingFleet(parking.facilities, counting, _night_veh(parking))
        self.occupancy = OccupancyState(parking.facilities, fleet)
        self.watch = FacilityWatch(parking.facilities, {key: known.rules for key, known in parking.quality.items()})
        self._facility_ids = frozenset(parking.facilities)

    def take(self, readings: Iterable[Reading], gate: QualityGate, now_s: float) -> list[Accepted | Rejected]:
        """Judge readings in their order; the accepted ones count from now on."""
        self.watch.replaying = self.occupancy.replaying = False
        outcomes = [gate.judge(reading, now_s) for reading in readings]
        for outcome in outcomes:  # in their order: a refused reading throws doubt on those before it, not after it
            if isinstance(outcome, Accepted):
                self.accept(outcome.reading)
            else:
                self.note_refusal(outcome, now_s)
        return outcomes

    def accept(self, reading: Reading) -> None:
        """Take in a reading that has passed the gate."""
        if isinstance(reading, DetectorReading):
            self.flows.accept(reading)
        elif isinstance(reading, OccupancyReading):
            self.occupancy.accept(reading)
            self.watch.accept(reading)
            self.occupancy.faults = self.watch.faults()
        elif isinstance(reading, BayReading):
            self.occupancy.accept_bay(reading)

    def recount(self, reading: OccupancyReading) -> None:
        """Take in what a person has counted: it needs no gate, and says nothing of the feed."""
        self.occupancy.replaying = False
        self.occupancy.accept(reading)

    def known_until_s(self, facility_id: str) -> float:
        """Up to when a restart has taken over what was learned of a car park; -inf where nothing was."""
        estimator = self.occupancy.counting.known(facility_id)
        counted_s = -math.inf if estimator is None or estimator.at_s is None else estimator.at_s
        watched_s = self.watch.known_until_s(facility_id)
        return min((moment_s for moment_s in (counted_s, watched_s) if moment_s > -math.inf), default=-math.inf)

    def note_refusal(self, refusal: Rejected, at_s: float) -> None:
        """Remember that a reading of a car park was refused: its value before is in doubt, or is old for a reason."""
        if refusal.source_id not in self._facility_ids:
            return
        if refusal.reason not in NO_NEWS:
            self.occupancy.reject(refusal.source_id, at_s, reason=refusal.reason)
        elif refusal.reason is Reason.TOO_OLD:
            self.occupancy.reject(refusal.source_id, at_s, contradicts=False, reason=refusal.reason)


def known_sources(network: Network, parking: ParkingModel) -> KnownSources:
    """What may report in a town."""
    return KnownSources(
        detector_lanes={detector.id: network.links[detector.link_id].lanes for detector in network.detectors.values()},
        facility_capacity_veh={facility.id: facility.capacity_veh for facility in parking.facilities.values()},
        facility_limits={key: known.rules.gate for key, known in parking.quality.items()},
        bay_silent_s=dict.fromkeys(parking.facilities, DEFAULT_COUNTING.bay_silent_s)
        | {key: known.counting.bay_silent_s for key, known in parking.quality.items()},
    )


def _night_veh(parking: ParkingModel) -> dict[str, float]:
    """Vehicles inside at the quietest hour of the profile, where a facility has one and its capacity is known."""
    found: dict[str, float] = {}
    for key, facility in parking.facilities.items():
        shares = parking.uses[key].occupied_share
        if shares and facility.capacity_veh is not None:
            found[key] = min(shares) * facility.capacity_veh
    return found


def sign_drive_times_s(network: Network, parking: ParkingModel) -> NDArray[np.float64] | None:
    """Driving times (signs, facilities), s; None where the town has no streets, and beelines must do."""
    if not network.links:
        return None
    times_s = drive_times_s(
        network,
        [sign.link_id for sign in parking.signs.values()],
        [facility.access_node for facility in parking.facilities.values()],
    )
    stands_at_its_facility = [not sign.link_id for sign in parking.signs.values()]
    times_s[stands_at_its_facility, :] = 0.0
    return times_s
