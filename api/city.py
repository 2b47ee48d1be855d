"""The picture of the town that accepted readings paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parking.occupancy import OccupancyState
from traffic_core.detector_flows import DetectorFlows
from traffic_core.readings import DetectorReading, OccupancyReading, Reading

if TYPE_CHECKING:
    from api.town import Town


class City:
    """State of detectors, car parks and bays."""

    def __init__(self, town: Town) -> None:
        self.flows = DetectorFlows(town.network)
        self.occupancy = OccupancyState(town.parking.facilities)
        self.bays: dict[str, bool] = {}
        self._facility_ids = frozenset(town.parking.facilities)
        self.capacity_veh_h = {link.id: link.capacity_veh_h for link in town.network.links.values()}

    def accept(self, reading: Reading) -> None:
        """Take in a reading that has passed the gate."""
        if isinstance(reading, DetectorReading):
            self.flows.accept(reading)
        elif isinstance(reading, OccupancyReading):
            self.occupancy.accept(reading)
        else:
            self.bays[reading.source_id] = reading.occupied

    def note_refusal(self, source_id: str, at_s: float) -> None:
        """Remember that a reading of a car park was refused, so that the reason for its old value can be told."""
        if source_id in self._facility_ids:
            self.occupancy.reject(source_id, at_s)
