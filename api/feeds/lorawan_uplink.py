"""What both network servers tell of one uplink, and how an uplink becomes the state of a bay."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from api.feeds.fields import FieldError, time_s
from api.feeds.lorawan_doubles import UplinkMemory
from api.feeds.lorawan_payload import bosch_tps110, check_tps110_port, decoded_state
from api.feeds.options import FormatOptions
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from api.feeds.collector import Collector

_EUI = re.compile(r"[0-9A-Fa-f]{16}", re.ASCII)
MOST_COUNTED = 2**32


class LorawanOptions(FormatOptions):
    """How the payload of the devices is read."""

    decoder: Literal["bosch_tps110", "fields"] = "bosch_tps110"
    """`fields`: what the network server's decoder has made of the payload; `bosch_tps110`: the bytes themselves."""
    occupied_field: str = "occupied"
    """Key of the decoded payload, with dots into nested objects; its value is true or false, 1 or 0."""
    ports: list[Annotated[int, Field(ge=1, le=255)]] = Field(default_factory=list)
    """With `fields`: ports whose payload tells the state; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """One uplink; None where the message tells nothing."""

    device: object
    """EUI of the device, or the name that the network server gives it."""
    session: object
    """Changes when the device joins anew: frames are then counted from 0 again."""
    counter: object
    port: object
    time: object
    raw: object
    """Payload, base64."""
    decoded: object
    silence_is_false: bool
    """Whether this network server leaves out what is false, 0 or empty."""


class UplinkReader:
    """Uplinks of one feed; remembers which frames it has read, so that each counts once.

    devices : those of the feed, None where anyone is; of strangers nothing is remembered
    """

    def __init__(self, options: LorawanOptions, devices: Collection[str] | None = None) -> None:
        self._options = options
        self._devices = devices
        self._memory = UplinkMemory()

    def read(self, uplink: Uplink, collector: Collector) -> None:
        """Note the state that an uplink tells, or why it tells none."""
        device = collector.identify(device_id(uplink.device), "device")
        if device is None:
            return
        field = "time"
        try:
            at_s = time_s(uplink.time)
            field = "frame counter"
            counter = _counter(uplink.counter)
            if self._devices is None or device in self._devices:
                self._memory.take(device, uplink.session, counter, at_s)
            field = "payload"
            occupied = self._state(uplink)
        except FieldError as error:
            value = {"time": uplink.time, "frame counter": uplink.counter or 0}.get(field)
            collector.refuse(error, field=field, value=value, source_id=device)
            return
        collector.bay(device, occupied=occupied, measured_at_s=at_s, time_field="time")

    def _state(self, uplink: Uplink) -> bool:
        options = self._options
        raw = _payload(uplink.raw)
        port = uplink.port if isinstance(uplink.port, int) and not isinstance(uplink.port, bool) else 0
        if options.decoder == "bosch_tps110":
            if raw:
                return bosch_tps110(port, raw)
            check_tps110_port(port)
        if options.decoder == "fields" and options.ports and port not in options.ports:
            raise FieldError(RejectReason.NO_VALUE, f"port {port} tells no state")
        if not isinstance(uplink.decoded, dict) or not (uplink.decoded or raw):
            raise FieldError(RejectReason.NO_VALUE, "carries no payload")
        return decoded_state(uplink.decoded, options.occupied_field, silence_is_false=uplink.silence_is_false)


def device_id(value: object) -> object:
    """EUIs in small letters, whatever the network server writes; names as they are."""
    return value.lower() if isinstance(value, str) and _EUI.fullmatch(value) else value


def uplinks(content: object, collector: Collector, read: Callable[[Mapping[str, object]], None]) -> None:
    """Read the one uplink of a message, or each of a list."""
    items = content if isinstance(content, list) else [content]
    for index, item in enumerate(collector.limited(items)):
        if isinstance(item, dict):
            read(item)
        else:
            collector.reject(RejectReason.WRONG_TYPE, "must be an object", field=f"[{index}]", value=item)


def _counter(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST_COUNTED:
        raise FieldError(RejectReason.OUT_OF_RANGE, "must be a whole number below 2^32")
    return value


def _payload(value: object) -> bytes:
    if value is None:
        return b""
    text = value if isinstance(value, str) and len(value) <= 1_000 else "?"
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FieldError(RejectReason.MALFORMED, "must be base64 of at most 750 bytes") from error
