"""The picture of a town as the service sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parking.picture import Picture

if TYPE_CHECKING:
    from api.town import Town


class City(Picture):
    """State of detectors and car parks, and the capacities that loads are published against."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.network, town.parking)
        self.capacity_veh_h = {link.id: link.capacity_veh_h for link in town.network.links.values()}
