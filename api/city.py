"""The picture of the town that accepted readings paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parking.occupancy import OccupancyState
from traffic_core.detector_flows import DetectorFlows
from traffic_core.quality_outcome import NO_NEWS, Reason
from traffic_core.readings import DetectorReading, OccupancyReading, Reading

if TYPE_CHECKING:
    from api.town import Town
    from traffic_core.quality_outcome import Rejected


class City:
    """State of detectors and car parks; readings of single bays are counted and stored, but paint nothing yet."""

    def __init__(self, town: Town) -> None:
        self.flows = DetectorFlows(town.network)
        self.occupancy = OccupancyState(town.parking.facilities)
        self._facility_ids = frozenset(town.parking.facilities)
        self.capacity_veh_h = {link.id: link.capacity_veh_h for link in town.network.links.values()}

    def accept(self, reading: Reading) -> None:
        """Take in a reading that has passed the gate."""
        if isinstance(reading, DetectorReading):
            self.flows.accept(reading)
        elif isinstance(reading, OccupancyReading):
            self.occupancy.accept(reading)

    def note_refusal(self, refusal: Rejected, at_s: float) -> None:
        """Remember that a reading of a car park was refused: its value before is in doubt, or is old for a reason."""
        if refusal.source_id not in self._facility_ids:
            return
        if refusal.reason not in NO_NEWS:
            self.occupancy.reject(refusal.source_id, at_s)
        elif refusal.reason is Reason.TOO_OLD:
            self.occupancy.reject(refusal.source_id, at_s, contradicts=False)
