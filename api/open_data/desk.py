"""Makes the open-data documents from what is on the board."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.board import Page
from api.open_data import datex2_v23, datex2_v37
from api.open_data.geojson import parking_geojson
from api.open_data.parkapi_v1 import city, index
from api.open_data.parkapi_v3 import parkapi_v3
from api.open_data.site import Edition, public_sites
from api.wire.publications import FacilityPayload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.board import Board
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
    """Documents of one town, as of the last guidance cycle."""

    def __init__(self, publisher: Publisher, parking: ParkingModel, board: Board, clock: Clock) -> None:
        self.publisher = publisher
        self.forecasts: Callable[[], Forecasts | None] = lambda: None
        """Where the forecasts in force come from; none until somebody says."""
        self._parking = parking
        self._board = board
        self._clock = clock
        self._static_s = clock.now_s()

    def edition(self) -> Edition:
        """What holds at this moment: nothing that has expired."""
        now_s = self._clock.now_s()
        items = self._board.items["parking"].items()
        valid = {key: item.payload for key, item in items if item.is_valid(now_s)}
        told = {key: payload for key, payload in valid.items() if isinstance(payload, FacilityPayload)}
        return Edition(
            publisher=self.publisher,
            sites=public_sites(self._parking.facilities, self._parking.uses, told),
            as_of_s=now_s,
            static_s=self._static_s,
            forecasts=self.forecasts(),
        )

    def index(self, version: str) -> Page:
        """The cities of ParkAPI version 1: one."""
        return _page(to_json(index(self.edition(), version)), "")

    def json(self, name: str) -> Page:
        """A document of `JSON`."""
        edition = self.edition()
        return _page(to_json(JSON[name](edition)), _state(edition))

    def xml(self, name: str) -> Page | None:
        """A document of `XML`; None where it would be empty, which its schema forbids."""
        edition = self.edition()
        body = XML[name](edition)
        return None if body is None else _page(body, _state(edition))


def _state(edition: Edition) -> str:
    """Everything that makes two editions differ, but the time of publication."""
    made_at_s = None if edition.forecasts is None else edition.forecasts.made_at_s
    return repr([(site.version, site.now) for site in edition.sites]) + repr(made_at_s)


def _page(body: bytes, state: str) -> Page:
    digest = hashlib.sha256(state.encode() or body).hexdigest()[:24]
    return Page(body, f'W/"{digest}"')
