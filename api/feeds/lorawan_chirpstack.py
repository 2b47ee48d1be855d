"""Uplinks of ChirpStack v4: the JSON of its event `up` over MQTT or HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.collector import Collector
from api.feeds.json_body import read_json
from api.feeds.lorawan_uplink import LorawanOptions, Uplink, UplinkReader, uplinks
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from api.feeds.port import ParseResult

_OF_UPLINKS = ("data", "object", "fPort", "fCnt", "rxInfo", "txInfo")


class ChirpStack:
    """Messages with `deviceInfo`, `time`, `devAddr`, `fCnt`, `fPort`, `data` (base64) and `object` (decoded)."""

    def __init__(self, options: LorawanOptions, devices: Collection[str] | None = None) -> None:
        self._reader = UplinkReader(options, devices)

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        content = read_json(body, collector)
        if content is not None:
            uplinks(content, collector, lambda message: self._read(message, collector))
        return collector.result()

    def _read(self, message: Mapping[str, object], collector: Collector) -> None:
        info = message.get("deviceInfo")
        if not isinstance(info, dict):
            collector.reject(RejectReason.MALFORMED, "is no event of ChirpStack v4", field="deviceInfo", value=info)
            return
        if not any(field in message for field in _OF_UPLINKS):
            collector.reject(RejectReason.NO_VALUE, "is no uplink but another event", field="data")
            return
        uplink = Uplink(
            device=info.get("devEui"),
            session=message.get("devAddr"),
            counter=message.get("fCnt"),
            port=message.get("fPort"),
            time=message.get("time"),
            raw=message.get("data"),
            decoded=message.get("object"),
            silence_is_false=False,
        )
        self._reader.read(uplink, collector)
