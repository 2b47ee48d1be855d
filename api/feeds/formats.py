"""The one register of formats: a new format is one file and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.feeds.csv_list import CsvList, CsvListOptions
from api.feeds.datex2_v3 import Datex2V3
from api.feeds.datex2_v23 import Datex2V23
from api.feeds.geojson_list import GeoJsonList
from api.feeds.json_list import JsonList, JsonListOptions
from api.feeds.list_options import ListOptions
from api.feeds.lorawan_chirpstack import ChirpStack
from api.feeds.lorawan_tts import TheThingsStack
from api.feeds.lorawan_uplink import LorawanOptions
from api.feeds.options import FormatOptions
from api.feeds.parkapi_v1 import ParkApiV1, ParkApiV1Options
from api.feeds.parkapi_v3 import ParkApiV3
from api.feeds.places_json import PlacesJson

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from api.feeds.port import FeedFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatKind:
    """A format, what its options may hold, and how a feed gets a reader of its own."""

    options: type[FormatOptions]
    make: Callable[..., FeedFormat]
    """Takes an instance of `options`; where `names_devices`, also the devices of the feed."""
    names_devices: bool = False
    """The identifiers are those of devices, which must not go beyond the feed: `bays` is needed."""

    def reader(self, options: FormatOptions | None = None, devices: Collection[str] | None = None) -> FeedFormat:
        """A reader with these options, or with the defaults; `devices`: those of the feed, None where anyone is."""
        told = options or self.options()
        return self.make(told, devices) if self.names_devices else self.make(told)


def _plain(make: Callable[[], FeedFormat]) -> FormatKind:
    return FormatKind(options=FormatOptions, make=lambda _options: make())


FORMATS: Mapping[str, FormatKind] = {
    "csv_list": FormatKind(options=CsvListOptions, make=CsvList),
    "datex2_v23": _plain(Datex2V23),
    "datex2_v3": _plain(Datex2V3),
    "geojson_list": FormatKind(options=ListOptions, make=GeoJsonList),
    "json_list": FormatKind(options=JsonListOptions, make=JsonList),
    "lorawan_chirpstack": FormatKind(options=LorawanOptions, make=ChirpStack, names_devices=True),
    "lorawan_tts": FormatKind(options=LorawanOptions, make=TheThingsStack, names_devices=True),
    "parkapi_v1": FormatKind(options=ParkApiV1Options, make=ParkApiV1),
    "parkapi_v3": _plain(ParkApiV3),
    "places_json": _plain(PlacesJson),
}
