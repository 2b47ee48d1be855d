"""Makes the open-data documents from what is on the board."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.board import Page
from api.open_data import datex2_v23, datex2_v37
from api.open_data.geojson import parking_geojson
from api.open_data.parkapi_v1 import city, index
from api.open_data.parkapi_v3 import parkapi_v3
from api.open_data.site import Edition, Site
from api.wire.publications import FacilityPayload
from parking.facility import FacilityKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.board import Board, Item
    from api.clock import Clock
    from api.open_data.site import Publisher
    from parking.forecast.forecasts import Forecasts
    from parking.model import ParkingModel

XML: Mapping[str, Callable[[Edition], bytes | None]] = {
    "v2.3/table": datex2_v23.table,
    "v2.3/status": datex2_v23.status,
    "v2.3/forecast": datex2_v23.forecast,
    "v3.7/table": datex2_v37.table,
    "v3.7/status": datex2_v37.status,
    "v3.7/forecast": datex2_v37.forecast,
}
"""DATEX II documents by name."""
JSON: Mapping[str, Callable[[Edition], dict[str, object]]] = {
    "parkapi/v1/city": city,
    "parkapi/v3/sites": parkapi_v3,
    "geojson/parking": parking_geojson,
}


class OpenData:
    """Documents of one town at this moment."""

    def __init__(self, publisher: Publisher, parking: ParkingModel, board: Board, clock: Clock) -> None:
        self.publisher = publisher
        self.forecasts: Callable[[], Forecasts | None] = lambda: None
        """Where the forecasts in force come from; none until somebody says."""
        self._board = board
        self._clock = clock
        started_s = clock.now_s()
        self._sites = {
            key: Site(
                facility=facility,
                use=parking.uses[key],
                capacity_veh=facility.capacity_veh,
                static_s=started_s,
                now=None,
            )
            for key, facility in parking.facilities.items()
            if facility.kind is not FacilityKind.EXTERNAL
        }
        """The town's own car parks: what others guide, its owner publishes."""

    def edition(self) -> Edition:
        """What holds now: nothing that has expired.  Capacities once told stay, so that no site comes and goes."""
        now_s = self._clock.now_s()
        for key, site in self._sites.items():
            item = self._board.items["parking"].get(key)
            self._sites[key] = _at(site, item if item is not None and item.is_valid(now_s) else None, now_s)
        sites = tuple(self._sites.values())
        return Edition(publisher=self.publisher, sites=sites, as_of_s=now_s, forecasts=self.forecasts())

    def index(self, version: str) -> Page:
        """The cities of ParkAPI version 1: one."""
        return _page(to_json(index(self.edition(), version)), version)

    def json(self, name: str) -> Page:
        """A document of `JSON`."""
        edition = self.edition()
        return _page(to_json(JSON[name](edition)), _state(edition))

    def xml(self, name: str) -> Page | None:
        """A document of `XML`; None where it would be empty, which its schema forbids."""
        edition = self.edition()
        body = XML[name](edition)
        return None if body is None else _page(body, _state(edition))


def _at(site: Site, item: Item | None, now_s: float) -> Site:
    payload = None if item is None else item.payload
    if item is None or not isinstance(payload, FacilityPayload):
        return replace(site, now=None, said_at_s=None)
    told_veh = payload.capacity_veh
    if told_veh is not None and told_veh != site.capacity_veh:
        site = replace(site, capacity_veh=told_veh, static_s=now_s)
    return replace(site, now=payload, said_at_s=item.issued_at_s, has_live=True)


def _state(edition: Edition) -> str:
    """Everything that makes two editions differ, but the time of publication."""
    made_at_s = None if edition.forecasts is None else edition.forecasts.made_at_s
    told = [(site.version, site.now, site.has_live) for site in edition.sites]
    return repr((edition.publisher, told, made_at_s))


def _page(body: bytes, state: str) -> Page:
    return Page(body, f'W/"{hashlib.sha256(state.encode()).hexdigest()[:24]}"')
