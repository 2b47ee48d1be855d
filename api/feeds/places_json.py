"""A plain JSON list of places (`id`, `name`, `lat`, `lon`, `capacity`): static facts that a town keeps by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.feeds.collector import Collector
from api.feeds.coordinates import from_degrees
from api.feeds.fields import CapacityNumber, PlaceFields
from api.feeds.json_body import read_json
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from api.feeds.port import ParseResult


class _Place(PlaceFields):
    capacity_veh: CapacityNumber | None = Field(None, alias="capacity")


class PlacesJson:
    """Static facts only: such a list never yields a reading."""

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        content = read_json(body, collector)
        if content is None:
            return collector.result()
        if not isinstance(content, list):
            collector.reject(RejectReason.MALFORMED, "must be a list of places", field="body", value=content)
            return collector.result()
        for index, item in enumerate(collector.limited(content)):
            if not isinstance(item, dict):
                collector.reject(RejectReason.WRONG_TYPE, "must be an object", field=f"[{index}]", value=item)
                continue
            source_id = collector.identify(item.get("id"), f"[{index}].id")
            if source_id is not None:
                collector.facility(source_id, collector.read(_Place, item, source_id), from_degrees)
        return collector.result()
