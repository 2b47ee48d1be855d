"""A GeoJSON FeatureCollection (RFC 7946) with configured properties; positions in degrees or in UTM zone 32."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from api.feeds.collector import Collector
from api.feeds.json_body import read_json
from api.feeds.json_list import value_at
from api.feeds.list_record import ListRecords
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from api.feeds.list_options import ListOptions
    from api.feeds.port import ParseResult


class GeoJsonList:
    """Features with a point or an area, whose first ring's middle is then the position."""

    def __init__(self, options: ListOptions) -> None:
        self._options = options

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        content = read_json(body, collector)
        if content is None:
            return collector.result()
        features = content.get("features") if isinstance(content, dict) else None
        if not isinstance(features, list):
            why = "must be an object with a list 'features'"
            collector.reject(RejectReason.MALFORMED, why, field="features")
            return collector.result()
        records = ListRecords(self._options, collector, received_at_s)
        for index, feature in enumerate(collector.limited(features)):
            if not isinstance(feature, dict):
                why = "must be an object"
                collector.reject(RejectReason.WRONG_TYPE, why, field=f"features[{index}]", value=feature)
                continue
            flat = self._flat(feature)
            records.read(partial(value_at, flat), f"features[{index}]")
        return collector.result()

    def _flat(self, feature: dict[str, object]) -> dict[str, object]:
        """Properties of a feature with its position and, where no property is the identifier, its own."""
        properties = feature.get("properties")
        flat: dict[str, object] = dict(properties) if isinstance(properties, dict) else {}
        columns = self._options.columns
        flat.setdefault("id", feature.get("id"))
        lon, lat = _middle(feature.get("geometry"))
        if lon is not None and lat is not None:
            flat |= {columns.lon: lon, columns.lat: lat}
        return flat


def _middle(geometry: object) -> tuple[object, object]:
    """Position of a point; of an area the middle of the extent of its first ring."""
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    for _ in range(3):
        if not isinstance(coordinates, list) or not coordinates:
            return None, None
        if not isinstance(coordinates[0], list):
            return (coordinates[0], coordinates[1]) if len(coordinates) > 1 else (None, None)
        if isinstance(coordinates[0][:1], list) and coordinates[0] and not isinstance(coordinates[0][0], list):
            return _middle_of_extent(coordinates)
        coordinates = coordinates[0]
    return None, None


def _middle_of_extent(points: list[object]) -> tuple[object, object]:
    pairs = [point[:2] for point in points if isinstance(point, list) and len(point) > 1]
    numbers = [pair for pair in pairs if all(isinstance(half, int | float) for half in pair)]
    if not numbers:
        return None, None
    lons, lats = zip(*numbers, strict=True)
    return (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
