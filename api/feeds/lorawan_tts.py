"""Uplinks of The Things Stack v3 over MQTT or as a webhook.

The server leaves out every field that is false, 0 or empty (https://www.thethingsindustries.com/docs/, Data Formats):
a decoded payload without the field of the state says "free", a message without a payload says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.collector import Collector
from api.feeds.json_body import read_json
from api.feeds.lorawan_uplink import LorawanOptions, Uplink, UplinkReader, uplinks
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from api.feeds.port import ParseResult


class TheThingsStack:
    """Messages with `end_device_ids` and `uplink_message`; also wrapped in `result`, as its storage answers."""

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
        inner = message.get("result")
        told = inner if isinstance(inner, dict) else message
        ids = told.get("end_device_ids")
        if not isinstance(ids, dict):
            collector.reject(RejectReason.MALFORMED, "is no message of The Things Stack", field="end_device_ids")
            return
        uplink = told.get("uplink_message")
        if not isinstance(uplink, dict):
            collector.reject(RejectReason.NO_VALUE, "is no uplink but another message", field="uplink_message")
            return
        if told.get("simulated") is True:
            collector.reject(RejectReason.NO_VALUE, "is a simulated uplink", field="simulated", value=True)
            return
        self._reader.read(
            Uplink(
                device=ids.get("dev_eui") or ids.get("device_id"),
                session=uplink.get("session_key_id") or ids.get("dev_addr"),
                counter=uplink.get("f_cnt"),
                port=uplink.get("f_port"),
                time=uplink.get("received_at") or told.get("received_at"),
                raw=uplink.get("frm_payload"),
                decoded=uplink.get("decoded_payload"),
                silence_is_false=True,
            ),
            collector,
        )
