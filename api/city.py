"""The picture of a town as the service sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parking.picture import Picture
from signal_plans.detector_means import DetectorMeans
from signal_plans.observed import Observed
from signal_plans.selection_by_traffic import TrafficPicture
from traffic_core.readings import DetectorReading

if TYPE_CHECKING:
    from api.town import Town
    from signal_plans.adaptive.town_sensors import TownSensors
    from signal_plans.approaches import Approaches
    from traffic_core.readings import Reading


class City(Picture):
    """State of detectors and car parks, and the capacities that loads are published against."""

    def __init__(self, town: Town, sensors: TownSensors | None = None) -> None:
        """`sensors`: what adaptive control sees with, where the town has that."""
        super().__init__(town.network, town.parking)
        self.sensors = sensors
        self.capacity_veh_h = {link.id: link.capacity_veh_h for link in town.network.links.values()}
        self.means = DetectorMeans(town.network)

    def accept(self, reading: Reading) -> None:
        """Take in a reading that has passed the gate."""
        super().accept(reading)
        if isinstance(reading, DetectorReading):
            self.means.accept(reading)
        if self.sensors is not None:
            self.sensors.accept(reading)

    def observed(self, approaches: Approaches, now_s: float) -> Observed:
        """What signal control may look at besides flows."""
        picture = None if self.sensors is None else self.sensors.picture(now_s)
        return Observed(
            adaptive_ready=None if picture is None else picture.ready,
            sightings=None if picture is None else picture.sightings,
            exit_slow=None if picture is None else picture.exit_slow,
            requests=None if self.sensors is None else self.sensors.requests(now_s),
            occupancy_share=approaches.group_occupancy(self.means.link_occupancy_share(approaches.links, now_s)),
            traffic=TrafficPicture(
                detector_row=self.means.row,
                flow_veh_h=self.means.flow_veh_h(now_s),
                occupancy_share=self.means.occupancy_share(now_s),
            ),
        )
