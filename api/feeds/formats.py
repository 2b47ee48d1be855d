"""The one register of formats: a new format is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.datex2_v23 import Datex2V23
from api.feeds.parkapi_v3 import ParkApiV3
from api.feeds.places_json import PlacesJson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.feeds.port import FeedFormat

FORMATS: Mapping[str, FeedFormat] = {
    "datex2_v23": Datex2V23(),
    "parkapi_v3": ParkApiV3(),
    "places_json": PlacesJson(),
}
